//! Mapping: corrected, approved, reopened.

use super::study::{study, study_for};
use super::{Outcome, load, outcome};
use crate::app::access::require_admin;
use crate::app::{App, AppError, Result};
use crate::domain::field::ProfileField;
use crate::domain::file::Study;
use crate::domain::id::ImportId;
use crate::domain::import::{Import, ImportStep};
use crate::domain::mapping::blockers::blockers;
use crate::domain::mapping::edit::{EditContext, MappingEdit, apply_edit};
use crate::domain::mapping::mappable;
use crate::domain::requester::Requester;
use crate::domain::user_error::{UserError, UserErrorCode};
use crate::store::{ImportMapping, Tx, WorkKind};

async fn mapping_of(tx: &Tx, requester: &Requester, import: &Import) -> Result<ImportMapping> {
    let found = tx.mapping(requester.tenant, import.id).await?;
    found.ok_or_else(|| AppError::Internal("an import without a mapping".into()))
}

/// Changes the mapping without approving it. What is not named stays.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn save_mapping(
    app: &App,
    requester: &Requester,
    id: ImportId,
    edit: MappingEdit,
    if_version: Option<i32>,
) -> Result<Outcome> {
    require_admin(requester)?;
    let saved = save(app, requester, id, edit, if_version).await;
    outcome(app, requester, id, saved).await
}

async fn save(
    app: &App,
    requester: &Requester,
    id: ImportId,
    edit: MappingEdit,
    if_version: Option<i32>,
) -> Result<Import> {
    // The file is read before the transaction: it never changes, so what it says stays true.
    let seen = app.store.import(requester.tenant, id).await?;
    let seen = seen.ok_or_else(|| super::import_not_found().at(["importId"]))?;
    seen.require_step(&[ImportStep::Mapping])?;
    seen.require_version(if_version)?;
    let fields = app.store.fields(requester.tenant).await?;
    let columns = app.store.mapping(requester.tenant, id).await?.map_or(0, |mapping| mapping.columns.len());
    let mut wanted = vec![Study::default(); columns];
    for column in &edit.columns {
        let field = column.field_key.as_ref().and_then(|key| mappable(&fields, key.as_deref()?));
        if let Some(place) = usize::try_from(column.index).ok().and_then(|index| wanted.get_mut(index)) {
            *place = study_for(field);
        }
    }
    let studied = study(app, requester, &seen, &wanted).await?;
    let any_member_has_unique_id = app.store.any_member_has_unique_id(requester.tenant).await?;

    let mut tx = app.store.begin(requester.tenant).await?;
    let import = load(&tx, requester, id).await?;
    import.require_step(&[ImportStep::Mapping])?;
    import.require_version(if_version)?;
    let mut mapping = mapping_of(&tx, requester, &import).await?;
    let context = EditContext { fields: &fields, studies: &studied, any_member_has_unique_id };
    let edited = apply_edit(&mapping.mapping, &edit, &context)?;
    if edited == mapping.mapping {
        return Ok(import);
    }
    mapping.mapping = edited;
    tx.update_mapping(requester.tenant, &mapping).await?;
    let import =
        tx.update_import(requester.tenant, &import, app.now(), |import| import.problem = None).await?;
    app.tell(&tx.commit().await?);
    Ok(import)
}

/// What keeps a mapping to the tenant's `fields` from being approved.
///
/// # Errors
/// If the requester may not.
pub fn mapping_blockers(
    requester: &Requester,
    mapping: &ImportMapping,
    fields: &[ProfileField],
) -> Result<Vec<UserError>> {
    require_admin(requester)?;
    Ok(blockers(&mapping.mapping, &mapping.columns, fields))
}

/// Approves the mapping and starts planning.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn approve_mapping(
    app: &App,
    requester: &Requester,
    id: ImportId,
    if_version: i32,
) -> Result<Outcome> {
    require_admin(requester)?;
    let approved = approve(app, requester, id, if_version).await;
    outcome(app, requester, id, approved).await
}

async fn approve(app: &App, requester: &Requester, id: ImportId, if_version: i32) -> Result<Import> {
    let mut tx = app.store.begin(requester.tenant).await?;
    let import = load(&tx, requester, id).await?;
    import.require_step(&[ImportStep::Mapping])?;
    import.require_version(Some(if_version))?;
    let fields = tx.fields(requester.tenant).await?;
    let mut mapping = mapping_of(&tx, requester, &import).await?;
    let blockers = blockers(&mapping.mapping, &mapping.columns, &fields);
    if !blockers.is_empty() {
        return Err(AppError::Refused(blockers));
    }
    let now = app.now();
    mapping.approved = Some((requester.user, now));
    tx.update_mapping(requester.tenant, &mapping).await?;
    tx.request_work(requester.tenant, &import, WorkKind::Plan, requester.user, now, None).await?;
    let import = tx
        .update_import(requester.tenant, &import, now, |import| {
            import.step = ImportStep::Planning;
            import.problem = None;
        })
        .await?;
    app.tell(&tx.commit().await?);
    app.work_waits.notify_one();
    Ok(import)
}

/// Goes back to MAPPING; the plan and its decisions are dropped.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn reopen_mapping(
    app: &App,
    requester: &Requester,
    id: ImportId,
    if_version: Option<i32>,
) -> Result<Outcome> {
    require_admin(requester)?;
    let reopened = reopen(app, requester, id, if_version).await;
    outcome(app, requester, id, reopened).await
}

async fn reopen(app: &App, requester: &Requester, id: ImportId, if_version: Option<i32>) -> Result<Import> {
    let mut tx = app.store.begin(requester.tenant).await?;
    let import = load(&tx, requester, id).await?;
    if import.step == ImportStep::Mapping && import.require_in_progress().is_ok() {
        let message = "The mapping is open already. Change it, then approve it.";
        return Err(UserError::new(UserErrorCode::WrongStep, message).into());
    }
    import.require_step(&[ImportStep::Planning, ImportStep::Review])?;
    import.require_version(if_version)?;
    let mut mapping = mapping_of(&tx, requester, &import).await?;
    mapping.approved = None;
    tx.update_mapping(requester.tenant, &mapping).await?;
    tx.remove_work(id).await?;
    tx.delete_plans(requester.tenant, id, None).await?;
    let import = tx
        .update_import(requester.tenant, &import, app.now(), |import| {
            import.step = ImportStep::Mapping;
            import.problem = None;
        })
        .await?;
    app.tell(&tx.commit().await?);
    Ok(import)
}
