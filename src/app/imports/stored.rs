//! A stored file, read again by the dialect that its upload settled.

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, Stream, TryStreamExt};

use crate::app::{App, AppError, Result};
use crate::domain::file::{Reader, Record, Records};
use crate::domain::id::TenantId;
use crate::domain::import::Import;
use crate::files::{FileKey, FilesError};

/// Bytes of text, or records, from which on they are enough for a piece. What the file store brings at once is in one piece.
const RECORDS_BYTES: u64 = 512 * 1024;
const RECORDS_MAX: usize = 4_000;
/// Pieces that a small file comes in at least, as far as the file store brings it in so many: they are looked at beside one
/// another.
const PIECES_MIN: u64 = 16;
/// What the file store brings, at most, for one piece.
const CHUNKS_MAX: usize = 64;

/// A stored file that is being read.
pub struct StoredFile {
    bytes: BoxStream<'static, std::result::Result<Bytes, FilesError>>,
    /// None at the end.
    reader: Option<Reader>,
    /// Bytes of text that are enough for a piece.
    enough: usize,
}

impl StoredFile {
    /// Opens the file of an import.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn open(app: &App, tenant: TenantId, import: &Import) -> Result<Self> {
        let reader = Reader::new(&import.file.dialect, app.settings.file_limits)?;
        let bytes = app.files.read(FileKey { tenant, import: import.id }, None).await?;
        let enough = (import.file.size_bytes / PIECES_MIN).min(RECORDS_BYTES) as usize;
        Ok(Self { bytes, reader: Some(reader), enough })
    }

    /// The next piece of the file; none behind the last.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub async fn next(&mut self) -> Result<Option<Piece>> {
        match self.bytes.try_next().await? {
            Some(bytes) => Ok(Some(Piece(Some(bytes)))),
            None if self.reader.is_some() => Ok(Some(Piece(None))),
            None => Ok(None),
        }
    }

    /// The rows, the header apart, in pieces that can be looked at elsewhere. One can be empty: it comes so that whoever reads can
    /// say that they still do.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn into_records(self) -> impl Stream<Item = Result<Records>> + Send {
        stream::try_unfold(self, |mut file| async move {
            let mut records = Records::default();
            for read in 1..=CHUNKS_MAX {
                let Some(piece) = file.next().await? else {
                    return Ok((read > 1).then_some((records, file)));
                };
                file.rows(piece, |record| {
                    records.push(record);
                    Ok(())
                })?;
                if records.bytes() >= file.enough || records.len() >= RECORDS_MAX {
                    break;
                }
            }
            Ok(Some((records, file)))
        })
    }

    /// Hands the rows of a piece to `row`, the header apart.
    ///
    /// # Errors
    /// If the file is not what it was, or `row` fails.
    pub fn rows(&mut self, piece: Piece, mut row: impl FnMut(&Record<'_>) -> Result<()>) -> Result<()> {
        let each = |record: &Record<'_>| if record.is_header() { Ok(()) } else { row(record) };
        match (piece.0, self.reader.take()) {
            (Some(bytes), Some(mut reader)) => {
                reader.push::<AppError>(&bytes, each)?;
                self.reader = Some(reader);
            }
            (None, Some(reader)) => {
                reader.finish::<AppError>(each)?;
            }
            (_, None) => {}
        }
        Ok(())
    }
}

/// A piece of a stored file; the last one is its end.
pub struct Piece(Option<Bytes>);
