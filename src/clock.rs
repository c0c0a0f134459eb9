//! Time and ids: arguments of everything else.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use uuid::Uuid;

use crate::domain::timestamp::Timestamp;

/// Tells the time.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's.
    System,
    /// One that stands still until it is set, in milliseconds since 1970.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The time.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp(chrono::Utc::now().timestamp_millis()),
            Self::Fixed(time) => Timestamp(time.load(Ordering::Relaxed)),
        }
    }
}

/// A new identity; later ones are greater, so that an index grows at its end.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// A number that nobody can guess.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "the one place that asks for randomness")]
pub fn secret_number() -> u128 {
    // Two random ids: each has 74 random bits at least.
    Uuid::new_v4().as_u128() ^ Uuid::new_v4().as_u128().rotate_left(64)
}
