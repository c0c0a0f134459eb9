//! Writing a plan's actions, and applying those that were approved.

use entity::{actions, decisions, members};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, JoinType, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, Set};

use super::{EmailConflict, a, is_decided, joined};
use crate::domain::action::{ActionKind, ApprovedAction, Decision, PlannedAction};
use crate::domain::id::{ActionId, MemberId, PlanId, TenantId};
use crate::domain::member::search_key;
use crate::domain::timestamp::Timestamp;
use crate::store::codes::Code;
use crate::store::{Db, Result, Store, Tx};

impl Store {
    /// The approved actions of these kinds behind `after`, in the order of the plan.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn approved_actions(
        &self,
        tenant: TenantId,
        plan: PlanId,
        kinds: &[ActionKind],
        after: Option<u32>,
        limit: u64,
    ) -> Result<Vec<ApprovedAction>> {
        use actions::Column::{Changes, Kind, MemberId as Member, Position};
        let mut select = joined(tenant, &[plan], JoinType::InnerJoin);
        select
            .columns([Position, Kind, Member, Changes].map(|column| (actions::Entity, column)))
            .and_where(is_decided(Decision::Approved))
            .and_where(a(actions::Column::Kind).is_in(kinds.iter().map(|kind| kind.word())));
        if let Some(after) = after {
            select.and_where(a(actions::Column::Position).gt(after as i32));
        }
        select.order_by((actions::Entity, actions::Column::Position), Order::Asc).limit(limit);
        let rows = self.connection().query_all(&select).await?;
        let rows = rows.iter().map(|row| {
            let (position, kind, member, changes) =
                row.try_get_many_by_index::<(i32, String, Option<uuid::Uuid>, String)>()?;
            Ok(ApprovedAction {
                id: ActionId { plan, position: position.unsigned_abs() },
                kind: ActionKind::read(&kind)?,
                member: member.map(MemberId),
                changes: serde_json::from_str(&changes)?,
            })
        });
        rows.collect()
    }
}

impl Tx {
    /// Adds actions of a plan, the first one at `position`.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn insert_actions(&self, plan: PlanId, position: u32, planned: &[PlannedAction]) -> Result<()> {
        let rows = planned.iter().zip(position..).map(|(action, position)| actions::ActiveModel {
            plan_id: Set(plan.0),
            position: Set(position as i32),
            kind: Set(action.kind.word().to_owned()),
            member_id: Set(action.member.map(|id| id.0)),
            row_number: Set(action.row_number.map(|number| number as i32)),
            search_key: Set(search_key(
                &action.member_name,
                action.member_email.as_deref(),
                action.member_unique_id.as_deref(),
            )),
            member_name: Set(action.member_name.clone()),
            member_email: Set(action.member_email.clone()),
            member_unique_id: Set(action.member_unique_id.clone()),
            changes: Set(serde_json::to_string(&action.changes).unwrap_or_default()),
            changed_fields: Set(changed_fields(action)),
            warnings: Set(serde_json::to_string(&action.warnings).unwrap_or_default()),
            has_warnings: Set(!action.warnings.is_empty()),
            frees_email: Set(action.frees_email),
            takes_email_from: Set(action.takes_email_from.map(|id| id.0)),
        });
        crate::store::bulk::insert(&self.inner, rows.collect()).await
    }

    /// Approved actions that give away an address whose owner would keep it, `limit` at most.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn email_conflicts(
        &self,
        tenant: TenantId,
        plan: PlanId,
        limit: u64,
    ) -> Result<Vec<EmailConflict>> {
        let (freeing, freed) = (Alias::new("freeing"), Alias::new("freed"));
        let f = |column: actions::Column| Expr::col((freeing.clone(), column));
        let fd = |column: decisions::Column| Expr::col((freed.clone(), column));
        let mut select = joined(tenant, &[plan], JoinType::InnerJoin);
        select
            .column((actions::Entity, actions::Column::Position))
            .expr_as(f(actions::Column::Position), Alias::new("frees"))
            .join_as(
                JoinType::LeftJoin,
                actions::Entity,
                freeing.clone(),
                f(actions::Column::PlanId)
                    .eq(plan.0)
                    .and(f(actions::Column::MemberId).eq(a(actions::Column::TakesEmailFrom)))
                    .and(f(actions::Column::FreesEmail).eq(true)),
            )
            .join_as(
                JoinType::LeftJoin,
                decisions::Entity,
                freed.clone(),
                fd(decisions::Column::PlanId)
                    .eq(plan.0)
                    .and(fd(decisions::Column::Position).eq(f(actions::Column::Position))),
            )
            .and_where(is_decided(Decision::Approved))
            .and_where(a(actions::Column::TakesEmailFrom).is_not_null())
            .and_where(
                fd(decisions::Column::Approved).is_null().or(fd(decisions::Column::Approved).eq(false)),
            )
            .order_by((actions::Entity, actions::Column::Position), Order::Asc)
            .limit(limit);
        let rows = self.inner.query_all(&select).await?;
        let rows = rows.iter().map(|row| {
            let takes: i32 = row.try_get("", "position")?;
            let frees: Option<i32> = row.try_get("", "frees")?;
            let id = |position: i32| ActionId { plan, position: position.unsigned_abs() };
            Ok(EmailConflict { takes: id(takes), frees: frees.map(id) })
        });
        rows.collect()
    }

    /// Deletes the members whose approved actions say so: their records are kept for a while.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn apply_deletes(&self, tenant: TenantId, plan: PlanId, now: Timestamp) -> Result<u64> {
        let mut doomed = joined(tenant, &[plan], JoinType::InnerJoin);
        doomed
            .column((actions::Entity, actions::Column::MemberId))
            .and_where(is_decided(Decision::Approved))
            .and_where(a(actions::Column::Kind).eq(ActionKind::Delete.word()));
        self.mark(tenant, doomed, members::Column::DeletedAt, Expr::val(now.0)).await
    }

    /// Takes the addresses from members who get another one, so that two can swap theirs without ever having the
    /// same.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn park_emails(&self, tenant: TenantId, plan: PlanId) -> Result<u64> {
        let mut parked = joined(tenant, &[plan], JoinType::InnerJoin);
        parked
            .column((actions::Entity, actions::Column::MemberId))
            .and_where(is_decided(Decision::Approved))
            .and_where(a(actions::Column::FreesEmail).eq(true))
            .and_where(a(actions::Column::Kind).ne(ActionKind::Delete.word()));
        self.mark(tenant, parked, members::Column::EmailKey, Expr::val(Option::<String>::None)).await
    }

    async fn mark(
        &self,
        tenant: TenantId,
        whom: SelectStatement,
        column: members::Column,
        value: SimpleExpr,
    ) -> Result<u64> {
        let update = Query::update()
            .table(members::Entity)
            .value(column, value)
            .and_where(Expr::col(members::Column::TenantId).eq(tenant.0))
            .and_where(Expr::col(members::Column::Id).in_subquery(whom))
            .to_owned();
        Ok(self.inner.execute(&update).await?.rows_affected())
    }
}

/// The changed fields, each between two bars, so that one can be looked for.
fn changed_fields(action: &PlannedAction) -> String {
    let mut joined = String::from("|");
    for change in &action.changes {
        joined.push_str(&change.0);
        joined.push('|');
    }
    joined
}
