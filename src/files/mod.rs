//! Stored bytes: a file is put once, as it came, and read in ranges until it is deleted.

pub mod incoming;
pub mod uploads;

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, WriteMultipart};
use uuid::Uuid;

use crate::domain::id::{ImportId, TenantId};
use crate::domain::timestamp::Timestamp;

/// Bytes of one part on its way to the store; the least that S3 takes.
const PART_BYTES: usize = 5 * 1024 * 1024;
/// Parts on their way at once: with the one being filled, the memory that an upload takes.
const PARTS_MAX: usize = 2;

/// A failure of the store. Nothing that a user did.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The store failed.
    #[error("the file store failed")]
    Store(#[from] object_store::Error),
    /// The address of the store is of no use.
    #[error("{0}")]
    Address(String),
}

type Result<T> = std::result::Result<T, FilesError>;

/// Where the file of an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileKey {
    /// Whose.
    pub tenant: TenantId,
    /// Of which import.
    pub import: ImportId,
}

impl FileKey {
    /// Nothing that a client said is part of a path.
    fn path(self) -> Path {
        Path::from_iter([self.tenant.0.simple().to_string(), self.import.0.simple().to_string()])
    }

    fn of(path: &Path) -> Option<Self> {
        let parts: Vec<_> = path.parts().collect();
        let [.., tenant, import] = parts.as_slice() else { return None };
        let id = |part: &object_store::path::PathPart<'_>| Uuid::try_parse(part.as_ref()).ok();
        Some(Self { tenant: TenantId(id(tenant)?), import: ImportId(id(import)?) })
    }
}

/// A stored file as a list shows it.
#[derive(Debug, Clone, Copy)]
pub struct StoredFile {
    /// Where.
    pub key: FileKey,
    /// When it was stored.
    pub stored_at: Timestamp,
}

/// The store of files.
#[derive(Debug, Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    /// Of a store in a folder, where it is.
    folder: Option<PathBuf>,
}

/// A file on its way into the store. It is there once [`FileWriter::finish`] has returned, and not before.
pub struct FileWriter {
    writer: WriteMultipart,
}

impl Files {
    /// Opens the store at `address`: `file:folder`.
    ///
    /// # Errors
    /// If the address is of another kind, or the folder cannot be made.
    pub fn open(address: &str) -> Result<Self> {
        let Some(folder) = address.strip_prefix("file:") else {
            let kind = address.split(':').next().unwrap_or_default();
            return Err(FilesError::Address(format!(
                "an address of files starts with file:, not with {kind}:"
            )));
        };
        let folder = folder.strip_prefix("//").unwrap_or(folder);
        std::fs::create_dir_all(folder)
            .map_err(|error| FilesError::Address(format!("cannot create the folder {folder}: {error}")))?;
        // What was acknowledged is on the disk, and so is its entry in the folder.
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), folder: Some(PathBuf::from(folder)) })
    }

    /// Begins a file.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn create(&self, key: FileKey) -> Result<FileWriter> {
        let upload = self.store.put_multipart(&key.path()).await?;
        Ok(FileWriter { writer: WriteMultipart::new_with_chunk_size(upload, PART_BYTES) })
    }

    /// The bytes of a file, or those in `range`.
    ///
    /// # Errors
    /// If the file is not there, or the store fails.
    pub async fn read(
        &self,
        key: FileKey,
        range: Option<Range<u64>>,
    ) -> Result<BoxStream<'static, Result<Bytes>>> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let found = self.store.get_opts(&key.path(), options).await?;
        Ok(found.into_stream().map_err(FilesError::from).boxed())
    }

    /// Deletes a file; one that is not there is deleted already.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn delete(&self, key: FileKey) -> Result<()> {
        match self.store.delete(&key.path()).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes what uploads that broke off with their server have left, if it is older than `before`. A store in a
    /// folder stages a file beside its place, as `name#1`, and does not list it. (An S3-compatible store does this
    /// itself, by a rule for incomplete uploads.) Answers how many.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub async fn delete_staged(&self, before: Timestamp) -> Result<u32> {
        let Some(folder) = self.folder.clone() else { return Ok(0) };
        let before = UNIX_EPOCH + Duration::from_millis(u64::try_from(before.0).unwrap_or_default());
        let deleted = tokio::task::spawn_blocking(move || {
            let mut deleted = 0;
            for tenant in std::fs::read_dir(folder)? {
                let tenant = tenant?;
                if !tenant.file_type()?.is_dir() {
                    continue;
                }
                for file in std::fs::read_dir(tenant.path())? {
                    let file = file?;
                    let is_staged = file.file_name().to_string_lossy().contains('#');
                    if is_staged && file.metadata()?.modified()? < before {
                        std::fs::remove_file(file.path())?;
                        deleted += 1;
                    }
                }
            }
            Ok::<_, std::io::Error>(deleted)
        });
        let deleted = deleted.await.map_err(std::io::Error::other).and_then(|deleted| deleted);
        deleted
            .map_err(|error| FilesError::Address(format!("cannot look through the folder of files: {error}")))
    }

    /// All files, in no order.
    pub fn list(&self) -> BoxStream<'static, Result<StoredFile>> {
        let files = self.store.list(None).map_err(FilesError::from).try_filter_map(|object| async move {
            let stored_at = Timestamp(object.last_modified.timestamp_millis());
            Ok(FileKey::of(&object.location).map(|key| StoredFile { key, stored_at }))
        });
        files.boxed()
    }
}

impl FileWriter {
    /// Adds bytes; waits while too many are on their way.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.writer.wait_for_capacity(PARTS_MAX).await?;
        self.writer.put(bytes);
        Ok(())
    }

    /// Ends the file: from here on it is there.
    ///
    /// # Errors
    /// If the store fails; then it is not there.
    pub async fn finish(self) -> Result<()> {
        self.writer.finish().await?;
        Ok(())
    }

    /// Gives the file up.
    pub async fn abort(self) {
        if let Err(error) = self.writer.abort().await {
            tracing::warn!(%error, "cannot give an upload up; the sweep will");
        }
    }
}
