//! Reviewing: pages of actions, and who approved what.

use entity::{actions, decisions};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, ExprTrait, Func, JoinType, Order};

use super::{ActionFilter, ActionTarget, a, aim, d, is_decided, joined, narrow, read, whole};
use crate::domain::action::{ActionKind, Approval, Decision, ProfileAction};
use crate::domain::id::{PlanId, TenantId, UserId};
use crate::domain::page::{Page, PageRequest};
use crate::domain::timestamp::Timestamp;
use crate::store::codes::Code;
use crate::store::{Db, Result, Store};

impl Store {
    /// One page of a plan's actions, in the order of the plan.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn action_page(
        &self,
        tenant: TenantId,
        plan: PlanId,
        filter: &ActionFilter,
        request: &PageRequest<u32>,
    ) -> Result<Page<ProfileAction>> {
        let mut select = joined(tenant, &[plan], JoinType::LeftJoin);
        whole(&mut select);
        narrow(&mut select, filter);
        if let Some(after) = request.after {
            select.and_where(a(actions::Column::Position).gt(after as i32));
        }
        if let Some(before) = request.before {
            select.and_where(a(actions::Column::Position).lt(before as i32));
        }
        let order = if request.backward { Order::Desc } else { Order::Asc };
        select
            .order_by((actions::Entity, actions::Column::Position), order)
            .limit(u64::from(request.limit) + 1);
        Ok(Page::from_found(read(self, &select).await?, request))
    }

    /// How many actions the list has.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn action_count(&self, tenant: TenantId, plan: PlanId, filter: &ActionFilter) -> Result<u64> {
        let mut select = joined(tenant, &[plan], JoinType::LeftJoin);
        select.expr_as(Func::count(a(actions::Column::Position)), Alias::new("found"));
        narrow(&mut select, filter);
        let found = self.connection().query_one(&select).await?;
        Ok(found.map(|row| row.try_get::<i64>("", "found")).transpose()?.unwrap_or(0).unsigned_abs())
    }

    /// Some actions of a plan.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn actions(
        &self,
        tenant: TenantId,
        plan: PlanId,
        positions: &[u32],
    ) -> Result<Vec<ProfileAction>> {
        let mut select = joined(tenant, &[plan], JoinType::LeftJoin);
        whole(&mut select);
        aim(&mut select, &ActionTarget::Positions(positions.to_vec()));
        read(self, &select).await
    }

    /// Who approved how many of what in several plans, and when last.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn approvals(&self, tenant: TenantId, plans: &[PlanId]) -> Result<Vec<Approval>> {
        let mut select = joined(tenant, plans, JoinType::InnerJoin);
        select
            .column((actions::Entity, actions::Column::PlanId))
            .column((actions::Entity, actions::Column::Kind))
            .column((decisions::Entity, decisions::Column::DecidedBy))
            .expr_as(Func::count(a(actions::Column::Position)), Alias::new("approved"))
            .expr_as(Func::max(d(decisions::Column::DecidedAt)), Alias::new("last"))
            .and_where(is_decided(Decision::Approved))
            .group_by_col((actions::Entity, actions::Column::PlanId))
            .group_by_col((actions::Entity, actions::Column::Kind))
            .group_by_col((decisions::Entity, decisions::Column::DecidedBy));
        let rows = self.connection().query_all(&select).await?;
        let rows = rows.iter().map(|row| {
            Ok(Approval {
                plan: PlanId(row.try_get("", "plan_id")?),
                kind: ActionKind::read(&row.try_get::<String>("", "kind")?)?,
                by: UserId(row.try_get("", "decided_by")?),
                count: row.try_get::<i64>("", "approved")?.unsigned_abs() as u32,
                last_decided_at: Timestamp(row.try_get("", "last")?),
            })
        });
        let mut rows = rows.collect::<Result<Vec<_>>>()?;
        rows.sort_unstable();
        Ok(rows)
    }
}
