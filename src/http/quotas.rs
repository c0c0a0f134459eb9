//! What one user and one tenant may take of a server: operations and uploads in a while, uploads at once, and lasting
//! connections.
//!
//! Counted is whoever a verified token names, and nobody else: an address says little behind a proxy, and a header anything.
//! Sign-ins that fail are not counted. A token is no password that could be guessed, a bad one costs microseconds and no
//! statement, and whoever counted them by address would lock out everybody behind the same one.

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::Clock;
use governor::{Quota, RateLimiter};

use super::transport::Place;
use super::turns::Turns;
use crate::domain::id::{TenantId, UserId};
use crate::domain::requester::Requester;

/// How many seconds' worth of operations may come at once: a page that loads asks for much, and then for nothing.
const BURST_SECONDS: u32 = 10;
/// Keys of a rate that are never swept.
const KEYS_MIN: usize = 1_024;

/// The bounds. 0 of a rate does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaLimits {
    /// Queries, mutations and starts of subscriptions of one user, on average.
    pub user_operations_per_second: u32,
    /// The same of one tenant.
    pub tenant_operations_per_second: u32,
    /// Uploads of one tenant, on average.
    pub tenant_uploads_per_minute: u32,
    /// Uploads of all tenants that are under way at once: each may hold some parts of its file in memory.
    pub uploads_at_once_max: usize,
    /// Those of one tenant.
    pub uploads_at_once_per_tenant_max: usize,
    /// Queries (events of subscriptions are such) and mutations of one tenant that are at work at once, of each.
    pub tenant_operations_at_once: usize,
    /// WebSockets and event streams of one tenant.
    pub connections_per_tenant_max: usize,
}

impl QuotaLimits {
    /// What they are unless set: nothing that a frontend comes near. At once it is a quarter of the connections that read from
    /// a PostgreSQL, and half of those of SQLite.
    pub const DEFAULT: Self = Self {
        user_operations_per_second: 50,
        tenant_operations_per_second: 200,
        tenant_uploads_per_minute: 30,
        uploads_at_once_max: 64,
        uploads_at_once_per_tenant_max: 4,
        tenant_operations_at_once: 4,
        connections_per_tenant_max: 2_000,
    };
}

impl Default for QuotaLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What has been taken lately.
pub struct Quotas {
    user_operations: Option<Rate<UserId>>,
    tenant_operations: Option<Rate<TenantId>>,
    tenant_uploads: Option<Rate<TenantId>>,
    uploads: Arc<Places>,
    turns: Turns,
    connections: Arc<Places>,
}

impl Quotas {
    /// With nothing taken yet.
    #[must_use]
    pub fn new(limits: &QuotaLimits) -> Self {
        let second = Duration::from_secs(1);
        Self {
            user_operations: Rate::new(limits.user_operations_per_second, second, BURST_SECONDS),
            tenant_operations: Rate::new(limits.tenant_operations_per_second, second, BURST_SECONDS),
            tenant_uploads: Rate::new(limits.tenant_uploads_per_minute, Duration::from_secs(60), 1),
            uploads: Places::new(limits.uploads_at_once_max, limits.uploads_at_once_per_tenant_max),
            turns: Turns::new(limits.tenant_operations_at_once),
            // As many as the transport has of them.
            connections: Places::new(usize::MAX, limits.connections_per_tenant_max),
        }
    }

    /// Counts an operation, or says how long to wait.
    ///
    /// # Errors
    /// If there were too many: nothing is counted for the tenant then if it was the user's.
    pub fn admit_operation(&self, requester: &Requester) -> Result<(), Duration> {
        let user = self.user_operations.as_ref().map_or(Ok(()), |rate| rate.take(&requester.user));
        user.and_then(|()| {
            self.tenant_operations.as_ref().map_or(Ok(()), |rate| rate.take(&requester.tenant))
        })
    }

    /// Counts an upload, or says how long to wait.
    ///
    /// # Errors
    /// If there were too many.
    pub fn admit_upload(&self, requester: &Requester) -> Result<(), Duration> {
        self.tenant_uploads.as_ref().map_or(Ok(()), |rate| rate.take(&requester.tenant))
    }

    /// A place for one more upload of the tenant at once; `None`: it has too many, or all together have.
    #[must_use]
    pub fn begin_upload(&self, requester: &Requester) -> Option<Place> {
        Places::take(&self.uploads, requester.tenant)
    }

    /// The turns of those that are at work.
    #[must_use]
    pub fn turns(&self) -> &Turns {
        &self.turns
    }

    /// A place for one more lasting connection of the tenant; `None`: it has too many.
    #[must_use]
    pub fn admit_connection(&self, requester: &Requester) -> Option<Place> {
        Places::take(&self.connections, requester.tenant)
    }
}

/// So many things in a while, for each key.
struct Rate<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, governor::state::keyed::HashMapStateStore<K>, TokioClock>,
    /// Keys at which the map is looked through for those that have been idle.
    sweep_at: AtomicUsize,
}

impl<K: Hash + Eq + Clone> Rate<K> {
    /// `count` in `period`, and so many periods' worth of them at once. `None`: they are not counted.
    fn new(count: u32, period: Duration, burst_periods: u32) -> Option<Self> {
        let burst = NonZeroU32::new(count.saturating_mul(burst_periods))?;
        let quota = Quota::with_period(period / count)?.allow_burst(burst);
        let limiter = RateLimiter::hashmap_with_clock(quota, TokioClock);
        Some(Self { limiter, sweep_at: AtomicUsize::new(KEYS_MIN) })
    }

    fn take(&self, key: &K) -> Result<(), Duration> {
        let taken = self.limiter.check_key(key).map_err(|wait| wait.wait_time_from(TokioClock.now()));
        self.sweep();
        taken
    }

    /// Forgets who has everything again, whenever the keys have doubled: the map has no more than twice as many as were
    /// at it lately, and looking through it costs each of them little.
    fn sweep(&self) {
        if self.limiter.len() >= self.sweep_at.load(Ordering::Relaxed) {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
            self.sweep_at.store((2 * self.limiter.len()).max(KEYS_MIN), Ordering::Relaxed);
        }
    }
}

/// The time that tests can set.
#[derive(Debug, Clone)]
struct TokioClock;

impl Clock for TokioClock {
    type Instant = Instant;

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }
}

/// Places for what lasts a while.
struct Places {
    max: usize,
    per_tenant_max: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    /// Of each tenant that has any.
    tenants: HashMap<TenantId, usize>,
}

impl Places {
    fn new(max: usize, per_tenant_max: usize) -> Arc<Self> {
        Arc::new(Self { max, per_tenant_max, taken: Mutex::default() })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(places: &Arc<Self>, tenant: TenantId) -> Option<Place> {
        let mut taken = places.lock();
        let of_tenant = taken.tenants.get(&tenant).copied().unwrap_or_default();
        if taken.all >= places.max || of_tenant >= places.per_tenant_max {
            return None;
        }
        taken.all += 1;
        taken.tenants.insert(tenant, of_tenant + 1);
        Some(Box::new(Held { places: places.clone(), tenant }))
    }
}

/// One of them; it is free when this is dropped.
struct Held {
    places: Arc<Places>,
    tenant: TenantId,
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        taken.all -= 1;
        if let Some(count) = taken.tenants.get_mut(&self.tenant) {
            *count -= 1;
            if *count == 0 {
                taken.tenants.remove(&self.tenant);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::new_id;

    fn somebody(tenant: TenantId) -> Requester {
        Requester { tenant, user: UserId(new_id()), is_tenant_admin: true }
    }

    fn tenant() -> TenantId {
        TenantId(new_id())
    }

    /// How many of many are let through.
    fn admitted(take: impl Fn() -> Result<(), Duration>) -> usize {
        (0..1_000).filter(|_| take().is_ok()).count()
    }

    #[tokio::test(start_paused = true)]
    async fn a_user_has_a_burst_and_then_a_rate() {
        let limits = QuotaLimits {
            user_operations_per_second: 3,
            tenant_operations_per_second: 0,
            ..QuotaLimits::DEFAULT
        };
        let (quotas, ada) = (Quotas::new(&limits), somebody(tenant()));
        assert_eq!(admitted(|| quotas.admit_operation(&ada)), 30);
        let wait = quotas.admit_operation(&ada).expect_err("all is taken");
        assert!(wait <= Duration::from_secs(1), "{wait:?}");
        tokio::time::advance(wait).await;
        assert_eq!(admitted(|| quotas.admit_operation(&ada)), 1);
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(admitted(|| quotas.admit_operation(&ada)), 6);
        // Another user of the tenant has another one.
        let ben = somebody(ada.tenant);
        assert_eq!(admitted(|| quotas.admit_operation(&ben)), 30);
    }

    #[tokio::test(start_paused = true)]
    async fn the_users_of_a_tenant_share_the_tenants() {
        let limits = QuotaLimits {
            user_operations_per_second: 2,
            tenant_operations_per_second: 3,
            tenant_uploads_per_minute: 4,
            ..QuotaLimits::DEFAULT
        };
        let quotas = Quotas::new(&limits);
        let (ada, ben) = (somebody(tenant()), somebody(tenant()));
        assert_eq!(admitted(|| quotas.admit_operation(&ada)), 20);
        assert_eq!(admitted(|| quotas.admit_operation(&somebody(ada.tenant))), 10);
        assert_eq!(admitted(|| quotas.admit_operation(&ben)), 20);
        assert_eq!(admitted(|| quotas.admit_upload(&ada)), 4);
        assert_eq!(admitted(|| quotas.admit_upload(&somebody(ada.tenant))), 0);
        assert_eq!(admitted(|| quotas.admit_upload(&ben)), 4);
        tokio::time::advance(Duration::from_secs(15)).await;
        assert_eq!(admitted(|| quotas.admit_upload(&ada)), 1);
    }

    #[tokio::test]
    async fn nothing_is_counted_at_0() {
        let limits = QuotaLimits {
            user_operations_per_second: 0,
            tenant_operations_per_second: 0,
            tenant_uploads_per_minute: 0,
            ..QuotaLimits::DEFAULT
        };
        let (quotas, ada) = (Quotas::new(&limits), somebody(tenant()));
        assert_eq!(admitted(|| quotas.admit_operation(&ada)), 1_000);
        assert_eq!(admitted(|| quotas.admit_upload(&ada)), 1_000);
    }

    #[tokio::test(start_paused = true)]
    async fn many_tenants_that_come_once_are_forgotten() {
        let quotas = Quotas::new(&QuotaLimits::DEFAULT);
        for _ in 0..50 {
            for _ in 0..KEYS_MIN {
                assert_eq!(quotas.admit_operation(&somebody(tenant())), Ok(()));
            }
            // One operation is had again after a fiftieth of a second.
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        let kept = |len: usize| assert!(len <= 2 * KEYS_MIN, "{len}");
        kept(quotas.user_operations.as_ref().map_or(0, |rate| rate.limiter.len()));
        kept(quotas.tenant_operations.as_ref().map_or(0, |rate| rate.limiter.len()));
    }

    #[test]
    fn a_tenant_has_so_many_connections_and_gets_them_back() {
        let quotas = Quotas::new(&QuotaLimits { connections_per_tenant_max: 2, ..QuotaLimits::DEFAULT });
        let (ada, ben) = (somebody(tenant()), somebody(tenant()));
        let places = [quotas.admit_connection(&ada), quotas.admit_connection(&somebody(ada.tenant))];
        assert!(places.iter().all(Option::is_some));
        assert!(quotas.admit_connection(&ada).is_none());
        let his = quotas.admit_connection(&ben);
        assert!(his.is_some());
        drop(places);
        assert!(quotas.admit_connection(&ada).is_some());
        drop(his);
        assert!(quotas.connections.lock().tenants.is_empty());
    }

    #[test]
    fn uploads_at_once_are_bounded_for_each_tenant_and_for_all() {
        let limits =
            QuotaLimits { uploads_at_once_max: 3, uploads_at_once_per_tenant_max: 2, ..QuotaLimits::DEFAULT };
        let (quotas, ada, ben) = (Quotas::new(&limits), somebody(tenant()), somebody(tenant()));
        let hers = [quotas.begin_upload(&ada), quotas.begin_upload(&somebody(ada.tenant))];
        assert!(hers.iter().all(Option::is_some));
        assert!(quotas.begin_upload(&ada).is_none(), "one over the tenant's");
        let his = quotas.begin_upload(&ben);
        assert!(his.is_some());
        assert!(quotas.begin_upload(&ben).is_none(), "one over all");
        drop(hers);
        let more = quotas.begin_upload(&ben);
        assert!(more.is_some());
        drop((his, more));
        assert_eq!(quotas.uploads.lock().all, 0);
        assert!(quotas.uploads.lock().tenants.is_empty());
    }
}
