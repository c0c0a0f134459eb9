//! Reads small files whole, cut in two at every byte, and byte by byte, and demands the same of all.

use super::{Dialect, Flaw, Inspected, Inspection, ReadOptions, Reader, Record, Records, Study};
use crate::domain::limits::FileLimits;
use crate::domain::user_error::UserError;

/// A record, kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) number: u32,
    pub(super) line: u64,
    pub(super) byte: Option<u64>,
    pub(super) cells: Vec<String>,
    pub(super) flaws: Vec<Flaw>,
}

impl Row {
    fn of(record: &Record<'_>) -> Self {
        Self {
            number: record.row_number(),
            line: record.line(),
            byte: record.byte_offset(),
            cells: record.cells().map(str::to_owned).collect(),
            flaws: record.flaws().collect(),
        }
    }
}

/// UTF-8, comma, header.
pub(super) fn plain() -> Dialect {
    Dialect { encoding: "UTF-8".to_owned(), bom_bytes: 0, delimiter: ',', sep_line: false, has_header: true }
}

/// The records before what refuses the file, and the number of rows or the refusal.
pub(super) type Reading = (Vec<Row>, Result<u32, UserError>);

pub(super) fn read_pieces<'a>(
    dialect: &Dialect,
    limits: FileLimits,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Reading {
    let (mut rows, mut records) = (Vec::new(), Records::default());
    let mut keep = |record: &Record<'_>| {
        rows.push(Row::of(record));
        records.push(record);
        Ok(())
    };
    let mut reader = Reader::new(dialect, limits).unwrap();
    let pushed = pieces.into_iter().try_for_each(|piece| reader.push(piece, &mut keep));
    let finished = pushed.and_then(|()| reader.finish(&mut keep));
    assert_eq!(records.iter().map(|record| Row::of(&record)).collect::<Vec<_>>(), rows, "as they were kept");
    (rows, finished)
}

/// The same, however the file is cut.
pub(super) fn read_as(dialect: &Dialect, file: &[u8]) -> Reading {
    let limits = FileLimits::default();
    let whole = read_pieces(dialect, limits, [file]);
    for cut in 1..file.len() {
        let halves = read_pieces(dialect, limits, [&file[..cut], &file[cut..]]);
        assert_eq!(halves, whole, "{:?} cut at {cut}", String::from_utf8_lossy(file));
    }
    assert_eq!(read_pieces(dialect, limits, file.chunks(1)), whole, "byte by byte");
    whole
}

pub(super) fn read(file: &str) -> Reading {
    read_as(&plain(), file.as_bytes())
}

/// The cells of the rows, header included, of a file that is not refused.
pub(super) fn cells(file: &str) -> Vec<Vec<String>> {
    let (rows, finished) = read(file);
    finished.unwrap();
    rows.into_iter().map(|row| row.cells).collect()
}

/// What the known names are in tests.
pub(super) fn known(name: &str) -> bool {
    ["id", "name", "email", "status"].contains(&name.to_lowercase().as_str())
}

pub(super) fn inspect_as(options: ReadOptions<'_>, file: &[u8]) -> Result<Inspected, UserError> {
    let inspect_pieces = |pieces: &[&[u8]]| {
        let choose = |headers: &[String]| {
            headers.iter().map(|name| Study { tally: name == "status", dates: name == "born" }).collect()
        };
        let mut inspection = Inspection::new(options, FileLimits::default(), known, choose)?;
        pieces.iter().try_for_each(|piece| inspection.push(piece))?;
        inspection.finish()
    };
    let whole = inspect_pieces(&[file]);
    for cut in (1..file.len()).step_by(1 + file.len() / 200) {
        assert_eq!(inspect_pieces(&[&file[..cut], &file[cut..]]), whole, "cut at {cut}");
    }
    whole
}

pub(super) fn inspect(file: impl AsRef<[u8]>) -> Result<Inspected, UserError> {
    inspect_as(ReadOptions::default(), file.as_ref())
}
