//! Characters: what is trimmed, what is composed, what may not be in a cell, and how it is shown.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::domain::limits::ISSUE_VALUE_CHARS_MAX;

/// A byte-order mark; in the midst of text an old zero-width space.
const BOM: char = '\u{FEFF}';

/// The value without blanks at its ends (all of Unicode's White_Space, so U+00A0 too, and U+FEFF).
#[must_use]
pub fn trim(value: &str) -> &str {
    match value.as_bytes() {
        // The common case: both ends are visible ASCII.
        [only] if only.is_ascii_graphic() => value,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => value,
        _ => value.trim_matches(|c: char| c.is_whitespace() || c == BOM),
    }
}

/// The value in NFC. Canonically equal texts become the same bytes; nothing that can be seen changes.
#[must_use]
pub fn nfc(value: &str) -> Cow<'_, str> {
    if value.is_ascii() {
        return Cow::Borrowed(value);
    }
    ComposingNormalizerBorrowed::new_nfc().normalize(value)
}

/// The value as it is stored and compared: trimmed, then NFC. Clean ASCII is borrowed.
#[must_use]
pub fn trim_and_nfc(value: &str) -> Cow<'_, str> {
    nfc(trim(value))
}

/// Whether the value shows nothing: no characters, or blanks and invisible ones alone.
#[must_use]
pub fn is_blank(value: &str) -> bool {
    value.chars().all(|c| c.is_whitespace() || is_zero_width(c))
}

/// Whether the character takes no room and so can hide in an id or an address. Joiners, soft hyphens,
/// variation selectors and tags are among them; what controls the direction of text is not, see
/// [`is_bidi_control`].
#[must_use]
pub fn is_zero_width(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200D}'
        | '\u{2060}'..='\u{2064}' | '\u{206A}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | BOM
        | '\u{E0000}'..='\u{E0FFF}')
}

/// The value without zero-width characters, for ids and addresses. Names need them: Persian and
/// Hindi are spelled with joiners.
#[must_use]
pub fn strip_zero_width(value: &str) -> Cow<'_, str> {
    if value.is_ascii() || !value.contains(is_zero_width) {
        return Cow::Borrowed(value);
    }
    Cow::Owned(value.chars().filter(|&c| !is_zero_width(c)).collect())
}

/// Whether a control character (category Cc, so U+0085 too) is in the value. Tab, LF and CR are
/// allowed, as free text has lines; U+2028 and U+2029 are not controls.
#[must_use]
pub fn has_control(value: &str) -> bool {
    if value.is_ascii() {
        return value.bytes().any(|b| b.is_ascii_control() && !matches!(b, b'\t' | b'\n' | b'\r'));
    }
    value.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}

/// Whether the value has more than one line, or a tab: fine in free text, never in an id.
#[must_use]
pub fn has_line_or_tab(value: &str) -> bool {
    value.bytes().any(|b| matches!(b, b'\t' | b'\n' | b'\r'))
}

/// Whether the character marks, embeds, overrides or isolates a direction of text: Unicode's Bidi_Control.
#[must_use]
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether the value may be shown in another order than it is stored.
#[must_use]
pub fn has_bidi_control(value: &str) -> bool {
    !value.is_ascii() && value.contains(is_bidi_control)
}

/// Whether the value has more than `chars_max` characters, counted only as far as needed.
#[must_use]
pub fn is_longer_than(value: &str, chars_max: usize) -> bool {
    value.len() > chars_max && value.chars().nth(chars_max).is_some()
}

/// The value as an issue shows it: what cannot be seen is written as `⟨U+202E⟩`, and what is longer
/// than [`ISSUE_VALUE_CHARS_MAX`] characters ends in `…`.
#[must_use]
pub fn show(value: &str) -> String {
    let mut shown = String::new();
    let mut chars_count = 0;
    for c in value.chars() {
        let piece = show_char(c);
        let piece_chars_count = piece.chars().count();
        if chars_count + piece_chars_count > ISSUE_VALUE_CHARS_MAX {
            // Gives room to the ellipsis.
            if chars_count == ISSUE_VALUE_CHARS_MAX {
                shown.pop();
            }
            shown.push('…');
            return shown;
        }
        shown.push_str(&piece);
        chars_count += piece_chars_count;
    }
    shown
}

/// A whole number in a sentence, its thousands apart: `1,812`.
#[must_use]
pub fn grouped(number: u64) -> String {
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

fn show_char(c: char) -> String {
    let hidden = c.is_control() || is_zero_width(c) || is_bidi_control(c) || (c.is_whitespace() && c != ' ');
    if hidden { format!("⟨U+{:04X}⟩", u32::from(c)) } else { c.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_ascii_is_borrowed() {
        assert!(matches!(trim_and_nfc("M-0001"), Cow::Borrowed("M-0001")));
        assert!(matches!(trim_and_nfc("a"), Cow::Borrowed("a")));
        assert!(matches!(trim_and_nfc(""), Cow::Borrowed("")));
    }

    #[test]
    fn blanks_of_every_kind_are_trimmed() {
        assert_eq!(trim_and_nfc(" \t\u{A0}\u{3000}Ada Lovelace\u{2009}\u{FEFF}\r\n"), "Ada Lovelace");
        assert_eq!(trim_and_nfc("\u{A0}"), "");
    }

    #[test]
    fn canonically_equal_texts_become_the_same() {
        assert_eq!(trim_and_nfc("Chloe\u{301}"), "Chlo\u{E9}");
        assert_eq!(trim_and_nfc("\u{212B}"), "\u{C5}");
        // Compatible is not equal: a ligature stays.
        assert_eq!(trim_and_nfc("\u{FB01}n"), "\u{FB01}n");
    }

    #[test]
    fn zero_width_characters_are_stripped_inside() {
        assert_eq!(strip_zero_width("M-\u{200B}0004\u{FEFF}"), "M-0004");
        assert_eq!(strip_zero_width("a\u{200D}b\u{AD}c\u{2060}"), "abc");
        assert!(matches!(strip_zero_width("Zoë"), Cow::Borrowed(_)));
    }

    #[test]
    fn blank_is_what_shows_nothing() {
        assert!(is_blank(""));
        assert!(is_blank(" \u{A0}\t\u{200B}"));
        assert!(!is_blank("\u{202E}") && !is_blank("\u{200F}"));
        assert!(!is_blank(" x "));
    }

    #[test]
    fn controls_are_told_from_separators() {
        assert!(has_control("Sv\u{85}en"));
        assert!(has_control("a\u{0}b"));
        assert!(has_control("a\u{7F}"));
        assert!(has_control("\u{B}a"));
        assert!(!has_control("line\r\nline\tcell"));
        assert!(!has_control("Ro\u{2028}sa\u{2029}"));
    }

    #[test]
    fn bidi_controls_are_those_of_unicode() {
        let controls: Vec<u32> = ('\0'..=char::MAX).filter(|c| is_bidi_control(*c)).map(u32::from).collect();
        let expected =
            [0x61C, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069];
        assert_eq!(controls, expected);
        assert!(controls.iter().all(|c| !is_zero_width(char::from_u32(*c).unwrap())));
        assert!(has_bidi_control("\u{202E}timdA\u{202C}"));
        assert!(!has_bidi_control("שלום"));
    }

    #[test]
    fn length_counts_characters() {
        assert!(!is_longer_than(&"é".repeat(200), 200));
        assert!(is_longer_than(&"é".repeat(201), 200));
    }

    #[test]
    fn shown_values_hide_nothing() {
        assert_eq!(show("\u{202E}timdA"), "⟨U+202E⟩timdA");
        assert_eq!(show("a\u{0}\tb\u{A0}"), "a⟨U+0000⟩⟨U+0009⟩b⟨U+00A0⟩");
        assert_eq!(show("Zoë Ødegård"), "Zoë Ødegård");
    }

    #[test]
    fn thousands_are_apart() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn shown_values_are_bounded() {
        assert_eq!(show(&"x".repeat(100)), "x".repeat(100));
        let long = show(&"x".repeat(101));
        assert_eq!(long, format!("{}…", "x".repeat(99)));
        assert!(show(&"\u{0}".repeat(90)).chars().count() <= ISSUE_VALUE_CHARS_MAX);
    }
}
