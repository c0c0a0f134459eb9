//! What those who watch a tenant see after a wake: read once, by whoever looks first, for all of them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OnceCell, watch};
use tokio::time::timeout;

use super::{Events, Progress};
use crate::domain::id::{ImportId, TenantId};
use crate::domain::import::{Import, ImportStep, Transition};
use crate::store::{Store, StoreError};

/// Transitions that are kept for those who watch; whoever is further behind reads them.
const KEPT_MAX: u32 = 32;
/// How long a look may take, with the wait for whoever looks already. A little longer than a connection is waited for, so that
/// in an outage all are told at once, and not one after the other.
const LOOK: Duration = Duration::from_secs(7);

/// Names glances; each has another number than all before.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// How a tenant stood at one moment.
#[derive(Debug, Clone)]
pub struct Glance {
    /// Names this glance among those of this server.
    pub number: u64,
    /// How often the tenant had been woken before it was read.
    wakes: u64,
    /// The last number of the log.
    pub log_end: i64,
    /// The last transitions: the very last one is that of `log_end`.
    last: Arc<[Transition]>,
    /// The import in progress.
    pub active: Option<Import>,
    /// How far the work on it has come, if there is some.
    pub progress: Option<Progress>,
}

impl Glance {
    /// The transitions behind `seq`; none if they are no longer all here.
    #[must_use]
    pub fn behind(&self, seq: i64) -> Option<&[Transition]> {
        // The log is numbered without gaps.
        let behind = usize::try_from(self.log_end - seq).unwrap_or_default();
        self.last.len().checked_sub(behind).map(|start| &self.last[start..])
    }
}

/// Those of `transitions` that are not behind `log_end`: the log may have grown since that was read.
fn up_to(log_end: i64, mut transitions: Vec<Transition>) -> Arc<[Transition]> {
    transitions.retain(|transition| transition.seq <= log_end);
    transitions.into()
}

/// What is seen of a tenant.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The glance after the last wake that somebody has looked after: those who look meanwhile wait for it together, and are
    /// all told at once when it is there.
    newest: Mutex<(u64, Arc<OnceCell<Arc<Glance>>>)>,
    /// The last glance that was read. Whoever reads holds it, so that a tenant is read once at a time.
    read: tokio::sync::Mutex<Option<Arc<Glance>>>,
}

impl Seen {
    /// The place of the glance after so many wakes, or more: after how many, is answered with it.
    fn after(&self, wakes: u64) -> (u64, Arc<OnceCell<Arc<Glance>>>) {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if newest.0 < wakes {
            *newest = (wakes, Arc::default());
        }
        newest.clone()
    }
}

/// Somebody who watches a tenant.
#[derive(Debug)]
pub struct Watching {
    events: Events,
    tenant: TenantId,
    wakes: watch::Receiver<u64>,
    seen: Arc<Seen>,
    /// The number of the newest glance that was given to them.
    given: u64,
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.events.leave(self.tenant);
    }
}

impl Watching {
    pub(super) fn new(
        events: Events,
        tenant: TenantId,
        wakes: watch::Receiver<u64>,
        seen: Arc<Seen>,
    ) -> Self {
        Self { events, tenant, wakes, seen, given: 0 }
    }

    /// Until the tenant is woken again after the last look; several wakes at once are one.
    pub async fn woken(&mut self) {
        if self.wakes.changed().await.is_err() {
            // Never: whom somebody watches is kept.
            std::future::pending().await
        }
    }

    /// How the tenant stands now.
    ///
    /// # Errors
    /// If the database cannot be read, or not in time.
    pub async fn look_now(&mut self, store: &Store) -> Result<Arc<Glance>, StoreError> {
        self.wakes.mark_unchanged();
        let glance = in_time(async {
            let mut before = self.seen.read.lock().await;
            self.read(store, &mut before).await
        })
        .await?;
        self.given = glance.number;
        Ok(glance)
    }

    /// How the tenant stood after the last wake, or later. One of those who were woken reads it, the others wait.
    ///
    /// # Errors
    /// If the database cannot be read, or not in time.
    pub async fn look(&mut self, store: &Store) -> Result<Arc<Glance>, StoreError> {
        // Marked as seen before it is read, so that a change meanwhile wakes again.
        let wakes = *self.wakes.borrow_and_update();
        let (wakes, glance) = self.seen.after(wakes);
        let read = async || {
            let mut before = self.seen.read.lock().await;
            match &*before {
                Some(glance) if glance.wakes >= wakes => Ok(glance.clone()),
                _ => self.read(store, &mut before).await,
            }
        };
        let glance = in_time(async {
            let glance = glance.get_or_try_init(read).await?;
            if glance.number >= self.given {
                return Ok(glance.clone());
            }
            // When they came, they read what is newer, and nobody has been woken for it yet: nobody is told backwards.
            let newest = self.seen.read.lock().await.clone();
            Ok(newest.unwrap_or_else(|| glance.clone()))
        })
        .await?;
        self.given = glance.number;
        Ok(glance)
    }

    async fn read(&self, store: &Store, before: &mut Option<Arc<Glance>>) -> Result<Arc<Glance>, StoreError> {
        let wakes = *self.wakes.borrow();
        let standing = store.standing(self.tenant).await?;
        let last = match before {
            Some(before) if before.log_end == standing.log_end => before.last.clone(),
            _ => {
                let from = standing.log_end - i64::from(KEPT_MAX);
                up_to(standing.log_end, store.log_after(self.tenant, None, from, KEPT_MAX).await?)
            }
        };
        let progress = match &standing.active {
            Some(active) if matches!(active.step, ImportStep::Planning | ImportStep::Applying) => {
                self.progress(store, active.id).await?
            }
            _ => None,
        };
        let glance = Arc::new(Glance {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            wakes,
            log_end: standing.log_end,
            last,
            active: standing.active,
            progress,
        });
        *before = Some(glance.clone());
        Ok(glance)
    }

    async fn progress(&self, store: &Store, import: ImportId) -> Result<Option<Progress>, StoreError> {
        if let Some(progress) = self.events.progress(import) {
            return Ok(Some(progress));
        }
        let told = store.progress(self.tenant, import).await?;
        Ok(told.map(|(processed, total)| Progress { processed, total }))
    }
}

async fn in_time<T>(look: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    timeout(LOOK, look).await.unwrap_or_else(|_| Err(StoreError::silent()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::new_id;
    use crate::domain::import::ImportStatus;
    use crate::domain::timestamp::Timestamp;

    fn transition(seq: i64) -> Transition {
        Transition {
            seq,
            import: ImportId(uuid::Uuid::nil()),
            status: ImportStatus::InProgress,
            step: ImportStep::Mapping,
            version: 1,
            at: Timestamp(0),
        }
    }

    /// A glance at a log that ended with `log_end`, and had grown by the time at which `seqs` were read.
    fn glance(log_end: i64, seqs: std::ops::RangeInclusive<i64>) -> Glance {
        let last = up_to(log_end, seqs.map(transition).collect());
        Glance { number: 1, wakes: 0, log_end, last, active: None, progress: None }
    }

    fn behind(glance: &Glance, seq: i64) -> Option<Vec<i64>> {
        Some(glance.behind(seq)?.iter().map(|transition| transition.seq).collect())
    }

    #[test]
    fn what_is_committed_while_the_log_is_read_is_left_to_the_next_glance() {
        let of_five = glance(5, 1..=8);
        assert_eq!(behind(&of_five, 3), Some(vec![4, 5]));
        assert_eq!(behind(&of_five, 5), Some(vec![]));
        assert_eq!(behind(&of_five, 0), Some(vec![1, 2, 3, 4, 5]));
        // As many as are kept: whoever is further behind reads them.
        let of_forty = glance(40, 9..=40);
        assert_eq!(behind(&of_forty, 38), Some(vec![39, 40]));
        assert_eq!(behind(&of_forty, 8).map(|seqs| seqs.len()), Some(32));
        assert_eq!(behind(&of_forty, 7), None);
    }

    /// Whoever was woken earlier, and looks only now, reads it for those who were woken later as well.
    #[test]
    fn a_look_after_an_earlier_wake_is_one_after_the_last() {
        let seen = Seen::default();
        let (first, of_first) = seen.after(1);
        let (second, of_second) = seen.after(2);
        assert_eq!((first, second), (1, 2));
        assert!(!Arc::ptr_eq(&of_first, &of_second), "what is being read may be older than the wake");
        let (late, of_late) = seen.after(1);
        assert_eq!(late, 2);
        assert!(Arc::ptr_eq(&of_late, &of_second));
    }

    /// Between a commit and its wake, whoever comes sees what those who were there have not been woken for.
    #[tokio::test]
    async fn nobody_is_given_an_older_glance_than_before() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/muster.db?mode=rwc", folder.path().display());
        let store = Store::connect(&url, 0, new_id()).await.unwrap();
        let mut watching = Events::default().watch(TenantId(new_id()));
        let of = |number, log_end| Arc::new(Glance { number, ..glance(log_end, 1..=log_end) });
        let (older, newer) = (of(1, 7), of(2, 8));
        watching.seen.after(0).1.set(older).unwrap();
        assert_eq!(watching.look(&store).await.unwrap().number, 1);
        *watching.seen.read.lock().await = Some(newer);
        watching.given = 2;
        assert_eq!(watching.look(&store).await.unwrap().number, 2);
    }

    /// A database that says nothing any more holds nobody up, however many look.
    #[tokio::test]
    async fn all_who_look_in_an_outage_are_told_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/muster.db?mode=rwc", folder.path().display());
        let store = Store::connect(&url, 0, new_id()).await.unwrap();
        let (events, tenant) = (Events::default(), TenantId(new_id()));
        let mut watching: Vec<Watching> = (0..20).map(|_| events.watch(tenant)).collect();
        // Whoever looked first is waiting for an answer.
        let seen = watching[0].seen.clone();
        let _first = seen.read.lock().await;
        tokio::time::pause();
        let looks = watching.iter_mut().map(|watching| watching.look_now(&store));
        let began = tokio::time::Instant::now();
        let told = futures_util::future::join_all(looks).await;
        assert!(told.iter().all(|told| matches!(told, Err(StoreError::Unavailable(_)))), "{told:?}");
        assert_eq!(began.elapsed().as_secs(), LOOK.as_secs());
    }
}
