//! A stored file that is being read.

use std::io::SeekFrom;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, GetResult, GetResultPayload, ObjectStore};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::{FilesError, Result};

/// Bytes that are read from a folder at once, each time by another thread. The store itself would read 8 KiB, and most of
/// the time would go into waiting for threads.
const CHUNK_BYTES: usize = 128 * 1024;

async fn bytes(found: GetResult) -> Result<BoxStream<'static, object_store::Result<Bytes>>> {
    let file = match found.payload {
        GetResultPayload::File(file, _) => file,
        GetResultPayload::Stream(bytes) => return Ok(bytes),
    };
    let mut file = File::from_std(file);
    file.set_max_buf_size(CHUNK_BYTES);
    file.seek(SeekFrom::Start(found.range.start)).await.map_err(failed)?;
    let rest = file.take(found.range.end - found.range.start);
    Ok(ReaderStream::with_capacity(rest, CHUNK_BYTES).map_err(failed).boxed())
}

fn failed(error: std::io::Error) -> object_store::Error {
    object_store::Error::Generic { store: "a folder", source: Box::new(error) }
}

/// A reading that goes on where it broke off, as a slow reader must expect of a store; but only if it brought something
/// since it was opened, so that it comes to an end.
pub(super) struct Reading {
    store: Arc<dyn ObjectStore>,
    path: Path,
    bytes: BoxStream<'static, object_store::Result<Bytes>>,
    /// What is still to come.
    rest: Range<u64>,
    has_brought: bool,
}

impl Reading {
    /// Opens a file, or a range of it.
    pub async fn open(store: Arc<dyn ObjectStore>, path: Path, range: Option<Range<u64>>) -> Result<Self> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let found = store.get_opts(&path, options).await?;
        let rest = found.range.clone();
        Ok(Self { store, path, bytes: bytes(found).await?, rest, has_brought: false })
    }

    /// The next bytes; none at the end.
    async fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            match self.bytes.try_next().await {
                Ok(Some(bytes)) => {
                    self.rest.start += bytes.len() as u64;
                    self.has_brought = true;
                    return Ok(Some(bytes));
                }
                Ok(None) if self.rest.is_empty() => return Ok(None),
                Ok(None) => {
                    return Err(FilesError::Unavailable(format!(
                        "a file ended {} bytes too soon",
                        self.rest.end.saturating_sub(self.rest.start)
                    )));
                }
                Err(error) if !self.has_brought => return Err(error.into()),
                Err(error) => {
                    let error = FilesError::from(error);
                    tracing::info!(%error, rest = ?self.rest, "a reading broke off, and goes on");
                    *self =
                        Self::open(self.store.clone(), self.path.clone(), Some(self.rest.clone())).await?;
                }
            }
        }
    }

    /// All of it. Behind a failure comes nothing.
    pub fn into_stream(self) -> BoxStream<'static, Result<Bytes>> {
        stream::try_unfold(self, |mut reading| async move {
            Ok(reading.next().await?.map(|bytes| (bytes, reading)))
        })
        .boxed()
    }
}
