//! What holds of stored files, wherever they are.

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use muster::domain::id::{ImportId, TenantId};
use muster::files::{FileKey, FileWriter, Files, FilesError};
use uuid::Uuid;

use crate::server::S3;

const MIB: usize = 1024 * 1024;
/// About the size of a part on its way to the store, and more than two of them.
const SIZES: [usize; 6] = [0, 1, 5 * MIB - 1, 5 * MIB, 5 * MIB + 1, 12 * MIB];
/// No size is a multiple of it.
const ODD_CHUNK: usize = 65_537;

pub fn key(number: u128) -> FileKey {
    FileKey { tenant: TenantId(Uuid::from_u128(1)), import: ImportId(Uuid::from_u128(number)) }
}

/// Bytes of which no two places look alike for long.
pub fn content(size: usize) -> Bytes {
    let mut state = 1_u32;
    let bytes = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    bytes.take(size).collect()
}

pub async fn write(writer: &mut FileWriter, mut bytes: Bytes) {
    while !bytes.is_empty() {
        writer.write(bytes.split_to(ODD_CHUNK.min(bytes.len()))).await.unwrap();
    }
}

pub async fn put(files: &Files, key: FileKey, bytes: Bytes) {
    let mut writer = files.create(key).await.unwrap();
    write(&mut writer, bytes).await;
    writer.finish().await.unwrap();
}

pub async fn read(
    files: &Files,
    key: FileKey,
    range: Option<std::ops::Range<u64>>,
) -> Result<Vec<u8>, FilesError> {
    let chunks: Vec<Bytes> = files.read(key, range).await?.try_collect().await?;
    Ok(chunks.concat())
}

async fn list(files: &Files) -> Vec<FileKey> {
    let mut keys: Vec<FileKey> = files.list().map_ok(|file| file.key).try_collect().await.unwrap();
    keys.sort_by_key(|key| key.import);
    keys
}

async fn what_was_put_is_read(files: &Files) {
    for (number, size) in SIZES.into_iter().enumerate() {
        let (key, bytes) = (key(number as u128), content(size));
        put(files, key, bytes.clone()).await;
        assert!(read(files, key, None).await.unwrap() == bytes, "{size} bytes");
    }
    assert_eq!(list(files).await, (0..SIZES.len() as u128).map(key).collect::<Vec<_>>());
}

async fn a_chunk_of_any_size_is_taken(files: &Files) {
    let bytes = content(12 * MIB);
    let mut writer = files.create(key(100)).await.unwrap();
    writer.write(Bytes::new()).await.unwrap();
    writer.write(bytes.slice(..1)).await.unwrap();
    writer.write(bytes.slice(1..)).await.unwrap();
    writer.finish().await.unwrap();
    assert!(read(files, key(100), None).await.unwrap() == bytes);
}

async fn ranges_are_read(files: &Files) {
    let (key, bytes) = (key(101), content(5 * MIB + 1));
    put(files, key, bytes.clone()).await;
    let size = bytes.len();
    for range in [0..1, 0..size, 17..4 * MIB, 5 * MIB - 1..5 * MIB + 1, size - 1..size] {
        let asked = range.start as u64..range.end as u64;
        assert!(read(files, key, Some(asked)).await.unwrap() == bytes[range.clone()], "{range:?}");
    }
}

async fn what_is_missing_is_missing(files: &Files) {
    assert_eq!(read(files, key(102), None).await, Err(FilesError::Missing));
    assert_eq!(read(files, key(102), Some(0..1)).await, Err(FilesError::Missing));
    put(files, key(102), content(7)).await;
    files.delete(key(102)).await.unwrap();
    files.delete(key(102)).await.unwrap();
    assert_eq!(read(files, key(102), None).await, Err(FilesError::Missing));
}

async fn a_file_is_there_when_it_has_ended(files: &Files) {
    let before = list(files).await;
    let mut writer = files.create(key(103)).await.unwrap();
    write(&mut writer, content(12 * MIB)).await;
    assert_eq!(read(files, key(103), None).await, Err(FilesError::Missing));
    assert_eq!(list(files).await, before);
    writer.abort().await;
    assert_eq!(read(files, key(103), None).await, Err(FilesError::Missing));
    assert_eq!(list(files).await, before);
}

async fn suite(files: Files) {
    files.ping().await.unwrap();
    assert_eq!(list(&files).await, []);
    what_was_put_is_read(&files).await;
    a_chunk_of_any_size_is_taken(&files).await;
    ranges_are_read(&files).await;
    what_is_missing_is_missing(&files).await;
    a_file_is_there_when_it_has_ended(&files).await;
    files.ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn files_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    suite(Files::open(&format!("file:{}/files", folder.path().display()), &[]).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_in_a_bucket() {
    let s3 = S3::start().await;
    suite(s3.files()).await;
    assert!(s3.kept().iter().all(|path| path.to_string_lossy().contains("some/prefix/")), "{:?}", s3.kept());
}

#[tokio::test(flavor = "multi_thread")]
async fn more_files_than_a_page_are_listed() {
    let s3 = S3::start().await;
    let files = s3.files();
    let puts = futures_util::stream::iter(0..1_100).map(|number| put(&files, key(number), content(1)));
    puts.buffer_unordered(8).collect::<()>().await;
    assert_eq!(list(&files).await.len(), 1_100);
}
