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
mod listen;
mod log;
mod mappings;
mod member_lines;
mod members;
mod page;
mod plans;
mod progress;
mod scope;
mod statistics;
mod work;

#[cfg(test)]
mod query_plan_tests;

pub use actions::{ActionBlocks, ActionFilter, ActionPacker, ActionTarget, ApprovedActions, EmailConflict};
pub use connect::SchemaChange;
pub use error::StoreError;
pub use identity::{NewUser, Tenant, User};
pub use imports::{ImportCursor, ImportFilter, ImportOrder, ImportSort, NewImport, SortKey};
pub use issues::{HeldRow, IssueFilter};
pub use listen::Listener;
pub use log::Standing;
pub use mappings::{ImportMapping, Remembering};
pub use member_lines::{MemberLine, MemberLines};
pub use members::{MemberCursor, MemberFilter, MemberRows};
pub use plans::{NewPlan, Plan, PlanBasis};
pub use work::{LARGE_ROWS, Lease, WorkKind, WorkSize};

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, QueryFilter,
    QuerySelect, SqliteTransactionMode, StreamTrait, TransactionOptions, TransactionTrait,
};
use tokio::sync::{Mutex, OwnedMutexGuard, Semaphore, SemaphorePermit};
use uuid::Uuid;

use crate::domain::id::{ImportId, TenantId};

/// Turns, for tenants to share.
const TURNS: usize = 256;
/// How long a transaction waits for its turn.
const TURN: Duration = Duration::from_secs(60);
/// How long the database may take to say that it is there.
const PING: Duration = Duration::from_secs(2);

type Result<T> = std::result::Result<T, StoreError>;

/// The database: a pool for reads, and one for transactions.
#[derive(Debug, Clone)]
pub struct Store {
    readers: DatabaseConnection,
    writers: DatabaseConnection,
    /// A turn for each tenant (for several, if they share a place): whoever waits for a tenant waits without a connection.
    turns: Arc<[Arc<Mutex<()>>]>,
    /// Of an embedded database.
    file: Option<Arc<str>>,
    /// Pieces of background work that leave requests their connections.
    work_max: usize,
    /// Turns for background work that reads much at once, so that requests are left some connections. What it reads a page after the
    /// other takes none.
    reads: Arc<Semaphore>,
    /// Whose last commits may have been done without having been answered.
    unsure: Arc<listen::Unsure>,
    /// Names this server among those that share the database, so that it knows its own notifications.
    server: Uuid,
}

/// A transaction. Dropped without [`Tx::commit`], it leaves nothing.
#[derive(Debug)]
pub struct Tx {
    inner: DatabaseTransaction,
    changes: Vec<Change>,
    server: Uuid,
    unsure: Arc<listen::Unsure>,
    /// Held until the transaction has ended.
    _turn: Option<OwnedMutexGuard<()>>,
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
    /// Begins a transaction on what is a tenant's. Until it ends, no other one of that tenant begins: what was read in it
    /// stays true. (Only background work writes meanwhile, and only what nobody else writes.)
    ///
    /// # Errors
    /// If no connection becomes free in time, another transaction holds the tenant for too long, or the database is away.
    pub async fn begin(&self, tenant: TenantId) -> Result<Tx> {
        let place = (tenant.0.as_u128() % self.turns.len() as u128) as usize;
        let turn = tokio::time::timeout(TURN, self.turns[place].clone().lock_owned()).await;
        let turn = turn.map_err(|_| {
            let busy = "other transactions of the tenant have taken too long";
            StoreError::Unavailable(DbErr::Custom(busy.to_owned()))
        })?;
        let tx = self.begin_unlocked().await?;
        tx.lock_tenant(tenant).await?;
        Ok(Tx { _turn: Some(turn), ..tx })
    }

    /// Begins a transaction of background work, and makes sure until it ends that the work is still ours.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] if it is not, or else as [`Store::begin`].
    pub async fn begin_leased(&self, lease: &Lease) -> Result<Tx> {
        let tx = self.begin_unlocked().await?;
        tx.require_lease(lease).await?;
        Ok(tx)
    }

    /// Begins a transaction that locks nothing by itself: for what is no single tenant's.
    ///
    /// On SQLite each transaction takes the write lock at once: one that reads first and then writes would fail if
    /// another wrote in between, whatever the busy timeout.
    ///
    /// # Errors
    /// As [`Store::begin`].
    pub async fn begin_unlocked(&self) -> Result<Tx> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let writers = self.writers.clone();
        // In a task of its own: cancelled in the middle, it would leave the connection in a transaction that nobody
        // ends. If the caller is gone by then, the task's result is dropped, which rolls it back.
        let begun = tokio::spawn(async move { writers.begin_with_options(options).await }).await;
        let inner = begun.map_err(|error| DbErr::Custom(error.to_string()))??;
        let unsure = self.unsure.clone();
        Ok(Tx { inner, changes: Vec::new(), server: self.server, unsure, _turn: None })
    }

    /// Whether the database is this server's alone.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.file.is_some()
    }

    /// The file of an embedded database.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// If it does not, or not soon.
    pub async fn ping(&self) -> Result<()> {
        match tokio::time::timeout(PING, self.readers.ping()).await {
            Ok(answer) => Ok(answer?),
            Err(_) => Err(StoreError::silent()),
        }
    }

    /// How much background work may be at its writing at once, so that requests are left some connections to write with.
    #[must_use]
    pub fn work_max(&self) -> usize {
        self.work_max
    }

    /// A turn to read, for background work that has many reads under way at once.
    pub async fn turn_to_read(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed.
        self.reads.acquire().await.ok()
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

    /// Waits until no other transaction holds the tenant, and holds it until the end of this one. On SQLite each
    /// transaction excludes all others anyhow.
    pub(super) async fn lock_tenant(&self, tenant: TenantId) -> Result<()> {
        use entity::tenants::Column;
        let row = scope::tenants().select_only().column(Column::Id).filter(Column::Id.eq(tenant.0));
        row.lock(LockType::NoKeyUpdate).into_tuple::<Uuid>().one(&self.inner).await?;
        Ok(())
    }

    /// Makes it so without waiting for the disk: if the database dies, it may not have been, as long as no later commit is
    /// on the disk. For what means nothing until a later commit seals it.
    ///
    /// # Errors
    /// As [`Tx::commit`].
    pub async fn commit_unsealed(self) -> Result<Committed> {
        if ConnectionTrait::get_database_backend(&self.inner) == DbBackend::Postgres {
            self.inner.execute_unprepared("SET LOCAL synchronous_commit = off").await?;
        }
        self.commit().await
    }

    /// Makes it so, and tells the other servers.
    ///
    /// # Errors
    /// If the database cannot; then nothing has changed.
    pub async fn commit(self) -> Result<Committed> {
        let mut tenants: Vec<TenantId> = self.changes.iter().map(|change| change.tenant).collect();
        tenants.dedup();
        for &tenant in &tenants {
            self.raise_edition(tenant).await?;
            if ConnectionTrait::get_database_backend(&self.inner) == DbBackend::Postgres {
                listen::notify(&self.inner, self.server, tenant).await?;
            }
        }
        // If no answer comes, nobody here is told by the commit: then the notification tells them.
        self.unsure.begin(&tenants);
        self.inner.commit().await?;
        self.unsure.end(&tenants);
        Ok(Committed { changes: self.changes })
    }
}
