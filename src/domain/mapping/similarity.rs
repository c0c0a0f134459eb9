//! Nearly the same spelling: slips of the finger, not other words.

use crate::domain::value::{fold, text};

/// Letters below which one slip makes another word: `local` is no slip of `locale`.
const NAME_CHARS_MIN: usize = 6;
/// Letters from which two slips are allowed.
const TWO_SLIPS_CHARS_MIN: usize = 13;
/// A word so short is a kind or a number (`business_unit_id`, `Group B`), and has to be the same.
const SHORT_WORD_CHARS_MAX: usize = 2;

/// Whether one text is the other with a slip inside: a letter missing, added, changed or swapped
/// with its neighbour, or an `s` at the end. First and last letters, digits and short words are the
/// same, as they are what tells names apart (`hire date`, `fire date`; `tier 1`, `tier 2`).
#[must_use]
pub fn is_similar(a: &str, b: &str) -> bool {
    is_similar_folded(&fold::fold_header(a), &fold::fold_header(b)) && short_words(a) == short_words(b)
}

/// The same for a text and a folded name without short words.
#[must_use]
pub fn is_similar_to_name(a: &str, name: &str) -> bool {
    is_similar_folded(&fold::fold_header(a), name) && short_words(a).is_empty()
}

fn is_similar_folded(a: &str, b: &str) -> bool {
    let shorter_count = a.chars().count().min(b.chars().count());
    if shorter_count < NAME_CHARS_MIN {
        return false;
    }
    let last = |name: &str| name.chars().next_back();
    let last_of_singular = |name: &str| last(name.strip_suffix('s').unwrap_or(name));
    let same_ends = a.chars().next() == b.chars().next()
        && (last(a) == last(b) || last_of_singular(a) == last_of_singular(b));
    let digits = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
    let slips_max = if shorter_count >= TWO_SLIPS_CHARS_MIN { 2 } else { 1 };
    same_ends && digits(a) == digits(b) && strsim::damerau_levenshtein(a, b) <= slips_max
}

fn short_words(value: &str) -> Vec<String> {
    text::trim(value)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && word.chars().count() <= SHORT_WORD_CHARS_MAX)
        // An `E-Mail` is an email.
        .filter(|word| !word.eq_ignore_ascii_case("e"))
        .map(|word| fold::fold(word).into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_similar() {
        for (a, b) in [
            ("frist_name", "First name"),
            ("Firstname", "first_name"),
            ("Last nmae", "last_name"),
            ("Jop title", "job_title"),
            ("Bussiness Unit", "business_unit"),
            ("program_eligiblity", "Program eligibility"),
            ("Depratment", "department"),
            ("Departement", "department"),
            ("cost centter", "cost_center"),
            ("Locations", "location"),
            ("program_elgiblity", "program_eligibility"),
        ] {
            assert!(is_similar(a, b), "{a} ~ {b}");
        }
    }

    #[test]
    fn other_words_are_not() {
        for (a, b) in [
            ("phone", "phones"),
            ("local", "locale"),
            ("state", "status"),
            ("nickname", "first_name"),
            ("username", "surname"),
            ("business_unit_id", "business_unit"),
            ("segment_a", "segment_b"),
            ("SegmentA", "SegmentB"),
            ("region1", "region2"),
            ("email2", "email"),
            ("birthdate", "startdate"),
            ("enddate", "startdate"),
            ("firedate", "hiredate"),
            ("inactive", "active"),
            ("ineligible", "eligible"),
            ("thomas_id", "unique_id"),
            ("vocation", "location"),
            ("manager_name", "manager_email"),
            ("", ""),
            ("middle_name", "first_name"),
            ("Tier 1", "Tier 2"),
            ("vacation", "location"),
        ] {
            assert!(!is_similar(a, b), "{a} ~ {b}");
            assert!(!is_similar(b, a), "{b} ~ {a}");
        }
    }
}
