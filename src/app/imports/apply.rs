//! Applying, in the background: all that was approved, in one transaction, or nothing.

use std::collections::HashMap;

use super::complete::{check_conflicts, check_guard, is_stale};
use crate::app::{App, AppError, Result};
use crate::domain::action::{ActionKind, ProfileAction};
use crate::domain::id::MemberId;
use crate::domain::import::{ImportStatus, ImportStep};
use crate::domain::member::{Member, Profile};
use crate::domain::requester::Requester;
use crate::domain::timestamp::Timestamp;
use crate::domain::user_error::{UserError, UserErrorCode};
use crate::events::Progress;
use crate::store::{Lease, StoreError, Tx};

/// Actions that are applied at once.
const BATCH: u64 = 2_000;

/// Applies what was approved and turns the import COMPLETE.
///
/// # Errors
/// If the lease is lost, something speaks against it by now, or something fails; then nothing is applied.
pub async fn apply(app: &App, lease: &Lease) -> Result<()> {
    let requester = Requester { tenant: lease.tenant, user: lease.requested_by, is_tenant_admin: true };
    let mut tx = app.store.begin().await?;
    tx.require_lease(lease).await?;
    let import = tx.import(lease.tenant, lease.import).await?.ok_or(StoreError::LeaseLost)?;
    let plan = tx.plan_of(lease.tenant, lease.import).await?;
    let plan = plan.ok_or_else(|| AppError::Internal("an import that is applied without a plan".into()))?;
    if is_stale(&tx, &requester, &plan).await? {
        let message =
            "Members or profile fields changed before the actions were applied. Complete the import again.";
        return Err(UserError::new(UserErrorCode::PlanStale, message).into());
    }
    check_conflicts(&tx, &requester, &plan).await?;
    check_guard(app, &tx, &requester, &plan, lease.confirmed_deletions).await?;

    let counts = tx.plan_counts(lease.tenant, plan.id).await?;
    let total = counts.iter().map(|count| count.approved).sum();
    let now = app.now();
    // Deletions free addresses; then whoever gets another address lets go of theirs; then nothing is in the way.
    let mut processed = tx.apply_deletes(lease.tenant, plan.id, now).await? as u32;
    tx.park_emails(lease.tenant, plan.id).await?;
    let kinds = [ActionKind::Create, ActionKind::Update, ActionKind::Deactivate, ActionKind::Reactivate];
    let mut after = None;
    loop {
        app.events.note_progress(lease.tenant, lease.import, Progress { processed, total });
        let actions = tx.approved_actions(lease.tenant, plan.id, &kinds, after, BATCH).await?;
        let Some(last) = actions.last() else { break };
        after = Some(last.id.position);
        processed += actions.len() as u32;
        write(&tx, lease, actions, now).await?;
    }
    tx.recount_members(lease.tenant).await?;
    tx.remove_work(lease.import).await?;
    tx.update_import(lease.tenant, &import, now, |import| {
        import.status = ImportStatus::Complete;
        import.step = ImportStep::Done;
        import.completed = Some((lease.requested_by, now));
        import.problem = None;
    })
    .await?;
    app.tell(&tx.commit().await?);
    Ok(())
}

async fn write(tx: &Tx, lease: &Lease, actions: Vec<ProfileAction>, now: Timestamp) -> Result<()> {
    let changed = actions.iter().filter(|action| action.planned.kind != ActionKind::Create);
    let ids: Vec<MemberId> = changed.filter_map(|action| action.planned.member).collect();
    let before = tx.members(lease.tenant, &ids).await?;
    let mut before: HashMap<MemberId, Member> =
        before.into_iter().map(|member| (member.id, member)).collect();
    let mut members = Vec::with_capacity(actions.len());
    for action in actions {
        let member = action.member();
        let planned = action.planned;
        let mut member = match planned.kind {
            // The member comes with what the review showed, also one who comes back.
            ActionKind::Create => Member {
                id: member.ok_or_else(|| AppError::Internal("a CREATE of nobody".into()))?,
                profile: Profile::default(),
                created_at: now,
                updated_at: now,
            },
            _ => member
                .and_then(|id| before.remove(&id))
                .ok_or_else(|| AppError::Internal("an action about a member who is not there".into()))?,
        };
        for change in planned.changes {
            member.profile.set(&change.0, change.2);
        }
        member.updated_at = now;
        members.push(member);
    }
    Ok(tx.write_members(lease.tenant, &members).await?)
}
