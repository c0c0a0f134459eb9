//! The names of the columns.

use super::refusal;
use crate::domain::mapping::DateOrder;
use crate::domain::user_error::UserError;
use crate::domain::value::{date, text};

/// A header without blanks and invisible characters at its ends; a second byte-order mark is one.
pub(super) fn trim(header: &str) -> &str {
    header.trim_matches(|c: char| c.is_whitespace() || text::is_zero_width(c) || text::is_bidi_control(c))
}

/// The names of columns that the file does not name.
pub(super) fn numbered(columns: usize) -> Vec<String> {
    (1..=columns).map(|number| format!("Column {number}")).collect()
}

/// Refuses a first record that is data: no name in it is known, and something in it looks like a value.
pub(super) fn recognise(headers: &[String], known: &dyn Fn(&str) -> bool) -> Result<(), UserError> {
    if headers.iter().any(|header| known(header)) {
        return Ok(());
    }
    match headers.iter().find(|header| looks_like_data(header)) {
        Some(example) => Err(refusal::header_not_recognised(&text::show(example))),
        None => Ok(()),
    }
}

/// Whether the text is an address, a number, a telephone number or a date rather than a name.
fn looks_like_data(value: &str) -> bool {
    is_address(value) || is_number(value) || is_date(value)
}

fn is_address(value: &str) -> bool {
    let Some((name, domain)) = value.split_once('@') else { return false };
    !name.is_empty() && domain.contains('.') && !value.contains(char::is_whitespace)
}

/// Digits and what numbers, amounts, telephone numbers and times have between them.
fn is_number(value: &str) -> bool {
    let between = |c: char| c.is_whitespace() || "+-.,/:()%#€$£".contains(c);
    value.contains(|c: char| c.is_numeric()) && value.chars().all(|c| c.is_numeric() || between(c))
}

fn is_date(value: &str) -> bool {
    [DateOrder::YearFirst, DateOrder::DayFirst, DateOrder::MonthFirst]
        .into_iter()
        .any(|order| date::parse(value, order).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::user_error::UserErrorCode;

    #[test]
    fn headers_are_trimmed_of_all_that_cannot_be_seen() {
        assert_eq!(trim("\u{FEFF} \u{A0}\u{200F}Member ID\u{200B}\t"), "Member ID");
        assert_eq!(trim("\u{3000}"), "");
    }

    #[test]
    fn data_is_told_from_names() {
        for data in [
            "ann@example.org",
            "1042",
            "-3.5",
            "+44 20 7946 0101",
            "(030) 123-45",
            "1961-02-02",
            "02/03/1961",
            "1967-01-05T00:00:00Z",
            "12.50 €",
            "٤٢",
        ] {
            assert!(looks_like_data(data), "{data}");
        }
        for name in ["Email", "E-mail @", "Address 1", "M-0001", "", "Größe", "2nd name", "-", "#", "@"] {
            assert!(!looks_like_data(name), "{name}");
        }
    }

    #[test]
    fn a_first_record_of_data_is_refused_unless_a_name_is_known() {
        let headers = ["M-0001", "Ann", "ann@example.org"].map(str::to_owned);
        let error = recognise(&headers, &|_| false).unwrap_err();
        assert_eq!(error.code, UserErrorCode::HeaderNotRecognised);
        assert!(error.message.contains("ann@example.org"));
        assert!(recognise(&headers, &|name| name == "Ann").is_ok());
        assert!(recognise(&["Kennung".to_owned()], &|_| false).is_ok());
    }
}
