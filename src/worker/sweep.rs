//! Sweeping: files without an import, plans that nobody finishes, and records of members who were deleted long ago.

use futures_util::TryStreamExt;

use crate::app::{App, AppError};

/// Records that are forgotten in one transaction.
const BATCH: u64 = 1_000;
const DAY_MILLISECONDS: i64 = 24 * 3_600 * 1_000;

/// Sweeps once; what fails is tried again with the next sweep.
pub async fn sweep(app: &App) {
    if let Err(failure) = orphans(app).await {
        tracing::warn!(?failure, "cannot sweep files");
    }
    if let Err(failure) = unfinished_plans(app).await {
        tracing::warn!(?failure, "cannot sweep plans");
    }
    if let Err(failure) = deleted_members(app).await {
        tracing::warn!(?failure, "cannot forget deleted members");
    }
}

/// Whoever was at a plan when its import was superseded stops where they are.
async fn unfinished_plans(app: &App) -> Result<(), AppError> {
    loop {
        let tx = app.store.begin().await?;
        let swept = tx.sweep_unfinished_plan().await?;
        app.events.publish(&tx.commit().await?);
        if !swept {
            return Ok(());
        }
    }
}

/// Bytes are stored before their row, so that a crash in between leaves bytes without one.
async fn orphans(app: &App) -> Result<(), AppError> {
    let before = app.clock.now().plus_milliseconds(-i64::from(app.settings.orphan_seconds) * 1_000);
    let staged = app.files.delete_staged(before).await?;
    if staged > 0 {
        tracing::info!(staged, "uploads that broke off are swept");
    }
    let mut files = app.files.list();
    while let Some(file) = files.try_next().await? {
        let is_old = file.stored_at < before;
        if is_old && app.store.import(file.key.tenant, file.key.import).await?.is_none() {
            tracing::info!(import = %file.key.import.0, "a file without an import is swept");
            app.files.delete(file.key).await?;
        }
    }
    Ok(())
}

async fn deleted_members(app: &App) -> Result<(), AppError> {
    let before =
        app.clock.now().plus_milliseconds(-i64::from(app.settings.deleted_kept_days) * DAY_MILLISECONDS);
    loop {
        let tx = app.store.begin().await?;
        let purged = tx.purge_members(before, BATCH).await?;
        app.events.publish(&tx.commit().await?);
        if purged < BATCH {
            return Ok(());
        }
    }
}
