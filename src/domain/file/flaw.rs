//! What is wrong with the shape of one record.

use crate::domain::issue::{RowIssueCode, Severity};

/// What is wrong with the shape of one record. All but [`Flaw::BareQuote`] put its values in doubt:
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
            Self::BareQuote { .. } => RowIssueCode::BareQuote,
        }
    }

    /// Whether it holds the row.
    #[must_use]
    pub fn severity(self) -> Severity {
        if matches!(self, Self::BareQuote { .. }) { Severity::Warning } else { Severity::Error }
    }

    /// The column it is about, from 0; none where it is about the whole row.
    #[must_use]
    pub fn column(self) -> Option<u32> {
        match self {
            Self::TextAfterQuote { column } | Self::BareQuote { column } => Some(column),
            Self::TooShort { .. } | Self::TooLong { .. } | Self::RowsSwallowed { .. } => None,
        }
    }

    /// What is wrong and what to do, for an admin.
    #[must_use]
    pub fn message(self) -> String {
        match self {
            Self::TooShort { cells, columns } => format!(
                "The row has {} and the header has {columns}: it may have been cut off. Complete it.",
                count(cells)
            ),
            Self::TooLong { cells, columns } => format!(
                "The row has {} and the header has {columns}. Put quotes around a cell that has the \
                 delimiter in it.",
                count(cells)
            ),
            Self::TextAfterQuote { .. } => "Text follows a closing quote, so that the cells after it may be \
                                            in the wrong columns. Double the quotes inside the cell."
                .to_owned(),
            Self::RowsSwallowed { rows } => format!(
                "A stray quote seems to join this row with {rows} below it. Remove the quote, or close it in \
                 the same row."
            ),
            Self::BareQuote { .. } => {
                "There is a quote in a cell that does not begin with one; it was read as it stands."
                    .to_owned()
            }
        }
    }
}

fn count(cells: u32) -> String {
    if cells == 1 { "1 cell".to_owned() } else { format!("{cells} cells") }
}
