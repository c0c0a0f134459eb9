//! Resume: any admin goes on where somebody left off.

use super::{Outcome, load, outcome};
use crate::app::access::require_admin;
use crate::app::{App, Result};
use crate::domain::id::ImportId;
use crate::domain::import::Import;
use crate::domain::requester::Requester;

/// Takes the requester to the step of the import that needs attention, and tells the others who is on it now.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn resume_import(app: &App, requester: &Requester, id: ImportId) -> Result<Outcome> {
    require_admin(requester)?;
    let resumed = resume(app, requester, id).await;
    outcome(app, requester, id, resumed).await
}

async fn resume(app: &App, requester: &Requester, id: ImportId) -> Result<Import> {
    let mut tx = app.store.begin(requester.tenant).await?;
    let mut import = load(&tx, requester, id).await?;
    import.require_in_progress()?;
    let now = app.now();
    tx.note_resumed(requester.tenant, id, requester.user, now).await?;
    import.resumed = Some((requester.user, now));
    app.tell(&tx.commit().await?);
    Ok(import)
}
