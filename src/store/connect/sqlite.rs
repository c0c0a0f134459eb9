//! SQLite: one connection that writes, and some that read what was committed.

use std::future::ready;
use std::time::Duration;

use sea_orm::sqlx::Connection;
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};

use crate::store::{Result, StoreError};

/// How long a request waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(10);
/// A connection that was idle for so long is tried before it is used.
const IDLE: Duration = Duration::from_secs(60);
/// How long a write waits for the one before it: as long as the application of a large import may take.
const ACQUIRE_WRITER: Duration = Duration::from_secs(120);
/// How long SQLite itself waits for another process.
const BUSY: Duration = Duration::from_secs(15);
/// Connections that read.
const READERS_MAX: u32 = 8;
/// Turns to read for background work, so that requests are left some connections.
pub(super) const BACKGROUND_READS_MAX: usize = 4;
/// Bytes of a page.
const PAGE_BYTES: u32 = 8 * 1024;
/// Pages that a reading connection keeps, in KiB: there are several.
const READER_CACHE_KIB: u32 = 8 * 1024;
/// Pages that the writing connection keeps, in KiB: inserts go all over the indexes.
const WRITER_CACHE_KIB: u32 = 64 * 1024;

/// The readers and the writer of the database at `url`.
pub(super) async fn open(url: &str) -> Result<(DatabaseConnection, DatabaseConnection)> {
    create_parent(url)?;
    // The writer first: it creates the file and its write-ahead log.
    let writer = pool(url, 1, ACQUIRE_WRITER, WRITER_CACHE_KIB).await?;
    let readers = pool(url, READERS_MAX, ACQUIRE, READER_CACHE_KIB).await?;
    Ok((readers, writer))
}

async fn pool(url: &str, connections: u32, acquire: Duration, cache_kib: u32) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(acquire)
        .test_before_acquire_if_idle_for(IDLE)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        // Where the disk is full or fails, SQLite ends the transaction itself. The driver believes that it goes on, and would
        // put all later ones into it, their commits included, until it closes the connection. So that is done at once.
        .map_sqlx_sqlite_before_acquire(|connection, _| Box::pin(ready(Ok(!connection.is_in_transaction()))))
        .map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                // Of a new database: a row of a member takes a tenth of it, and what leads to the pages is less.
                .page_size(PAGE_BYTES)
                .pragma("journal_mode", "WAL")
                // Nothing that was acknowledged is lost, not even when the power goes.
                .pragma("synchronous", "FULL")
                .pragma("foreign_keys", "ON")
                // A negative number is in KiB, a positive one in pages.
                .pragma("cache_size", format!("-{cache_kib}"))
                .busy_timeout(BUSY)
                .statement_cache_capacity(200)
        });
    Ok(Database::connect(options).await?)
}

/// The file that the address names.
pub(super) fn path(url: &str) -> &str {
    url.trim_start_matches("sqlite:").trim_start_matches("//").split('?').next().unwrap_or_default()
}

/// SQLite makes the file, but not the folder that it is to be in.
fn create_parent(url: &str) -> Result<()> {
    match std::path::Path::new(path(url)).parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder).map_err(|error| {
            StoreError::Unavailable(DbErr::Custom(format!("cannot create {}: {error}", folder.display())))
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait};

    use super::*;

    #[tokio::test]
    async fn what_is_committed_after_the_disk_was_full_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("muster.db").display());
        let (readers, writer) = open(&url).await.unwrap();
        let begin = || {
            let sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
            writer.begin_with_options(TransactionOptions { sqlite_transaction_mode, ..Default::default() })
        };
        writer.execute_unprepared("CREATE TABLE notes (note TEXT)").await.unwrap();

        writer.execute_unprepared("PRAGMA max_page_count = 10").await.unwrap();
        let full = begin().await.unwrap();
        let error =
            full.execute_unprepared("INSERT INTO notes VALUES (zeroblob(1000000))").await.unwrap_err();
        assert!(error.to_string().contains("full"), "{error}");
        drop(full);
        let refused = begin().await.unwrap();
        refused.execute_unprepared("INSERT INTO notes VALUES ('refused')").await.unwrap();
        drop(refused);
        let kept = begin().await.unwrap();
        kept.execute_unprepared("INSERT INTO notes VALUES ('kept')").await.unwrap();
        kept.commit().await.unwrap();

        let notes = Statement::from_string(readers.get_database_backend(), "SELECT note FROM notes");
        let notes = readers.query_all_raw(notes).await.unwrap();
        let notes: Vec<String> = notes.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        assert_eq!(notes, ["kept"]);
    }
}
