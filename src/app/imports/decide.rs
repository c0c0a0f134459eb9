//! Decide: actions are approved or rejected.

use crate::app::access::require_admin;
use crate::app::{App, AppError, Result};
use crate::domain::action::Decision;
use crate::domain::id::PlanId;
use crate::domain::import::{Import, ImportStep};
use crate::domain::requester::Requester;
use crate::domain::user_error::{UserError, UserErrorCode};
use crate::domain::value::text::grouped;
use crate::store::{ActionFilter, ActionTarget};

/// Actions that one decision names by id.
pub const IDS_MAX: usize = 1_000;

/// How a decision ended.
#[derive(Debug)]
pub struct Decided {
    /// None only if there is no such plan.
    pub import: Option<Import>,
    /// What was decided.
    pub decision: Decision,
    /// Actions whose decision changed.
    pub count: u64,
    /// Empty on success.
    pub errors: Vec<UserError>,
}

/// Approves or rejects proposed actions of the plan that was looked at, in one transaction.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn decide_profile_actions(
    app: &App,
    requester: &Requester,
    plan: PlanId,
    decision: Decision,
    target: ActionTarget,
) -> Result<Decided> {
    require_admin(requester)?;
    match decide(app, requester, plan, decision, target).await {
        Ok((import, count)) => Ok(Decided { import: Some(import), decision, count, errors: Vec::new() }),
        Err(AppError::Refused(errors)) => {
            let import = match app.store.plan(requester.tenant, plan).await? {
                Some(plan) => app.store.import(requester.tenant, plan.import).await?,
                // The plan was replaced: the import that it was of is the one in progress, if there still is one.
                None => app.store.active_import(requester.tenant).await?,
            };
            Ok(Decided { import, decision, count: 0, errors })
        }
        Err(other) => Err(other),
    }
}

async fn decide(
    app: &App,
    requester: &Requester,
    plan: PlanId,
    decision: Decision,
    mut target: ActionTarget,
) -> Result<(Import, u64)> {
    check(&mut target)?;
    let mut tx = app.store.begin(requester.tenant).await?;
    let stale = || {
        let message =
            "The plan was replaced by a newer one, or is not there. Look at the import again, then decide.";
        UserError::new(UserErrorCode::PlanStale, message).at(["planId"])
    };
    let found = tx.plan(requester.tenant, plan).await?.ok_or_else(stale)?;
    let import = tx.import(requester.tenant, found.import).await?.ok_or_else(stale)?;
    import.require_step(&[ImportStep::Review])?;
    if let ActionTarget::Positions(positions) = &target {
        let known = tx.count_positions(requester.tenant, plan, positions).await?;
        if known != positions.len() as u64 {
            return Err(action_not_found().into());
        }
    }
    let now = app.now();
    let count = tx.decide(requester.tenant, plan, &target, decision, requester.user, now).await?;
    if count == 0 {
        return Ok((import, 0));
    }
    let import = tx.update_import(requester.tenant, &import, now, |import| import.problem = None).await?;
    app.tell(&tx.commit().await?);
    Ok((import, count))
}

fn action_not_found() -> UserError {
    let message = "One of the ids is no action of this plan, so nothing was decided. Look at the plan again.";
    UserError::new(UserErrorCode::ActionNotFound, message).at(["target", "ids"])
}

fn check(target: &mut ActionTarget) -> std::result::Result<(), UserError> {
    match target {
        ActionTarget::Positions(positions) => {
            positions.sort_unstable();
            positions.dedup();
            if positions.len() > IDS_MAX {
                let message = format!(
                    "At most {} ids can be decided at once. Use a filter for more.",
                    grouped(IDS_MAX as u64)
                );
                return Err(UserError::new(UserErrorCode::InvalidInput, message).at(["target", "ids"]));
            }
        }
        ActionTarget::Filter(filter) if *filter == ActionFilter::default() => {
            let message = "The filter names nothing. Use `all: true` to decide about the whole plan.";
            return Err(UserError::new(UserErrorCode::InvalidInput, message).at(["target", "filter"]));
        }
        ActionTarget::Filter(_) | ActionTarget::All => {}
    }
    Ok(())
}
