//! Deciding: decisions are rows of their own, so that approving a million actions rewrites none.

use entity::{actions, decisions};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, JoinType, OnConflict, Query};

use super::{ActionTarget, a, aim, d, is_decided, is_decided_otherwise, joined};
use crate::domain::action::{ActionKind, Decision};
use crate::domain::id::{PlanId, TenantId, UserId};
use crate::domain::timestamp::Timestamp;
use crate::store::codes::Code;
use crate::store::scope::plans_of;
use crate::store::{Result, Tx};

impl Tx {
    /// Which of `positions` the plan has.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn count_positions(&self, tenant: TenantId, plan: PlanId, positions: &[u32]) -> Result<u64> {
        let mut select = joined(tenant, &[plan], JoinType::LeftJoin);
        select.expr_as(Func::count(a(actions::Column::Position)), Alias::new("found"));
        aim(&mut select, &ActionTarget::Positions(positions.to_vec()));
        let found = self.inner.query_one(&select).await?;
        Ok(found.map(|row| row.try_get::<i64>("", "found")).transpose()?.unwrap_or(0).unsigned_abs())
    }

    /// Decides about actions. What has the decision already keeps who and when. Answers how many changed.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn decide(
        &self,
        tenant: TenantId,
        plan: PlanId,
        target: &ActionTarget,
        decision: Decision,
        by: UserId,
        now: Timestamp,
    ) -> Result<u64> {
        let moved = self.count_undecided(tenant, plan, target, decision).await?;
        if moved.is_empty() {
            return Ok(0);
        }
        let mut select = joined(tenant, &[plan], JoinType::LeftJoin);
        aim(&mut select, target);
        select.and_where(is_decided_otherwise(decision));
        if decision == Decision::Pending {
            select.column((actions::Entity, actions::Column::Position));
            let delete = Query::delete()
                .from_table(decisions::Entity)
                .and_where(Expr::col(decisions::Column::PlanId).eq(plan.0))
                .and_where(Expr::col(decisions::Column::Position).in_subquery(select))
                .to_owned();
            self.inner.execute(&delete).await?;
        } else {
            select
                .column((actions::Entity, actions::Column::PlanId))
                .column((actions::Entity, actions::Column::Position))
                .expr(Expr::val(decision == Decision::Approved))
                .expr(Expr::val(by.0))
                .expr(Expr::val(now.0));
            use decisions::Column::{Approved, DecidedAt, DecidedBy, PlanId, Position};
            let mut insert = Query::insert();
            insert.into_table(decisions::Entity).columns([PlanId, Position, Approved, DecidedBy, DecidedAt]);
            insert.select_from(select).map_err(|error| sea_orm::DbErr::Custom(error.to_string()))?;
            insert.on_conflict(
                OnConflict::columns([PlanId, Position])
                    .update_columns([Approved, DecidedBy, DecidedAt])
                    .to_owned(),
            );
            self.inner.execute(&insert).await?;
        }
        let mut changed = 0;
        for (kind, before, count) in moved {
            self.move_counts(plan, kind, before, decision, count).await?;
            changed += count.unsigned_abs();
        }
        Ok(changed)
    }

    /// How many of the target have another decision, by kind and decision.
    async fn count_undecided(
        &self,
        tenant: TenantId,
        plan: PlanId,
        target: &ActionTarget,
        decision: Decision,
    ) -> Result<Vec<(ActionKind, Decision, i64)>> {
        let mut select = joined(tenant, &[plan], JoinType::LeftJoin);
        aim(&mut select, target);
        select
            .column((actions::Entity, actions::Column::Kind))
            .column((decisions::Entity, decisions::Column::Approved))
            .expr_as(Func::count(a(actions::Column::Position)), Alias::new("found"))
            .and_where(is_decided_otherwise(decision))
            .group_by_col((actions::Entity, actions::Column::Kind))
            .group_by_col((decisions::Entity, decisions::Column::Approved));
        let rows = self.inner.query_all(&select).await?;
        let rows = rows.iter().map(|row| {
            let before = match row.try_get::<Option<bool>>("", "approved")? {
                None => Decision::Pending,
                Some(true) => Decision::Approved,
                Some(false) => Decision::Rejected,
            };
            Ok((ActionKind::read(&row.try_get::<String>("", "kind")?)?, before, row.try_get("", "found")?))
        });
        rows.collect()
    }

    async fn move_counts(
        &self,
        plan: PlanId,
        kind: ActionKind,
        before: Decision,
        after: Decision,
        count: i64,
    ) -> Result<()> {
        use entity::plan_counts::{Column, Entity};
        let step = |decision: Decision| match decision {
            _ if before == after => 0,
            _ if decision == after => count,
            _ if decision == before => -count,
            _ => 0,
        };
        let update = Query::update()
            .table(Entity)
            .value(Column::Approved, Expr::col(Column::Approved).add(step(Decision::Approved)))
            .value(Column::Rejected, Expr::col(Column::Rejected).add(step(Decision::Rejected)))
            .and_where(Expr::col(Column::PlanId).eq(plan.0))
            .and_where(Expr::col(Column::Kind).eq(kind.word()))
            .to_owned();
        self.inner.execute(&update).await?;
        Ok(())
    }

    /// Carries decisions over from a plan to the one that replaces it, for actions that are the same in member or
    /// row, kind and changes.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn carry_decisions(&self, tenant: TenantId, from: PlanId, to: PlanId) -> Result<()> {
        let (old, new) = (Alias::new("old"), Alias::new("new"));
        let o = |column: actions::Column| Expr::col((old.clone(), column));
        let n = |column: actions::Column| Expr::col((new.clone(), column));
        // One after the other: with OR between the two, no index would lead from an action to its like.
        let same_member = n(actions::Column::MemberId).eq(o(actions::Column::MemberId));
        let same_row = n(actions::Column::RowNumber)
            .eq(o(actions::Column::RowNumber))
            .and(n(actions::Column::MemberId).is_null())
            .and(o(actions::Column::MemberId).is_null());
        for same_subject in [same_member, same_row] {
            let select = Query::select()
                .expr(Expr::val(to.0))
                .column((new.clone(), actions::Column::Position))
                .column((decisions::Entity, decisions::Column::Approved))
                .column((decisions::Entity, decisions::Column::DecidedBy))
                .column((decisions::Entity, decisions::Column::DecidedAt))
                .from(decisions::Entity)
                .join_as(
                    JoinType::InnerJoin,
                    actions::Entity,
                    old.clone(),
                    o(actions::Column::PlanId)
                        .eq(from.0)
                        .and(o(actions::Column::Position).eq(d(decisions::Column::Position))),
                )
                .join_as(
                    JoinType::InnerJoin,
                    actions::Entity,
                    new.clone(),
                    n(actions::Column::PlanId)
                        .eq(to.0)
                        .and(same_subject)
                        .and(n(actions::Column::Kind).eq(o(actions::Column::Kind)))
                        .and(n(actions::Column::Changes).eq(o(actions::Column::Changes))),
                )
                .and_where(d(decisions::Column::PlanId).eq(from.0))
                .and_where(d(decisions::Column::PlanId).in_subquery(plans_of(tenant, &[from])))
                .to_owned();
            use decisions::Column::{Approved, DecidedAt, DecidedBy, PlanId, Position};
            let mut insert = Query::insert();
            insert.into_table(decisions::Entity).columns([PlanId, Position, Approved, DecidedBy, DecidedAt]);
            insert.select_from(select).map_err(|error| sea_orm::DbErr::Custom(error.to_string()))?;
            self.inner.execute(&insert).await?;
        }
        for decision in [Decision::Approved, Decision::Rejected] {
            for kind in ActionKind::ALL {
                let mut count = joined(tenant, &[to], JoinType::InnerJoin);
                count
                    .expr_as(Func::count(a(actions::Column::Position)), Alias::new("found"))
                    .and_where(is_decided(decision))
                    .and_where(a(actions::Column::Kind).eq(kind.word()));
                let found = self.inner.query_one(&count).await?;
                let found = found.map(|row| row.try_get::<i64>("", "found")).transpose()?.unwrap_or(0);
                self.move_counts(to, kind, Decision::Pending, decision, found).await?;
            }
        }
        Ok(())
    }
}
