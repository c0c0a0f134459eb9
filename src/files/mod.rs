//! Stored bytes: a file is put once, as it came, and read in ranges until it is deleted.

mod address;
mod error;
pub mod incoming;
mod reading;
mod staged;
pub mod uploads;
mod writer;

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use tokio::time::timeout;
use uuid::Uuid;

pub use self::error::FilesError;
use self::reading::Reading;
pub use self::writer::FileWriter;
use crate::domain::id::{ImportId, TenantId};
use crate::domain::timestamp::Timestamp;

/// Bytes of the largest file that any store takes: what S3 takes as 10,000 parts.
pub const FILE_BYTES_MAX: u64 = 10_000 * writer::PART_BYTES as u64;
/// How long the store may take to say that it is there.
const PING: Duration = Duration::from_secs(2);
/// Behind every file in the order of a list.
const BEHIND_ALL: &str = "z";

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
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    /// Of a store in a folder, where it is.
    folder: Option<PathBuf>,
}

impl fmt::Debug for Files {
    /// Which store it is, and nothing of how one gets into it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Files({})", self.store)
    }
}

impl Files {
    /// Opens the store at `address`: `file:FOLDER`, or `s3://BUCKET/PREFIX`, which `variables` (`AWS_REGION` and so on)
    /// say more about.
    ///
    /// # Errors
    /// If the address is of another kind, the folder cannot be made, or a variable makes no sense.
    pub fn open(address: &str, variables: &[(String, String)]) -> Result<Self> {
        let place = address::open(address, variables)?;
        Ok(Self { store: place.store, folder: place.folder })
    }

    /// Whether the store is there: one small question, which changes nothing.
    ///
    /// # Errors
    /// If it is not, does not answer soon, or refuses.
    pub async fn ping(&self) -> Result<()> {
        let asked = async {
            match &self.folder {
                Some(folder) => match tokio::fs::metadata(folder).await {
                    Ok(found) if found.is_dir() => Ok(()),
                    Ok(_) => Err(FilesError::Unavailable("the folder of files is none".into())),
                    Err(error) => Err(FilesError::Unavailable(format!("the folder of files: {error}"))),
                },
                None => {
                    let behind = Path::from(BEHIND_ALL);
                    match self.store.list_with_offset(None, &behind).try_next().await {
                        Ok(_) => Ok(()),
                        Err(error) => Err(FilesError::of_store(&error)),
                    }
                }
            }
        };
        timeout(PING, asked)
            .await
            .unwrap_or_else(|_| Err(FilesError::Unavailable(format!("no answer in {PING:?}"))))
    }

    /// Begins a file.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn create(&self, key: FileKey) -> Result<FileWriter> {
        match self.store.put_multipart(&key.path()).await {
            Ok(upload) => Ok(FileWriter::new(upload)),
            Err(error) => Err(FilesError::of_store(&error)),
        }
    }

    /// The bytes of a file, or those in `range`. A reading that breaks off ends with an error.
    ///
    /// # Errors
    /// [`FilesError::Missing`] if the file is not there; or if the store fails.
    pub async fn read(
        &self,
        key: FileKey,
        range: Option<Range<u64>>,
    ) -> Result<BoxStream<'static, Result<Bytes>>> {
        let reading = Reading::open(self.store.clone(), key.path(), range).await;
        if let Err(FilesError::Missing) = reading {
            // Nobody asks for a file that was never acknowledged.
            tracing::error!(tenant = %key.tenant.0, import = %key.import.0, "a stored file is gone");
        }
        Ok(reading?.into_stream())
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
        let deleted = tokio::task::spawn_blocking(move || staged::delete(&folder, before)).await;
        deleted.map_err(std::io::Error::other).and_then(|deleted| deleted).map_err(|error| {
            FilesError::Unavailable(format!("cannot look through the folder of files: {error}"))
        })
    }

    /// All files, in no order; page by page, so that a large store is not held in memory.
    pub fn list(&self) -> BoxStream<'static, Result<StoredFile>> {
        let files = self.store.list(None).map_err(FilesError::from).try_filter_map(|object| async move {
            let stored_at = Timestamp(object.last_modified.timestamp_millis());
            Ok(FileKey::of(&object.location).map(|key| StoredFile { key, stored_at }))
        });
        files.boxed()
    }
}
