//! Whether absence from a file proves anything.

use crate::domain::value::text::grouped;

/// How many rows leave open whom they are about, so that absence from the file proves nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Doubt {
    /// How many.
    pub rows: u32,
    /// The first one's number.
    pub first_row: u32,
}

impl Doubt {
    /// Counts a row.
    pub fn add(&mut self, row_number: u32) {
        if self.rows == 0 {
            self.first_row = row_number;
        }
        self.rows += 1;
    }

    /// Counts what was found in rows further down.
    pub fn join(&mut self, below: Self) {
        if self.rows == 0 {
            self.first_row = below.first_row;
        }
        self.rows += below.rows;
    }

    /// Why the file may not delete anybody, for an admin.
    #[must_use]
    pub fn sentence(&self) -> Option<String> {
        let [rows, first] = [self.rows, self.first_row].map(|number| grouped(number.into()));
        match self.rows {
            0 => None,
            1 => Some(format!(
                "Nobody is proposed for deletion, because row {first} is damaged or does not say whom it is about: \
                 a member who seems to be missing may stand in it. Mend the file and upload it again to delete \
                 members."
            )),
            _ => Some(format!(
                "Nobody is proposed for deletion, because {rows} rows (the first is row {first}) are damaged or do \
                 not say whom they are about: members who seem to be missing may stand in them. Mend the file and \
                 upload it again to delete members."
            )),
        }
    }
}
