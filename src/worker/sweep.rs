//! Sweeping: files without an import, plans that nobody finishes, progress of work that is over, and records of members who
//! were deleted long ago.

use std::collections::{BTreeMap, HashSet};

use futures_util::TryStreamExt;

use crate::app::{App, AppError};
use crate::domain::id::{ImportId, TenantId};
use crate::files::{FileKey, StoredFile};

/// Records that are forgotten in one transaction.
const BATCH: u64 = 1_000;
/// Files that are looked up at once.
const FILES_AT_ONCE: usize = 500;
const DAY_MILLISECONDS: i64 = 24 * 3_600 * 1_000;

/// Sweeps once; what fails is tried again with the next sweep.
pub async fn sweep(app: &App) {
    if let Err(failure) = orphans(app).await {
        tracing::warn!(failure = failure.word(), error = failure.cause(), "cannot sweep files");
    }
    if let Err(failure) = unfinished_plans(app).await {
        tracing::warn!(failure = failure.word(), error = failure.cause(), "cannot sweep plans");
    }
    if let Err(error) = app.store.sweep_progress().await {
        tracing::warn!(error = &error as &dyn std::error::Error, "cannot sweep progress");
    }
    if let Err(failure) = deleted_members(app).await {
        tracing::warn!(failure = failure.word(), error = failure.cause(), "cannot forget deleted members");
    }
}

/// Whoever was at a plan when its import was superseded stops where they are.
async fn unfinished_plans(app: &App) -> Result<(), AppError> {
    loop {
        let tx = app.store.begin_unlocked().await?;
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
    let is_old = |file: &StoredFile| std::future::ready(file.stored_at < before);
    // A list comes page by page: however many files there are, a sweep holds a page of them and a chunk.
    let mut old = app.files.list().try_filter(is_old).try_chunks(FILES_AT_ONCE);
    while let Some(files) = old.try_next().await.map_err(|broken| broken.1)? {
        for orphan in without_import(app, &files).await? {
            tracing::info!(import = %orphan.import.0, "a file without an import is swept");
            app.files.delete(orphan).await?;
        }
    }
    Ok(())
}

/// Those that no import owns; one query for each tenant, of which a list has few at a time.
async fn without_import(app: &App, files: &[StoredFile]) -> Result<Vec<FileKey>, AppError> {
    let mut by_tenant: BTreeMap<TenantId, Vec<ImportId>> = BTreeMap::new();
    for StoredFile { key, .. } in files {
        by_tenant.entry(key.tenant).or_default().push(key.import);
    }
    let mut orphans = Vec::new();
    for (tenant, ids) in by_tenant {
        let owned: HashSet<ImportId> =
            app.store.imports(tenant, &ids).await?.iter().map(|import| import.id).collect();
        let unowned = ids.into_iter().filter(|id| !owned.contains(id));
        orphans.extend(unowned.map(|import| FileKey { tenant, import }));
    }
    Ok(orphans)
}

async fn deleted_members(app: &App) -> Result<(), AppError> {
    let before =
        app.clock.now().plus_milliseconds(-i64::from(app.settings.deleted_kept_days) * DAY_MILLISECONDS);
    loop {
        let tx = app.store.begin_unlocked().await?;
        let purged = tx.purge_members(before, BATCH).await?;
        app.events.publish(&tx.commit().await?);
        if purged < BATCH {
            return Ok(());
        }
    }
}
