//! A file on its way into the store.

use bytes::Bytes;
use object_store::{MultipartUpload, WriteMultipart};
use tokio::runtime::Handle;

use super::{FilesError, Result};

/// Bytes of one part on its way to the store; the least that S3 takes.
pub(super) const PART_BYTES: usize = 5 * 1024 * 1024;
/// Parts on their way at once: with the one being filled, the memory that an upload takes.
const PARTS_AT_ONCE_MAX: usize = 2;

/// A file on its way into the store. It is there once [`FileWriter::finish`] has returned, and not before; one that is
/// dropped is given up.
pub struct FileWriter {
    /// None once it has come to an end.
    writer: Option<WriteMultipart>,
}

impl FileWriter {
    pub(super) fn new(upload: Box<dyn MultipartUpload>) -> Self {
        Self { writer: Some(WriteMultipart::new_with_chunk_size(upload, PART_BYTES)) }
    }

    /// Adds bytes; waits while too many are on their way.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn write(&mut self, bytes: Bytes) -> Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        for piece in bytes.chunks(PART_BYTES) {
            let room = writer.wait_for_capacity(PARTS_AT_ONCE_MAX).await;
            room.map_err(|error| FilesError::of_store(&error))?;
            // Copied: a chunk of a byte would keep the whole buffer that it was received in.
            writer.write(piece);
        }
        Ok(())
    }

    /// Ends the file: from here on it is there.
    ///
    /// # Errors
    /// If the store fails; then it is not there, unless the store has ended it and could not say so.
    pub async fn finish(mut self) -> Result<()> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        // In a task of its own: once begun, it is ended or given up, whoever waits for it.
        let finished = tokio::spawn(writer.finish()).await;
        match finished {
            Ok(finished) => finished.map(drop).map_err(|error| FilesError::of_store(&error)),
            Err(broken) => Err(FilesError::Unavailable(broken.to_string())),
        }
    }

    /// Gives the file up.
    pub async fn abort(mut self) {
        if let Some(writer) = self.writer.take() {
            give_up(writer).await;
        }
    }
}

impl Drop for FileWriter {
    fn drop(&mut self) {
        // At the end of the process there is nobody left to do it; whatever sweeps the store will.
        if let (Some(writer), Ok(runtime)) = (self.writer.take(), Handle::try_current()) {
            runtime.spawn(give_up(writer));
        }
    }
}

async fn give_up(mut writer: WriteMultipart) {
    // A store may keep a part that reaches it while, or after, its upload is given up: wait for those on their way,
    // however they end. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html>
    while writer.wait_for_capacity(0).await.is_err() {}
    if let Err(error) = writer.abort().await {
        let error = FilesError::of_store(&error);
        tracing::warn!(%error, "cannot give an upload up; whatever sweeps the store will");
    }
}
