//! An identity provider: its keys, kept and read anew.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::keys::{Key, KeySet};
use super::source::{KeysError, Source};

/// How often keys are read.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// As long as all goes well. A key that was taken back is refused at the latest after this.
    pub refresh: Duration,
    /// At the most, whatever comes: for keys that nobody knows yet, and after a failure.
    pub refetch: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { refresh: Duration::from_secs(300), refetch: Duration::from_secs(10) }
    }
}

/// An identity provider, by its keys.
///
/// As long as it does not answer, the keys that were read last go on being good.
pub struct Issuer {
    source: Source,
    pace: Pace,
    published: RwLock<Published>,
    /// When reading ended last, or was begun. Whoever holds it reads: nobody else does meanwhile.
    read_at: Mutex<Option<Instant>>,
}

#[derive(Default)]
struct Published {
    document: Vec<u8>,
    keys: Arc<KeySet>,
}

/// There are no keys, so that it cannot be told whether a token is good.
#[derive(Debug)]
pub(super) struct NoKeys;

impl Issuer {
    /// Without keys yet: [`Self::keep`] reads them, or the first token does.
    #[must_use]
    pub fn new(source: Source, pace: Pace) -> Arc<Self> {
        Arc::new(Self { source, pace, published: RwLock::default(), read_at: Mutex::default() })
    }

    /// Whether there are keys to check tokens with.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.keys().len() > 0
    }

    /// Reads the keys now, and then again and again until `shutdown`.
    pub async fn keep(self: Arc<Self>, shutdown: CancellationToken) {
        let keep = async {
            loop {
                let is_read = self.read(&mut *self.read_at.lock().await).await;
                sleep(if is_read { self.pace.refresh } else { self.pace.refetch }).await;
            }
        };
        shutdown.run_until_cancelled(keep).await;
    }

    /// The key of this id. One that is not known may be new, so that the keys are read anew, but not often: anybody can
    /// write any id into a token.
    pub(super) async fn find(&self, id: Option<&str>) -> Result<Option<Arc<Key>>, NoKeys> {
        if let Some(key) = self.keys().find(id) {
            return Ok(Some(key));
        }
        self.read_unless_just_read().await;
        let keys = self.keys();
        if keys.len() == 0 { Err(NoKeys) } else { Ok(keys.find(id)) }
    }

    async fn read_unless_just_read(&self) {
        let asked_at = Instant::now();
        let mut read_at = self.read_at.lock().await;
        let is_recent = |at: Instant| at >= asked_at || at.elapsed() < self.pace.refetch;
        if !read_at.is_some_and(is_recent) {
            self.read(&mut read_at).await;
        }
    }

    /// Whether the keys could be read.
    async fn read(&self, read_at: &mut Option<Instant>) -> bool {
        // Before as well: whoever waits for it may leave.
        *read_at = Some(Instant::now());
        let outcome = self.source.read().await.and_then(|document| self.publish(document));
        *read_at = Some(Instant::now());
        if let Err(error) = &outcome {
            let error = error as &dyn std::error::Error;
            tracing::warn!(error, "cannot read the keys for tokens: those known before stay");
        }
        outcome.is_ok()
    }

    fn publish(&self, document: Vec<u8>) -> Result<(), KeysError> {
        if self.published.read().unwrap_or_else(PoisonError::into_inner).document == document {
            return Ok(());
        }
        let keys = Arc::new(KeySet::read(&document)?);
        tracing::info!(usable = keys.len(), ignored = keys.ignored, "keys for tokens were read");
        *self.published.write().unwrap_or_else(PoisonError::into_inner) = Published { document, keys };
        Ok(())
    }

    fn keys(&self) -> Arc<KeySet> {
        self.published.read().unwrap_or_else(PoisonError::into_inner).keys.clone()
    }
}
