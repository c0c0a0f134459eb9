//! Where the files are: a folder, or a bucket of an S3-compatible store.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientConfigKey, ObjectStore, RetryConfig};

use super::{FilesError, Result};

/// Until when a request that fails is tried again; a request that was begun before may still take its own time.
const RETRIES_END: Duration = Duration::from_secs(45);
/// How often it is tried again.
const RETRIES_MAX: usize = 5;
const WAIT_FIRST: Duration = Duration::from_millis(100);
const WAIT_MAX: Duration = Duration::from_secs(5);

/// How long things may take. The environment can say otherwise, as `AWS_READ_TIMEOUT` and so on.
///
/// A store that says nothing is given up soon, but bytes may flow for hours: whoever downloads reads as fast as they can,
/// and a plan reads as fast as it is computed.
const TIMEOUTS: [(ClientConfigKey, &str); 3] = [
    (ClientConfigKey::ConnectTimeout, "5 seconds"),
    (ClientConfigKey::ReadTimeout, "30 seconds"),
    (ClientConfigKey::Timeout, "4 hours"),
];

/// What is behind an address.
pub(super) struct Place {
    pub store: Arc<dyn ObjectStore>,
    /// Of a store in a folder, where it is.
    pub folder: Option<PathBuf>,
}

/// Finds what is behind `address`. Nothing of it is repeated in an error, should somebody write a secret into it.
pub(super) fn open(address: &str, variables: &[(String, String)]) -> Result<Place> {
    if let Some(folder) = address.strip_prefix("file:") {
        return open_folder(folder.strip_prefix("//").unwrap_or(folder));
    }
    if let Some(rest) = address.strip_prefix("s3://") {
        return open_bucket(rest, variables);
    }
    Err(FilesError::Address("an address of files starts with file: or with s3://".into()))
}

fn open_folder(folder: &str) -> Result<Place> {
    std::fs::create_dir_all(folder)
        .map_err(|error| FilesError::Address(format!("cannot create the folder {folder}: {error}")))?;
    // What was acknowledged is on the disk, and so is its entry in the folder.
    let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
    Ok(Place { store: Arc::new(store), folder: Some(PathBuf::from(folder)) })
}

fn open_bucket(rest: &str, variables: &[(String, String)]) -> Result<Place> {
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let prefix = Path::parse(prefix.trim_end_matches('/'));
    let (false, true, Ok(prefix)) = (bucket.is_empty(), bucket.chars().all(is_name), prefix) else {
        return Err(FilesError::Address("an address in an S3-compatible store is s3://BUCKET/PREFIX".into()));
    };
    let store = bucket_store(bucket, variables)
        .map_err(|error| FilesError::Address(format!("the S3-compatible store: {}", chain(&error))))?;
    Ok(Place { store: Arc::new(PrefixStore::new(store, prefix)), folder: None })
}

/// What is wrong, and why: a client that cannot be made says it last.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn bucket_store(bucket: &str, variables: &[(String, String)]) -> object_store::Result<AmazonS3> {
    let backoff = BackoffConfig { init_backoff: WAIT_FIRST, max_backoff: WAIT_MAX, base: 2.0 };
    let retry = RetryConfig { backoff, max_retries: RETRIES_MAX, retry_timeout: RETRIES_END };
    let mut builder = AmazonS3Builder::new().with_retry(retry);
    for (key, time) in TIMEOUTS {
        builder = builder.with_config(AmazonS3ConfigKey::Client(key), time);
    }
    for (name, value) in variables {
        // Others are for other programs.
        if let Ok(key) = name.to_ascii_lowercase().parse() {
            builder = builder.with_config(key, value);
        }
    }
    // Files are deleted one by one, which every store can.
    builder.with_bucket_name(bucket).with_disable_bulk_delete(true).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_no_use_is_refused_and_not_repeated() {
        for address in [
            "",
            "gs://bucket",
            "s3:bucket",
            "s3://",
            "s3:///prefix",
            "s3://key:secret@bucket/prefix",
            "s3://bucket?secret",
            "s3://bucket/a//secret",
            "s3://bucket/../secret",
        ] {
            let Err(FilesError::Address(said)) = open(address, &[]).map(|place| place.folder) else {
                panic!("{address} is taken")
            };
            assert!(!said.contains("secret") && !said.contains("bucket"), "{said}");
        }
    }

    #[test]
    fn a_bucket_is_one_with_a_prefix_or_without() {
        let variables = [("AWS_REGION".to_owned(), "eu-central-1".to_owned())];
        for address in ["s3://bucket", "s3://bucket/", "s3://bucket/a/b", "s3://my.bucket-1/a/"] {
            assert!(open(address, &variables).is_ok(), "{address}");
        }
    }
}
