//! The actions of a plan, and what was decided about them.

use entity::{actions, decisions, members};
use sea_orm::sea_query::{
    Alias, Expr, ExprTrait, Func, JoinType, OnConflict, Order, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{ConnectionTrait, QueryResult, Set};

use super::codes::Code;
use super::page::contains;
use super::scope::plan_of;
use super::{Db, Result, Store, Tx};
use crate::domain::action::{ActionKind, Decision, PlannedAction, ProfileAction};
use crate::domain::id::{ActionId, MemberId, PlanId, TenantId, UserId};
use crate::domain::member::search_key;
use crate::domain::page::{Page, PageRequest};
use crate::domain::timestamp::Timestamp;
use crate::domain::value::fold::fold;

/// Which actions a list shows, or a decision is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActionFilter {
    /// Any of these; none means any.
    pub kind: Option<Vec<ActionKind>>,
    /// Any of these; none means any.
    pub decision: Option<Vec<Decision>>,
    /// Decided by this user.
    pub decided_by: Option<UserId>,
    /// Any of these fields changes; none means any.
    pub changed_field: Option<Vec<String>>,
    /// Whether there are warnings.
    pub has_warnings: Option<bool>,
    /// Name, email or id contains it, folded.
    pub search: Option<String>,
}

/// Which actions a decision is about.
#[derive(Debug, Clone)]
pub enum ActionTarget {
    /// These places.
    Positions(Vec<u32>),
    /// All that the filter shows.
    Filter(ActionFilter),
    /// All of the plan.
    All,
}

/// An approved action that gives away an address whose owner would keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailConflict {
    /// The approved action.
    pub takes: ActionId,
    /// The action, not approved, that would free the address.
    pub frees: Option<ActionId>,
}

fn action(row: &QueryResult) -> Result<ProfileAction> {
    let plan = PlanId(row.try_get("", "plan_id")?);
    let position: i32 = row.try_get("", "position")?;
    let approved: Option<bool> = row.try_get("", "approved")?;
    let decided_by: Option<uuid::Uuid> = row.try_get("", "decided_by")?;
    let decided_at: Option<i64> = row.try_get("", "decided_at")?;
    Ok(ProfileAction {
        id: ActionId { plan, position: position.unsigned_abs() },
        planned: PlannedAction {
            kind: ActionKind::read(&row.try_get::<String>("", "kind")?)?,
            member: row.try_get::<Option<uuid::Uuid>>("", "member_id")?.map(MemberId),
            row_number: row.try_get::<Option<i32>>("", "row_number")?.map(i32::unsigned_abs),
            member_name: row.try_get("", "member_name")?,
            member_email: row.try_get("", "member_email")?,
            member_unique_id: row.try_get("", "member_unique_id")?,
            changes: serde_json::from_str(&row.try_get::<String>("", "changes")?)?,
            warnings: serde_json::from_str(&row.try_get::<String>("", "warnings")?)?,
            frees_email: row.try_get("", "frees_email")?,
            takes_email_from: row.try_get::<Option<uuid::Uuid>>("", "takes_email_from")?.map(MemberId),
        },
        decision: match approved {
            None => Decision::Pending,
            Some(true) => Decision::Approved,
            Some(false) => Decision::Rejected,
        },
        decided: decided_by.zip(decided_at).map(|(by, at)| (UserId(by), Timestamp(at))),
    })
}

fn a(column: actions::Column) -> SimpleExpr {
    Expr::col((actions::Entity, column))
}

fn d(column: decisions::Column) -> SimpleExpr {
    Expr::col((decisions::Entity, column))
}

/// The plan's actions beside their decisions; nothing selected yet.
fn joined(tenant: TenantId, plan: PlanId, join: JoinType) -> SelectStatement {
    Query::select()
        .from(actions::Entity)
        .join(
            join,
            decisions::Entity,
            d(decisions::Column::PlanId)
                .eq(a(actions::Column::PlanId))
                .and(d(decisions::Column::Position).eq(a(actions::Column::Position))),
        )
        .and_where(a(actions::Column::PlanId).eq(plan.0))
        .and_where(a(actions::Column::PlanId).in_subquery(plan_of(tenant, plan)))
        .to_owned()
}

fn is_decided(decision: Decision) -> SimpleExpr {
    match decision {
        Decision::Pending => d(decisions::Column::Approved).is_null(),
        Decision::Approved => d(decisions::Column::Approved).eq(true),
        Decision::Rejected => d(decisions::Column::Approved).eq(false),
    }
}

/// Whether another decision stands. `NOT` would not say it: what is unknown is not false either.
fn is_decided_otherwise(decision: Decision) -> SimpleExpr {
    let others = [Decision::Pending, Decision::Approved, Decision::Rejected].into_iter();
    any(others.filter(|other| *other != decision).map(is_decided))
}

fn any(conditions: impl Iterator<Item = SimpleExpr>) -> SimpleExpr {
    conditions.reduce(ExprTrait::or).unwrap_or_else(|| Expr::val(1).eq(2))
}

fn narrow(select: &mut SelectStatement, filter: &ActionFilter) {
    if let Some(kinds) = &filter.kind {
        select.and_where(a(actions::Column::Kind).is_in(kinds.iter().map(|kind| kind.word())));
    }
    if let Some(decided) = &filter.decision {
        select.and_where(any(decided.iter().map(|decision| is_decided(*decision))));
    }
    if let Some(by) = filter.decided_by {
        select.and_where(d(decisions::Column::DecidedBy).eq(by.0));
    }
    if let Some(fields) = &filter.changed_field {
        let fields =
            fields.iter().map(|key| a(actions::Column::ChangedFields).like(contains(&format!("|{key}|"))));
        select.and_where(any(fields));
    }
    if let Some(has) = filter.has_warnings {
        select.and_where(a(actions::Column::HasWarnings).eq(has));
    }
    if let Some(search) = &filter.search {
        select.and_where(a(actions::Column::SearchKey).like(contains(&fold(search))));
    }
}

fn aim(select: &mut SelectStatement, target: &ActionTarget) {
    match target {
        ActionTarget::Positions(positions) => {
            select.and_where(a(actions::Column::Position).is_in(positions.iter().map(|place| *place as i32)));
        }
        ActionTarget::Filter(filter) => narrow(select, filter),
        ActionTarget::All => {}
    }
}

fn whole(select: &mut SelectStatement) {
    select
        .expr(Expr::col((actions::Entity, sea_orm::sea_query::Asterisk)))
        .column((decisions::Entity, decisions::Column::Approved))
        .column((decisions::Entity, decisions::Column::DecidedBy))
        .column((decisions::Entity, decisions::Column::DecidedAt));
}

async fn read<D: Db>(db: &D, select: &SelectStatement) -> Result<Vec<ProfileAction>> {
    db.connection().query_all(select).await?.iter().map(action).collect()
}

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
        let mut select = joined(tenant, plan, JoinType::LeftJoin);
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
        let mut select = joined(tenant, plan, JoinType::LeftJoin);
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
        let mut select = joined(tenant, plan, JoinType::LeftJoin);
        whole(&mut select);
        aim(&mut select, &ActionTarget::Positions(positions.to_vec()));
        read(self, &select).await
    }

    /// Who approved how many of what, and when last.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn approvals(
        &self,
        tenant: TenantId,
        plan: PlanId,
    ) -> Result<Vec<(ActionKind, UserId, u32, Timestamp)>> {
        let mut select = joined(tenant, plan, JoinType::InnerJoin);
        select
            .column((actions::Entity, actions::Column::Kind))
            .column((decisions::Entity, decisions::Column::DecidedBy))
            .expr_as(Func::count(a(actions::Column::Position)), Alias::new("approved"))
            .expr_as(Func::max(d(decisions::Column::DecidedAt)), Alias::new("last"))
            .and_where(is_decided(Decision::Approved))
            .group_by_col((actions::Entity, actions::Column::Kind))
            .group_by_col((decisions::Entity, decisions::Column::DecidedBy));
        let rows = self.connection().query_all(&select).await?;
        let rows = rows.iter().map(|row| {
            Ok((
                ActionKind::read(&row.try_get::<String>("", "kind")?)?,
                UserId(row.try_get("", "decided_by")?),
                row.try_get::<i64>("", "approved")?.unsigned_abs() as u32,
                Timestamp(row.try_get("", "last")?),
            ))
        });
        let mut rows = rows.collect::<Result<Vec<_>>>()?;
        rows.sort_unstable();
        Ok(rows)
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
        super::bulk::insert(&self.inner, rows.collect(), 15).await
    }

    /// Which of `positions` the plan has.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn count_positions(&self, tenant: TenantId, plan: PlanId, positions: &[u32]) -> Result<u64> {
        let mut select = joined(tenant, plan, JoinType::LeftJoin);
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
        let mut select = joined(tenant, plan, JoinType::LeftJoin);
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
        let mut select = joined(tenant, plan, JoinType::LeftJoin);
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
        let same_subject =
            o(actions::Column::MemberId).eq(n(actions::Column::MemberId)).or(o(actions::Column::MemberId)
                .is_null()
                .and(n(actions::Column::MemberId).is_null())
                .and(o(actions::Column::RowNumber).eq(n(actions::Column::RowNumber))));
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
                    .eq(d(decisions::Column::PlanId))
                    .and(o(actions::Column::Position).eq(d(decisions::Column::Position))),
            )
            .join_as(
                JoinType::InnerJoin,
                actions::Entity,
                new.clone(),
                n(actions::Column::PlanId)
                    .eq(to.0)
                    .and(n(actions::Column::Kind).eq(o(actions::Column::Kind)))
                    .and(n(actions::Column::Changes).eq(o(actions::Column::Changes)))
                    .and(same_subject),
            )
            .and_where(d(decisions::Column::PlanId).eq(from.0))
            .and_where(d(decisions::Column::PlanId).in_subquery(plan_of(tenant, from)))
            .to_owned();
        use decisions::Column::{Approved, DecidedAt, DecidedBy, PlanId, Position};
        let mut insert = Query::insert();
        insert.into_table(decisions::Entity).columns([PlanId, Position, Approved, DecidedBy, DecidedAt]);
        insert.select_from(select).map_err(|error| sea_orm::DbErr::Custom(error.to_string()))?;
        self.inner.execute(&insert).await?;
        for decision in [Decision::Approved, Decision::Rejected] {
            for kind in ActionKind::ALL {
                let mut count = joined(tenant, to, JoinType::InnerJoin);
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
        let mut select = joined(tenant, plan, JoinType::InnerJoin);
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
    ) -> Result<Vec<ProfileAction>> {
        let mut select = joined(tenant, plan, JoinType::InnerJoin);
        whole(&mut select);
        select
            .and_where(is_decided(Decision::Approved))
            .and_where(a(actions::Column::Kind).is_in(kinds.iter().map(|kind| kind.word())));
        if let Some(after) = after {
            select.and_where(a(actions::Column::Position).gt(after as i32));
        }
        select.order_by((actions::Entity, actions::Column::Position), Order::Asc).limit(limit);
        read(self, &select).await
    }

    /// Deletes the members whose approved actions say so: their records are kept for a while.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn apply_deletes(&self, tenant: TenantId, plan: PlanId, now: Timestamp) -> Result<u64> {
        let mut doomed = joined(tenant, plan, JoinType::InnerJoin);
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
        let mut parked = joined(tenant, plan, JoinType::InnerJoin);
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
