//! Background work: taken on under a lease, done, and given back when it fails.
//!
//! A server that dies leaves its lease; when that ends, any server takes the work on anew. Whatever the work writes
//! is written only while the lease is held.

mod sweep;

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::{Fuse, FusedFuture, FutureExt, join_all};
pub use sweep::sweep;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{MissedTickBehavior, timeout};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::app::imports::{apply, plan};
use crate::app::{App, AppError};
use crate::domain::id::ImportId;
use crate::domain::import::{ImportStep, Problem};
use crate::domain::user_error::UserErrorCode;
use crate::store::{Lease, StoreError, WorkKind, WorkSize};

/// How often a server looks for work that nobody told it of.
const LOOK: Duration = Duration::from_secs(1);
/// How long a server that is to end tries to give its work back; the end of a lease does the same, later.
const HAND_OVER: Duration = Duration::from_secs(2);

/// How long work whose lease is gone may take to see it.
const LAST_WORD: Duration = Duration::from_secs(30);
/// How long a lease may take to be extended: longer than the database lets anybody wait for a lock. Whatever takes longer has
/// a connection that is dead without having been closed.
const EXTEND: Duration = Duration::from_secs(40);
/// How long a shared database may take to be looked through for work. An embedded one has no connection that could die, and one
/// writer, for whom it may have to wait longer.
const TAKE: Duration = Duration::from_secs(30);

/// Does background work until `shutdown`. What is under way then is given back, for another server to take on at once.
pub async fn run(app: Arc<App>, shutdown: CancellationToken) {
    let mut at_work = AtWork::default();
    let mut hourly = tokio::time::interval(Duration::from_secs(3600));
    // Each piece may have a connection that writes to itself, and requests need some.
    let at_once = app.settings.work_at_once.min(app.store.work_max());
    loop {
        while let Some(size) = at_work.room(at_once) {
            // On SQLite it may have to wait for a large write, and the end of the server does not.
            let at = at_work.imports();
            let taken = tokio::select! {
                taken = take(&app, size, &at) => taken,
                () = shutdown.cancelled() => None,
            };
            let Some(lease) = taken else { break };
            at_work.begin(app.clone(), lease);
        }
        app.events.keep_work(&at_work.imports());
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = at_work.end_one(), if at_work.count() > 0 => {}
            () = app.work_waits.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
            _ = hourly.tick() => {
                let app = app.clone();
                tokio::spawn(async move { sweep(&app).await });
            }
        }
    }
    at_work.hand_over(&app).await;
}

/// What a server is at. Large files leave room for one small one, so that a tenant's million rows do not hold up
/// another's thousand.
#[derive(Default)]
struct AtWork {
    tasks: JoinSet<()>,
    leases: HashMap<Id, Lease>,
}

impl AtWork {
    fn count(&self) -> usize {
        self.tasks.len()
    }

    fn imports(&self) -> Vec<ImportId> {
        self.leases.values().map(|lease| lease.import).collect()
    }

    /// What there is room for, if for anything.
    fn room(&self, at_once: usize) -> Option<WorkSize> {
        let large = self.leases.values().filter(|lease| lease.is_large).count();
        let large_max = at_once.saturating_sub(1).max(1);
        match self.count() {
            count if count >= at_once => None,
            _ if large >= large_max => Some(WorkSize::Small),
            _ => Some(WorkSize::Any),
        }
    }

    fn begin(&mut self, app: Arc<App>, lease: Lease) {
        let work = async move { work(&app, &lease).await };
        let task = self.tasks.spawn(work.instrument(span(&lease)));
        self.leases.insert(task.id(), lease);
    }

    async fn end_one(&mut self) {
        let ended = match self.tasks.join_next_with_id().await {
            Some(Ok((id, ()))) => id,
            Some(Err(error)) => error.id(),
            None => return,
        };
        self.leases.remove(&ended);
    }

    /// Stops where it is. What a task still may try to write is refused once somebody else has taken its work on.
    async fn hand_over(&mut self, app: &App) {
        self.tasks.shutdown().await;
        let leases = self.leases.values();
        let released = leases.map(|lease| async {
            if let Err(error) = app.store.release_lease(lease).await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "cannot give work back before its lease ends"
                );
            }
        });
        if timeout(HAND_OVER, join_all(released)).await.is_err() {
            tracing::warn!("work is not given back before its lease ends: the database is too slow");
        }
    }
}

/// Does all the work that waits, and returns when there is none: for tests, which do not wait.
pub async fn drain(app: &Arc<App>) {
    while let Some(lease) = take(app, WorkSize::Any, &[]).await {
        work(app, &lease).await;
    }
}

/// Takes work on, other than what this server is `at` already.
async fn take(app: &App, size: WorkSize, at: &[ImportId]) -> Option<Lease> {
    let lease_milliseconds = i64::from(app.settings.lease_seconds) * 1_000;
    let look = async {
        // Mostly there is none, and a look that writes nothing says so.
        if !app.store.is_work_waiting(size, at, app.clock.now()).await? {
            return Ok(None);
        }
        app.store.lease_work(size, at, || app.clock.now(), lease_milliseconds).await
    };
    let taken = match app.store.is_embedded() {
        true => look.await,
        // Left in between, it has taken nothing on, or what nobody is at until its lease ends.
        false => timeout(TAKE, look).await.unwrap_or_else(|_| Err(StoreError::silent())),
    };
    match taken {
        Ok(lease) => lease,
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot look for work");
            None
        }
    }
}

fn span(lease: &Lease) -> tracing::Span {
    tracing::info_span!("work", import = %lease.import.0, kind = ?lease.kind, attempt = lease.attempts)
}

async fn work(app: &Arc<App>, lease: &Lease) {
    let began = Instant::now();
    tracing::info!("work is taken on");
    let outcome = try_work(app, lease).await;
    tracing::info!(outcome, seconds = began.elapsed().as_secs_f32(), "work has ended");
    let kind = match lease.kind {
        WorkKind::Plan => "plan",
        WorkKind::Apply => "apply",
    };
    metrics::histogram!("muster_work_seconds", "kind" => kind, "outcome" => outcome).record(began.elapsed());
}

/// Answers how it ended, in a word.
async fn try_work(app: &Arc<App>, lease: &Lease) -> &'static str {
    let result = if lease.attempts > app.settings.work_attempts_max {
        Err(AppError::Internal("the work was begun too often without coming to its end".into()))
    } else {
        attempt(app, lease).await
    };
    app.events.end_work(lease.import);
    let Err(failure) = result else { return "done" };
    if is_lease_lost(&failure) {
        tracing::info!("the work was taken away");
        return "lost";
    }
    let (outcome, problem) = match failure {
        AppError::Refused(mut errors) if !errors.is_empty() => {
            let error = errors.swap_remove(0);
            ("refused", Problem { code: error.code, message: error.message })
        }
        failure => {
            tracing::error!(failure = failure.word(), error = failure.cause(), "background work failed");
            if lease.attempts < app.settings.work_attempts_max {
                // It is tried again when the lease ends.
                return "failed";
            }
            let message = "Something went wrong on our side, and nothing was changed. Try again; if it happens again, \
                           tell whoever runs this service.";
            ("failed", Problem { code: UserErrorCode::WorkFailed, message: message.to_owned() })
        }
    };
    if let Err(failure) = put_back(app, lease, problem).await {
        tracing::error!(failure = failure.word(), error = failure.cause(), "cannot put the import back");
    }
    outcome
}

/// Does the work in a task of its own, so that a panic ends it alone, and keeps its lease meanwhile.
async fn attempt(app: &Arc<App>, lease: &Lease) -> Result<(), AppError> {
    let (task_app, task_lease) = (app.clone(), *lease);
    let mut task = tokio_util::task::AbortOnDropHandle::new(tokio::spawn(async move {
        match task_lease.kind {
            WorkKind::Plan => plan::plan(&task_app, &task_lease).await,
            WorkKind::Apply => apply::apply(&task_app, &task_lease).await,
        }
    }));
    let third = Duration::from_millis(u64::from(app.settings.lease_seconds) * 1_000 / 3);
    let mut extend = tokio::time::interval(third);
    extend.set_missed_tick_behavior(MissedTickBehavior::Delay);
    extend.tick().await;
    app.events.beat(lease.import);
    let mut extending = pin!(Fuse::terminated());
    loop {
        tokio::select! {
            ended = &mut task => {
                return flat(ended);
            }
            extended = extending.as_mut() => {
                if let Ok(Err(StoreError::LeaseLost)) = extended {
                    // Either the work is done this moment, or it was taken away: what it says itself is right.
                    return match timeout(LAST_WORD, &mut task).await {
                        Ok(ended) => flat(ended),
                        Err(_) => Err(StoreError::LeaseLost.into()),
                    };
                }
                continue;
            }
            _ = extend.tick() => {}
        }
        if app.events.silence(lease.import) > Duration::from_secs(app.settings.work_silence_seconds.into()) {
            // It waits for a connection that is dead without having been closed, say. Dropping it frees the work.
            return Err(AppError::Unavailable("the work gave no sign of life for too long".into()));
        }
        if lease.kind == WorkKind::Apply {
            // It holds the lease's row until it is done, so that nobody can take it, and nobody can extend it either.
            continue;
        }
        if !extending.is_terminated() {
            // One that waits is enough: each has a connection.
            continue;
        }
        let until = app.clock.now().plus_milliseconds(i64::from(app.settings.lease_seconds) * 1_000);
        // Beside the work, not before it: while the work is in a transaction of its own, this one waits for it.
        extending.set(timeout(EXTEND, app.store.extend_lease(lease, until)).fuse());
    }
}

/// How a task ended: a panic is a failure of ours.
fn flat(ended: Result<Result<(), AppError>, JoinError>) -> Result<(), AppError> {
    ended.unwrap_or_else(|panic| Err(AppError::Internal(Box::new(panic))))
}

fn is_lease_lost(failure: &AppError) -> bool {
    match failure {
        AppError::Internal(cause) => matches!(cause.downcast_ref(), Some(StoreError::LeaseLost)),
        _ => false,
    }
}

/// Puts the import back to the step before, with what went wrong.
async fn put_back(app: &App, lease: &Lease, problem: Problem) -> Result<(), AppError> {
    let mut tx = app.store.begin(lease.tenant).await?;
    tx.require_lease(lease).await?;
    let Some(import) = tx.import(lease.tenant, lease.import).await? else { return Ok(()) };
    let step = match lease.kind {
        WorkKind::Plan => ImportStep::Mapping,
        WorkKind::Apply => ImportStep::Review,
    };
    if step == ImportStep::Mapping {
        tx.delete_plans(lease.tenant, lease.import, None).await?;
        if let Some(mut mapping) = tx.mapping(lease.tenant, lease.import).await? {
            mapping.approved = None;
            tx.update_mapping(lease.tenant, &mapping).await?;
        }
    }
    tx.remove_work(lease.import).await?;
    let now = app.clock.now();
    tx.update_import(lease.tenant, &import, now, |import| {
        import.step = step;
        import.problem = Some(problem);
    })
    .await?;
    app.events.publish(&tx.commit().await?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{ImportId, TenantId, UserId};

    const LEASE: Lease = Lease {
        tenant: TenantId(uuid::Uuid::nil()),
        import: ImportId(uuid::Uuid::nil()),
        kind: WorkKind::Plan,
        fence: 1,
        attempts: 1,
        requested_by: UserId(uuid::Uuid::nil()),
        confirmed_deletions: None,
        is_large: false,
    };

    #[test]
    fn large_files_leave_room_for_a_small_one() {
        let with = |large: usize, small: usize| {
            let mut at_work = AtWork::default();
            for number in 0..large + small {
                let task = at_work.tasks.spawn(std::future::pending());
                at_work.leases.insert(task.id(), Lease { is_large: number < large, ..LEASE });
            }
            at_work
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let _entered = runtime.enter();
        assert_eq!(with(0, 0).room(4), Some(WorkSize::Any));
        assert_eq!(with(2, 1).room(4), Some(WorkSize::Any));
        assert_eq!(with(3, 0).room(4), Some(WorkSize::Small));
        assert_eq!(with(3, 1).room(4), None);
        assert_eq!(with(0, 4).room(4), None);
        assert_eq!(with(0, 0).room(1), Some(WorkSize::Any));
        assert_eq!(with(1, 0).room(1), None);
    }
}
