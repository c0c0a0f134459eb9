//! The data: the only place that names the database. Every read and write is a tenant's.
//!
//! Reads go through a pool; writes through a [`Tx`], one after the other on SQLite. What a transaction
//! changed is told to others only by what its commit returns: [`Committed`].

mod actions;
mod bulk;
mod codes;
mod connect;
mod error;
mod fields;
mod identity;
mod imports;
mod issues;
mod log;
mod mappings;
mod members;
mod page;
mod plans;
mod scope;
mod work;

pub use actions::{ActionFilter, ActionTarget, EmailConflict};
pub use error::StoreError;
pub use identity::{NewUser, Tenant, User};
pub use imports::{ImportCursor, ImportFilter, ImportOrder, ImportSort, NewImport, SortKey};
pub use issues::{HeldRow, IssueFilter};
pub use mappings::{ImportMapping, Remembering};
pub use members::{MemberCursor, MemberFilter, MemberRow};
pub use plans::{NewPlan, Plan, PlanBasis};
pub use work::{Lease, WorkKind};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, StreamTrait,
    TransactionOptions, TransactionTrait,
};

use crate::domain::id::{ImportId, TenantId};

type Result<T> = std::result::Result<T, StoreError>;

/// The database: a pool for reads, and one for transactions.
#[derive(Debug, Clone)]
pub struct Store {
    readers: DatabaseConnection,
    writers: DatabaseConnection,
}

/// A transaction. Dropped without [`Tx::commit`], it leaves nothing.
#[derive(Debug)]
pub struct Tx {
    inner: DatabaseTransaction,
    changes: Vec<Change>,
}

/// An import of which something changed that its watchers see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Whose.
    pub tenant: TenantId,
    /// Which.
    pub import: ImportId,
}

/// What a commit changed: the value that publishing takes, so that nothing is told before it is true.
#[derive(Debug)]
#[must_use = "watchers wait for it"]
pub struct Committed {
    /// In order.
    pub changes: Vec<Change>,
}

/// What can be read from: the pool, or a transaction that sees its own writes.
pub trait Db: Sync {
    /// The connection.
    #[doc(hidden)]
    type Connection: ConnectionTrait + StreamTrait + Send + Sync;
    /// The connection.
    #[doc(hidden)]
    fn connection(&self) -> &Self::Connection;
}

impl Db for Store {
    type Connection = DatabaseConnection;

    fn connection(&self) -> &DatabaseConnection {
        &self.readers
    }
}

impl Db for Tx {
    type Connection = DatabaseTransaction;

    fn connection(&self) -> &DatabaseTransaction {
        &self.inner
    }
}

impl Store {
    /// Begins a transaction that may write. On SQLite it takes the write lock at once: one that reads first and
    /// then writes would fail if another wrote in between, whatever the busy timeout.
    ///
    /// # Errors
    /// If no connection becomes free in time, or the database is away.
    pub async fn begin(&self) -> Result<Tx> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let inner = self.writers.begin_with_options(options).await?;
        Ok(Tx { inner, changes: Vec::new() })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// If it does not.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.readers.ping().await?)
    }

    /// Closes all connections, so that SQLite folds its log into the database.
    ///
    /// # Errors
    /// If a connection cannot be closed.
    pub async fn close(&self) -> Result<()> {
        self.writers.close_by_ref().await?;
        Ok(self.readers.close_by_ref().await?)
    }
}

impl Tx {
    fn changed(&mut self, tenant: TenantId, import: ImportId) {
        self.changes.push(Change { tenant, import });
    }

    /// Makes it so.
    ///
    /// # Errors
    /// If the database cannot; then nothing has changed.
    pub async fn commit(self) -> Result<Committed> {
        self.inner.commit().await?;
        Ok(Committed { changes: self.changes })
    }
}
