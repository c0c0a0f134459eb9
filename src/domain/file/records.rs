//! Records that are kept, so that they can be looked at elsewhere than where they were split.

use super::record::{Record, Surplus};
use super::split::{Marks, Split};

/// Records in a row, in two allocations whatever their number.
#[derive(Default)]
pub struct Records {
    text: String,
    cells: Vec<(usize, usize)>,
    kept: Vec<Kept>,
}

/// All of a record but its text and its cells.
struct Kept {
    text_end: usize,
    cells_end: usize,
    marks: Marks,
    row_number: u32,
    byte_offset: Option<u64>,
    columns: (u32, u32),
    surplus: Surplus,
    rows_swallowed: u32,
}

impl Records {
    /// Adds a record.
    pub fn push(&mut self, record: &Record<'_>) {
        let Record { split, row_number, byte_offset, columns, surplus, rows_swallowed } = record;
        self.text.push_str(split.text);
        self.cells.extend_from_slice(split.cells);
        self.kept.push(Kept {
            text_end: self.text.len(),
            cells_end: self.cells.len(),
            marks: split.marks,
            row_number: *row_number,
            byte_offset: *byte_offset,
            columns: *columns,
            surplus: *surplus,
            rows_swallowed: *rows_swallowed,
        });
    }

    /// How many there are.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "nobody asks")]
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Bytes of text that they have together.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The records, as they were added.
    pub fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        let (mut text_from, mut cells_from) = (0, 0);
        self.kept.iter().map(move |kept| {
            let split = Split {
                text: &self.text[text_from..kept.text_end],
                cells: &self.cells[cells_from..kept.cells_end],
                marks: kept.marks,
            };
            (text_from, cells_from) = (kept.text_end, kept.cells_end);
            Record {
                split,
                row_number: kept.row_number,
                byte_offset: kept.byte_offset,
                columns: kept.columns,
                surplus: kept.surplus,
                rows_swallowed: kept.rows_swallowed,
            }
        })
    }
}
