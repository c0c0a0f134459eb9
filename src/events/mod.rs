//! "Something changed": wakes those who watch a tenant. The event wakes, the tables tell, so that whoever
//! lags or misses one loses nothing.

mod glance;

pub use glance::{Glance, Watching};

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::domain::id::{ImportId, TenantId};
use crate::store::{Committed, Store, StoreError};

/// How long a lost connection to the other servers is left before it is sought again.
const AGAIN: Duration = Duration::from_secs(1);

/// The least time between two tellings of progress to the other servers.
const TELL: Duration = Duration::from_secs(1);

/// How far background work on an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Rows or actions that are done.
    pub processed: u32,
    /// All of them.
    pub total: u32,
}

#[derive(Debug)]
struct Noted {
    progress: Progress,
    /// When the other servers heard of it last.
    told_at: Instant,
}

/// A tenant whom somebody watches.
#[derive(Debug, Default)]
struct Watched {
    /// How many do.
    watchers: usize,
    /// How often it was woken.
    wakes: watch::Sender<u64>,
    /// What was seen after the last wake, for all.
    seen: Arc<glance::Seen>,
}

impl Watched {
    fn wake(&self) {
        self.wakes.send_modify(|wakes| *wakes += 1);
    }
}

#[derive(Debug, Default)]
struct Board {
    watched: HashMap<TenantId, Watched>,
    progress: HashMap<ImportId, Noted>,
    /// When the work on an import gave a sign of life last.
    beats: HashMap<ImportId, Instant>,
}

/// Wakes those who watch, and knows how far this server's work has come.
#[derive(Debug, Clone, Default)]
pub struct Events {
    board: Arc<Mutex<Board>>,
}

impl Events {
    fn board(&self) -> std::sync::MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells what was committed.
    pub fn publish(&self, committed: &Committed) {
        for change in &committed.changes {
            self.wake(change.tenant);
        }
    }

    fn wake(&self, tenant: TenantId) {
        if let Some(watched) = self.board().watched.get(&tenant) {
            watched.wake();
        }
    }

    /// Wakes whoever watches anything: something may have been missed.
    fn wake_all(&self) {
        self.board().watched.values().for_each(Watched::wake);
    }

    /// Watches a tenant from now on.
    #[must_use]
    pub fn watch(&self, tenant: TenantId) -> Watching {
        let mut board = self.board();
        let watched = board.watched.entry(tenant).or_default();
        watched.watchers += 1;
        Watching::new(self.clone(), tenant, watched.wakes.subscribe(), watched.seen.clone())
    }

    /// Forgets the tenant if whoever leaves is the last who watches.
    fn leave(&self, tenant: TenantId) {
        if let Entry::Occupied(mut watched) = self.board().watched.entry(tenant) {
            watched.get_mut().watchers -= 1;
            if watched.get().watchers == 0 {
                watched.remove();
            }
        }
    }

    /// Notes how far the work on an import has come. Answers whether it is time to tell the other servers.
    #[must_use]
    pub fn note_progress(&self, tenant: TenantId, import: ImportId, progress: Progress) -> bool {
        let now = Instant::now();
        let is_due = match self.board().progress.entry(import) {
            Entry::Vacant(vacant) => {
                vacant.insert(Noted { progress, told_at: now });
                true
            }
            Entry::Occupied(mut occupied) => {
                let noted = occupied.get_mut();
                noted.progress = progress;
                let is_due = now.duration_since(noted.told_at) >= TELL;
                if is_due {
                    noted.told_at = now;
                }
                is_due
            }
        };
        self.wake(tenant);
        is_due
    }

    /// Notes that the work on an import goes on.
    pub fn beat(&self, import: ImportId) {
        self.board().beats.insert(import, Instant::now());
    }

    /// How long ago that was noted last.
    #[must_use]
    pub fn silence(&self, import: ImportId) -> Duration {
        self.board().beats.get(&import).map_or(Duration::ZERO, Instant::elapsed)
    }

    /// Forgets about work that has ended.
    pub fn end_work(&self, import: ImportId) {
        let mut board = self.board();
        board.progress.remove(&import);
        board.beats.remove(&import);
    }

    /// Forgets about all work but that on `imports`: what was stopped may have noted something as its last.
    pub fn keep_work(&self, imports: &[ImportId]) {
        let mut board = self.board();
        board.progress.retain(|import, _| imports.contains(import));
        board.beats.retain(|import, _| imports.contains(import));
    }

    /// How far the work on an import has come, if this server is at it.
    #[must_use]
    pub fn progress(&self, import: ImportId) -> Option<Progress> {
        self.board().progress.get(&import).map(|noted| noted.progress)
    }
}

/// Wakes those who watch here when another server has changed something, until `shutdown`.
pub async fn relay(store: Store, events: Events, shutdown: CancellationToken) {
    let relaying = async {
        loop {
            match listen(&store, &events).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "cannot hear the other servers");
                }
            }
            tokio::time::sleep(AGAIN).await;
        }
    };
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = relaying => {}
    }
}

/// Answers at once if there are no other servers, and else only with why it cannot go on.
async fn listen(store: &Store, events: &Events) -> Result<(), StoreError> {
    let Some(mut listener) = store.listen().await? else { return Ok(()) };
    // Whatever was told before is not heard.
    events.wake_all();
    loop {
        events.wake(listener.next().await?);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_kept_in_mind_as_long_as_somebody_watches() {
        let (events, tenant) = (Events::default(), TenantId(uuid::Uuid::from_u128(1)));
        let (one, other) = (events.watch(tenant), events.watch(tenant));
        drop(one);
        assert_eq!(events.board().watched.len(), 1);
        drop(other);
        assert_eq!(events.board().watched.len(), 0);
    }

    #[test]
    fn what_stopped_work_noted_last_is_forgotten() {
        let (events, tenant) = (Events::default(), TenantId(uuid::Uuid::from_u128(1)));
        let [at, stopped] = [2, 3].map(|number| ImportId(uuid::Uuid::from_u128(number)));
        for import in [at, stopped] {
            events.beat(import);
            assert!(events.note_progress(tenant, import, Progress { processed: 1, total: 2 }));
        }
        events.keep_work(&[at]);
        assert_eq!(events.progress(at), Some(Progress { processed: 1, total: 2 }));
        assert_eq!(events.progress(stopped), None);
        assert_eq!(events.board().beats.len(), 1);
    }
}
