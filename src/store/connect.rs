//! Opening the database.

use std::time::Duration;

use migration::MigratorTrait;
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};

use super::{Result, Store, StoreError};

/// How long a request waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(10);
/// How long a write waits for the one before it: as long as the application of a large import may take.
const ACQUIRE_WRITER: Duration = Duration::from_secs(120);
/// How long SQLite itself waits for another process.
const BUSY: Duration = Duration::from_secs(15);
/// Connections that read.
const READERS_MAX: u32 = 8;
/// Pages that a reading connection keeps, in KiB: there are several.
const READER_CACHE_KIB: u32 = 8 * 1024;
/// Pages that the writing connection keeps, in KiB: inserts go all over the indexes.
const WRITER_CACHE_KIB: u32 = 64 * 1024;

/// A step of the schema and whether it is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaChange {
    /// Its name.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

impl Store {
    /// Opens the database at `url`: `sqlite://…`.
    ///
    /// # Errors
    /// If the address is of another kind, or the database cannot be opened.
    pub async fn connect(url: &str) -> Result<Self> {
        if !url.starts_with("sqlite:") {
            let kind = url.split(':').next().unwrap_or_default();
            return Err(StoreError::Failed(DbErr::Custom(format!(
                "a database address starts with sqlite:, not with {kind}:"
            ))));
        }
        create_parent(url)?;
        // The writer first: it creates the file and its write-ahead log.
        let writers = open(url, 1, ACQUIRE_WRITER, WRITER_CACHE_KIB).await?;
        let readers = open(url, READERS_MAX, ACQUIRE, READER_CACHE_KIB).await?;
        Ok(Self { readers, writers })
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// If a change cannot be applied.
    pub async fn migrate_up(&self) -> Result<()> {
        Ok(migration::Migrator::up(&self.writers, None).await?)
    }

    /// Takes the newest change of the schema back.
    ///
    /// # Errors
    /// If it cannot be taken back.
    pub async fn migrate_down(&self) -> Result<()> {
        Ok(migration::Migrator::down(&self.writers, Some(1)).await?)
    }

    /// The changes of the schema, oldest first.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn migrations(&self) -> Result<Vec<SchemaChange>> {
        let changes = migration::Migrator::get_migration_with_status(&self.writers).await?;
        let changes = changes.iter().map(|change| SchemaChange {
            name: change.name().to_owned(),
            applied: change.status() == migration::MigrationStatus::Applied,
        });
        Ok(changes.collect())
    }
}

async fn open(url: &str, connections: u32, acquire: Duration, cache_kib: u32) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(acquire)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
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

/// SQLite makes the file, but not the folder that it is to be in.
fn create_parent(url: &str) -> Result<()> {
    let path =
        url.trim_start_matches("sqlite:").trim_start_matches("//").split('?').next().unwrap_or_default();
    match std::path::Path::new(path).parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder).map_err(|error| {
            StoreError::Unavailable(DbErr::Custom(format!("cannot create {}: {error}", folder.display())))
        }),
        _ => Ok(()),
    }
}
