//! Rows that a stray quote has swallowed.
//!
//! Where a quote opens by mistake and another one closes it rows later, the record between them can be
//! faultless, and the people in it are gone. Such a record gives itself away: its lines, taken one by
//! one, have as many cells as the header. Only records with a line break in a quoted cell are looked at.

use super::split::Split;
use crate::domain::value::text::is_blank;

/// How many rows below its first line the record seems to have swallowed, in a file of `columns`
/// columns. `padded` says that the header has a blank after its delimiters.
///
/// In the midst one such line is enough. At the ends both are needed, as a cell of two lines has
/// neighbours on both of them.
pub(super) fn rows_swallowed(text: &str, delimiter: u8, columns: usize, padded: bool) -> u32 {
    let mut likely_first = false;
    let (mut inner, mut likely_last) = (0, false);
    let lines = text.split(['\r', '\n']).filter(|line| !is_blank(line.trim_matches('"')));
    for (place, line) in lines.enumerate() {
        let likely = looks_like_record(line, delimiter, columns, padded);
        if place == 0 {
            likely_first = likely;
        } else {
            inner += u32::from(likely_last);
            likely_last = likely;
        }
    }
    if inner > 0 || (likely_first && likely_last) { inner + u32::from(likely_last) } else { 0 }
}

/// Whether the line has the header's number of cells, or more that are blank. Commas of prose have a
/// blank after them; those between cells do not, unless the header is `padded`.
fn looks_like_record(line: &str, delimiter: u8, columns: usize, padded: bool) -> bool {
    let mut cells = line.split(char::from(delimiter));
    let named = cells.by_ref().take(columns).count();
    named == columns && cells.all(is_blank) && (padded || columns == 1 || has_tight(line, delimiter))
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

    fn swallowed(text: &str, columns: usize) -> u32 {
        rows_swallowed(text, b',', columns, false)
    }

    #[test]
    fn whole_rows_inside_a_record_are_noticed() {
        assert_eq!(swallowed("5,\"Ann,a@x\n6,Bob,b@x\n7,Cem\",c@x", 3), 2);
        assert_eq!(swallowed("5,\"Ann,a@x\r\n6,Bob\",b@x", 3), 1);
        assert_eq!(swallowed("5,\"Ann,a@x,,\r6,Bob\",b@x,,", 3), 1);
        assert_eq!(swallowed("\"M-5\nM-6\"", 1), 1);
        assert_eq!(rows_swallowed("5, \"Ann, a@x\n6, Bob\", b@x", b',', 3, true), 1);
    }

    #[test]
    fn cells_of_several_lines_are_left_alone() {
        assert_eq!(swallowed("5,\"1 High St\nParis\",fr", 3), 0);
        assert_eq!(swallowed("5,Ann,\"1 High St\nSpringfield, IL, USA\"", 3), 0);
        assert_eq!(swallowed("5,Ann,\"first, second\n\nthird\",x", 4), 0);
        assert_eq!(swallowed("\"M-5\n\"", 1), 0);
    }
}
