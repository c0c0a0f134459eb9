//! Feeds a file to the resolver that reads it.

use std::time::Duration;

use bytes::Bytes;
use multer::{Field, Multipart};
use tokio::{
    sync::mpsc::{self, OwnedPermit, Sender},
    time::timeout,
};

use super::body::Meter;
use crate::{
    files::incoming::{IncomingFile, Interrupted},
    http::transport::limits::TransportLimits,
};

/// Chunks between the connection and the resolver: then the sender waits.
const CHUNKS_MAX: usize = 8;

type Chunk = Result<Bytes, Interrupted>;

/// The sending end of an [`IncomingFile`].
///
/// The end of the channel means the end of the file. So a feed that ends in any other way, also by
/// being dropped, says [`Interrupted`] as its last word; the place for it is kept from the start.
pub(super) struct Feed {
    chunks: Sender<Chunk>,
    last_word: Option<OwnedPermit<Chunk>>,
}

enum End {
    Complete,
    Unwanted,
    Broken,
}

impl Feed {
    pub fn new(name: Option<String>) -> (Self, IncomingFile) {
        let (sender, chunks) = mpsc::channel(CHUNKS_MAX + 1);
        let last_word = sender.clone().try_reserve_owned().ok();
        (Self { chunks: sender, last_word }, IncomingFile { name, chunks })
    }

    /// Feeds until the file ends, breaks off or is not wanted; then reads a little on, for the
    /// sake of clients that read the answer only after they have written everything.
    pub async fn run(
        mut self,
        parts: Multipart<'static>,
        mut file: Field<'static>,
        meter: Meter,
        limits: TransportLimits,
    ) {
        let idle = Duration::from_secs(limits.file_idle_seconds);
        let whole = Duration::from_secs(limits.file_seconds_max);
        let end = timeout(whole, self.pump(&mut file, idle)).await.unwrap_or(End::Broken);
        if matches!(end, End::Complete) {
            self.last_word = None;
        }
        drop((self, file));
        if !matches!(end, End::Broken) {
            drain(parts, meter, limits).await;
        }
    }

    async fn pump(&self, file: &mut Field<'static>, idle: Duration) -> End {
        loop {
            let chunk = tokio::select! {
                () = self.chunks.closed() => return End::Unwanted,
                chunk = timeout(idle, file.chunk()) => chunk,
            };
            match chunk {
                Ok(Ok(Some(bytes))) => {
                    if self.chunks.send(Ok(bytes)).await.is_err() {
                        return End::Unwanted;
                    }
                }
                Ok(Ok(None)) => return End::Complete,
                Ok(Err(_)) | Err(_) => return End::Broken,
            }
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        if let Some(permit) = self.last_word.take() {
            permit.send(Err(Interrupted));
        }
    }
}

/// Reads what nobody wants, within bounds. While the body is being read, the connection stays.
pub(super) async fn drain(mut parts: Multipart<'static>, meter: Meter, limits: TransportLimits) {
    meter.allow(limits.drain_bytes_max);
    let reading = async { while let Ok(Some(_)) = parts.next_field().await {} };
    // Whatever is left then is cut off with the connection.
    let _ = timeout(Duration::from_secs(limits.drain_seconds_max), reading).await;
}
