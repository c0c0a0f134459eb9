//! Discard: an import in progress is given up.

use super::{Outcome, load, outcome};
use crate::app::access::require_admin;
use crate::app::{App, Result};
use crate::domain::id::ImportId;
use crate::domain::import::{Import, ImportStatus};
use crate::domain::requester::Requester;

/// Gives an import in progress up: it turns INCOMPLETE, and the banner goes.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn discard_import(
    app: &App,
    requester: &Requester,
    id: ImportId,
    if_version: Option<i32>,
) -> Result<Outcome> {
    require_admin(requester)?;
    let discarded = discard(app, requester, id, if_version).await;
    outcome(app, requester, id, discarded).await
}

async fn discard(app: &App, requester: &Requester, id: ImportId, if_version: Option<i32>) -> Result<Import> {
    let mut tx = app.store.begin(requester.tenant).await?;
    let import = load(&tx, requester, id).await?;
    import.require_in_progress()?;
    import.require_not_applying()?;
    import.require_version(if_version)?;
    tx.remove_work(id).await?;
    let import = tx
        .update_import(requester.tenant, &import, app.now(), |import| {
            import.status = ImportStatus::Incomplete;
            import.discarded_by = Some(requester.user);
        })
        .await?;
    app.tell(&tx.commit().await?);
    Ok(import)
}
