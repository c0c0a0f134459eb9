//! What is wrong with, or remarkable about, a row.

use serde::de::IntoDeserializer;
use serde::de::value::StrDeserializer;

/// Whether an issue holds its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Severity {
    /// The row is neither created nor updated, and its member is never deleted.
    Error,
    /// The row goes on; people should know.
    Warning,
}

/// The kinds of row issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RowIssueCode {
    /// Fewer cells than the header.
    RowTooShort,
    /// More cells than the header.
    RowTooLong,
    /// Text after a closing quote.
    MalformedQuoting,
    /// A control character in a cell.
    ControlCharacter,
    /// A character that reverses the direction of text, so that the review would show something else.
    BidiControl,
    /// Longer than its field allows.
    ValueTooLong,
    /// The member would be left without a required value.
    MissingRequired,
    /// Not an email address.
    InvalidEmail,
    /// Not a date in the column's order.
    InvalidDate,
    /// Not in the closed list, and not mapped to it.
    InvalidChoice,
    /// Neither true nor false.
    InvalidBoolean,
    /// A word that says nothing, read as empty.
    PlaceholderValue,
    /// One id in rows that differ.
    DuplicateUniqueId,
    /// One address in rows of different people.
    DuplicateEmail,
    /// Identical to an earlier row; counted once.
    DuplicateRow,
    /// The address belongs to a member who keeps it.
    EmailTaken,
    /// An id that a spreadsheet has destroyed, or none where ids are what rows are matched by.
    SuspectUniqueId,
    /// Differs from a member's id by case, blanks or leading zeros alone.
    SimilarUniqueId,
    /// Letters of different scripts that look alike.
    ConfusableCharacters,
    /// The row's id and email name different people.
    IdentityChanged,
    /// A new person with the address of a member who has another id.
    SimilarMember,
    /// A quote inside an unquoted cell; read as it stands.
    BareQuote,
    /// A cell that a spreadsheet would run as a formula; stored as it stands.
    FormulaLike,
    /// Blanks or invisible characters were taken off.
    ValueCleaned,
}

impl RowIssueCode {
    /// The code that is written so.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        let word: StrDeserializer<'_, serde::de::value::Error> = word.into_deserializer();
        serde::Deserialize::deserialize(word).ok()
    }
}

/// What is wrong with, or remarkable about, one row.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RowIssue {
    /// Record below the header, from 1, blank lines counted.
    pub row_number: u32,
    /// Whether it holds the row.
    pub severity: Severity,
    /// Its kind.
    pub code: RowIssueCode,
    /// The column it is about, from 0; none where it is about the whole row.
    pub column: Option<u32>,
    /// The cell as seen, control characters shown, cut to [`super::limits::ISSUE_VALUE_CHARS_MAX`].
    pub value: Option<String>,
    /// What is wrong and what to do, for an admin.
    pub message: String,
}
