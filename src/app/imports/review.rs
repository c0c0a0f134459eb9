//! The review of a plan: its actions, its issues, and who approved what.

use crate::app::access::require_admin;
use crate::app::{App, Result};
use crate::domain::action::{ActionCount, Approval, ProfileAction, deletions_to_confirm};
use crate::domain::id::{ActionId, PlanId};
use crate::domain::import::{Import, ImportStep};
use crate::domain::issue::RowIssue;
use crate::domain::page::{Page, PageRequest};
use crate::domain::requester::Requester;
use crate::store::{ActionFilter, IssueFilter, Plan, Tenant};

/// Some plans.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn plans(app: &App, requester: &Requester, ids: &[PlanId]) -> Result<Vec<Plan>> {
    require_admin(requester)?;
    Ok(app.store.plans(requester.tenant, ids).await?)
}

/// How many actions of each kind several plans have.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn counts(
    app: &App,
    requester: &Requester,
    plans: &[PlanId],
) -> Result<Vec<(PlanId, ActionCount)>> {
    require_admin(requester)?;
    Ok(app.store.plans_counts(requester.tenant, plans).await?)
}

/// The number that completing `import` asks for, given the counts of its plan; none unless it can be completed.
///
/// # Errors
/// If the requester may not.
pub fn deletions_asked(
    app: &App,
    requester: &Requester,
    tenant: &Tenant,
    import: &Import,
    counts: &[ActionCount],
) -> Result<Option<u32>> {
    require_admin(requester)?;
    if import.require_step(&[ImportStep::Review]).is_err() {
        return Ok(None);
    }
    Ok(deletions_to_confirm(counts, tenant.active_count, app.settings.deletion_guard))
}

/// One page of the plan's actions.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn actions(
    app: &App,
    requester: &Requester,
    plan: PlanId,
    filter: &ActionFilter,
    request: &PageRequest<u32>,
) -> Result<Page<ProfileAction>> {
    require_admin(requester)?;
    Ok(app.store.action_page(requester.tenant, plan, filter, request).await?)
}

/// How many actions the list has.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn action_count(
    app: &App,
    requester: &Requester,
    plan: PlanId,
    filter: &ActionFilter,
) -> Result<u64> {
    require_admin(requester)?;
    Ok(app.store.action_count(requester.tenant, plan, filter).await?)
}

/// Some actions, each of any plan.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn actions_by_id(app: &App, requester: &Requester, ids: &[ActionId]) -> Result<Vec<ProfileAction>> {
    require_admin(requester)?;
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    let mut found = Vec::with_capacity(ids.len());
    for of_plan in ids.chunk_by(|one, other| one.plan == other.plan) {
        let positions: Vec<u32> = of_plan.iter().map(|id| id.position).collect();
        let plan = of_plan[0].plan;
        // A plan that is being made, or was left half made, is nobody's yet.
        if app.store.plan(requester.tenant, plan).await?.is_some() {
            found.extend(app.store.actions(requester.tenant, plan, &positions).await?);
        }
    }
    Ok(found)
}

/// One page of the plan's issues, each with its place.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn issues(
    app: &App,
    requester: &Requester,
    plan: PlanId,
    filter: &IssueFilter,
    request: &PageRequest<u32>,
) -> Result<Page<(u32, RowIssue)>> {
    require_admin(requester)?;
    Ok(app.store.issue_page(requester.tenant, plan, filter, request).await?)
}

/// How many issues the list has.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn issue_count(
    app: &App,
    requester: &Requester,
    plan: PlanId,
    filter: &IssueFilter,
) -> Result<u64> {
    require_admin(requester)?;
    Ok(app.store.issue_count(requester.tenant, plan, filter).await?)
}

/// Who approved how many of what in several plans, and when last.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn approvals(app: &App, requester: &Requester, plans: &[PlanId]) -> Result<Vec<Approval>> {
    require_admin(requester)?;
    Ok(app.store.approvals(requester.tenant, plans).await?)
}
