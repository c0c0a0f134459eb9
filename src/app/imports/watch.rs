//! Watching imports: the present state first, then every transition in the order in which it was committed, read
//! from the log.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{Stream, try_unfold};
use tokio::sync::watch::Receiver;
use tokio::time::Instant;

use crate::app::access::require_admin;
use crate::app::{App, AppError, Result};
use crate::domain::id::{ImportId, UserId};
use crate::domain::import::{Import, ImportStatus, ImportStep, Transition};
use crate::domain::requester::Requester;
use crate::domain::timestamp::Timestamp;
use crate::events::Progress;

/// The least time between two events that are no transitions.
const MERGE: Duration = Duration::from_millis(500);
/// Transitions that are read at once.
const TRANSITIONS: u32 = 100;

/// A change of an import. What it shows of the import may be newer than its version.
#[derive(Debug, Clone)]
pub struct ImportEvent {
    /// Which import.
    pub import: ImportId,
    /// Status after the change.
    pub status: ImportStatus,
    /// Step after the change.
    pub step: ImportStep,
    /// Version after the change: it never falls.
    pub version: i32,
    /// When it was changed.
    pub at: Timestamp,
}

impl ImportEvent {
    fn present(import: &Import) -> Self {
        Self {
            import: import.id,
            status: import.status,
            step: import.step,
            version: import.version,
            at: import.updated_at,
        }
    }

    fn of(transition: &Transition) -> Self {
        Self {
            import: transition.import,
            status: transition.status,
            step: transition.step,
            version: transition.version,
            at: transition.at,
        }
    }
}

/// The named import: its present state first, then every change; ends after COMPLETE or INCOMPLETE.
///
/// # Errors
/// If the requester may not, there is no such import, or something fails.
pub async fn import_changed(
    app: Arc<App>,
    requester: Requester,
    id: ImportId,
) -> Result<impl Stream<Item = Result<ImportEvent>>> {
    require_admin(&requester)?;
    // Watched before it is read, so that nothing falls between the two.
    let mut watcher = Watcher::begin(app, requester, Some(id)).await?;
    let import = watcher.read_import(id).await?.ok_or(AppError::NotFound("import"))?;
    watcher.shown = Some(Shown::of(&import, None));
    watcher.next.push_back(ImportEvent::present(&import));
    Ok(try_unfold(watcher, async |mut watcher| {
        if watcher.ended {
            return Ok(None);
        }
        let event = watcher.next_event().await?;
        watcher.ended = event.status != ImportStatus::InProgress;
        Ok(Some((event, watcher)))
    }))
}

/// All imports of the tenant: nothing first, to say that it has begun, then every change.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn imports_changed(
    app: Arc<App>,
    requester: Requester,
) -> Result<impl Stream<Item = Result<Option<ImportEvent>>>> {
    require_admin(&requester)?;
    let mut watcher = Watcher::begin(app, requester, None).await?;
    if let Some(active) = watcher.app.store.active_import(requester.tenant).await? {
        watcher.shown = Some(Shown::of(&active, None));
    }
    Ok(try_unfold((watcher, true), async |(mut watcher, first)| {
        if first {
            return Ok(Some((None, (watcher, false))));
        }
        let event = watcher.next_event().await?;
        Ok(Some((Some(event), (watcher, false))))
    }))
}

/// What was shown last of the import that is in progress.
#[derive(Debug, Clone, Copy)]
struct Shown {
    import: ImportId,
    version: i32,
    progress: Option<Progress>,
    resumed: Option<(UserId, Timestamp)>,
}

impl Shown {
    fn of(import: &Import, progress: Option<Progress>) -> Self {
        Self { import: import.id, version: import.version, progress, resumed: import.resumed }
    }
}

struct Watcher {
    app: Arc<App>,
    requester: Requester,
    only: Option<ImportId>,
    wake: Receiver<()>,
    /// The last transition that was read.
    seq: i64,
    shown: Option<Shown>,
    merged_at: Option<Instant>,
    next: std::collections::VecDeque<ImportEvent>,
    ended: bool,
}

impl Watcher {
    async fn begin(app: Arc<App>, requester: Requester, only: Option<ImportId>) -> Result<Self> {
        let wake = app.events.watch(requester.tenant);
        let seq = app.store.log_end(requester.tenant).await?;
        let next = std::collections::VecDeque::new();
        Ok(Self { app, requester, only, wake, seq, shown: None, merged_at: None, next, ended: false })
    }

    async fn read_import(&self, id: ImportId) -> Result<Option<Import>> {
        Ok(self.app.store.import(self.requester.tenant, id).await?)
    }

    async fn next_event(&mut self) -> Result<ImportEvent> {
        loop {
            if let Some(event) = self.next.pop_front() {
                return Ok(event);
            }
            // Marked as seen before looking, so that a change during the look wakes again.
            self.wake.mark_unchanged();
            let due = self.look().await?;
            if self.next.is_empty() {
                let merged = async {
                    match due {
                        Some(due) => tokio::time::sleep_until(due).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    () = merged => {}
                    woken = self.wake.changed() => {
                        if woken.is_err() {
                            self.wake = self.app.events.watch(self.requester.tenant);
                        }
                    }
                }
            }
        }
    }

    /// Queues what is new. Answers when to look again for something that is new but merged with what may follow.
    async fn look(&mut self) -> Result<Option<Instant>> {
        // The import first, the log second: if the log knows more than the import that was read, the log's word is
        // what is sent.
        let import = match self.only {
            Some(id) => self.read_import(id).await?,
            None => self.app.store.active_import(self.requester.tenant).await?,
        };
        let transitions =
            self.app.store.log_after(self.requester.tenant, self.only, self.seq, TRANSITIONS).await?;
        if !transitions.is_empty() {
            for transition in &transitions {
                self.seq = transition.seq;
                self.queue_transition(transition);
            }
            return Ok(None);
        }
        let Some(import) = import else { return Ok(None) };
        let progress = match import.step {
            ImportStep::Planning | ImportStep::Applying => {
                self.app.progress(self.requester.tenant, import.id).await?
            }
            _ => None,
        };
        let shown = self.shown.filter(|shown| shown.import == import.id);
        let is_shown = |shown: Shown| {
            shown.version >= import.version
                && shown.resumed == import.resumed
                && (progress.is_none() || shown.progress == progress)
        };
        if shown.is_some_and(is_shown) {
            return Ok(None);
        }
        if let Some(due) = self.merged_at.map(|at| at + MERGE).filter(|due| *due > Instant::now()) {
            return Ok(Some(due));
        }
        self.merged_at = Some(Instant::now());
        self.shown = Some(Shown::of(&import, progress));
        self.next.push_back(ImportEvent::present(&import));
        Ok(None)
    }

    /// A transition is sent unless what was shown of its import is as new.
    fn queue_transition(&mut self, transition: &Transition) {
        let shown = self.shown.filter(|shown| shown.import == transition.import);
        if shown.is_some_and(|shown| shown.version >= transition.version) {
            return;
        }
        if transition.status == ImportStatus::InProgress || shown.is_some() {
            let (progress, resumed) = shown.map_or((None, None), |shown| (shown.progress, shown.resumed));
            self.shown =
                Some(Shown { import: transition.import, version: transition.version, progress, resumed });
        }
        self.next.push_back(ImportEvent::of(transition));
    }
}
