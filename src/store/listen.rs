//! Wake-ups between servers that share a PostgreSQL, by LISTEN and NOTIFY.
//!
//! A notification is sent in the transaction that it tells of, so that it comes after the commit or not at all. It
//! carries ids only. Whoever misses one loses nothing: the tables tell what has changed.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sea_orm::sqlx::postgres::PgListener;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use tokio::time::timeout;
use uuid::Uuid;

use super::{Result, Store, StoreError};
use crate::domain::id::TenantId;

const CHANNEL: &str = "muster";
/// A silence after which a server sends a notification to itself: a connection that is dead without having been closed
/// would be silent for ever.
const SILENCE: Duration = Duration::from_secs(10);

/// How long the database may take to be listened to, or to take a notification.
const ANSWER: Duration = Duration::from_secs(10);

/// Tenants with a commit whose answer has not come. A connection may be lost between the two: then it was done, this server does
/// not know, and the notification, which comes by another connection, is not only news to other servers.
#[derive(Debug, Default)]
pub(super) struct Unsure(Mutex<HashSet<TenantId>>);

impl Unsure {
    fn lock(&self) -> MutexGuard<'_, HashSet<TenantId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The commit of a change of `tenants` is on its way.
    pub(super) fn begin(&self, tenants: &[TenantId]) {
        self.lock().extend(tenants);
    }

    /// It was answered.
    pub(super) fn end(&self, tenants: &[TenantId]) {
        let mut unsure = self.lock();
        for tenant in tenants {
            unsure.remove(tenant);
        }
    }

    /// Whether a notification of our own is news.
    fn resolve(&self, tenant: TenantId) -> bool {
        self.lock().remove(&tenant)
    }
}

/// A connection at which the notifications of other servers arrive.
#[derive(Debug)]
pub struct Listener {
    store: Store,
    inner: PgListener,
}

impl Store {
    /// Listens to the other servers. Answers nothing on SQLite, which has one server.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn listen(&self) -> Result<Option<Listener>> {
        if self.is_embedded() {
            return Ok(None);
        }
        let listening = async {
            let mut inner = PgListener::connect_with(self.readers.get_postgres_connection_pool()).await?;
            inner.listen(CHANNEL).await?;
            Ok(inner)
        };
        let inner = timeout(ANSWER, listening).await.map_err(|_| StoreError::silent())?.map_err(away)?;
        Ok(Some(Listener { store: self.clone(), inner }))
    }
}

impl Listener {
    /// The next tenant of whom another server has changed something, or this one without knowing whether it has.
    ///
    /// # Errors
    /// If notifications no longer arrive. Some may have been missed then: listen anew, and look at everything.
    pub async fn next(&mut self) -> Result<TenantId> {
        let mut is_asked = false;
        loop {
            match timeout(SILENCE, self.inner.try_recv()).await {
                Ok(Ok(Some(notification))) => {
                    is_asked = false;
                    if let Some((server, tenant)) = read(notification.payload())
                        && (server != self.store.server || self.store.unsure.resolve(tenant))
                    {
                        return Ok(tenant);
                    }
                }
                Ok(Ok(None)) => return Err(silent()),
                Ok(Err(error)) => return Err(away(error)),
                Err(_) if is_asked => return Err(silent()),
                Err(_) => {
                    is_asked = true;
                    let asking = notify(&self.store.readers, self.store.server, TenantId(Uuid::nil()));
                    timeout(ANSWER, asking).await.map_err(|_| StoreError::silent())??;
                }
            }
        }
    }
}

/// Tells the other servers that something of `tenant` has changed.
pub(super) async fn notify(db: &impl ConnectionTrait, server: Uuid, tenant: TenantId) -> Result<()> {
    let payload = format!("{server} {}", tenant.0);
    let values = [CHANNEL.into(), payload.into()];
    db.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_notify($1, $2)", values))
        .await?;
    Ok(())
}

/// Who tells, and of whom.
fn read(payload: &str) -> Option<(Uuid, TenantId)> {
    let (server, tenant) = payload.split_once(' ')?;
    Some((Uuid::try_parse(server).ok()?, TenantId(Uuid::try_parse(tenant).ok()?)))
}

fn away(error: sea_orm::sqlx::Error) -> StoreError {
    StoreError::Unavailable(DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into())))
}

fn silent() -> StoreError {
    StoreError::Unavailable(DbErr::Custom("notifications of other servers no longer arrive".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_committed_without_an_answer_is_news_once() {
        let (unsure, ada, ben) =
            (Unsure::default(), TenantId(Uuid::from_u128(1)), TenantId(Uuid::from_u128(2)));
        unsure.begin(&[ada, ben]);
        unsure.end(&[ben]);
        assert!(!unsure.resolve(ben), "whoever watches here was told by the commit");
        assert!(unsure.resolve(ada));
        assert!(!unsure.resolve(ada));
    }

    #[test]
    fn a_notification_says_who_tells_and_of_whom() {
        let (server, tenant) = (Uuid::from_u128(1), TenantId(Uuid::from_u128(2)));
        assert_eq!(read(&format!("{server} {}", tenant.0)), Some((server, tenant)));
        assert_eq!(read("nothing of ours"), None);
    }
}
