//! What is wrong with the shape of one record.

use crate::domain::issue::{RowIssueCode, Severity};
use crate::domain::value::sentences::{self, About};

/// What is wrong with the shape of one record. Those that are no warnings put its values in doubt:
/// they hold the row, and the file proves nobody's absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Fewer cells than the header.
    TooShort {
        /// Cells of the record.
        cells: u32,
        /// Cells of the header, blank ones at its end left out.
        columns: u32,
    },
    /// More cells than the header, and not all of the others blank.
    TooLong {
        /// Cells of the record.
        cells: u32,
        /// Cells of the header.
        columns: u32,
    },
    /// Text between a closing quote and the next delimiter.
    TextAfterQuote {
        /// Column, from 0.
        column: u32,
    },
    /// Lines inside the record look like rows of their own.
    RowsSwallowed {
        /// How many.
        rows: u32,
    },
    /// More cells than the header, and all of the others blank; they are left out.
    BlankSurplus {
        /// Cells of the record.
        cells: u32,
        /// Cells of the header.
        columns: u32,
    },
    /// A quote in a cell that does not begin with one; it is read as it stands.
    BareQuote {
        /// Column, from 0.
        column: u32,
    },
}

impl Flaw {
    /// Its kind of row issue.
    #[must_use]
    pub fn code(self) -> RowIssueCode {
        match self {
            Self::TooShort { .. } => RowIssueCode::RowTooShort,
            Self::TooLong { .. } => RowIssueCode::RowTooLong,
            Self::TextAfterQuote { .. } | Self::RowsSwallowed { .. } => RowIssueCode::MalformedQuoting,
            Self::BlankSurplus { .. } => RowIssueCode::ValueCleaned,
            Self::BareQuote { .. } => RowIssueCode::BareQuote,
        }
    }

    /// Whether it holds the row.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::BlankSurplus { .. } | Self::BareQuote { .. } => Severity::Warning,
            Self::TooShort { .. }
            | Self::TooLong { .. }
            | Self::TextAfterQuote { .. }
            | Self::RowsSwallowed { .. } => Severity::Error,
        }
    }

    /// The column it is about, from 0; none where it is about the whole row.
    #[must_use]
    pub fn column(self) -> Option<u32> {
        match self {
            Self::TextAfterQuote { column } | Self::BareQuote { column } => Some(column),
            Self::TooShort { .. }
            | Self::TooLong { .. }
            | Self::RowsSwallowed { .. }
            | Self::BlankSurplus { .. } => None,
        }
    }

    /// What is wrong and what to do, for an admin.
    #[must_use]
    pub fn message(self) -> String {
        let about = match self {
            Self::TooShort { cells, columns }
            | Self::TooLong { cells, columns }
            | Self::BlankSurplus { cells, columns } => {
                About { found_width: cells as usize, expected_width: columns as usize, ..About::default() }
            }
            Self::RowsSwallowed { rows } => About { rows_swallowed: rows, ..About::default() },
            Self::TextAfterQuote { .. } | Self::BareQuote { .. } => About::default(),
        };
        sentences::message(self.code(), &about)
    }
}
