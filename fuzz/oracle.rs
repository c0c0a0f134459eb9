//! What holds for the reading of every file, whatever is in it. The fuzzer uses it, and the tests do:
//! `tests/it/reader.rs`.

use muster::domain::file::{Dialect, Inspected, Inspection, ReadOptions, Reader, Record, Study};
use muster::domain::issue::Severity;
use muster::domain::limits::{
    CELL_BYTES_MAX, COLUMN_SAMPLES_MAX, DISTINCT_VALUES_MAX, FILE_COLUMNS_MAX, FileLimits, HEADER_CHARS_MAX,
    SAMPLE_CHARS_MAX, VALUE_MAPPINGS_MAX,
};
use muster::domain::user_error::UserError;

/// What an uploader may say of the encoding; the last is none.
pub const ENCODINGS: [Option<&str>; 16] = [
    None,
    Some("utf-8"),
    Some("utf-16le"),
    Some("utf-16be"),
    Some("windows-1252"),
    Some("iso-8859-15"),
    Some("shift_jis"),
    Some("gb18030"),
    Some("euc-jp"),
    Some("iso-2022-jp"),
    Some("big5"),
    Some("euc-kr"),
    Some("koi8-r"),
    Some("x-user-defined"),
    Some("macintosh"),
    Some("klingon"),
];
/// What an uploader may say of the header.
pub const HEADERS: [Option<bool>; 3] = [None, Some(true), Some(false)];
/// Few enough that a small file has one too many.
const ROWS_MAX: u32 = 100;
/// Files up to this are read byte by byte as well.
const BYTEWISE_BYTES_MAX: usize = 512;

/// A file, what is said about it, and how it comes.
#[derive(Debug)]
pub struct Case<'a> {
    pub encoding: Option<&'static str>,
    pub has_header: Option<bool>,
    pub piece_bytes: usize,
    pub file: &'a [u8],
}

impl<'a> Case<'a> {
    /// The first byte says what is declared (`0`: nothing), the second how long the pieces are; the file
    /// follows.
    pub fn of(input: &'a [u8]) -> Self {
        let (&[declared, piece_bytes], file) = input.split_first_chunk().unwrap_or((b"00", input));
        let declared = usize::from(declared);
        Self {
            encoding: ENCODINGS[declared / HEADERS.len() % ENCODINGS.len()],
            has_header: HEADERS[declared % HEADERS.len()],
            piece_bytes: usize::from(piece_bytes).max(1),
            file,
        }
    }

    /// Panics if something does not hold.
    pub fn check(&self) {
        let inspected = self.inspect(self.file.len().max(1));
        for piece_bytes in self.cuts() {
            assert_eq!(self.inspect(piece_bytes), inspected, "inspected in pieces of {piece_bytes}");
        }
        let dialect = match &inspected {
            Ok(inspected) => inspected.dialect.clone(),
            // The reader has to stand what the inspection refuses.
            Err(_) => self.declared(),
        };
        let Some(read) = self.read(&dialect, self.file.len().max(1)) else { return };
        for piece_bytes in self.cuts() {
            let pieces = self.read(&dialect, piece_bytes);
            assert_eq!(pieces.as_ref(), Some(&read), "read in pieces of {piece_bytes}");
        }
        self.check_rows(&dialect, &read);
        match &inspected {
            Ok(inspected) => {
                assert_eq!(read.1, Ok(inspected.row_count), "what is taken can be read again");
                check_inspected(inspected);
            }
            Err(error) => assert!(!error.message.is_empty()),
        }
    }

    fn cuts(&self) -> impl Iterator<Item = usize> {
        let bytewise = (self.file.len() <= BYTEWISE_BYTES_MAX).then_some(1);
        [self.piece_bytes].into_iter().chain(bytewise)
    }

    /// As an upload does.
    fn inspect(&self, piece_bytes: usize) -> Result<Inspected, UserError> {
        let options = ReadOptions { encoding: self.encoding, has_header: self.has_header };
        let known = |name: &str| ["id", "name", "email", "status"].contains(&name);
        let choose = |headers: &[String]| vec![Study { tally: true, dates: true }; headers.len()];
        let mut inspection = Inspection::new(options, limits(), known, choose)?;
        self.file.chunks(piece_bytes).try_for_each(|piece| inspection.push(piece))?;
        inspection.finish()
    }

    fn declared(&self) -> Dialect {
        Dialect {
            encoding: self.encoding.unwrap_or("utf-8").to_owned(),
            bom_bytes: 0,
            delimiter: ',',
            sep_line: false,
            has_header: self.has_header.unwrap_or(true),
        }
    }

    /// The records before what refuses the file, and the number of rows or the refusal; nothing if there is
    /// no such encoding.
    fn read(&self, dialect: &Dialect, piece_bytes: usize) -> Option<Reading> {
        let mut reader = Reader::new(dialect, limits()).ok()?;
        let mut rows = Vec::new();
        let mut keep = |record: &Record<'_>| {
            rows.push(Row::of(record));
            Ok(())
        };
        let pushed = self.file.chunks(piece_bytes).try_for_each(|piece| reader.push(piece, &mut keep));
        let finished = pushed.and_then(|()| reader.finish(keep));
        Some((rows, finished))
    }

    /// Rows come in the order of the file, none is blank, and none is beyond a bound.
    fn check_rows(&self, dialect: &Dialect, (rows, finished): &Reading) {
        for (place, row) in rows.iter().enumerate() {
            assert_eq!(row.number == 0, place == 0 && dialect.has_header, "the header comes first");
            assert!(row.cells.len() <= FILE_COLUMNS_MAX);
            assert!(row.cells.iter().all(|cell| cell.len() <= CELL_BYTES_MAX));
            // More cells than are kept may show something.
            let kept_all = row.cells.len() < FILE_COLUMNS_MAX;
            assert!(
                !kept_all || row.cells.iter().any(|cell| !cell.trim().is_empty()),
                "a blank row: {row:?}"
            );
            assert!(row.byte.is_none_or(|byte| byte < self.file.len() as u64));
        }
        for rows in rows.windows(2) {
            assert!(rows[0].number < rows[1].number && rows[0].line < rows[1].line);
            assert!(rows[0].byte.is_none() || rows[0].byte < rows[1].byte);
        }
        if let Ok(row_count) = finished {
            assert_eq!(rows.len(), *row_count as usize + usize::from(dialect.has_header));
        }
    }
}

/// A record, kept.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    number: u32,
    line: u64,
    byte: Option<u64>,
    cells: Vec<String>,
    flaws: Vec<String>,
}

type Reading = (Vec<Row>, Result<u32, UserError>);

impl Row {
    fn of(record: &Record<'_>) -> Self {
        let flaws: Vec<_> = record.flaws().collect();
        let is_sound = flaws.iter().all(|flaw| flaw.severity() == Severity::Warning);
        assert_eq!(record.is_sound(), is_sound);
        Self {
            number: record.row_number(),
            line: record.line(),
            byte: record.byte_offset(),
            cells: record.cells().map(str::to_owned).collect(),
            flaws: flaws.iter().map(|flaw| format!("{flaw:?}")).collect(),
        }
    }
}

fn limits() -> FileLimits {
    FileLimits { file_rows_max: ROWS_MAX, ..FileLimits::default() }
}

/// What is found out about a file keeps within its bounds.
fn check_inspected(inspected: &Inspected) {
    let Inspected { columns, row_count, studies, .. } = inspected;
    assert!((1..=FILE_COLUMNS_MAX).contains(&columns.len()));
    assert_eq!(studies.len(), columns.len());
    assert!((1..=ROWS_MAX).contains(row_count));
    for (column, study) in columns.iter().zip(studies) {
        assert!(column.header.chars().count() <= HEADER_CHARS_MAX);
        assert!(column.blank_count <= *row_count);
        assert!(column.samples.len() <= COLUMN_SAMPLES_MAX);
        let fits = |sample: &String| !sample.is_empty() && sample.chars().count() <= SAMPLE_CHARS_MAX;
        assert!(column.samples.iter().all(fits));
        assert!(study.values.len() <= VALUE_MAPPINGS_MAX);
        assert!((study.values.len()..=DISTINCT_VALUES_MAX).contains(&(study.distinct_value_count as usize)));
        let counted: u32 = study.values.iter().map(|value| value.count).sum();
        assert!(counted + column.blank_count <= *row_count);
    }
}
