//! Background work: taken on under a lease, done, and given back when it fails.
//!
//! A server that dies leaves its lease; when that ends, any server takes the work on anew. Whatever the work writes
//! is written only while the lease is held.

mod sweep;

use std::sync::Arc;
use std::time::Duration;

pub use sweep::sweep;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::app::imports::{apply, plan};
use crate::app::{App, AppError};
use crate::domain::import::{ImportStep, Problem};
use crate::domain::user_error::UserErrorCode;
use crate::store::{Lease, StoreError, WorkKind};

/// How often a server looks for work that nobody told it of.
const LOOK: Duration = Duration::from_secs(1);
/// Pieces of work that a server is at at once.
const AT_ONCE: usize = 2;

/// Does background work until `shutdown`. What is under way then is left to whoever takes it on next.
pub async fn run(app: Arc<App>, shutdown: CancellationToken) {
    let mut at_work = JoinSet::new();
    let mut hourly = tokio::time::interval(Duration::from_secs(3600));
    loop {
        while at_work.len() < AT_ONCE {
            match take(&app).await {
                Some(lease) => {
                    let app = app.clone();
                    at_work.spawn(async move { work(&app, &lease).await }.instrument(span(&lease)));
                }
                None => break,
            }
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            Some(_) = at_work.join_next(), if !at_work.is_empty() => {}
            () = app.work_waits.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
            _ = hourly.tick() => {
                let app = app.clone();
                tokio::spawn(async move { sweep(&app).await });
            }
        }
    }
    at_work.shutdown().await;
}

/// Does all the work that waits, and returns when there is none: for tests, which do not wait.
pub async fn drain(app: &Arc<App>) {
    while let Some(lease) = take(app).await {
        work(app, &lease).await;
    }
}

async fn take(app: &App) -> Option<Lease> {
    let now = app.clock.now();
    let until = now.plus_milliseconds(i64::from(app.settings.lease_seconds) * 1_000);
    let taken = async {
        // Mostly there is none, and a look that writes nothing says so.
        if !app.store.is_work_waiting(now).await? {
            return Ok(None);
        }
        app.store.lease_work(now, until).await
    };
    match taken.await {
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
    let result = if lease.attempts > app.settings.work_attempts_max {
        Err(AppError::Internal("the work was begun too often without coming to its end".into()))
    } else {
        attempt(app, lease).await
    };
    app.events.end_progress(lease.import);
    let Err(failure) = result else { return };
    if is_lease_lost(&failure) {
        tracing::info!("the work was taken away");
        return;
    }
    let problem = match failure {
        AppError::Refused(mut errors) if !errors.is_empty() => {
            let error = errors.swap_remove(0);
            Problem { code: error.code, message: error.message }
        }
        failure => {
            tracing::error!(?failure, "background work failed");
            if lease.attempts < app.settings.work_attempts_max {
                // It is tried again when the lease ends.
                return;
            }
            let message = "Something went wrong on our side, and nothing was changed. Try again; if it happens again, \
                           tell whoever runs this service.";
            Problem { code: UserErrorCode::WorkFailed, message: message.to_owned() }
        }
    };
    if let Err(error) = put_back(app, lease, problem).await {
        tracing::error!(?error, "cannot put the import back");
    }
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
    extend.tick().await;
    loop {
        tokio::select! {
            ended = &mut task => {
                return ended.unwrap_or_else(|panic| Err(AppError::Internal(Box::new(panic))));
            }
            _ = extend.tick() => {}
        }
        let until = app.clock.now().plus_milliseconds(i64::from(app.settings.lease_seconds) * 1_000);
        // Beside the work, not before it: while the work is in a transaction of its own, this one waits for it.
        tokio::select! {
            ended = &mut task => {
                return ended.unwrap_or_else(|panic| Err(AppError::Internal(Box::new(panic))));
            }
            extended = app.store.extend_lease(lease, until) => {
                if let Err(StoreError::LeaseLost) = extended {
                    // Either the work is done this moment, or it was taken away: what it says itself is right.
                    return task.await.unwrap_or_else(|panic| Err(AppError::Internal(Box::new(panic))));
                }
            }
        }
    }
}

fn is_lease_lost(failure: &AppError) -> bool {
    match failure {
        AppError::Internal(cause) => matches!(cause.downcast_ref(), Some(StoreError::LeaseLost)),
        _ => false,
    }
}

/// Puts the import back to the step before, with what went wrong.
async fn put_back(app: &App, lease: &Lease, problem: Problem) -> Result<(), AppError> {
    let mut tx = app.store.begin().await?;
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
