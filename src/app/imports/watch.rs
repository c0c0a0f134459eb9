//! Watching imports: the present state first, then every transition in the order in which it was committed, as the log
//! has it. What the tables say is read once for all who watch a tenant (see [`Glance`]); what of it somebody has been told
//! is each watcher's own.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::app::access::require_admin;
use crate::app::{App, AppError, Result};
use crate::domain::id::{ImportId, TenantId, UserId};
use crate::domain::import::{Import, ImportStatus, ImportStep, Transition};
use crate::domain::requester::Requester;
use crate::domain::timestamp::Timestamp;
use crate::events::{Glance, Progress, Watching};

/// The least time between two events that are no transitions.
const MERGE: Duration = Duration::from_millis(500);
/// Transitions that are read at once, by a watcher who is far behind.
const TRANSITIONS: u32 = 100;

/// Names what all watchers of a tenant are told alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Occasion {
    /// A transition, by its number in the log.
    Transition(i64),
    /// Something else that was seen at a glance.
    Glance(u64),
}

/// What a watcher is told.
#[derive(Debug, Clone)]
pub struct Told {
    /// What it is about; none for what is told to this watcher alone, when it begins.
    pub occasion: Option<Occasion>,
    /// The change; none to say that watching has begun.
    pub change: Option<ImportEvent>,
}

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
pub async fn import_changed(app: Arc<App>, requester: Requester, id: ImportId) -> Result<Watcher> {
    let (mut watcher, glance) = Watcher::begin(app, requester, Some(id)).await?;
    let import = match glance.active.clone().filter(|active| active.id == id) {
        Some(active) => Some(active),
        None => watcher.app.store.import(requester.tenant, id).await?,
    };
    let import = import.ok_or(AppError::NotFound("import"))?;
    watcher.shown = Some(Shown::of(&import, None));
    watcher.next.push_back(Told { occasion: None, change: Some(ImportEvent::present(&import)) });
    Ok(watcher)
}

/// All imports of the tenant: nothing first, to say that it has begun, then every change.
///
/// # Errors
/// If the requester may not, or something fails.
pub async fn imports_changed(app: Arc<App>, requester: Requester) -> Result<Watcher> {
    let (mut watcher, glance) = Watcher::begin(app, requester, None).await?;
    watcher.shown = glance.active.as_ref().map(|active| Shown::of(active, None));
    watcher.next.push_back(Told { occasion: None, change: None });
    Ok(watcher)
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

/// Somebody who watches imports.
#[derive(Debug)]
pub struct Watcher {
    app: Arc<App>,
    tenant: TenantId,
    only: Option<ImportId>,
    watching: Watching,
    /// The last transition that was read.
    seq: i64,
    shown: Option<Shown>,
    merged_at: Option<Instant>,
    next: VecDeque<Told>,
    ended: bool,
}

impl Watcher {
    async fn begin(
        app: Arc<App>,
        requester: Requester,
        only: Option<ImportId>,
    ) -> Result<(Self, Arc<Glance>)> {
        require_admin(&requester)?;
        let tenant = requester.tenant;
        // Watched before it is read, so that nothing falls between the two.
        let mut watching = app.events.watch(tenant);
        let glance = watching.look_now(&app.store).await?;
        let (seq, next) = (glance.log_end, VecDeque::new());
        let watcher =
            Self { app, tenant, only, watching, seq, shown: None, merged_at: None, next, ended: false };
        Ok((watcher, glance))
    }

    /// What is told next, when there is something; none at the end.
    ///
    /// # Errors
    /// If something fails; then it has ended.
    pub async fn next(&mut self) -> Result<Option<Told>> {
        if self.ended {
            return Ok(None);
        }
        let told = self.wait().await;
        let status = told.as_ref().ok().and_then(|told| told.change.as_ref()).map(|change| change.status);
        self.ended = match status {
            Some(status) => self.only.is_some() && status != ImportStatus::InProgress,
            None => told.is_err(),
        };
        told.map(Some)
    }

    async fn wait(&mut self) -> Result<Told> {
        loop {
            if let Some(told) = self.next.pop_front() {
                return Ok(told);
            }
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
                    () = self.watching.woken() => {}
                }
            }
        }
    }

    /// Queues what is new. Answers when to look again for something that is new but merged with what may follow.
    async fn look(&mut self) -> Result<Option<Instant>> {
        let glance = self.watching.look(&self.app.store).await?;
        while self.next.is_empty() && self.seq < glance.log_end {
            self.read_on(&glance).await?;
        }
        // The transitions first: they may lead away from what is in progress.
        if !self.next.is_empty() {
            return Ok(None);
        }
        // Of a glance that is older than what was told, nothing is news: another one follows.
        let active = glance.active.as_ref().filter(|_| self.seq == glance.log_end);
        let Some(import) = active.filter(|import| self.only.is_none_or(|only| only == import.id)) else {
            return Ok(None);
        };
        let progress = glance.progress;
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
        self.shown = Some(Shown::of(import, progress));
        let occasion = Some(Occasion::Glance(glance.number));
        self.next.push_back(Told { occasion, change: Some(ImportEvent::present(import)) });
        Ok(None)
    }

    /// Queues transitions behind those that were read: what the glance has of them, or, if that is not all, some more.
    async fn read_on(&mut self, glance: &Glance) -> Result<()> {
        if let Some(transitions) = glance.behind(self.seq) {
            self.queue(transitions);
            return Ok(());
        }
        let some = self.app.store.log_after(self.tenant, self.only, self.seq, TRANSITIONS).await?;
        self.queue(&some);
        if some.len() < TRANSITIONS as usize {
            self.seq = self.seq.max(glance.log_end);
        }
        Ok(())
    }

    fn queue(&mut self, transitions: &[Transition]) {
        for transition in transitions {
            self.seq = transition.seq;
            if self.only.is_none_or(|only| only == transition.import) {
                self.queue_transition(transition);
            }
        }
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
        let occasion = Some(Occasion::Transition(transition.seq));
        self.next.push_back(Told { occasion, change: Some(ImportEvent::of(transition)) });
    }
}
