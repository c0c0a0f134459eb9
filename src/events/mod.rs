//! "Something changed": wakes those who watch a tenant. The event wakes, the tables tell, so that whoever
//! lags or misses one loses nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::domain::id::{ImportId, TenantId};
use crate::store::Committed;

/// How far background work on an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Rows or actions that are done.
    pub processed: u32,
    /// All of them.
    pub total: u32,
}

#[derive(Debug, Default)]
struct Board {
    watched: HashMap<TenantId, watch::Sender<()>>,
    progress: HashMap<ImportId, Progress>,
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
        let mut board = self.board();
        if let Some(sender) = board.watched.get(&tenant)
            && sender.send(()).is_err()
        {
            // Nobody watches any more.
            board.watched.remove(&tenant);
        }
    }

    /// Wakes with each change of the tenant from now on; several at once wake once.
    #[must_use]
    pub fn watch(&self, tenant: TenantId) -> watch::Receiver<()> {
        self.board().watched.entry(tenant).or_insert_with(|| watch::channel(()).0).subscribe()
    }

    /// Notes how far the work on an import has come.
    pub fn note_progress(&self, tenant: TenantId, import: ImportId, progress: Progress) {
        self.board().progress.insert(import, progress);
        self.wake(tenant);
    }

    /// Forgets about work that has ended.
    pub fn end_progress(&self, import: ImportId) {
        self.board().progress.remove(&import);
    }

    /// How far the work on an import has come, if this server is at it.
    #[must_use]
    pub fn progress(&self, import: ImportId) -> Option<Progress> {
        self.board().progress.get(&import).copied()
    }
}
