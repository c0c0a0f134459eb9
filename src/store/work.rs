//! Background work: what is to be done, and who has taken it on for how long.

use entity::work::{ActiveModel, Column, Entity};
use sea_orm::sea_query::{
    Expr, LockBehavior, LockType, OnConflict, Order, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, Set};

use super::{Result, Store, StoreError, Tx};
use crate::domain::id::{ImportId, TenantId, UserId};
use crate::domain::import::Import;
use crate::domain::timestamp::Timestamp;

/// Bits of a fence that count leases; the others are the version of the import that the work was asked for with.
const FENCE_ATTEMPTS_BITS: u32 = 16;

/// What is to be done with an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkKind {
    /// Compute its plan.
    Plan,
    /// Apply what was approved.
    Apply,
}

impl WorkKind {
    fn word(self) -> &'static str {
        match self {
            Self::Plan => "PLAN",
            Self::Apply => "APPLY",
        }
    }
}

/// A piece of work that was taken on, for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Whose.
    pub tenant: TenantId,
    /// Of which import.
    pub import: ImportId,
    /// What.
    pub kind: WorkKind,
    /// Rises with each lease: a write with an older one is refused.
    pub fence: i64,
    /// Leases so far, this one included.
    pub attempts: u32,
    /// Who asked for it.
    pub requested_by: UserId,
    /// The number of deletions that they confirmed, if they did.
    pub confirmed_deletions: Option<i32>,
    /// Whether the file has `LARGE_ROWS` or more.
    pub is_large: bool,
}

/// Rows of a file from which on it is a large one.
pub const LARGE_ROWS: u32 = 50_000;

/// Which work is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkSize {
    /// Any.
    Any,
    /// On files of fewer than `LARGE_ROWS`.
    Small,
}

/// Work that nobody is at, other than on `except`.
fn waiting(size: WorkSize, except: &[ImportId], now: Timestamp) -> SelectStatement {
    let mut select = Query::select();
    select.from(Entity).and_where(Expr::col(Column::LeasedUntil).lt(now.0)).limit(1);
    if !except.is_empty() {
        select.and_where(Expr::col(Column::ImportId).is_not_in(except.iter().map(|import| import.0)));
    }
    if size == WorkSize::Small {
        select.and_where(Expr::col(Column::FileRowCount).lt(LARGE_ROWS as i32));
    }
    select
}

impl Store {
    /// Takes on the oldest piece of work that nobody is at, other than on `except`, for `lease_milliseconds`.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn lease_work(
        &self,
        size: WorkSize,
        except: &[ImportId],
        now: impl Fn() -> Timestamp,
        lease_milliseconds: i64,
    ) -> Result<Option<Lease>> {
        let tx = self.begin_unlocked().await?;
        // Only now, as the lease is not to end while it waits for its turn to be written.
        let now = now();
        let next = waiting(size, except, now)
            .column(Column::ImportId)
            .order_by(Column::CreatedAt, Order::Asc)
            // What another server takes on this moment, or is applying just now, is its own.
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .to_owned();
        let until = now.plus_milliseconds(lease_milliseconds);
        let leased = Entity::update_many()
            .col_expr(Column::LeasedUntil, Expr::val(until.0))
            .col_expr(Column::Fence, Expr::col(Column::Fence).add(1))
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .filter(Expr::col(Column::ImportId).eq(SimpleExpr::SubQuery(None, Box::new(next.into()))))
            .exec_with_returning(&tx.inner)
            .await?;
        let _ = tx.commit().await?;
        Ok(leased.into_iter().next().map(|row| Lease {
            tenant: TenantId(row.tenant_id),
            import: ImportId(row.import_id),
            kind: if row.kind == WorkKind::Apply.word() { WorkKind::Apply } else { WorkKind::Plan },
            fence: row.fence,
            attempts: row.attempts.unsigned_abs(),
            requested_by: UserId(row.requested_by),
            confirmed_deletions: row.confirmed_deletions,
            is_large: row.file_row_count.unsigned_abs() >= LARGE_ROWS,
        }))
    }

    /// Whether there is work that nobody is at, other than on `except`: a look that writes nothing.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn is_work_waiting(&self, size: WorkSize, except: &[ImportId], now: Timestamp) -> Result<bool> {
        let waiting = waiting(size, except, now).expr(Expr::val(1)).to_owned();
        Ok(self.readers.query_one(&waiting).await?.is_some())
    }

    /// Keeps a piece of work for longer.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] if somebody else has it, or else if the database cannot be written.
    pub async fn extend_lease(&self, lease: &Lease, until: Timestamp) -> Result<()> {
        // An earlier one that nobody waits for any more may come later.
        let later = Expr::case(Expr::col(Column::LeasedUntil).lt(until.0), Expr::val(until.0))
            .finally(Expr::col(Column::LeasedUntil));
        let kept = Entity::update_many()
            .col_expr(Column::LeasedUntil, later.into())
            .filter(Column::ImportId.eq(lease.import.0))
            .filter(Column::Fence.eq(lease.fence))
            .exec(&self.writers)
            .await?;
        if kept.rows_affected == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
    }

    /// Gives a piece of work back that is not done: whoever looks next takes it on, and the attempt does not count.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn release_lease(&self, lease: &Lease) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::LeasedUntil, Expr::val(0_i64))
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1))
            .filter(Column::ImportId.eq(lease.import.0))
            .filter(Column::Fence.eq(lease.fence))
            .exec(&self.writers)
            .await?;
        Ok(())
    }

    /// Frees all leases: for a server that has the database to itself and starts anew.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn free_leases(&self) -> Result<()> {
        Entity::update_many().col_expr(Column::LeasedUntil, Expr::val(0_i64)).exec(&self.writers).await?;
        Ok(())
    }
}

impl Tx {
    /// Asks for work on `import`, which is about to change with it; it replaces what was asked for before.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn request_work(
        &self,
        tenant: TenantId,
        import: &Import,
        kind: WorkKind,
        by: UserId,
        now: Timestamp,
        confirmed_deletions: Option<i32>,
    ) -> Result<()> {
        let row = ActiveModel {
            import_id: Set(import.id.0),
            tenant_id: Set(tenant.0),
            kind: Set(kind.word().to_owned()),
            // The import's version only rises: no lease of earlier work on it ever had this number or a higher one, so
            // that whoever still is at that cannot write.
            fence: Set(i64::from(import.version) << FENCE_ATTEMPTS_BITS),
            leased_until: Set(0),
            attempts: Set(0),
            requested_by: Set(by.0),
            confirmed_deletions: Set(confirmed_deletions),
            created_at: Set(now.0),
            file_row_count: Set(import.file.row_count as i32),
        };
        let replace = OnConflict::column(Column::ImportId)
            .update_columns([
                Column::Kind,
                Column::Fence,
                Column::LeasedUntil,
                Column::Attempts,
                Column::RequestedBy,
                Column::ConfirmedDeletions,
                Column::CreatedAt,
                Column::FileRowCount,
            ])
            .to_owned();
        Entity::insert(row).on_conflict(replace).exec_without_returning(&self.inner).await?;
        Ok(())
    }

    /// Makes sure, for the rest of the transaction, that the lease is still ours: until it ends nobody takes the work on.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] if it is not, or else if the database cannot be read.
    pub async fn require_lease(&self, lease: &Lease) -> Result<()> {
        #[allow(clippy::disallowed_methods, reason = "a lease is one server's, and names its import")]
        let ours = Entity::find()
            .select_only()
            .column(Column::ImportId)
            .filter(Column::ImportId.eq(lease.import.0))
            .filter(Column::Fence.eq(lease.fence))
            .lock(LockType::Update);
        match ours.into_tuple::<uuid::Uuid>().one(&self.inner).await? {
            Some(_) => Ok(()),
            None => Err(StoreError::LeaseLost),
        }
    }

    /// Work on an import is done, or no longer wanted.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn remove_work(&self, import: ImportId) -> Result<()> {
        Entity::delete_many().filter(Column::ImportId.eq(import.0)).exec(&self.inner).await?;
        self.remove_progress(import).await
    }
}
