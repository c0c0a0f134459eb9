//! From split records to rows: the header, row numbers, blank rows and what is wrong with a row's shape.

use super::record::{Record, Surplus};
use super::split::{Opening, Split};
use super::{delimiter, refusal, swallow};
use crate::domain::limits::{FILE_COLUMNS_MAX, FileLimits, HEADER_CHARS_MAX};
use crate::domain::user_error::UserError;
use crate::domain::value::text::is_blank;

/// What is known of a file's rows so far.
pub(super) struct Rows {
    pub(super) delimiter: u8,
    pub(super) has_header: bool,
    /// The first record is a `sep=` line and says nothing more.
    pub(super) skip_first: bool,
    /// What a byte of the text is less than a byte of the file; none where that is not constant.
    pub(super) bytes_before: Option<u64>,
    pub(super) limits: FileLimits,
    pub(super) shape: Option<Shape>,
    pub(super) row_number: u32,
    pub(super) row_count: u32,
}

/// What the first record settles for those that follow.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    columns_min: u32,
    columns: u32,
    padded: bool,
}

impl Rows {
    /// The number of the row that is being read; 0 is the header.
    pub(super) fn current(&self) -> u32 {
        if self.has_header && self.shape.is_none() { 0 } else { self.row_number.saturating_add(1) }
    }

    /// Hands a record on as a row, or refuses the file.
    #[inline]
    pub(super) fn accept<E: From<UserError>>(
        &mut self,
        split: Split<'_>,
        sink: &mut impl FnMut(&Record<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.skip_first {
            self.skip_first = false;
            return Ok(());
        }
        let is_header = self.has_header && self.shape.is_none();
        let blank = is_blank_row(&split) || self.shape.is_none() && says_nothing(&split);
        if blank && is_header {
            return Ok(());
        }
        if !is_header {
            self.row_number = self.row_number.saturating_add(1);
        }
        if blank {
            return Ok(());
        }
        let shape = match self.shape {
            Some(shape) => shape,
            None => *self.shape.insert(self.first(&split)?),
        };
        if !is_header {
            self.count_row()?;
        }
        let surplus = if split.marks.cell_count > shape.columns {
            if has_surplus(&split, shape.columns) { Surplus::Values } else { Surplus::Blanks }
        } else {
            Surplus::None
        };
        let rows_swallowed =
            if split.marks.spans_lines.is_some() { self.swallowed(&split, shape) } else { 0 };
        let byte_offset = self.bytes_before.map(|before| before + split.marks.offset);
        let columns = (shape.columns_min, shape.columns);
        let row_number = self.row_number;
        sink(&Record { split, row_number, byte_offset, columns, surplus, rows_swallowed })
    }

    fn count_row(&mut self) -> Result<(), UserError> {
        if self.row_count == self.limits.file_rows_max {
            return Err(refusal::too_many_rows(self.row_number, self.limits.file_rows_max));
        }
        self.row_count += 1;
        Ok(())
    }

    fn swallowed(&self, split: &Split<'_>, shape: Shape) -> u32 {
        if self.row_count <= 1 && !self.has_header {
            return u32::from(swallow::first_record_swallows(split, self.delimiter));
        }
        if self.row_count == 0 {
            return 0; // The header was looked at in `first`.
        }
        swallow::rows_swallowed(split, self.delimiter, shape.columns_min.max(1) as usize, shape.padded)
    }

    /// What the first record settles. A header whose own shape is in doubt settles nothing.
    fn first(&self, split: &Split<'_>) -> Result<Shape, UserError> {
        let columns = split.marks.cell_count;
        if columns as usize > FILE_COLUMNS_MAX {
            return Err(refusal::too_many_columns(columns as usize));
        }
        let cells = || split.cells.iter().map(|&(start, end)| &split.text[start..end]);
        let mut columns_min = columns;
        if self.has_header {
            let swallows = || {
                let spans = split.marks.spans_lines?;
                swallow::first_record_swallows(split, self.delimiter).then_some(spans)
            };
            if let Some(Opening { column, offset }) = split.marks.text_after_quote.or_else(swallows) {
                let byte = self.bytes_before.map(|before| before + offset);
                return Err(refusal::header_quoting(column, byte));
            }
            let too_long = |cell: &str| super::header::trim(cell).chars().nth(HEADER_CHARS_MAX).is_some();
            if let Some(column) = cells().position(too_long) {
                return Err(refusal::header_too_long(column));
            }
            // Columns without a name at the end, as spreadsheets write them, need not be in each row.
            let unnamed =
                split.cells.iter().rev().take_while(|&&(start, end)| is_blank(&split.text[start..end]));
            columns_min -= unnamed.count() as u32;
        }
        Ok(Shape { columns_min, columns, padded: swallow::is_padded(split.text, self.delimiter) })
    }
}

/// Whether the record says no more than where cells would be. The first one that does, settles the columns.
fn says_nothing(split: &Split<'_>) -> bool {
    split.marks.cell_count as usize == split.cells.len()
        && split.cells.iter().all(|&(start, end)| delimiter::says_nothing(&split.text[start..end]))
}

/// Whether no cell shows anything.
#[inline]
fn is_blank_row(split: &Split<'_>) -> bool {
    split.marks.cell_count as usize == split.cells.len()
        && split.cells.iter().all(|&(start, end)| is_blank(&split.text[start..end]))
}

/// Whether a cell beyond the header's shows anything. Cells that were not kept are taken to.
fn has_surplus(split: &Split<'_>, columns: u32) -> bool {
    split.marks.cell_count as usize > split.cells.len()
        || split.cells[columns as usize..].iter().any(|&(start, end)| !is_blank(&split.text[start..end]))
}
