//! The one table of sentences about rows: what is wrong, and what an admin can do.

use super::date;
use super::text::grouped;
use crate::domain::issue::RowIssueCode;
use crate::domain::mapping::DateOrder;

/// Choices that a sentence lists before it says how many more there are.
const CHOICES_LISTED_MAX: usize = 8;

/// Why a member keeps an address that another row wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keeping {
    /// Nothing in the file says otherwise.
    #[default]
    AsItIs,
    /// Their own row, which has this number, gives it away, but is held.
    InHeldRow(u32),
    /// They are not in the file, and the file deletes nobody.
    NoDeletions,
    /// They are not in the file, and another row that is held may be about them.
    MayBeNamed,
}

/// What a sentence is about. Only what the code's sentence needs has to be there.
#[derive(Debug, Clone, Copy, Default)]
pub struct About<'a> {
    /// The label of the field.
    pub field: &'a str,
    /// The value, as [`super::text::show`] gives it.
    pub value: &'a str,
    /// The other row or member, as a phrase: `row 12`, `Ada Abara (M-0001)`.
    pub other: &'a str,
    /// Cells that the header has.
    pub expected_width: usize,
    /// Cells that the row has.
    pub found_width: usize,
    /// For [`RowIssueCode::MalformedQuoting`]: rows that a stray quote seems to have joined to this one.
    pub rows_swallowed: u32,
    /// Characters that the field allows.
    pub chars_max: usize,
    /// The closed list.
    pub choices: &'a [String],
    /// For [`RowIssueCode::DuplicateEmail`] and a missing address: whether rows are matched by address, so that
    /// one address is one person.
    pub matched_by_email: bool,
    /// For [`RowIssueCode::EmailTaken`].
    pub keeping: Keeping,
    /// The order of the column's dates.
    pub date_order: Option<DateOrder>,
    /// For [`RowIssueCode::SimilarUniqueId`]: whether the other member is in the file too, so that
    /// the row is not held.
    pub other_is_present: bool,
}

/// The sentence for an issue.
#[must_use]
pub fn message(code: RowIssueCode, about: &About<'_>) -> String {
    let About { field, value, other, expected_width, found_width, rows_swallowed, .. } = *about;
    match code {
        RowIssueCode::RowTooShort => format!(
            "The row has {} and the header has {expected_width}. The file may have been cut off here: export it \
             again, or complete the row.",
            counted(found_width, "cell")
        ),
        RowIssueCode::RowTooLong => format!(
            "The row has {} and the header has {expected_width}, so its values may have moved to wrong columns. \
             Put quotes around a value that contains the delimiter.",
            counted(found_width, "cell")
        ),
        RowIssueCode::MalformedQuoting if rows_swallowed > 0 => format!(
            "A stray quote seems to join this row with {} below it. Remove the quote, or close it in the same \
             row.",
            counted(rows_swallowed as usize, "row")
        ),
        RowIssueCode::MalformedQuoting => "There is text after a closing quote, so it is not certain where \
             the cell ends. Write a quote inside a quoted cell twice: \"\"."
            .to_owned(),
        RowIssueCode::ControlCharacter => format!(
            "{field} contains a control character, which nobody can see: {value}. Remove it in the source."
        ),
        RowIssueCode::BidiControl => format!(
            "{field} contains a character that controls the direction of text, so that it may read otherwise \
             than it is stored: {value}. Remove it in the source."
        ),
        RowIssueCode::ValueTooLong => format!(
            "{field} is longer than the {} characters that are allowed. Shorten it, or check whether the row's \
             quotes are complete.",
            grouped(about.chars_max as u64)
        ),
        RowIssueCode::MissingRequired if about.matched_by_email => no_key(field),
        RowIssueCode::MissingRequired => format!(
            "The member would be left without what is required: {field}. Fill it in, or make the field optional."
        ),
        RowIssueCode::InvalidEmail => format!(
            "{value} is not an email address for {field}. Write one address as name@example.org, without a \
             name or brackets around it."
        ),
        RowIssueCode::InvalidDate if date::is_no_day(value, about.date_order) => {
            format!("{value} is not a date for {field}: its month has no such day. Correct it in the source.")
        }
        RowIssueCode::InvalidDate => format!(
            "{value} is not a date for {field}. {} Years go from 1800 to 2100, with four digits.",
            date_form(about.date_order)
        ),
        RowIssueCode::InvalidChoice => format!(
            "{value} is not mapped to a choice of {field}. Map it in the mapping, or use one of: {}.",
            listed(about.choices)
        ),
        RowIssueCode::InvalidBoolean => format!(
            "{value} is neither true nor false for {field}. Map it to true or false in the mapping, or \
             correct it."
        ),
        RowIssueCode::PlaceholderValue => format!(
            "{value} in {field} says nothing, so it was read as an empty cell. Leave such cells empty."
        ),
        RowIssueCode::DuplicateUniqueId => format!(
            "The id {value} is also in {other}, with other values. None of these rows is imported: leave \
             one of them for each id."
        ),
        RowIssueCode::DuplicateEmail if about.matched_by_email => format!(
            "The email address {value} is also in {other}, with other values. None of these rows is imported: \
             leave one of them for each address."
        ),
        RowIssueCode::DuplicateEmail => format!(
            "The email address {value} is also in {other}, for another person. Each member needs an \
             address of their own."
        ),
        RowIssueCode::DuplicateRow => {
            format!("The row says the same as {other}, so the two count once. Nothing needs to be done.")
        }
        RowIssueCode::EmailTaken => email_taken(value, other, about.keeping),
        RowIssueCode::SuspectUniqueId if value.is_empty() => no_key(field),
        RowIssueCode::SuspectUniqueId => format!(
            "{value} is what a spreadsheet has left of {field}; the real one cannot be recovered from it. \
             Export the file again with this column as text."
        ),
        RowIssueCode::SimilarUniqueId if about.other_is_present => format!(
            "The id {value} differs from that of {other} by case, blanks or leading zeros alone. Both are in \
             the file and count as two people: check that they are."
        ),
        RowIssueCode::SimilarUniqueId => format!(
            "The id {value} is new, and differs from that of {other}, who is not in the file, by case, \
             blanks or leading zeros alone. If it is the same person, write the id as it was."
        ),
        RowIssueCode::ConfusableCharacters => format!(
            "{field} has letters of another alphabet where Latin ones may be meant: {value}. Check that it was \
             typed as it was meant."
        ),
        RowIssueCode::IdentityChanged if value.is_empty() => format!(
            "The id was that of {other}, and now comes with another first name, last name and email \
             address. Check that it was not given to another person."
        ),
        RowIssueCode::IdentityChanged => format!(
            "The id {value} of this row and its email address do not belong to one person: one of them is \
             that of {other}. Check whose row it is."
        ),
        RowIssueCode::SimilarMember => format!(
            "The row makes a new person with the email address {value} of {other}, who has another id. If \
             it is the same person, write the id as it was."
        ),
        RowIssueCode::BareQuote => "There is a quote inside an unquoted cell; it was read as it stands. Put \
             quotes around the cell, and write the quote inside twice."
            .to_owned(),
        RowIssueCode::FormulaLike => format!(
            "{field} begins like a formula that a spreadsheet would run: {value}. It is stored as it stands, \
             and made harmless in every CSV that Muster writes."
        ),
        RowIssueCode::ValueCleaned if found_width > expected_width => format!(
            "The row has {} and the header has {expected_width}; the cells beyond the header are blank, and were \
             left out. Nothing needs to be done.",
            counted(found_width, "cell")
        ),
        RowIssueCode::ValueCleaned => format!(
            "Blanks, invisible characters or a formula around the text were taken off {field}: {value}. \
             Nothing needs to be done."
        ),
    }
}

fn no_key(field: &str) -> String {
    format!(
        "The row has no {field}, and rows are matched by it, so nobody can tell whose row it is. Fill it in."
    )
}

fn email_taken(value: &str, other: &str, keeping: Keeping) -> String {
    let correct = "Correct the address here";
    match keeping {
        Keeping::AsItIs => format!(
            "The email address {value} belongs to {other}, who keeps it. {correct}, or give that member another \
             one in the same file."
        ),
        Keeping::InHeldRow(row) => format!(
            "The email address {value} belongs to {other}, whose own row {} is held, so that they do not give it \
             away. Mend that row, or correct the address here.",
            grouped(row.into())
        ),
        Keeping::NoDeletions => format!(
            "The email address {value} belongs to {other}, who is not in the file but is not deleted, because \
             this file deletes nobody. {correct}, or give that member another one in the same file."
        ),
        Keeping::MayBeNamed => format!(
            "The email address {value} belongs to {other}, who is not in the file but is not deleted, because a \
             row that is held may be about them. Mend that row, or correct the address here."
        ),
    }
}

fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", grouped(count as u64))
}

fn date_form(order: Option<DateOrder>) -> &'static str {
    match order {
        Some(DateOrder::DayFirst) => "The column has the day first: write 31/12/2026, or 2026-12-31.",
        Some(DateOrder::MonthFirst) => "The column has the month first: write 12/31/2026, or 2026-12-31.",
        Some(DateOrder::YearFirst) | None => "Write it as 2026-12-31.",
    }
}

fn listed(choices: &[String]) -> String {
    let listed = choices.iter().take(CHOICES_LISTED_MAX).map(String::as_str).collect::<Vec<_>>().join(", ");
    match choices.len().saturating_sub(CHOICES_LISTED_MAX) {
        0 => listed,
        more => format!("{listed} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_name_what_they_are_about() {
        let about = About { expected_width: 8, found_width: 3, ..About::default() };
        assert!(
            message(RowIssueCode::RowTooShort, &about)
                .starts_with("The row has 3 cells and the header has 8.")
        );
        let about = About { field: "Start date", value: "3/4/85", ..About::default() };
        assert_eq!(
            message(RowIssueCode::InvalidDate, &about),
            "3/4/85 is not a date for Start date. Write it as 2026-12-31. Years go from 1800 to 2100, with four digits."
        );
        let about = About { field: "Unique ID", ..About::default() };
        assert!(message(RowIssueCode::SuspectUniqueId, &about).starts_with("The row has no Unique ID"));
        let about = About { field: "Email", matched_by_email: true, ..About::default() };
        assert!(message(RowIssueCode::MissingRequired, &about).starts_with("The row has no Email, and rows"));
    }

    #[test]
    fn a_day_that_no_month_has_is_told_from_other_texts() {
        let of = |value, date_order| {
            message(
                RowIssueCode::InvalidDate,
                &About { field: "Born", value, date_order, ..About::default() },
            )
        };
        for (value, order) in [
            ("1964-04-31", DateOrder::YearFirst),
            ("31/04/1964", DateOrder::DayFirst),
            ("2/30/1964", DateOrder::MonthFirst),
        ] {
            assert!(of(value, Some(order)).contains("no such day"), "{value}");
        }
        for (value, order) in [
            ("04/31/1964", DateOrder::DayFirst),
            ("1064-04-31", DateOrder::YearFirst),
            ("soon", DateOrder::YearFirst),
        ] {
            assert!(!of(value, Some(order)).contains("no such day"), "{value}");
        }
    }

    #[test]
    fn sentences_about_an_address_say_whose_it_is_and_why() {
        let of = |code, about| message(code, &About { value: "a@x.org", other: "Ada", ..about });
        let taken = |keeping| of(RowIssueCode::EmailTaken, About { keeping, ..About::default() });
        assert!(taken(Keeping::AsItIs).contains("who keeps it"));
        assert!(taken(Keeping::InHeldRow(1_234)).contains("whose own row 1,234 is held"));
        assert!(taken(Keeping::NoDeletions).contains("deletes nobody"));
        assert!(taken(Keeping::MayBeNamed).contains("may be about them"));
        let matched = About { matched_by_email: true, ..About::default() };
        assert!(of(RowIssueCode::DuplicateEmail, matched).contains("with other values"));
        assert!(of(RowIssueCode::DuplicateEmail, About::default()).contains("for another person"));
    }

    #[test]
    fn long_lists_are_cut() {
        let choices: Vec<String> = (1..=10).map(|n| format!("c{n}")).collect();
        assert_eq!(listed(&choices[..2]), "c1, c2");
        assert_eq!(listed(&choices), "c1, c2, c3, c4, c5, c6, c7, c8 and 2 more");
        assert_eq!(listed(&[]), "");
    }
}
