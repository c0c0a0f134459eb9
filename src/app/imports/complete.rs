//! Complete: what was approved is to be applied.

use super::{Outcome, load, outcome};
use crate::app::access::require_admin;
use crate::app::{App, AppError, Result};
use crate::domain::action::deletions_to_confirm;
use crate::domain::id::{ActionId, ImportId};
use crate::domain::import::{Import, ImportStep};
use crate::domain::limits::REFUSAL_ACTIONS_MAX;
use crate::domain::requester::Requester;
use crate::domain::user_error::{UserError, UserErrorCode};
use crate::domain::value::text::grouped;
use crate::store::{Plan, Tx, WorkKind};

/// Starts applying what was approved, all of it or nothing.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn complete_import(
    app: &App,
    requester: &Requester,
    id: ImportId,
    if_version: i32,
    confirm_deletions: Option<i32>,
) -> Result<Outcome> {
    require_admin(requester)?;
    let completed = complete(app, requester, id, if_version, confirm_deletions).await;
    outcome(app, requester, id, completed).await
}

async fn complete(
    app: &App,
    requester: &Requester,
    id: ImportId,
    if_version: i32,
    confirm_deletions: Option<i32>,
) -> Result<Import> {
    let mut tx = app.store.begin(requester.tenant).await?;
    let import = load(&tx, requester, id).await?;
    import.require_step(&[ImportStep::Review])?;
    import.require_version(Some(if_version))?;
    let plan = tx.plan_of(requester.tenant, id).await?;
    let plan = plan.ok_or_else(|| AppError::Internal("an import in review without a plan".into()))?;
    let now = app.now();
    if is_stale(&tx, requester, &plan).await? {
        // Planned again at once; the old plan stays until then, so that its decisions carry over.
        tx.request_work(requester.tenant, &import, WorkKind::Plan, requester.user, now, None).await?;
        tx.update_import(requester.tenant, &import, now, |import| {
            import.step = ImportStep::Planning;
            import.problem = None;
        })
        .await?;
        app.tell(&tx.commit().await?);
        app.work_waits.notify_one();
        return Err(plan_stale().into());
    }
    check_conflicts(&tx, requester, &plan).await?;
    check_guard(app, &tx, requester, &plan, confirm_deletions).await?;
    tx.request_work(requester.tenant, &import, WorkKind::Apply, requester.user, now, confirm_deletions)
        .await?;
    let import = tx
        .update_import(requester.tenant, &import, now, |import| {
            import.step = ImportStep::Applying;
            import.problem = None;
        })
        .await?;
    app.tell(&tx.commit().await?);
    app.work_waits.notify_one();
    Ok(import)
}

fn plan_stale() -> UserError {
    UserError::new(
        UserErrorCode::PlanStale,
        "Members or profile fields have changed since the plan was made, so it is computed again. Your decisions are \
         kept for actions that stay the same. Review the new plan, then complete.",
    )
}

/// Whether what the plan rests on has changed.
pub(super) async fn is_stale(tx: &Tx, requester: &Requester, plan: &Plan) -> Result<bool> {
    let mapping = tx.mapping(requester.tenant, plan.import).await?;
    let mapping = mapping.ok_or_else(|| AppError::Internal("an import without a mapping".into()))?;
    let basis = super::plan::basis(tx, requester.tenant, &mapping.mapping).await?;
    Ok(basis != plan.basis)
}

/// Refuses if an approved action gives away an address whose owner would keep it.
pub(super) async fn check_conflicts(tx: &Tx, requester: &Requester, plan: &Plan) -> Result<()> {
    let conflicts = tx.email_conflicts(requester.tenant, plan.id, REFUSAL_ACTIONS_MAX).await?;
    if conflicts.is_empty() {
        return Ok(());
    }
    let mut actions: Vec<ActionId> = Vec::new();
    for conflict in &conflicts {
        for action in [Some(conflict.takes), conflict.frees].into_iter().flatten() {
            if !actions.contains(&action) && actions.len() < REFUSAL_ACTIONS_MAX {
                actions.push(action);
            }
        }
    }
    let mut error = UserError::new(
        UserErrorCode::ConflictingDecisions,
        "An approved action gives a member an email address that another member only gives up by an action that is not \
         approved. Approve both or neither; nothing was applied.",
    );
    error.actions = actions;
    Err(error.into())
}

/// Refuses if so many deletions and deactivations have to be confirmed by number, and are not.
pub(super) async fn check_guard(
    app: &App,
    tx: &Tx,
    requester: &Requester,
    plan: &Plan,
    confirmed: Option<i32>,
) -> Result<()> {
    let tenant = tx.tenant(requester.tenant).await?;
    let active = tenant.map_or(0, |tenant| tenant.active_count);
    let counts = tx.plan_counts(requester.tenant, plan.id).await?;
    match deletions_to_confirm(&counts, active, app.settings.deletion_guard) {
        Some(number) if confirmed != i32::try_from(number).ok() => Err(UserError::new(
            UserErrorCode::DeletionsNotConfirmed,
            format!(
                "{} members would be deleted or deactivated, and {} are active now. If that is right, confirm it \
                 with `confirmDeletions: {number}`.",
                grouped(number.into()),
                grouped(active.into())
            ),
        )
        .at(["confirmDeletions"])
        .into()),
        _ => Ok(()),
    }
}
