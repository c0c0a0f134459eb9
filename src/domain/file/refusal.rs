//! The sentences that refuse a file. Row 0 is the header.

use encoding_rs::{Encoding, UTF_8};

use crate::domain::limits::{CELL_BYTES_MAX, FILE_COLUMNS_MAX, HEADER_CHARS_MAX};
use crate::domain::user_error::{UserError, UserErrorCode};

/// A whole number with its thousands apart: `1,812`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

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

pub(super) fn bad_encoding(encoding: &'static Encoding, row: u32, byte: u64) -> UserError {
    let (row_at, byte_at) = (row_words(row), grouped(byte));
    let name = encoding.name();
    let advice = if encoding == UTF_8 {
        "Save the file as UTF-8 (in Excel: “CSV UTF-8”), or name its encoding when you upload it"
    } else {
        "Name the encoding that the file was saved in, or save it as UTF-8"
    };
    let message = format!("Text in {row_at} is not {name} (byte {byte_at}). {advice}.");
    placed(UserErrorCode::FileBadEncoding, message, row, Some(byte))
}

pub(super) fn nul(row: u32, byte: Option<u64>) -> UserError {
    let message = format!(
        "There is a NUL byte in {}{}, which no text has: the file is damaged, or it is UTF-16 without the \
         mark that says so. Save it as UTF-8, or name the encoding (utf-16le) when you upload it.",
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

pub(super) fn header_quoting(byte: Option<u64>) -> UserError {
    let message = "The quotes in the header row do not match, so that its columns cannot be told apart. \
                   Correct them, or export the file again.";
    placed(UserErrorCode::FileMalformed, message.to_owned(), 0, byte)
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

    #[test]
    fn thousands_are_apart() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
