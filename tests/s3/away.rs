//! A store that is away, is too busy, refuses, or breaks off.

use std::time::Duration;

use futures_util::TryStreamExt;
use muster::files::FilesError;
use tokio::time::{interval, timeout};

use crate::server::{Mood, S3};
use crate::suite::{content, key, put, read, write};

const MIB: usize = 1024 * 1024;
/// Far longer than anything here takes; only what is stuck needs it.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a store may be silent, where it is.
const READ_TIMEOUT: &str = "100ms";
/// How often is looked at what comes by itself.
const LOOK: Duration = Duration::from_millis(5);

fn is_away<T>(result: Result<T, FilesError>) -> bool {
    matches!(result, Err(FilesError::Unavailable(_)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_be_reached_or_does_not_answer_is_not_available() {
    let s3 = S3::start().await;
    // Nothing listens at port 1.
    let nowhere = s3.files_with("AWS_ENDPOINT", "http://127.0.0.1:1");
    let files = s3.files();
    put(&files, key(1), content(1)).await;
    let away = async |files: &muster::files::Files| {
        assert!(is_away(files.ping().await));
        let mut list = files.list();
        let (read, created, deleted, listed) = tokio::join!(
            read(files, key(1), None),
            files.create(key(2)),
            files.delete(key(1)),
            list.try_next()
        );
        assert!(is_away(read) && is_away(created) && is_away(deleted) && is_away(listed));
    };
    timeout(PATIENCE, away(&nowhere)).await.unwrap();
    s3.is_in(Mood::Busy);
    timeout(PATIENCE, away(&files)).await.unwrap();
    s3.is_in(Mood::Silent);
    timeout(PATIENCE, away(&s3.files_with("AWS_READ_TIMEOUT", READ_TIMEOUT))).await.unwrap();
    s3.is_in(Mood::Well);
    assert_eq!(read(&files, key(1), None).await.unwrap().len(), 1, "and it is there again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_refuses_says_why_and_tells_no_key() {
    let s3 = S3::start().await;
    let files = s3.files();
    s3.is_in(Mood::Forbidding);
    let forbidden = files.ping().await.unwrap_err();
    s3.is_in(Mood::Well);
    let no_bucket = muster::files::Files::open("s3://elsewhere", &s3.variables()).unwrap();
    let pinged = no_bucket.ping().await;
    let wrong = s3.files_with("AWS_SECRET_ACCESS_KEY", "another-secret").ping().await;
    for (refused, code) in [
        (forbidden, "InvalidAccessKeyId"),
        (pinged.unwrap_err(), "NoSuchBucket"),
        (wrong.unwrap_err(), "SignatureDoesNotMatch"),
    ] {
        let FilesError::Refused(said) = &refused else { panic!("{refused:?}") };
        assert!(said.ends_with(code), "{said}");
        let told = format!("{refused} {refused:?} {files:?}");
        assert!(!told.contains("a-key-id") && !told.contains("secret"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_fails_or_is_left_leaves_nothing() {
    let s3 = S3::start().await;
    let files = s3.files();
    let mut aborted = files.create(key(1)).await.unwrap();
    write(&mut aborted, content(12 * MIB)).await;
    aborted.abort().await;
    assert_eq!(s3.kept(), [] as [std::path::PathBuf; 0]);

    // Somebody who leaves drops what they wrote.
    let mut dropped = files.create(key(2)).await.unwrap();
    write(&mut dropped, content(12 * MIB)).await;
    drop(dropped);
    let gone = async {
        let mut look = interval(LOOK);
        while !s3.kept().is_empty() {
            look.tick().await;
        }
    };
    timeout(PATIENCE, gone).await.unwrap();

    // The store fails with the last part.
    let mut failed = files.create(key(4)).await.unwrap();
    write(&mut failed, content(MIB)).await;
    s3.is_in(Mood::PartsRefused);
    assert!(is_away(failed.finish().await));
    s3.is_in(Mood::Well);
    assert_eq!(s3.kept(), [] as [std::path::PathBuf; 0]);
    assert_eq!(read(&files, key(4), None).await, Err(FilesError::Missing));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_that_breaks_off_goes_on_and_never_ends_too_soon() {
    let s3 = S3::start().await;
    let files = s3.files();
    let bytes = content(12 * MIB);
    put(&files, key(1), bytes.clone()).await;
    // More often than a request is tried again.
    s3.cuts_after(MIB);
    let before = s3.requests();
    assert!(read(&files, key(1), None).await.unwrap() == bytes);
    assert!(s3.requests() - before > 10, "{}", s3.requests() - before);
    assert!(read(&files, key(1), Some(7..11 * MIB as u64)).await.unwrap() == bytes[7..11 * MIB]);

    // It breaks off, and the store does not come back.
    let mut reading = files.read(key(1), None).await.unwrap();
    assert!(reading.try_next().await.unwrap().is_some());
    s3.is_in(Mood::Busy);
    let rest: Result<Vec<_>, _> = reading.try_collect().await;
    assert!(is_away(rest));
}
