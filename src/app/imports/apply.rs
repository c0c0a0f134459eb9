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
use crate::store::{BulkTable, Lease, StoreError, Tx};

/// Actions that are applied at once, first and at most.
const BATCH_MIN: u64 = 100;
const BATCH_MAX: u64 = 2_000;
/// Bytes of values in a batch from which on the next one has fewer actions.
const BATCH_BYTES: usize = 2 * 1024 * 1024;

/// Applies what was approved and turns the import COMPLETE.
///
/// # Errors
/// If the lease is lost, something speaks against it by now, or something fails; then nothing is applied.
pub async fn apply(app: &App, lease: &Lease) -> Result<()> {
    let requester = Requester { tenant: lease.tenant, user: lease.requested_by, is_tenant_admin: true };
    let mut tx = app.store.begin_leased(lease).await?;
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
    let mut limit = BATCH_MIN;
    loop {
        app.events.beat(lease.import);
        app.note_progress(lease, processed, total);
        let actions = tx.approved_actions(lease.tenant, plan.id, &kinds, after, limit).await?;
        let Some(last) = actions.last() else { break };
        after = Some(last.id.position);
        processed += actions.len() as u32;
        limit = next_limit(limit, &actions);
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
    app.note_written(BulkTable::Members, processed.into()).await;
    Ok(())
}

/// How many actions to take next: memory is bounded by bytes, not by actions.
fn next_limit(limit: u64, actions: &[ProfileAction]) -> u64 {
    let values = actions.iter().flat_map(|action| &action.planned.changes);
    let bytes: usize = values.flat_map(|change| [&change.1, &change.2]).flatten().map(String::len).sum();
    match bytes {
        BATCH_BYTES.. => (limit / 2).max(BATCH_MIN),
        _ if bytes < BATCH_BYTES / 2 => (limit * 2).min(BATCH_MAX),
        _ => limit,
    }
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
