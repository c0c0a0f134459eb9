//! A file on its way into the store.

use bytes::Bytes;
use object_store::{MultipartUpload, PutPayloadMut};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::{FilesError, Result};

/// Bytes of one part on its way to the store; the least that S3 takes.
pub(super) const PART_BYTES: usize = 5 * 1024 * 1024;
/// Parts on their way at once: with the one being filled, the memory that an upload takes.
const PARTS_AT_ONCE_MAX: usize = 2;

/// A file on its way into the store. It is there once [`FileWriter::finish`] has returned, and not before; one that is
/// dropped is given up.
pub struct FileWriter {
    /// None once it has come to an end.
    parts: Option<Parts>,
}

impl FileWriter {
    pub(super) fn new(upload: Box<dyn MultipartUpload>) -> Self {
        let (part, sent) = (PutPayloadMut::new(), JoinSet::new());
        Self { parts: Some(Parts { upload, part, sent }) }
    }

    /// Adds bytes; waits while too many are on their way.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn write(&mut self, bytes: Bytes) -> Result<()> {
        match &mut self.parts {
            Some(parts) => parts.write(&bytes).await,
            None => Ok(()),
        }
    }

    /// Ends the file: from here on it is there.
    ///
    /// # Errors
    /// If the store fails; then it is not there, unless the store has ended it and could not say so.
    pub async fn finish(mut self) -> Result<()> {
        let Some(parts) = self.parts.take() else { return Ok(()) };
        // In a task of its own: once begun, it is ended or given up, whoever waits for it.
        let finished = tokio::spawn(parts.finish()).await;
        finished.unwrap_or_else(|broken| Err(FilesError::Unavailable(broken.to_string())))
    }

    /// Gives the file up.
    pub async fn abort(mut self) {
        if let Some(parts) = self.parts.take() {
            parts.give_up().await;
        }
    }
}

impl Drop for FileWriter {
    fn drop(&mut self) {
        // At the end of the process there is nobody left to do it; whatever sweeps the store will.
        if let (Some(parts), Ok(runtime)) = (self.parts.take(), Handle::try_current()) {
            runtime.spawn(parts.give_up());
        }
    }
}

/// A file as the store takes it.
struct Parts {
    upload: Box<dyn MultipartUpload>,
    /// The one that is being filled.
    part: PutPayloadMut,
    /// Those on their way.
    sent: JoinSet<object_store::Result<()>>,
}

impl Parts {
    async fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            while self.sent.len() >= PARTS_AT_ONCE_MAX {
                self.arrived().await?;
            }
            let room = PART_BYTES - self.part.content_length();
            let (fits, rest) = bytes.split_at(room.min(bytes.len()));
            // Copied: a chunk of a byte would keep the whole buffer that it was received in.
            self.part.extend_from_slice(fits);
            if fits.len() == room {
                self.send();
            }
            bytes = rest;
        }
        Ok(())
    }

    fn send(&mut self) {
        let part = std::mem::take(&mut self.part);
        self.sent.spawn(self.upload.put_part(part.freeze()));
    }

    /// Waits until one of those on their way is there.
    async fn arrived(&mut self) -> Result<()> {
        match self.sent.join_next().await {
            None | Some(Ok(Ok(()))) => Ok(()),
            Some(Ok(Err(error))) => Err(FilesError::of_store(&error)),
            Some(Err(broken)) => Err(FilesError::Unavailable(broken.to_string())),
        }
    }

    async fn finish(mut self) -> Result<()> {
        let finished = self.complete().await;
        if finished.is_err() {
            // What is told is why it failed, whatever comes of giving it up: a store that has ended the file, and whose
            // answer was lost, knows of no upload any more.
            self.give_up().await;
        }
        finished
    }

    async fn complete(&mut self) -> Result<()> {
        if self.part.content_length() > 0 {
            self.send();
        }
        while !self.sent.is_empty() {
            self.arrived().await?;
        }
        self.upload.complete().await.map(drop).map_err(|error| FilesError::of_store(&error))
    }

    async fn give_up(mut self) {
        // A store may keep a part that reaches it while, or after, its upload is given up: wait for those on their way,
        // however they end. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html>
        while !self.sent.is_empty() {
            let _ = self.arrived().await;
        }
        if let Err(error) = self.upload.abort().await {
            let error = FilesError::of_store(&error);
            tracing::warn!(%error, "cannot give an upload up; whatever sweeps the store will");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::FutureExt;
    use futures_util::future::BoxFuture;
    use object_store::{Error, PutPayload, PutResult, UploadPart};

    use super::*;

    /// An upload whose first part fails, or whose end was done without an answer.
    #[derive(Debug, Default)]
    struct Failing {
        first_part: bool,
        parts: usize,
        on_their_way: Arc<AtomicUsize>,
        /// Parts that were on their way when it was given up.
        when_given_up: Arc<AtomicUsize>,
    }

    fn lost() -> Error {
        Error::Generic { store: "S3", source: "the connection was lost".into() }
    }

    impl MultipartUpload for Failing {
        fn put_part(&mut self, _: PutPayload) -> UploadPart {
            self.parts += 1;
            let (fails, on_their_way) = (self.first_part && self.parts == 1, self.on_their_way.clone());
            on_their_way.fetch_add(1, Ordering::SeqCst);
            async move {
                // Those that do not fail take longer.
                if !fails {
                    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
                }
                on_their_way.fetch_sub(1, Ordering::SeqCst);
                if fails { Err(lost()) } else { Ok(()) }
            }
            .boxed()
        }

        fn complete<'a, 'b>(&'a mut self) -> BoxFuture<'b, object_store::Result<PutResult>>
        where
            'a: 'b,
            Self: 'b,
        {
            std::future::ready(Err(lost())).boxed()
        }

        fn abort<'a, 'b>(&'a mut self) -> BoxFuture<'b, object_store::Result<()>>
        where
            'a: 'b,
            Self: 'b,
        {
            self.when_given_up.store(self.on_their_way.load(Ordering::SeqCst), Ordering::SeqCst);
            let gone = Error::NotFound { path: "a".into(), source: "<Code>NoSuchUpload</Code>".into() };
            std::future::ready(Err(gone)).boxed()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_told_is_why_a_file_is_not_there() {
        for first_part in [false, true] {
            let when_given_up = Arc::new(AtomicUsize::new(usize::MAX));
            let upload = Failing { first_part, when_given_up: when_given_up.clone(), ..Failing::default() };
            let mut writer = FileWriter::new(Box::new(upload));
            writer.write(Bytes::from(vec![0; PART_BYTES + 1])).await.unwrap();
            let failure = writer.finish().await.unwrap_err();
            assert!(
                matches!(&failure, FilesError::Unavailable(said) if said.contains("was lost")),
                "{failure}"
            );
            assert_eq!(when_given_up.load(Ordering::SeqCst), 0, "no part was on its way any more");
        }
    }
}
