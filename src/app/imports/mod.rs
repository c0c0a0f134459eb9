//! Imports, from upload to COMPLETE.

pub mod apply;
pub mod complete;
pub mod decide;
pub mod discard;
pub mod history;
pub mod mapping;
pub mod plan;
pub mod resume;
pub mod review;
pub mod stored;
pub mod study;
pub mod upload;
pub mod watch;

use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use super::{App, AppError, Result};
use crate::domain::id::ImportId;
use crate::domain::import::Import;
use crate::domain::requester::Requester;
use crate::domain::user_error::{UserError, UserErrorCode};
use crate::store::Tx;

/// How a use case about one import ended: the import as it now stands, and why not if it was refused.
#[derive(Debug)]
pub struct Outcome {
    /// None only if there is no such import.
    pub import: Option<Import>,
    /// Empty on success.
    pub errors: Vec<UserError>,
}

/// The import `id` as this transaction sees it.
///
/// # Errors
/// IMPORT_NOT_FOUND.
async fn load(tx: &Tx, requester: &Requester, id: ImportId) -> Result<Import> {
    let found = tx.import(requester.tenant, id).await?;
    found.ok_or_else(|| import_not_found().at(["importId"]).into())
}

/// What an id that was never given out gets, and one of another tenant.
#[must_use]
pub fn import_not_found() -> UserError {
    UserError::new(UserErrorCode::ImportNotFound, "There is no such import. Look it up in the history.")
}

/// Makes a refusal into an outcome that shows the import as it stands.
async fn outcome(app: &App, requester: &Requester, id: ImportId, result: Result<Import>) -> Result<Outcome> {
    match result {
        Ok(import) => Ok(Outcome { import: Some(import), errors: Vec::new() }),
        Err(AppError::Refused(errors)) => {
            let import = app.store.import(requester.tenant, id).await?;
            Ok(Outcome { import, errors })
        }
        Err(other) => Err(other),
    }
}

/// Does `work` in a task of its own, from now on, so that it takes another processor; not for longer than somebody waits for
/// it.
fn beside<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> impl Future<Output = Result<T>> + Send {
    let task = AbortOnDropHandle::new(tokio::spawn(work.in_current_span()));
    async move { task.await.map_err(|error| AppError::Internal(error.into()))? }
}

/// Does `work`, which waits for nothing, from now on on a thread of its own: it is long enough to be in the way of requests.
fn elsewhere<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> impl Future<Output = Result<T>> + Send {
    let span = tracing::Span::current();
    let task = AbortOnDropHandle::new(tokio::task::spawn_blocking(move || span.in_scope(work)));
    async move { task.await.map_err(|error| AppError::Internal(error.into()))? }
}
