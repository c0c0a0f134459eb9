//! Rows that a stray quote has swallowed.
//!
//! Where a quote opens by mistake and another one closes it rows later, the record between them can be
//! faultless, and the people in it are gone. Such a record gives itself away: its lines, taken one by
//! one, have as many cells as the header. Only records with a line break in a quoted cell are looked at.
//!
//! The quote that closes it was to open another cell, so that this cell's own closing quote stands bare:
//! where it does so in the same record, that tells too.

use super::split::Split;
use crate::domain::value::text::is_blank;

/// How many rows below its first line the record seems to have swallowed, in a file of `columns`
/// columns. `padded` says that the header has a blank after its delimiters.
///
/// In the midst one line that looks like a row is enough. At the ends both are needed, as a cell of two
/// lines has neighbours on both of them.
pub(super) fn rows_swallowed(split: &Split<'_>, delimiter: u8, columns: usize, padded: bool) -> u32 {
    let mut lines = Lines { columns, padded, ..Lines::default() };
    let mut bare_after = false;
    for (column, &(start, end)) in (0..).zip(split.cells) {
        let cell = &split.text[start..end];
        // A quote between the delimiter and the cell is no blank either.
        let is_quoted = !split.text[..start].ends_with(char::from(delimiter));
        let is_tight = column > 0 && (is_quoted || !cell.starts_with(' '));
        lines.add_cell(cell, delimiter, is_tight);
        bare_after |= is_multi_line(cell) && split.marks.bare_quote.is_some_and(|bare| bare > column);
    }
    lines.end_line();
    let whole_rows = lines.swallowed();
    if bare_after { whole_rows.max(lines.ended.saturating_sub(1)).max(1) } else { whole_rows }
}

fn is_multi_line(cell: &str) -> bool {
    cell.contains(['\r', '\n'])
}

/// The lines of a record, and which of them look like rows of their own.
#[derive(Default)]
struct Lines {
    columns: usize,
    padded: bool,
    line: Line,
    /// Lines that are not blank.
    ended: u32,
    likely_first: bool,
    likely_last: bool,
    /// Likely rows between the first line and the last.
    inner: u32,
}

#[derive(Default)]
struct Line {
    cells: usize,
    shows_something: bool,
    surplus: bool,
    /// A delimiter is followed by something else than a blank.
    is_tight: bool,
}

impl Lines {
    /// A cell of several lines is taken as the cells that it would be without its quotes; another one as it is.
    fn add_cell(&mut self, cell: &str, delimiter: u8, is_tight: bool) {
        if !is_multi_line(cell) {
            return self.add(cell, is_tight);
        }
        for (place, text) in cell.split(['\r', '\n']).enumerate() {
            if place > 0 {
                self.end_line();
            }
            for (place_in_line, part) in text.split(char::from(delimiter)).enumerate() {
                let begins = place_in_line == 0;
                self.add(part, if begins { place == 0 && is_tight } else { !part.starts_with(' ') });
            }
        }
    }

    fn add(&mut self, cell: &str, is_tight: bool) {
        let shows_something = !is_blank(cell.trim_matches('"'));
        self.line.cells += 1;
        self.line.shows_something |= shows_something;
        self.line.surplus |= shows_something && self.line.cells > self.columns;
        self.line.is_tight |= is_tight;
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if line.cells < 2 && !line.shows_something {
            return;
        }
        // Commas of prose have a blank after them; those between cells do not, unless the header is padded.
        let likely = line.cells >= self.columns
            && !line.surplus
            && (self.padded || self.columns == 1 || line.is_tight);
        if self.ended == 0 {
            self.likely_first = likely;
        } else {
            self.inner += u32::from(self.likely_last);
            self.likely_last = likely;
        }
        self.ended += 1;
    }

    fn swallowed(&self) -> u32 {
        let Self { likely_first, likely_last, inner, .. } = *self;
        if inner > 0 || (likely_first && likely_last) { inner + u32::from(likely_last) } else { 0 }
    }
}

/// The same for the first record, before the number of columns is known: whether a cell of several
/// lines has delimiters in it that are not followed by a blank.
pub(super) fn first_record_swallows(split: &Split<'_>, delimiter: u8) -> bool {
    split
        .cells
        .iter()
        .filter_map(|&(start, end)| split.text.get(start..end))
        .any(|cell| cell.contains(['\r', '\n']) && has_tight(cell, delimiter))
}

/// Whether a delimiter is followed by something else than a blank.
fn has_tight(text: &str, delimiter: u8) -> bool {
    delimiters(text, delimiter).any(|padded| !padded)
}

/// Whether all delimiters are followed by a blank, and there are some.
pub(super) fn is_padded(text: &str, delimiter: u8) -> bool {
    delimiters(text, delimiter).next().is_some() && !has_tight(text, delimiter)
}

fn delimiters(text: &str, delimiter: u8) -> impl Iterator<Item = bool> {
    let bytes = text.as_bytes();
    (0..bytes.len()).filter(move |&at| bytes[at] == delimiter).map(|at| bytes.get(at + 1) == Some(&b' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::file::splitter::Splitter;

    /// What the first record of the text has swallowed.
    fn swallowed_as(text: &str, columns: usize, padded: bool) -> u32 {
        let mut splitter = Splitter::new(b',');
        let mut rows = Vec::new();
        let mut take = |split: Split<'_>| -> Result<(), ()> {
            rows.push(rows_swallowed(&split, b',', columns, padded));
            Ok(())
        };
        splitter.feed(text, &mut take).unwrap();
        splitter.finish(&mut take).unwrap();
        rows[0]
    }

    fn swallowed(text: &str, columns: usize) -> u32 {
        swallowed_as(text, columns, false)
    }

    #[test]
    fn whole_rows_inside_a_record_are_noticed() {
        assert_eq!(swallowed("5,\"Ann,a@x\n6,Bob,b@x\n7,Cem\",c@x", 3), 2);
        assert_eq!(swallowed("5,\"Ann,a@x\r\n6,Bob\",b@x", 3), 1);
        assert_eq!(swallowed("5,\"Ann,a@x,,\r6,Bob\",b@x,,", 3), 1);
        assert_eq!(swallowed("\"M-5\nM-6\"", 1), 1);
        assert_eq!(swallowed_as("\"5, Ann, a@x\n6, Bob\", b@x", 3, true), 1);
    }

    #[test]
    fn rows_with_quoted_delimiters_are_rows_too() {
        assert_eq!(swallowed("5,\"Lee, Ann\",\"a@x\n6,Bob,b@x\"", 3), 1);
        assert_eq!(swallowed("\"5,Ann,a@x\n6\",\"Lee, Bob\",b@x", 3), 1);
        assert_eq!(swallowed("5,\"Lee, Ann\",\"1 High St\nParis\"", 3), 0);
    }

    #[test]
    fn a_bare_quote_after_a_cell_of_several_lines_tells() {
        assert_eq!(swallowed("5,\"Ann,a@x\n6,Bob,\",Jr\"", 3), 1);
        assert_eq!(swallowed("5,6\" pipe,\"1 High St\nParis\"", 3), 0);
    }

    #[test]
    fn cells_of_several_lines_are_left_alone() {
        assert_eq!(swallowed("5,\"1 High St\nParis\",fr", 3), 0);
        assert_eq!(swallowed("5,Ann,\"1 High St\nSpringfield, IL, USA\"", 3), 0);
        assert_eq!(swallowed("5,Ann,\"first, second\n\nthird\",x", 4), 0);
        assert_eq!(swallowed("\"M-5\n\"", 1), 0);
    }
}
