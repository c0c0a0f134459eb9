//! The actions of a plan beside what was decided about them: which ones, and how a row is read.

mod applying;
mod decide;
mod review;

use entity::{actions, decisions};
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Query, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, QueryResult};

use super::codes::Code;
use super::page::contains;
use super::scope::{one_of, plans_of};
use super::{Db, Result};
use crate::domain::action::{ActionKind, Decision, PlannedAction, ProfileAction};
use crate::domain::id::{ActionId, MemberId, PlanId, TenantId, UserId};
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

/// What an action is read from, in the order of [`action`]: by place, as looking columns up by name takes longer than all else.
const ACTION: [actions::Column; 12] = {
    use actions::Column::*;
    [
        PlanId,
        Position,
        Kind,
        MemberId,
        RowNumber,
        MemberName,
        MemberEmail,
        MemberUniqueId,
        Changes,
        Warnings,
        FreesEmail,
        TakesEmailFrom,
    ]
};

fn action(row: &QueryResult) -> Result<ProfileAction> {
    let position: i32 = row.try_get_by_index(1)?;
    let approved: Option<bool> = row.try_get_by_index(12)?;
    let decided_by: Option<uuid::Uuid> = row.try_get_by_index(13)?;
    let decided_at: Option<i64> = row.try_get_by_index(14)?;
    Ok(ProfileAction {
        id: ActionId { plan: PlanId(row.try_get_by_index(0)?), position: position.unsigned_abs() },
        planned: PlannedAction {
            kind: ActionKind::read(&row.try_get_by_index::<String>(2)?)?,
            member: row.try_get_by_index::<Option<uuid::Uuid>>(3)?.map(MemberId),
            row_number: row.try_get_by_index::<Option<i32>>(4)?.map(i32::unsigned_abs),
            member_name: row.try_get_by_index(5)?,
            member_email: row.try_get_by_index(6)?,
            member_unique_id: row.try_get_by_index(7)?,
            changes: serde_json::from_str(&row.try_get_by_index::<String>(8)?)?,
            warnings: serde_json::from_str(&row.try_get_by_index::<String>(9)?)?,
            frees_email: row.try_get_by_index(10)?,
            takes_email_from: row.try_get_by_index::<Option<uuid::Uuid>>(11)?.map(MemberId),
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

/// The plans' actions beside their decisions; nothing selected yet.
fn joined(tenant: TenantId, plans: &[PlanId], join: JoinType) -> SelectStatement {
    Query::select()
        .from(actions::Entity)
        .join(
            join,
            decisions::Entity,
            d(decisions::Column::PlanId)
                .eq(a(actions::Column::PlanId))
                .and(d(decisions::Column::Position).eq(a(actions::Column::Position))),
        )
        .and_where(one_of(a(actions::Column::PlanId), plans))
        .and_where(a(actions::Column::PlanId).in_subquery(plans_of(tenant, plans)))
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
        .columns(ACTION.map(|column| (actions::Entity, column)))
        .column((decisions::Entity, decisions::Column::Approved))
        .column((decisions::Entity, decisions::Column::DecidedBy))
        .column((decisions::Entity, decisions::Column::DecidedAt));
}

async fn read<D: Db>(db: &D, select: &SelectStatement) -> Result<Vec<ProfileAction>> {
    db.connection().query_all(select).await?.iter().map(action).collect()
}
