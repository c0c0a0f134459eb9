//! The history of a tenant's imports, and what belongs to each.

use crate::app::access::require_admin;
use crate::app::{App, AppError, Result};
use crate::domain::id::ImportId;
use crate::domain::import::{Import, ImportStatus, ImportStep};
use crate::domain::page::{Page, PageRequest};
use crate::domain::requester::Requester;
use crate::events::Progress;
use crate::store::{ImportCursor, ImportFilter, ImportMapping, ImportOrder, Plan};

/// One page of the history.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn page(
    app: &App,
    requester: &Requester,
    filter: &ImportFilter,
    order: ImportOrder,
    request: &PageRequest<ImportCursor>,
) -> Result<Page<Import>> {
    require_admin(requester)?;
    if [&request.after, &request.before].into_iter().flatten().any(|cursor| !order.sort.has(cursor)) {
        return Err(AppError::BadInput("The cursor is a place in another order of the list.".to_owned()));
    }
    Ok(app.store.import_page(requester.tenant, filter, order, request).await?)
}

/// How many imports the list has.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn count(app: &App, requester: &Requester, filter: &ImportFilter) -> Result<u64> {
    require_admin(requester)?;
    Ok(app.store.import_count(requester.tenant, filter).await?)
}

/// The tenant's imports among `ids`.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn imports(app: &App, requester: &Requester, ids: &[ImportId]) -> Result<Vec<Import>> {
    require_admin(requester)?;
    Ok(app.store.imports(requester.tenant, ids).await?)
}

/// The import that is in progress.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn active(app: &App, requester: &Requester) -> Result<Option<Import>> {
    require_admin(requester)?;
    Ok(app.store.active_import(requester.tenant).await?)
}

/// The mappings of several imports.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn mappings(app: &App, requester: &Requester, imports: &[ImportId]) -> Result<Vec<ImportMapping>> {
    require_admin(requester)?;
    Ok(app.store.mappings(requester.tenant, imports).await?)
}

/// The plans of several imports.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn plans(app: &App, requester: &Requester, imports: &[ImportId]) -> Result<Vec<Plan>> {
    require_admin(requester)?;
    Ok(app.store.plans_of(requester.tenant, imports).await?)
}

/// How far the background work on `import` has come; none unless there is some. `approved` is how many actions
/// are to be applied.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn progress(
    app: &App,
    requester: &Requester,
    import: &Import,
    approved: u32,
) -> Result<Option<Progress>> {
    require_admin(requester)?;
    if import.status != ImportStatus::InProgress {
        return Ok(None);
    }
    let total = match import.step {
        ImportStep::Planning => import.file.row_count,
        ImportStep::Applying => approved,
        ImportStep::Mapping | ImportStep::Review | ImportStep::Done => return Ok(None),
    };
    let progress = app.progress(requester.tenant, import.id).await?;
    Ok(Some(progress.unwrap_or(Progress { processed: 0, total })))
}
