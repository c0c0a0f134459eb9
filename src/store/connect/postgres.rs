//! PostgreSQL: any number of servers share it, so nothing may hold a lock for a server that does not answer.

use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    RuntimeErr, Statement,
};

use sea_orm::sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::store::Result;

/// How long a request waits for a connection; in an outage, after how long it is answered that there is one.
const ACQUIRE: Duration = Duration::from_secs(5);
/// A connection that was idle for so long is tried before it is used: that is one more way there and back.
const IDLE: Duration = Duration::from_secs(1);
/// How long a transaction waits for another one of the same tenant: as long as it may take to decide about a million
/// actions, or to drop them.
const LOCK_MILLISECONDS: u32 = 30_000;
/// How long a server may leave a transaction without a word before the database ends it: one that was stopped in the
/// middle must not keep others from its work.
const IDLE_MILLISECONDS: u32 = 15_000;
/// The same for a server that has stopped to take what it asked for.
const UNREAD_MILLISECONDS: u32 = 15_000;
/// Whether statements are compiled, which takes some 70 milliseconds and is decided on by what one is thought to cost: none of
/// ours walks through so much that it pays.
const JIT: u32 = 0;
/// Any number that other programs in the same database do not lock.
const SCHEMA_LOCK: i64 = 0x4d55_5354_4552;

/// The least of connections that read, one of which listens, and of those that write: one for background work, and others
/// for requests.
const READERS_MIN: u32 = 3;
const WRITERS_MIN: u32 = 3;
/// Connections that write which background work leaves to requests.
const FOR_REQUESTS: u32 = 2;

/// How many connections read, and how many write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shares {
    readers: u32,
    writers: u32,
}

impl Shares {
    /// Together `connections_max`, but for the least that there is of each.
    pub fn of(connections_max: u32) -> Self {
        let writers = (connections_max / 3).max(WRITERS_MIN);
        Self { readers: connections_max.saturating_sub(writers).max(READERS_MIN), writers }
    }

    /// Reads of background work that may be under way at once.
    pub fn background_reads_max(self) -> usize {
        (self.readers / 2) as usize
    }

    /// Pieces of background work that may be under way at once.
    pub fn work_max(self) -> usize {
        (self.writers - FOR_REQUESTS) as usize
    }
}

/// Connections that read, and connections that write.
pub(super) async fn open(url: &str, shares: Shares) -> Result<(DatabaseConnection, DatabaseConnection)> {
    Ok((pool(url, shares.readers).await?, pool(url, shares.writers).await?))
}

async fn pool(url: &str, connections: u32) -> Result<DatabaseConnection> {
    let unless_asked = !["sslmode=", "ssl-mode="].iter().any(|asked| url.contains(asked));
    match connect(url, connections, unless_asked).await {
        Err(error) if unless_asked && is_turned_away(&error) => connect(url, connections, false).await,
        connected => connected,
    }
    .map_err(Into::into)
}

/// Whether the server does not let us in so (SQLSTATE 28000, `invalid_authorization_specification`).
fn is_turned_away(error: &DbErr) -> bool {
    let (DbErr::Conn(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) = error
    else {
        return false;
    };
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "28000")
}

/// `plain_here`: without TLS if the server is on this machine.
async fn connect(
    url: &str,
    connections: u32,
    plain_here: bool,
) -> std::result::Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE)
        .test_before_acquire_if_idle_for(IDLE)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .map_sqlx_postgres_opts(move |postgres| {
            let ssl_mode = if plain_here { ssl_mode(&postgres) } else { postgres.get_ssl_mode() };
            postgres
                .ssl_mode(ssl_mode)
                .application_name("muster")
                .options([
                    ("lock_timeout", LOCK_MILLISECONDS),
                    ("idle_in_transaction_session_timeout", IDLE_MILLISECONDS),
                    ("tcp_user_timeout", UNREAD_MILLISECONDS),
                    ("jit", JIT),
                ])
                .statement_cache_capacity(200)
        });
    Database::connect(options).await
}

/// Whether to speak in TLS: with this machine not by itself. It keeps nothing from anybody there, and each
/// long statement would wait for 40 milliseconds in the middle, as sqlx 0.9.0 leaves the system to gather what is sent in
/// pieces (its issue 4335, mended in what comes behind it).
fn ssl_mode(postgres: &PgConnectOptions) -> PgSslMode {
    let is_here = matches!(postgres.get_host(), "localhost" | "127.0.0.1" | "::1" | "[::1]");
    match postgres.get_ssl_mode() {
        PgSslMode::Prefer if is_here => PgSslMode::Disable,
        asked => asked,
    }
}

/// Until the transaction ends, no other server changes the schema.
pub(super) async fn lock_schema(tx: &DatabaseTransaction) -> Result<()> {
    // The wait is as long as the other one's migration.
    tx.execute_unprepared("SET LOCAL lock_timeout = 0").await?;
    let lock = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT pg_advisory_xact_lock($1)",
        [SCHEMA_LOCK.into()],
    );
    tx.execute_raw(lock).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_spoken_with_this_machine_only_if_it_is_asked_for() {
        let mode = |url: &str| format!("{:?}", ssl_mode(&url.parse().unwrap()));
        assert_eq!(mode("postgres://localhost/muster"), "Disable");
        assert_eq!(mode("postgres://ada@127.0.0.1:5433/muster"), "Disable");
        assert_eq!(mode("postgres://[::1]/muster"), "Disable");
        assert_eq!(mode("postgres://localhost/muster?sslmode=require"), "Require");
        assert_eq!(mode("postgres://db.example.org/muster"), "Prefer");
        assert_eq!(mode("postgres://db.example.org/muster?sslmode=verify-full"), "VerifyFull");
    }

    #[test]
    fn background_work_leaves_requests_two_connections_to_write_with() {
        for (connections_max, readers, writers, work_max) in
            [(1, 3, 3, 1), (6, 3, 3, 1), (9, 6, 3, 1), (15, 10, 5, 3), (24, 16, 8, 6), (300, 200, 100, 98)]
        {
            let shares = Shares::of(connections_max);
            assert_eq!(shares, Shares { readers, writers });
            assert_eq!(shares.work_max(), work_max);
        }
    }
}
