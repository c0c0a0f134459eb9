//! What Muster does: one file for each use case, which opens and commits its own transaction.
//!
//! The requester is the first argument after the program itself, and nothing is told before it is committed.

pub mod access;
pub mod download;
pub mod error;
pub mod fields;
pub mod identity;
pub mod imports;
pub mod members;
pub mod settings;

use crate::clock::Clock;
use crate::domain::id::{ImportId, TenantId};
use crate::domain::timestamp::Timestamp;
use crate::events::{Events, Progress};
use crate::files::Files;
use crate::store::{Committed, Lease, Store};

pub use error::AppError;
pub use settings::Settings;

/// The result of a use case.
pub type Result<T> = std::result::Result<T, AppError>;

/// Everything that use cases work with.
#[derive(Debug)]
pub struct App {
    /// The database.
    pub store: Store,
    /// Stored files.
    pub files: Files,
    /// Wakes those who watch.
    pub events: Events,
    /// Tells the time.
    pub clock: Clock,
    /// What an operator has set.
    pub settings: Settings,
    /// Who has signed in, so that not every request asks the database.
    pub signed_in: identity::SignedIn,
    /// Wakes the worker.
    pub work_waits: tokio::sync::Notify,
}

impl App {
    /// The program over its database and its files.
    #[must_use]
    pub fn new(store: Store, files: Files, clock: Clock, settings: Settings) -> Self {
        Self {
            store,
            files,
            events: Events::default(),
            clock,
            settings,
            signed_in: identity::SignedIn::default(),
            work_waits: tokio::sync::Notify::new(),
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn tell(&self, committed: &Committed) {
        self.events.publish(committed);
    }

    /// Has the database take note that many rows were written.
    async fn note_members_written(&self, rows: u64) {
        if let Err(error) = self.store.refresh_statistics_of_members(rows).await {
            // What follows is slower, and as right.
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot refresh statistics");
        }
    }

    /// Says how far the work has come: at once here, and about once a second to the other servers.
    fn note_progress(&self, lease: &Lease, processed: u32, total: u32) {
        let is_due = self.events.note_progress(lease.tenant, lease.import, Progress { processed, total });
        if is_due && !self.store.is_embedded() {
            // Beside the work, which may be in a transaction: nothing rests on it.
            let (store, lease) = (self.store.clone(), *lease);
            tokio::spawn(async move {
                if let Err(error) = store.write_progress(&lease, processed, total).await {
                    tracing::debug!(error = &error as &dyn std::error::Error, "cannot tell of progress");
                }
            });
        }
    }

    /// How far the work on an import has come, if some server is at it.
    async fn progress(&self, tenant: TenantId, import: ImportId) -> Result<Option<Progress>> {
        if let Some(progress) = self.events.progress(import) {
            return Ok(Some(progress));
        }
        let told = self.store.progress(tenant, import).await?;
        Ok(told.map(|(processed, total)| Progress { processed, total }))
    }
}
