//! Applying, in the background: all that was approved, in one transaction, or nothing.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;

use futures_util::TryStreamExt;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::complete::{check_conflicts, check_guard, is_stale};
use super::{beside, elsewhere};
use crate::app::{App, AppError, Result};
use crate::domain::action::{ActionKind, newcomer};
use crate::domain::id::{MemberId, PlanId};
use crate::domain::import::{ImportStatus, ImportStep};
use crate::domain::member::{Member, Profile};
use crate::domain::requester::Requester;
use crate::domain::timestamp::Timestamp;
use crate::domain::user_error::{UserError, UserErrorCode};
use crate::events::Progress;
use crate::store::{ApprovedActions, Lease, MemberRows, StoreError, Tx};

/// Batches that wait to be written.
const BATCHES_WAITING_MAX: usize = 1;
/// Batches that are made ready beside one another.
const BATCHES_AT_ONCE: usize = 2;

/// Applies what was approved and turns the import COMPLETE.
///
/// # Errors
/// If the lease is lost, something speaks against it by now, or something fails; then nothing is applied.
pub async fn apply(app: &Arc<App>, lease: &Lease) -> Result<()> {
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
    let (batches, waiting) = channel(BATCHES_WAITING_MAX);
    let reading = beside(read(app.clone(), *lease, plan.id, now, batches));
    // Deletions free addresses; then whose address somebody takes lets go of it; then nothing is in the way.
    let processed = tx.apply_deletes(lease.tenant, plan.id, now).await? as u32;
    tx.park_emails(lease.tenant, plan.id).await?;
    let writing = write(app, lease, &tx, waiting, Progress { processed, total });
    let (written, read) = tokio::join!(writing, reading);
    // Whoever reads ends as well when nobody writes any more; why, only the other one knows.
    let processed = written?;
    read?;
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
    app.note_members_written(processed.into()).await;
    Ok(())
}

/// Members as approved actions make them.
struct Batch {
    actions: u32,
    members: MemberRows,
}

/// Writes batches until there are no more. Answers how many actions are applied.
async fn write(
    app: &App,
    lease: &Lease,
    tx: &Tx,
    mut batches: Receiver<Batch>,
    Progress { mut processed, total }: Progress,
) -> Result<u32> {
    while let Some(Batch { actions, members }) = batches.recv().await {
        app.events.beat(lease.import);
        app.note_progress(lease, processed, total);
        tx.write_members(members).await?;
        processed += actions;
    }
    Ok(processed)
}

/// Reads what was approved, beside the transaction that writes it: decisions do not change any more, nor do members but for
/// what that transaction makes of them.
async fn read(
    app: Arc<App>,
    lease: Lease,
    plan: PlanId,
    now: Timestamp,
    batches: Sender<Batch>,
) -> Result<()> {
    let kinds = [ActionKind::Create, ActionKind::Update, ActionKind::Deactivate, ActionKind::Reactivate];
    let ready = app
        .store
        .approved_actions(lease.tenant, plan, &kinds)
        .map_err(AppError::from)
        .map_ok(|actions| beside(batch(app.clone(), lease, actions, now)));
    let mut ready = pin!(ready.try_buffered(BATCHES_AT_ONCE));
    while let Some(batch) = ready.try_next().await? {
        // Whoever writes has ended with an error, which is the one that is told.
        let ended = |_| AppError::Internal("members whom nobody writes any more".into());
        batches.send(batch).await.map_err(ended)?;
        // Whoever is woken by that runs next on this thread; this goes on beside it, on another one.
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Members as some approved actions make them.
async fn batch(app: Arc<App>, lease: Lease, approved: ApprovedActions, now: Timestamp) -> Result<Batch> {
    let turn = app.store.turn_to_read().await;
    let before = app.store.members(lease.tenant, &approved.members()).await?;
    drop(turn);
    elsewhere(move || applied(&app, &lease, &approved, before, now)).await
}

fn applied(
    app: &App,
    lease: &Lease,
    approved: &ApprovedActions,
    before: Vec<Member>,
    now: Timestamp,
) -> Result<Batch> {
    let mut before: HashMap<MemberId, Member> =
        before.into_iter().map(|member| (member.id, member)).collect();
    let actions = approved.actions()?;
    let count = actions.len() as u32;
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for action in actions {
        let mut member = match action.kind {
            // The member comes with what the review showed, also one who comes back.
            ActionKind::Create => Member {
                id: action.member.unwrap_or_else(|| newcomer(action.id)),
                profile: Profile::default(),
                created_at: now,
                updated_at: now,
            },
            _ => (action.member.and_then(|id| before.remove(&id)))
                .ok_or_else(|| AppError::Internal("an action about a member who is not there".into()))?,
        };
        for change in action.changes {
            member.profile.set(&change.0, change.2);
        }
        member.updated_at = now;
        let is_new = action.kind == ActionKind::Create && action.member.is_none();
        if is_new { new.push(member) } else { changed.push(member) }
    }
    Ok(Batch { actions: count, members: app.store.member_rows(lease.tenant, new, changed)? })
}
