//! Background work: what is to be done, and who has taken it on for how long.

use entity::work::{ActiveModel, Column, Entity};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, Set};

use super::{Result, Store, StoreError, Tx};
use crate::domain::id::{ImportId, TenantId, UserId};
use crate::domain::timestamp::Timestamp;

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
}

impl Store {
    /// Takes on the oldest piece of work that nobody is at, until `until`.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn lease_work(&self, now: Timestamp, until: Timestamp) -> Result<Option<Lease>> {
        let next = Query::select()
            .column(Column::ImportId)
            .from(Entity)
            .and_where(Expr::col(Column::LeasedUntil).lt(now.0))
            .order_by(Column::CreatedAt, sea_orm::Order::Asc)
            .limit(1)
            .to_owned();
        let leased = Entity::update_many()
            .col_expr(Column::LeasedUntil, Expr::val(until.0))
            .col_expr(Column::Fence, Expr::col(Column::Fence).add(1))
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .filter(Column::ImportId.in_subquery(next))
            .filter(Column::LeasedUntil.lt(now.0))
            .exec_with_returning(&self.writers)
            .await?;
        Ok(leased.into_iter().next().map(|row| Lease {
            tenant: TenantId(row.tenant_id),
            import: ImportId(row.import_id),
            kind: if row.kind == WorkKind::Apply.word() { WorkKind::Apply } else { WorkKind::Plan },
            fence: row.fence,
            attempts: row.attempts.unsigned_abs(),
            requested_by: UserId(row.requested_by),
            confirmed_deletions: row.confirmed_deletions,
        }))
    }

    /// Whether there is work that nobody is at: a look that writes nothing.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn is_work_waiting(&self, now: Timestamp) -> Result<bool> {
        let waiting = Query::select()
            .expr(Expr::val(1))
            .from(Entity)
            .and_where(Expr::col(Column::LeasedUntil).lt(now.0))
            .limit(1)
            .to_owned();
        Ok(self.readers.query_one(&waiting).await?.is_some())
    }

    /// Keeps a piece of work for longer.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] if somebody else has it, or else if the database cannot be written.
    pub async fn extend_lease(&self, lease: &Lease, until: Timestamp) -> Result<()> {
        let kept = Entity::update_many()
            .col_expr(Column::LeasedUntil, Expr::val(until.0))
            .filter(Column::ImportId.eq(lease.import.0))
            .filter(Column::Fence.eq(lease.fence))
            .exec(&self.writers)
            .await?;
        if kept.rows_affected == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
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
    /// Asks for work on an import; it replaces what was asked for before.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn request_work(
        &self,
        tenant: TenantId,
        import: ImportId,
        kind: WorkKind,
        by: UserId,
        now: Timestamp,
        confirmed_deletions: Option<i32>,
    ) -> Result<()> {
        let row = ActiveModel {
            import_id: Set(import.0),
            tenant_id: Set(tenant.0),
            kind: Set(kind.word().to_owned()),
            // A number that no lease of this import ever had, so that whoever was at the old work cannot write.
            fence: Set(now.0),
            leased_until: Set(0),
            attempts: Set(0),
            requested_by: Set(by.0),
            confirmed_deletions: Set(confirmed_deletions),
            created_at: Set(now.0),
        };
        let replace = OnConflict::column(Column::ImportId)
            .update_columns([
                Column::Kind,
                Column::LeasedUntil,
                Column::Attempts,
                Column::RequestedBy,
                Column::ConfirmedDeletions,
                Column::CreatedAt,
            ])
            .value(Column::Fence, Expr::col((Entity, Column::Fence)).add(1))
            .to_owned();
        Entity::insert(row).on_conflict(replace).exec_without_returning(&self.inner).await?;
        Ok(())
    }

    /// Makes sure, for the rest of the transaction, that the lease is still ours.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] if it is not, or else if the database cannot be written.
    pub async fn require_lease(&self, lease: &Lease) -> Result<()> {
        let ours = Entity::update_many()
            .col_expr(Column::Fence, Expr::val(lease.fence))
            .filter(Column::ImportId.eq(lease.import.0))
            .filter(Column::Fence.eq(lease.fence))
            .exec(&self.inner)
            .await?;
        if ours.rows_affected == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
    }

    /// Work on an import is done, or no longer wanted.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn remove_work(&self, import: ImportId) -> Result<()> {
        Entity::delete_many().filter(Column::ImportId.eq(import.0)).exec(&self.inner).await?;
        Ok(())
    }
}
