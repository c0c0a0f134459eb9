//! Plans and their books.

use entity::{plan_counts, plans};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, Set,
};

use super::codes::Code;
use super::scope::{OfTenant, plans_of};
use super::{Db, Result, Store, Tx};
use crate::domain::action::{ActionCount, ActionKind};
use crate::domain::id::{ImportId, PlanId, TenantId};
use crate::domain::plan::books::{Books, IssueCount};
use crate::domain::timestamp::Timestamp;

/// What a plan rests on: if it changes, the plan is stale.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PlanBasis {
    /// See [`super::Tenant::roster_version`].
    pub roster_version: i64,
    /// The fields that it uses, as they were.
    pub fields: String,
}

/// A plan, all of which is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Identity.
    pub id: PlanId,
    /// Of which import.
    pub import: ImportId,
    /// Rows in the file.
    pub rows_read: u32,
    /// Rows that change nothing.
    pub rows_unchanged: u32,
    /// Rows with an error.
    pub rows_held: u32,
    /// Rows that are identical to an earlier one.
    pub rows_repeated: u32,
    /// Rows that imply an action.
    pub rows_with_actions: u32,
    /// All issues, kept or not.
    pub issue_counts: Vec<IssueCount>,
    /// Why the file may not delete anybody.
    pub deletions_blocked: Option<String>,
    /// What it rests on.
    pub basis: PlanBasis,
}

/// A plan that is being made.
#[derive(Debug, Clone)]
pub struct NewPlan {
    /// Identity.
    pub id: PlanId,
    /// Of which import.
    pub import: ImportId,
    /// What it rests on.
    pub basis: PlanBasis,
    /// When it was begun.
    pub created_at: Timestamp,
}

fn plan(row: plans::Model) -> Result<Plan> {
    Ok(Plan {
        id: PlanId(row.id),
        import: ImportId(row.import_id),
        rows_read: row.rows_read.unsigned_abs(),
        rows_unchanged: row.rows_unchanged.unsigned_abs(),
        rows_held: row.rows_held.unsigned_abs(),
        rows_repeated: row.rows_repeated.unsigned_abs(),
        rows_with_actions: row.rows_with_actions.unsigned_abs(),
        issue_counts: serde_json::from_str(&row.issue_counts)?,
        deletions_blocked: row.deletions_blocked,
        basis: serde_json::from_str(&row.basis)?,
    })
}

async fn ready<D: Db>(
    db: &D,
    tenant: TenantId,
    condition: sea_orm::sea_query::SimpleExpr,
) -> Result<Vec<Plan>> {
    let found = plans::Entity::of(tenant).filter(plans::Column::Ready.eq(true)).filter(condition);
    found.all(db.connection()).await?.into_iter().map(plan).collect()
}

async fn counts<D: Db>(db: &D, tenant: TenantId, plans: &[PlanId]) -> Result<Vec<(PlanId, ActionCount)>> {
    #[allow(clippy::disallowed_methods, reason = "the plans are the tenant's: the subquery says so")]
    let rows =
        plan_counts::Entity::find().filter(plan_counts::Column::PlanId.in_subquery(plans_of(tenant, plans)));
    let rows = rows.all(db.connection()).await?.into_iter().map(|row| {
        let count = ActionCount {
            kind: ActionKind::read(&row.kind)?,
            proposed: row.proposed.unsigned_abs(),
            approved: row.approved.unsigned_abs(),
            rejected: row.rejected.unsigned_abs(),
        };
        Ok((PlanId(row.plan_id), count))
    });
    let mut rows = rows.collect::<Result<Vec<_>>>()?;
    rows.sort_by_key(|(plan, count)| (*plan, count.kind));
    Ok(rows)
}

async fn latest<D: Db>(db: &D, tenant: TenantId, import: ImportId) -> Result<Option<Plan>> {
    let found = plans::Entity::of(tenant)
        .filter(plans::Column::ImportId.eq(import.0))
        .filter(plans::Column::Ready.eq(true))
        .order_by_desc(plans::Column::CreatedAt);
    found.one(db.connection()).await?.map(plan).transpose()
}

macro_rules! reads {
    ($on:ident) => {
        impl $on {
            /// The tenant's plan `id`, if all of it is there.
            ///
            /// # Errors
            /// If the database cannot be read.
            pub async fn plan(&self, tenant: TenantId, id: PlanId) -> Result<Option<Plan>> {
                Ok(ready(self, tenant, plans::Column::Id.eq(id.0)).await?.pop())
            }

            /// The plan of an import, if all of it is there.
            ///
            /// # Errors
            /// If the database cannot be read.
            pub async fn plan_of(&self, tenant: TenantId, import: ImportId) -> Result<Option<Plan>> {
                latest(self, tenant, import).await
            }

            /// How many actions of each kind a plan has.
            ///
            /// # Errors
            /// If the database cannot be read.
            pub async fn plan_counts(&self, tenant: TenantId, plan: PlanId) -> Result<Vec<ActionCount>> {
                Ok(counts(self, tenant, &[plan]).await?.into_iter().map(|(_, count)| count).collect())
            }
        }
    };
}

reads!(Store);
reads!(Tx);

impl Store {
    /// Some plans, those all of which is there.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn plans(&self, tenant: TenantId, ids: &[PlanId]) -> Result<Vec<Plan>> {
        ready(self, tenant, plans::Column::Id.is_in(ids.iter().map(|id| id.0))).await
    }

    /// The plans of several imports, those all of which is there.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn plans_of(&self, tenant: TenantId, imports: &[ImportId]) -> Result<Vec<Plan>> {
        ready(self, tenant, plans::Column::ImportId.is_in(imports.iter().map(|id| id.0))).await
    }

    /// How many actions of each kind several plans have.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn plans_counts(
        &self,
        tenant: TenantId,
        plans: &[PlanId],
    ) -> Result<Vec<(PlanId, ActionCount)>> {
        counts(self, tenant, plans).await
    }
}

impl Tx {
    /// Begins a plan. Nobody sees it until [`Tx::finish_plan`].
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn insert_plan(&self, tenant: TenantId, new: &NewPlan) -> Result<()> {
        let row = plans::ActiveModel {
            tenant_id: Set(tenant.0),
            id: Set(new.id.0),
            import_id: Set(new.import.0),
            ready: Set(false),
            rows_read: Set(0),
            rows_unchanged: Set(0),
            rows_held: Set(0),
            rows_repeated: Set(0),
            rows_with_actions: Set(0),
            issue_counts: Set("[]".to_owned()),
            deletions_blocked: Set(None),
            basis: Set(serde_json::to_string(&new.basis)?),
            created_at: Set(new.created_at.0),
        };
        plans::Entity::insert(row).exec_without_returning(&self.inner).await?;
        Ok(())
    }

    /// Closes the books of a plan, so that it is seen.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn finish_plan(
        &self,
        tenant: TenantId,
        id: PlanId,
        books: &Books,
        deletions_blocked: Option<&str>,
    ) -> Result<()> {
        let row = plans::ActiveModel {
            tenant_id: Set(tenant.0),
            id: Set(id.0),
            ready: Set(true),
            rows_read: Set(books.read as i32),
            rows_unchanged: Set(books.unchanged as i32),
            rows_held: Set(books.held as i32),
            rows_repeated: Set(books.repeated as i32),
            rows_with_actions: Set(books.with_actions as i32),
            issue_counts: Set(serde_json::to_string(&books.issue_counts())?),
            deletions_blocked: Set(deletions_blocked.map(str::to_owned)),
            ..Default::default()
        };
        row.update(&self.inner).await?;
        let rows = ActionKind::ALL.map(|kind| plan_counts::ActiveModel {
            plan_id: Set(id.0),
            kind: Set(kind.word().to_owned()),
            proposed: Set(books.proposed.get(&kind).copied().unwrap_or(0) as i32),
            approved: Set(0),
            rejected: Set(0),
        });
        plan_counts::Entity::insert_many(rows).exec_without_returning(&self.inner).await?;
        Ok(())
    }

    /// Removes the plans of an import but for `keep`, whether they are done or were left half made.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn delete_plans(&self, tenant: TenantId, import: ImportId, keep: Option<PlanId>) -> Result<()> {
        let mut doomed = plans::Entity::of(tenant).filter(plans::Column::ImportId.eq(import.0));
        if let Some(keep) = keep {
            doomed = doomed.filter(plans::Column::Id.ne(keep.0));
        }
        for plan in doomed.all(&self.inner).await? {
            self.delete_plan(plan).await?;
        }
        Ok(())
    }

    async fn delete_plan(&self, plan: plans::Model) -> Result<()> {
        for table in ["action_blocks", "decision_blocks", "row_issues", "held_rows", "plan_counts"] {
            let rows =
                Query::delete().from_table(table).and_where(Expr::col("plan_id").eq(plan.id)).to_owned();
            self.inner.execute(&rows).await?;
        }
        plans::Entity::delete_by_id((plan.tenant_id, plan.id)).exec(&self.inner).await?;
        Ok(())
    }

    /// Removes a plan, of any tenant, that was left half made and that nobody is at any more: its import was superseded
    /// or given up meanwhile. Answers whether there was one.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn sweep_unfinished_plan(&self) -> Result<bool> {
        let at_work = Query::select().column("import_id").from("work").to_owned();
        #[allow(clippy::disallowed_methods, reason = "sweeping is nobody's request")]
        let unfinished = plans::Entity::find()
            // Word for word as the index has it, or it is not used.
            .filter(Expr::cust("ready = FALSE"))
            .filter(plans::Column::ImportId.not_in_subquery(at_work));
        match unfinished.one(&self.inner).await? {
            Some(plan) => self.delete_plan(plan).await.map(|()| true),
            None => Ok(false),
        }
    }
}
