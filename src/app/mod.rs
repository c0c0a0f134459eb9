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
use crate::domain::timestamp::Timestamp;
use crate::events::Events;
use crate::files::Files;
use crate::store::{Committed, Store};

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
}
