//! Unique ids: opaque text, compared exactly after trimming and NFC.

use std::borrow::Cow;

use super::{fold, text};

/// What an id cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UniqueId<'a> {
    /// Nothing.
    Blank,
    /// An id.
    Id {
        /// As it is stored and compared.
        id: Cow<'a, str>,
        /// Whether anything but its normal form was changed: that is worth a warning.
        cleaned: bool,
    },
    /// What a spreadsheet has left of an id that it took for a number.
    Suspect,
}

/// Reads an id cell: `="0042"` is 0042, as that is how people keep a spreadsheet from dropping
/// zeros; zero-width characters, which come along from web pages, are stripped.
#[must_use]
pub fn parse(raw: &str) -> UniqueId<'_> {
    let trimmed = text::trim(raw);
    let unwrapped = text::trim(unwrap_formula(trimmed));
    let stripped = text::strip_zero_width(unwrapped);
    let cleaned = unwrapped.len() != raw.len() || matches!(stripped, Cow::Owned(_));
    let id = match stripped {
        Cow::Borrowed(id) => text::nfc(id),
        // What was stripped may have kept blanks from being trimmed.
        Cow::Owned(id) => Cow::Owned(text::trim_and_nfc(&id).into_owned()),
    };
    if id.is_empty() {
        UniqueId::Blank
    } else if is_destroyed(&id) {
        UniqueId::Suspect
    } else {
        UniqueId::Id { id, cleaned }
    }
}

/// The text in `="text"`; anything else as it is.
fn unwrap_formula(value: &str) -> &str {
    match value.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) if !inner.contains('"') => inner,
        _ => value,
    }
}

/// Whether the digits are gone: `1.2E+11`, `1,2E+11`, `#REF!`, `########`.
#[must_use]
pub fn is_destroyed(id: &str) -> bool {
    if id.starts_with('#') {
        return id.bytes().all(|b| b == b'#')
            || ["#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#N/A"]
                .iter()
                .any(|error| id.eq_ignore_ascii_case(error));
    }
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let Some((mantissa, exponent)) = id.split_once(['E', 'e']) else { return false };
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    whole.len() == 1
        && is_digits(whole)
        && is_digits(fraction)
        && exponent.strip_prefix('+').is_some_and(is_digits)
}

/// The same for ids that differ only by case, blanks or zeros at their start: such a difference is
/// a slip of the export more often than another person.
#[must_use]
pub fn similar_key(id: &str) -> Cow<'_, str> {
    let folded = match fold::fold(id) {
        folded if folded.contains(char::is_whitespace) => {
            Cow::Owned(folded.chars().filter(|c| !c.is_whitespace()).collect())
        }
        folded => folded,
    };
    let zeros_count = folded.bytes().take_while(|&b| b == b'0').count();
    // An id of zeros alone keeps one.
    let zeros_count = zeros_count.min(folded.len().saturating_sub(1));
    match folded {
        Cow::Borrowed(key) => Cow::Borrowed(&key[zeros_count..]),
        Cow::Owned(mut key) => {
            key.drain(..zeros_count);
            Cow::Owned(key)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(id: &str, cleaned: bool) -> UniqueId<'_> {
        UniqueId::Id { id: Cow::Borrowed(id), cleaned }
    }

    #[test]
    fn ids_are_opaque() {
        for raw in
            ["M-0001", "0001", "1E10", "12E+3", "1.2E-11", "E+1", "#42", "=A1", "00fe56b6-c6b4", "1e+", "😀"]
        {
            assert_eq!(parse(raw), id(raw, false));
        }
        assert!(matches!(parse("M-0001"), UniqueId::Id { id: Cow::Borrowed(_), .. }));
        assert_eq!(parse("e\u{301}"), id("\u{E9}", false));
    }

    #[test]
    fn what_is_taken_off_is_said() {
        assert_eq!(parse(" M-0001\u{A0}"), id("M-0001", true));
        assert_eq!(parse("M-\u{200B}0004"), id("M-0004", true));
        assert_eq!(parse("\u{200B} M-1"), id("M-1", true));
        assert_eq!(parse("=\"0042\""), id("0042", true));
        assert_eq!(parse("=\" 0042\""), id("0042", true));
        assert_eq!(parse("=\"0\"&\"042\""), id("=\"0\"&\"042\"", false));
        assert_eq!(parse("=\"\""), UniqueId::Blank);
        assert_eq!(parse(" \u{200B} "), UniqueId::Blank);
        assert_eq!(parse(""), UniqueId::Blank);
    }

    #[test]
    fn destroyed_ids_are_suspect() {
        for raw in
            ["1.2E+11", "1,2E+11", "1E+11", "9.00000e+5", "#REF!", "#name?", "########", "=\"1.2E+11\""]
        {
            assert_eq!(parse(raw), UniqueId::Suspect, "{raw}");
        }
    }

    #[test]
    fn similar_ids_have_one_key() {
        assert_eq!(similar_key("0001"), similar_key("1"));
        assert_eq!(similar_key("m-0001"), similar_key("M-0001"));
        assert_eq!(similar_key(" 00 1 2"), similar_key("12"));
        assert_eq!(similar_key("É1"), similar_key("é1"));
        assert_eq!(similar_key("000"), "0");
        assert_eq!(similar_key(""), "");
        assert!(matches!(similar_key("0012"), Cow::Borrowed("12")));
    }

    #[test]
    fn other_differences_are_no_likeness() {
        // Zeros inside belong to the id.
        assert_ne!(similar_key("M-0001"), similar_key("M-1"));
        assert_ne!(similar_key("M-0001"), similar_key("M0001"));
        assert_ne!(similar_key("É1"), similar_key("E1"));
    }
}
