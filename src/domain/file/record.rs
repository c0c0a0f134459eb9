//! One record of a file.

use super::flaw::Flaw;
use super::split::{Opening, Split};
use crate::domain::issue::Severity;

/// What is in the cells beyond the header's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surplus {
    /// There are none.
    None,
    /// Nothing that shows.
    Blanks,
    Values,
}

/// One record: the header, or a row below it.
pub struct Record<'a> {
    pub(super) split: Split<'a>,
    pub(super) row_number: u32,
    pub(super) byte_offset: Option<u64>,
    /// Cells of the header, without and with the blank ones at its end.
    pub(super) columns: (u32, u32),
    pub(super) surplus: Surplus,
    pub(super) rows_swallowed: u32,
}

impl<'a> Record<'a> {
    /// Place below the header, from 1, blank lines counted; the header itself has 0.
    #[must_use]
    pub fn row_number(&self) -> u32 {
        self.row_number
    }

    /// Whether it names the columns.
    #[must_use]
    pub fn is_header(&self) -> bool {
        self.row_number == 0
    }

    /// The line of the file that it begins in, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.split.marks.line
    }

    /// The byte of the file that it begins at. Known for UTF-8 alone: what is decoded is not measured.
    #[must_use]
    pub fn byte_offset(&self) -> Option<u64> {
        self.byte_offset
    }

    /// Whether a quoted cell has a line break.
    #[must_use]
    pub fn spans_lines(&self) -> bool {
        self.split.marks.spans_lines.is_some()
    }

    /// How many cells there are to look at, at most [`crate::domain::limits::FILE_COLUMNS_MAX`].
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a record has a cell")]
    pub fn len(&self) -> usize {
        self.split.cells.len()
    }

    /// The cell as it stands, untrimmed; blank where the record is too short.
    #[must_use]
    #[inline]
    pub fn cell(&self, index: usize) -> &'a str {
        self.split.cells.get(index).map_or("", |&(start, end)| &self.split.text[start..end])
    }

    /// The cells as they stand.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = &'a str> {
        let text = self.split.text;
        self.split.cells.iter().map(move |&(start, end)| &text[start..end])
    }

    /// Whether its values are in the right columns, as far as can be told: no flaw holds it.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let marks = &self.split.marks;
        marks.cell_count >= self.columns.0
            && self.surplus != Surplus::Values
            && marks.text_after_quote.is_none()
            && self.rows_swallowed == 0
    }

    /// What is wrong with its shape.
    pub fn flaws(&self) -> impl Iterator<Item = Flaw> + use<> {
        let marks = self.split.marks;
        let cells = marks.cell_count;
        let (columns_min, columns) = self.columns;
        let swallowed = Some(self.rows_swallowed).filter(|&rows| rows > 0);
        let flaws = [
            (cells < columns_min).then_some(Flaw::TooShort { cells, columns: columns_min }),
            match self.surplus {
                Surplus::None => None,
                Surplus::Blanks => Some(Flaw::BlankSurplus { cells, columns }),
                Surplus::Values => Some(Flaw::TooLong { cells, columns }),
            },
            marks.text_after_quote.map(|Opening { column, .. }| Flaw::TextAfterQuote { column }),
            swallowed.map(|rows| Flaw::RowsSwallowed { rows }),
            marks.bare_quote.map(|column| Flaw::BareQuote { column }),
        ];
        debug_assert_eq!(
            self.is_sound(),
            flaws.iter().flatten().all(|flaw| flaw.severity() == Severity::Warning)
        );
        flaws.into_iter().flatten()
    }
}
