//! How many operations of one tenant are at work at once.
//!
//! The database has so many connections, and a rate says nothing of how long each is held. So a tenant that asks for much
//! waits for itself, and leaves the other connections to the others. Whoever holds a turn holds it until the work has ended,
//! also if nobody waits for its outcome any more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::id::TenantId;

/// Tenants for which there is always room.
const TENANTS_MIN: usize = 256;

/// What is at work. Queries and mutations do not wait for each other: on SQLite a mutation can wait for minutes until it may
/// write, and reads go on meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Work {
    /// A query, or an event of a subscription.
    Read,
    /// A mutation.
    Write,
}

/// A place among those of a tenant that are at work, until it is dropped. `None` if they are not counted.
pub type Turn = Option<OwnedSemaphorePermit>;

/// The turns of all tenants. A clone has the same.
#[derive(Debug, Clone)]
pub struct Turns {
    at_once: usize,
    tenants: Arc<Mutex<Tenants>>,
}

#[derive(Debug, Default)]
struct Tenants {
    turns: HashMap<(TenantId, Work), Arc<Semaphore>>,
    /// How many there may be until those with nothing at work are forgotten.
    full: usize,
}

impl Turns {
    /// So many at once for each tenant, of each kind of work. 0 does not count.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self { at_once, tenants: Arc::default() }
    }

    /// Waits until it is the tenant's turn: whoever comes first is first.
    pub async fn take(&self, tenant: TenantId, work: Work) -> Turn {
        if self.at_once == 0 {
            return None;
        }
        // It is never closed.
        self.of(tenant, work).acquire_owned().await.ok()
    }

    fn of(&self, tenant: TenantId, work: Work) -> Arc<Semaphore> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if tenants.turns.len() >= tenants.full.max(TENANTS_MIN) {
            // Whoever is at work, or waits, has another hold of it.
            tenants.turns.retain(|_, turns| Arc::strong_count(turns) > 1);
            tenants.full = tenants.turns.len() * 2;
        }
        let turns = tenants.turns.entry((tenant, work));
        turns.or_insert_with(|| Arc::new(Semaphore::new(self.at_once))).clone()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::clock::new_id;

    fn tenant() -> TenantId {
        TenantId(new_id())
    }

    #[tokio::test]
    async fn a_tenant_has_so_many_turns_and_waits_for_itself_alone() {
        let turns = Turns::new(2);
        let (ours, theirs) = (tenant(), tenant());
        let at_work = [turns.take(ours, Work::Read).await, turns.take(ours, Work::Read).await];
        assert!(at_work.iter().all(Option::is_some));
        assert!(turns.clone().take(ours, Work::Read).now_or_never().is_none());
        assert!(turns.take(ours, Work::Write).now_or_never().is_some());
        assert!(turns.take(theirs, Work::Read).now_or_never().is_some());
        drop(at_work);
        assert!(turns.take(ours, Work::Read).now_or_never().is_some());
    }

    #[tokio::test]
    async fn nothing_is_counted_at_0() {
        let turns = Turns::new(0);
        let ours = tenant();
        for _ in 0..100 {
            assert!(turns.take(ours, Work::Read).now_or_never().is_some_and(|turn| turn.is_none()));
        }
    }

    #[tokio::test]
    async fn tenants_with_nothing_at_work_are_forgotten_and_no_others() {
        let turns = Turns::new(1);
        let ours = tenant();
        let at_work = turns.take(ours, Work::Read).await;
        for _ in 0..10 * TENANTS_MIN {
            turns.take(tenant(), Work::Read).await;
        }
        assert!(turns.tenants.lock().expect("nobody panicked").turns.len() <= TENANTS_MIN);
        assert!(turns.take(ours, Work::Read).now_or_never().is_none());
        drop(at_work);
    }
}
