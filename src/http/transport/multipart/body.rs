//! The body of a multipart request, in measured portions.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream::BoxStream};

/// How much is handed on at once before the file. multer asks for more at every step, whether it
/// needs more or not; small portions keep it from reading far ahead of what it understands.
const FIRST_PORTION_BYTES: usize = 4 * 1024;

/// How many bytes have come and how many may. Shared with the reader of the parts, who knows what
/// is to come.
#[derive(Debug, Clone)]
pub(super) struct Meter(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    came: AtomicU64,
    allowed: AtomicU64,
    portion: AtomicUsize,
}

impl Meter {
    pub fn new(allowed: u64) -> Self {
        Self(Arc::new(Counts {
            came: AtomicU64::new(0),
            allowed: AtomicU64::new(allowed),
            portion: AtomicUsize::new(FIRST_PORTION_BYTES),
        }))
    }

    /// Lets so many more through, from here on, in portions as they come.
    pub fn allow(&self, more: u64) {
        self.0.portion.store(usize::MAX, Ordering::Relaxed);
        let came = self.0.came.load(Ordering::Relaxed);
        self.0.allowed.store(came.saturating_add(more), Ordering::Relaxed);
    }

    /// Whether more came than may.
    pub fn is_spent(&self) -> bool {
        self.0.came.load(Ordering::Relaxed) > self.0.allowed.load(Ordering::Relaxed)
    }
}

/// The body, which ends in an error where the meter does.
///
/// It gives one portion and then pretends to have none for once: multer takes all there is into its
/// memory before it hands anything on.
pub(super) struct Metered {
    body: BoxStream<'static, io::Result<Bytes>>,
    /// What is left of the last chunk.
    left: Bytes,
    meter: Meter,
    rests: bool,
}

impl Metered {
    pub fn new(body: impl Stream<Item = io::Result<Bytes>> + Send + 'static, meter: Meter) -> Self {
        Self { body: body.boxed(), left: Bytes::new(), meter, rests: false }
    }
}

impl Stream for Metered {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.rests) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.left.is_empty() {
            match self.body.poll_next_unpin(context) {
                Poll::Ready(Some(Ok(chunk))) => self.left = chunk,
                other => return other,
            }
        }
        self.rests = true;
        let size = self.left.len().min(self.meter.0.portion.load(Ordering::Relaxed));
        let portion = self.left.split_to(size);
        self.meter.0.came.fetch_add(size as u64, Ordering::Relaxed);
        if self.meter.is_spent() {
            return Poll::Ready(Some(Err(io::Error::other("more than may come"))));
        }
        Poll::Ready(Some(Ok(portion)))
    }
}
