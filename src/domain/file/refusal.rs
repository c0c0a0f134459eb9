//! The sentences that refuse a file. Row 0 is the header.

use encoding_rs::{Encoding, UTF_8};

use crate::domain::limits::{CELL_BYTES_MAX, FILE_COLUMNS_MAX, HEADER_CHARS_MAX};
use crate::domain::user_error::{UserError, UserErrorCode};
use crate::domain::value::text::grouped;

fn row_words(row: u32) -> String {
    if row == 0 { "the header row".to_owned() } else { format!("row {}", grouped(row.into())) }
}

fn byte_words(byte: Option<u64>) -> String {
    byte.map(|byte| format!(" (byte {})", grouped(byte))).unwrap_or_default()
}

fn placed(code: UserErrorCode, message: String, row: u32, byte: Option<u64>) -> UserError {
    let row_number = (row > 0).then_some(row);
    UserError { row_number, byte_offset: byte, ..UserError::new(code, message) }
}

pub(super) fn empty() -> UserError {
    let message = "The file is empty. Check that the export worked, then upload it again.";
    UserError::new(UserErrorCode::FileEmpty, message)
}

pub(super) fn no_rows() -> UserError {
    let message = "The file has a header row and nothing below it, so it names nobody. Check that the \
                   export found the people you expect, then upload it again.";
    UserError::new(UserErrorCode::FileNoRows, message)
}

pub(super) fn not_csv(what: &str, advice: &str) -> UserError {
    let message = format!("This is {what}, not a CSV file. {advice}");
    UserError::new(UserErrorCode::FileNotCsv, message)
}

/// `marked`: the encoding is the one of the byte-order mark.
pub(super) fn bad_encoding(encoding: &'static Encoding, marked: bool, row: u32, byte: u64) -> UserError {
    let (row_at, byte_at) = (row_words(row), grouped(byte));
    let name = encoding.name();
    let advice = if marked {
        "The mark at the beginning of the file says so: it is wrong, or the file is damaged. Save it again as UTF-8"
    } else if encoding == UTF_8 {
        "Save the file as UTF-8 (in Excel: “CSV UTF-8”), or name its encoding when you upload it"
    } else {
        "The encoding that was named seems wrong: name the one that the file was saved in, or save it as UTF-8"
    };
    let message = format!("Text in {row_at} is not {name} (byte {byte_at}). {advice}.");
    placed(UserErrorCode::FileBadEncoding, message, row, Some(byte))
}

fn bad_header(message: String, byte: u64) -> UserError {
    placed(UserErrorCode::FileBadEncoding, message, 0, Some(byte))
}

/// UTF-16 that neither a mark nor the uploader announces.
pub(super) fn unmarked(seems: &'static Encoding, byte: u64) -> UserError {
    let (name, byte_at) = (seems.name(), grouped(byte));
    let label = name.to_lowercase();
    bad_header(
        format!(
            "Text in the header row is not UTF-8 (byte {byte_at}); it seems to be {name} without the mark that \
             says so. Name the encoding {label} when you upload the file, or save it as UTF-8."
        ),
        byte,
    )
}

pub(super) fn misnamed(named: &'static Encoding, seems: &'static Encoding, byte: u64) -> UserError {
    let (name, seems, byte_at) = (named.name(), seems.name(), grouped(byte));
    let label = seems.to_lowercase();
    bad_header(
        format!(
            "Text in the header row is not {name} (byte {byte_at}): the encoding that was named seems wrong, and \
             {seems} right. Name the encoding {label} when you upload the file, or save it as UTF-8."
        ),
        byte,
    )
}

pub(super) fn mismarked(marked: &'static Encoding, byte: u64) -> UserError {
    bad_encoding(marked, true, 0, byte)
}

pub(super) fn utf_32() -> UserError {
    let message = "The mark at the beginning of the file (byte 0) says that it is UTF-32, which cannot be read. \
                   Save it as UTF-8.";
    bad_header(message.to_owned(), 0)
}

pub(super) fn nul(row: u32, byte: Option<u64>) -> UserError {
    let message = format!(
        "There is a NUL byte in {}{}, which no text has: the file is damaged. Export it again.",
        row_words(row),
        byte_words(byte)
    );
    placed(UserErrorCode::FileMalformed, message, row, byte)
}

pub(super) fn unclosed_quote(row: u32, byte: Option<u64>) -> UserError {
    let message = format!(
        "The file ends inside a quoted cell that opens in {}{}. Close the quote, or export the file again.",
        row_words(row),
        byte_words(byte)
    );
    placed(UserErrorCode::FileMalformed, message, row, byte)
}

pub(super) fn runaway_quote(row: u32, byte: Option<u64>) -> UserError {
    let message = format!(
        "A quoted cell opens in {}{} and runs over the rows below it. Close the quote, or export the file \
         again.",
        row_words(row),
        byte_words(byte)
    );
    placed(UserErrorCode::FileMalformed, message, row, byte)
}

pub(super) fn header_quoting(column: u32, byte: Option<u64>) -> UserError {
    let message = format!(
        "The quotes in the header row do not match: a quoted name opens in column {}{}, and where it ends is \
         not certain. Correct the quotes, or export the file again.",
        column + 1,
        byte_words(byte)
    );
    placed(UserErrorCode::FileMalformed, message, 0, byte)
}

pub(super) fn cell_too_long(row: u32, column: u32, byte: Option<u64>) -> UserError {
    let message = format!(
        "The cell in {}, column {}, is longer than {} KiB. Shorten it, or check that the export is whole.",
        row_words(row),
        column + 1,
        CELL_BYTES_MAX / 1024
    );
    placed(UserErrorCode::ValueTooLong, message, row, byte)
}

pub(super) fn record_too_long(row: u32, bytes_max: usize, byte: Option<u64>) -> UserError {
    let message = format!(
        "All of {} together is longer than {} MiB. Check that the export is whole.",
        row_words(row),
        bytes_max / (1024 * 1024)
    );
    placed(UserErrorCode::ValueTooLong, message, row, byte)
}

pub(super) fn header_too_long(column: usize) -> UserError {
    let message = format!(
        "The name of column {} is longer than {HEADER_CHARS_MAX} characters. Shorten it, or check that the \
         first row is the header.",
        column + 1
    );
    UserError::new(UserErrorCode::ValueTooLong, message)
}

pub(super) fn too_many_columns(columns: usize) -> UserError {
    let message = format!(
        "The file has {} columns; at most {FILE_COLUMNS_MAX} can be read. Export only those that matter.",
        grouped(columns as u64)
    );
    UserError::new(UserErrorCode::TooManyColumns, message)
}

pub(super) fn too_many_rows(row: u32, rows_max: u32) -> UserError {
    let message = format!(
        "The file has more than {} rows; row {} is one too many. Split it, and upload the parts as partial \
         files.",
        grouped(rows_max.into()),
        grouped(row.into())
    );
    placed(UserErrorCode::TooManyRows, message, row, None)
}

pub(super) fn header_not_recognised(example: &str) -> UserError {
    let message = format!(
        "The first row names no column that we know, and “{example}” in it looks like data. Add a header row, \
         or say when you upload the file whether it has one."
    );
    UserError::new(UserErrorCode::HeaderNotRecognised, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_say_where() {
        let error = unclosed_quote(21, Some(1_812));
        assert_eq!(
            error.message,
            "The file ends inside a quoted cell that opens in row 21 (byte 1,812). Close the quote, or \
             export the file again."
        );
        assert_eq!((error.row_number, error.byte_offset), (Some(21), Some(1_812)));
        assert_eq!(unclosed_quote(0, None).row_number, None);
    }
}
