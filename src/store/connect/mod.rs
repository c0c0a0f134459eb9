//! Opening the database, and its schema.

mod postgres;
mod sqlite;

use std::sync::Arc;

use migration::MigratorTrait;
use sea_orm::{DatabaseTransaction, DbErr, TransactionTrait};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{Result, Store, StoreError, TURNS};

/// A step of the schema and whether it is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaChange {
    /// Its name.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

impl Store {
    /// Opens the database at `url`: `sqlite://…` or `postgres://…`. `connections_max` bounds the connections to a
    /// PostgreSQL; `server` names this server among those that share it.
    ///
    /// # Errors
    /// If the address is of another kind, or the database cannot be opened.
    pub async fn connect(url: &str, connections_max: u32, server: Uuid) -> Result<Self> {
        let ((readers, writers), file, work_max, reads_max) = match url.split(':').next().unwrap_or_default()
        {
            // There is one that writes, and whoever is next in turn has it.
            "sqlite" => (
                sqlite::open(url).await?,
                Some(sqlite::path(url).into()),
                usize::MAX,
                sqlite::BACKGROUND_READS_MAX,
            ),
            "postgres" | "postgresql" => {
                let shares = postgres::Shares::of(connections_max);
                (postgres::open(url, shares).await?, None, shares.work_max(), shares.background_reads_max())
            }
            kind => {
                return Err(StoreError::Failed(DbErr::Custom(format!(
                    "a database address starts with sqlite: or postgres:, not with {kind}:"
                ))));
            }
        };
        let turns = (0..TURNS).map(|_| Arc::default()).collect();
        let reads = Arc::new(Semaphore::new(reads_max));
        Ok(Self { readers, writers, turns, file, work_max, reads, unsure: Arc::default(), server })
    }

    /// Brings the schema up to date. Servers that do it at once wait for each other.
    ///
    /// # Errors
    /// If a change cannot be applied.
    pub async fn migrate_up(&self) -> Result<()> {
        let tx = self.begin_migration().await?;
        migration::Migrator::up(&tx, None).await?;
        Ok(tx.commit().await?)
    }

    /// All of a migration or nothing of it: a server that dies in between must be able to start again.
    async fn begin_migration(&self) -> Result<DatabaseTransaction> {
        let tx = self.writers.begin().await?;
        if !self.is_embedded() {
            postgres::lock_schema(&tx).await?;
        }
        Ok(tx)
    }

    /// Takes the newest change of the schema back.
    ///
    /// # Errors
    /// If it cannot be taken back.
    pub async fn migrate_down(&self) -> Result<()> {
        let tx = self.begin_migration().await?;
        migration::Migrator::down(&tx, Some(1)).await?;
        Ok(tx.commit().await?)
    }

    /// The changes of the schema that this program knows, oldest first.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn migrations(&self) -> Result<Vec<SchemaChange>> {
        let applied = migration::Migrator::get_migration_models(&self.writers).await?;
        // What a newer server has added is its own business: it takes nothing away that this one needs.
        let changes = migration::Migrator::migrations().into_iter().map(|change| SchemaChange {
            name: change.name().to_owned(),
            applied: applied.iter().any(|row| row.version == change.name()),
        });
        Ok(changes.collect())
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::ConnectionTrait;

    use super::*;

    #[tokio::test]
    async fn a_schema_that_is_ahead_is_not_behind() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/muster.db?mode=rwc", folder.path().display());
        let store = Store::connect(&url, 0, Uuid::nil()).await.unwrap();
        assert!(store.migrations().await.unwrap().iter().all(|change| !change.applied));
        store.migrate_up().await.unwrap();
        let later = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m99990101_000001_later', 0)";
        store.writers.execute_unprepared(later).await.unwrap();
        let changes = store.migrations().await.unwrap();
        assert!(changes.len() > 1 && changes.iter().all(|change| change.applied), "{changes:?}");
    }
}
