//! Each bound, at it and one over it, in small and in large pieces.

use super::test_support::{Reading, plain, read_pieces};
use super::{Flaw, Reader};
use crate::domain::limits::{
    CELL_BYTES_MAX, FILE_COLUMNS_MAX, FileLimits, HEADER_CHARS_MAX, RECORD_BYTES_MAX,
};
use crate::domain::user_error::{UserError, UserErrorCode};

fn read(file: impl AsRef<[u8]>) -> Reading {
    let file = file.as_ref();
    let whole = read_pieces(&plain(), FileLimits::default(), [file]);
    for size in [999, 65_536] {
        assert_eq!(read_pieces(&plain(), FileLimits::default(), file.chunks(size)), whole, "by {size}");
    }
    whole
}

fn code(file: impl AsRef<[u8]>) -> Option<UserErrorCode> {
    read(file).1.err().map(|error| error.code)
}

#[test]
fn columns() {
    let file =
        |columns: usize| format!("{}\n{}\n", vec!["h"; columns].join(","), vec!["1"; columns].join(","));
    assert_eq!(code(file(FILE_COLUMNS_MAX)), None);
    assert_eq!(code(file(FILE_COLUMNS_MAX + 1)), Some(UserErrorCode::TooManyColumns));
    // A row that has more is held, and not kept whole.
    let (rows, _) = read(format!("a,b\n{}\n", vec!["1"; 1_000].join(",")));
    assert_eq!(rows[1].cells.len(), FILE_COLUMNS_MAX);
    assert_eq!(rows[1].flaws, [Flaw::TooLong { cells: 1_000, columns: 2 }]);
}

#[test]
fn header_characters() {
    let file = |chars: usize| format!("id,  {} \n1,2\n", "é".repeat(chars));
    assert_eq!(code(file(HEADER_CHARS_MAX)), None);
    assert_eq!(code(file(HEADER_CHARS_MAX + 1)), Some(UserErrorCode::ValueTooLong));
}

#[test]
fn cell_bytes() {
    for (before, after) in
        [("", "\n"), ("", ",2\n"), ("", ""), ("\"", "\"\n"), ("\"", "\",2\n"), ("\"", "\"")]
    {
        let file = |bytes: usize| format!("id,name\n0,0\n1,{before}{}{after}", "x".repeat(bytes));
        assert_ne!(code(file(CELL_BYTES_MAX - 1)), Some(UserErrorCode::ValueTooLong));
        let (rows, finished) = read(file(CELL_BYTES_MAX));
        assert_eq!(finished, Ok(2), "{before}{after:?}");
        assert_eq!(rows[2].cells[1].len(), CELL_BYTES_MAX);
        for too_many in [CELL_BYTES_MAX + 1, 3 * CELL_BYTES_MAX] {
            let (rows, finished) = read(file(too_many));
            let error = finished.unwrap_err();
            assert_eq!((error.code, error.row_number), (UserErrorCode::ValueTooLong, Some(2)));
            assert_eq!((error.byte_offset, rows.len()), (Some(12), 2));
        }
    }
}

#[test]
fn doubled_quotes_count_once() {
    let file = |pairs: usize| format!("id,name\n1,\"{}\"\n", "\"\"".repeat(pairs));
    assert_eq!(code(file(CELL_BYTES_MAX)), None);
    assert_eq!(code(file(CELL_BYTES_MAX + 1)), Some(UserErrorCode::ValueTooLong));
}

#[test]
fn a_quoted_cell_that_is_too_long_is_told_from_one_that_never_closes() {
    let rows = "2,Bob\n3,\"\"\n".repeat(20_000);
    let opened = |end: &str| read(format!("id,name\n1,\"Ann\n{rows}{end}")).1.unwrap_err();
    for end in ["", "4,Dee\n", "4,\"Dee\"\n", "4,\"D, E\"\n"] {
        let error = opened(end);
        assert_eq!((error.code, error.row_number), (UserErrorCode::FileMalformed, Some(1)), "{end}");
        assert_eq!(error.byte_offset, Some(10));
    }
    for end in ["4,Dee\",x\n", "4,Dee\"", "4,Dee\" \n"] {
        assert_eq!(opened(end).code, UserErrorCode::ValueTooLong, "{end}");
    }
    assert_eq!(opened("\0\n").message, opened("\n").message);
}

#[test]
fn record_bytes() {
    let cell = "x".repeat(CELL_BYTES_MAX - 1);
    let cells = RECORD_BYTES_MAX / CELL_BYTES_MAX;
    let file = |row: String| format!("{}1\n{row}\n", "h,".repeat(cells));
    let row = format!("{cell},").repeat(cells);
    assert_eq!(code(file(row.clone())), None);
    assert_eq!(code(file(format!("{row}y"))), Some(UserErrorCode::ValueTooLong));
}

#[test]
fn rows() {
    let limits = FileLimits { file_rows_max: 3, ..FileLimits::default() };
    let read = |file: &str| read_pieces(&plain(), limits, [file.as_bytes()]).1;
    assert_eq!(read("id\n1\n\n2\n3\n\n"), Ok(3));
    let error = read("id\n1\n\n2\n3\n4\n").unwrap_err();
    assert_eq!((error.code, error.row_number), (UserErrorCode::TooManyRows, Some(5)));
}

#[test]
fn a_caller_can_stop_the_reading() {
    let mut reader = Reader::new(&plain(), FileLimits::default()).unwrap();
    let mut seen = 0;
    let stopped = reader.push(b"id\n1\n2\n3\n", |record| {
        seen += 1;
        let enough = UserError::new(UserErrorCode::InvalidInput, "Enough.");
        if record.row_number() == 2 { Err(enough) } else { Ok(()) }
    });
    assert_eq!((stopped.unwrap_err().message.as_str(), seen), ("Enough.", 3));
}
