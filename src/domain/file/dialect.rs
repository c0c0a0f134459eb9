//! How a file is written down: all that reading it again takes.

use encoding_rs::Encoding;

use crate::domain::user_error::{UserError, UserErrorCode};

/// What the uploader says about a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReadOptions<'a> {
    /// A WHATWG label. A byte-order mark wins over it.
    pub encoding: Option<&'a str>,
    /// Whether the first record names the columns. None: it does, and is checked to look so.
    pub has_header: Option<bool>,
}

/// How a file is written down. Settled once, when the file is uploaded, and stored with it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Dialect {
    /// WHATWG name, such as `UTF-8` or `windows-1252`.
    pub encoding: String,
    /// Bytes of the byte-order mark that the file begins with.
    pub bom_bytes: u8,
    /// What separates the cells; always ASCII.
    pub delimiter: char,
    /// Whether the file begins with a `sep=` line.
    pub sep_line: bool,
    /// Whether the first record names the columns.
    pub has_header: bool,
}

/// The encoding that has the WHATWG label.
pub(super) fn encoding_of(label: &str) -> Result<&'static Encoding, UserError> {
    Encoding::for_label_no_replacement(label.as_bytes()).ok_or_else(|| {
        let shown: String = label.chars().filter(|c| !c.is_control()).take(40).collect();
        let message = format!(
            "No encoding is called “{shown}”. Use a name such as utf-8, utf-16le, windows-1252 or shift_jis."
        );
        UserError::new(UserErrorCode::InvalidInput, message).at(["encoding"])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_those_of_the_web() {
        for (label, name) in [("latin1", "windows-1252"), (" UTF8 ", "UTF-8"), ("utf-16", "UTF-16LE")] {
            assert_eq!(encoding_of(label).unwrap().name(), name);
        }
        for label in ["", "klingon", "iso-2022-kr", "replacement"] {
            let error = encoding_of(label).unwrap_err();
            assert_eq!((error.code, error.field), (UserErrorCode::InvalidInput, vec!["encoding".to_owned()]));
        }
    }
}
