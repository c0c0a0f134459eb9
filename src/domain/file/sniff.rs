//! How a file is written down, by its first bytes.

use encoding_rs::{Encoding, UTF_8};

use super::decode::Decoder;
use super::dialect::{Dialect, ReadOptions, encoding_of};
use super::{content, delimiter, refusal, wide};
use crate::domain::user_error::UserError;

/// Bytes looked at. A header that goes on after them is judged by its beginning.
pub(super) const HEAD_BYTES: usize = 64 * 1024;

/// The dialect of the file that begins with `head`, or why it is no file to import.
///
/// The encoding is never guessed: a byte-order mark says it, else the uploader, else it is UTF-8 and
/// the reader finds out where it is not.
pub(super) fn sniff(
    head: &[u8],
    options: ReadOptions<'_>,
    known: &dyn Fn(&str) -> bool,
) -> Result<Dialect, UserError> {
    if head.is_empty() {
        return Err(refusal::empty());
    }
    content::refuse_binary(head)?;
    let (encoding, bom_bytes) = match (Encoding::for_bom(head), options.encoding) {
        (Some((encoding, bom_bytes)), _) => (encoding, bom_bytes as u8),
        (None, Some(label)) => (encoding_of(label)?, 0),
        (None, None) => (UTF_8, 0),
    };
    let text = readable(head, encoding, bom_bytes);
    content::refuse_markup(&text)?;
    let said = delimiter::said(&text);
    let dialect = Dialect {
        encoding: encoding.name().to_owned(),
        bom_bytes,
        delimiter: said.unwrap_or_else(|| delimiter::detect(&text, known)).into(),
        sep_line: said.is_some(),
        has_header: options.has_header.unwrap_or(true),
    };
    wide::refuse_misread(head, &dialect, options.encoding.is_some())?;
    Ok(dialect)
}

/// The text of `head`, up to where it is not in the encoding.
fn readable(mut head: &[u8], encoding: &'static Encoding, bom_bytes: u8) -> String {
    let mut decoder = Decoder::new(encoding, bom_bytes);
    let mut text = String::new();
    while !head.is_empty() {
        let piece = decoder.decode(&mut head);
        text.push_str(piece.text);
        if piece.bad_at.is_some() {
            break;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::user_error::UserErrorCode;

    fn sniffed(head: &[u8], encoding: Option<&str>) -> Result<Dialect, UserError> {
        sniff(head, ReadOptions { encoding, has_header: None }, &|_| false)
    }

    #[test]
    fn a_mark_wins_over_a_label() {
        let dialect = sniffed(b"\xEF\xBB\xBFid;name", Some("windows-1252")).unwrap();
        assert_eq!((dialect.encoding.as_str(), dialect.bom_bytes, dialect.delimiter), ("UTF-8", 3, ';'));
        let dialect = sniffed(b"\xFE\xFF\0i\0\t\0n", None).unwrap();
        assert_eq!((dialect.encoding.as_str(), dialect.bom_bytes, dialect.delimiter), ("UTF-16BE", 2, '\t'));
        let dialect = sniffed(b"id|name", Some("latin1")).unwrap();
        assert_eq!(
            (dialect.encoding.as_str(), dialect.bom_bytes, dialect.delimiter),
            ("windows-1252", 0, '|')
        );
    }

    #[test]
    fn what_is_no_roster_is_refused() {
        assert_eq!(sniffed(b"", None).unwrap_err().code, UserErrorCode::FileEmpty);
        assert_eq!(sniffed(b"%PDF-1.4", Some("utf-8")).unwrap_err().code, UserErrorCode::FileNotCsv);
        let page: Vec<u8> = "\u{FEFF}<html>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(sniffed(&page, None).unwrap_err().code, UserErrorCode::FileNotCsv);
        assert_eq!(sniffed(b"id", Some("klingon")).unwrap_err().code, UserErrorCode::InvalidInput);
    }

    #[test]
    fn dialects_survive_being_stored() {
        let dialect = sniffed("sep=;\nid;name".as_bytes(), None).unwrap();
        assert!(dialect.sep_line && dialect.has_header);
        let stored = serde_json::to_string(&dialect).unwrap();
        assert_eq!(serde_json::from_str::<Dialect>(&stored).unwrap(), dialect);
    }
}
