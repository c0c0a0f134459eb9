//! Folding: forms of a text that are equal when people would call the texts the same.

use std::borrow::Cow;

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_normalizer::DecomposingNormalizerBorrowed;

use super::text;

/// What a header says about its column in brackets, rather than of what the column is.
const HEADER_HINTS: [&str; 26] = [
    "required",
    "optional",
    "mandatory",
    "unique",
    "text",
    "date",
    "iso",
    "iso8601",
    "yyyymmdd",
    "ddmmyyyy",
    "mmddyyyy",
    "pflicht",
    "pflichtfeld",
    "erforderlich",
    "jjjjmmtt",
    "ttmmjjjj",
    "obligatoire",
    "requis",
    "facultatif",
    "optionnel",
    "jjmmaaaa",
    "aaaammjj",
    "obligatorio",
    "requerido",
    "opcional",
    "ddmmaaaa",
];

const fn case_mapper() -> CaseMapperBorrowed<'static> {
    CaseMapper::new()
}

/// The text with full Unicode case folding, in NFC: for searching and comparing. `STRASSE` and
/// `straße` become the same. What is folded already is borrowed.
#[must_use]
pub fn fold(value: &str) -> Cow<'_, str> {
    if value.is_ascii() {
        if value.bytes().any(|b| b.is_ascii_uppercase()) {
            return Cow::Owned(value.to_ascii_lowercase());
        }
        return Cow::Borrowed(value);
    }
    let composed = text::nfc(value);
    let folded = case_mapper().fold_string(&composed).into_owned();
    // Folding can take a composed letter apart.
    Cow::Owned(text::nfc(&folded).into_owned())
}

/// The header as names are compared: letters and digits only, without case and accents, and without
/// hints in brackets at its end such as `(required)`. `E-Mail *` and `email` become the same, and so
/// do `Prénom` and `prenom`.
#[must_use]
pub fn fold_header(header: &str) -> String {
    let name = without_hint(header);
    if name.is_ascii() {
        return name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    }
    // Compatibility forms too: full-width letters, `№`.
    let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize(name).into_owned();
    let folded = case_mapper().fold_string(&decomposed).into_owned();
    folded.chars().filter(|c| c.is_alphanumeric() && !is_accent(*c)).collect()
}

/// The header without a hint at its end, trimmed.
fn without_hint(header: &str) -> &str {
    let trimmed = text::trim(header);
    let bare = trimmed.trim_end_matches(['*', ':', ' ']);
    let Some(open) = bare.rfind(['(', '[']) else { return trimmed };
    if !bare.ends_with([')', ']']) {
        return trimmed;
    }
    let hint: String =
        bare[open..].chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect();
    if HEADER_HINTS.contains(&hint.as_str()) { &bare[..open] } else { trimmed }
}

/// Combining marks that sit on letters of the scripts that have capitals.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_texts_compare_as_people_do() {
        assert_eq!(fold("STRASSE"), fold("straße"));
        assert_eq!(fold("ÉLODIE"), fold("e\u{301}lodie"));
        assert_eq!(fold("ΣΊΣΥΦΟΣ"), fold("σίσυφος"));
        assert_ne!(fold("Élodie"), fold("Elodie"));
        assert!(matches!(fold("ada"), Cow::Borrowed("ada")));
    }

    #[test]
    fn folding_twice_changes_nothing_more() {
        for text in ["İstanbul", "ẞ", "ǰ", "ΐ", "ﬁn", "Å"] {
            let once = fold(text).into_owned();
            assert_eq!(fold(&once), once, "{text}");
        }
    }

    #[test]
    fn headers_lose_case_blanks_punctuation_and_accents() {
        for header in ["E-Mail", " e_mail\u{A0}", "E.MAIL *", "\u{FEFF}email", "Ｅ－ｍａｉｌ", "e mail:"]
        {
            assert_eq!(fold_header(header), "email", "{header}");
        }
        assert_eq!(fold_header("Prénom"), "prenom");
        assert_eq!(fold_header("Pre\u{301}nom"), "prenom");
        assert_eq!(fold_header("Straße"), "strasse");
        assert_eq!(fold_header("電話 番号"), "電話番号");
        assert_eq!(fold_header("Line 2"), "line2");
        assert_eq!(fold_header(" -- "), "");
    }

    #[test]
    fn hints_are_dropped_and_other_brackets_are_not() {
        assert_eq!(fold_header("First name (required)"), "firstname");
        assert_eq!(fold_header("Start date [DD/MM/YYYY] *"), "startdate");
        assert_eq!(fold_header("Vorname (Pflichtfeld)"), "vorname");
        assert_eq!(fold_header("Manager (email)"), "manageremail");
        assert_eq!(fold_header("(required)"), "");
        assert_eq!(fold_header("Required"), "required");
    }
}
