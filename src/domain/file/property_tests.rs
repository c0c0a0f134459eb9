//! What holds for every table, however it is written down, and for every single byte that goes wrong.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::test_support::{Reading, Row, known, plain, read_pieces};
use super::test_writer::{Style, Table, style, table_for};
use super::{Inspection, ReadOptions, Study};
use crate::domain::issue::Severity;
use crate::domain::limits::FileLimits;
use crate::domain::value::text::is_blank;

fn written() -> impl Strategy<Value = (Style, Table)> {
    style().prop_flat_map(|style| (Just(style.clone()), table_for(&style)))
}

fn plainly_written() -> impl Strategy<Value = (Style, Table)> {
    any::<bool>().prop_map(Style::simple).prop_flat_map(|style| (Just(style.clone()), table_for(&style)))
}

/// What goes wrong with one byte.
#[derive(Debug, Clone, Copy)]
enum Damage {
    Lost,
    Added(u8),
    Changed(u8),
}

fn damage() -> impl Strategy<Value = Damage> {
    let byte = || select(b"\"\"\",\n\r x\0".to_vec());
    prop_oneof![Just(Damage::Lost), byte().prop_map(Damage::Added), byte().prop_map(Damage::Changed)]
}

impl Damage {
    fn done_to(self, file: &[u8], at: usize) -> Vec<u8> {
        let mut damaged = file.to_vec();
        match self {
            Self::Lost => drop(damaged.remove(at)),
            Self::Added(byte) => damaged.insert(at, byte),
            Self::Changed(byte) => damaged[at] = byte,
        }
        damaged
    }
}

fn read(file: &[u8]) -> Reading {
    read_pieces(&plain(), FileLimits::default(), [file])
}

fn is_sound(row: &Row) -> bool {
    row.flaws.iter().all(|flaw| flaw.severity() == Severity::Warning)
}

/// A quote that closes by mistake at the beginning of such a cell ends the record there, and what the record
/// has swallowed cannot be told from a cell of several lines. Nobody writes them.
fn begins_with_a_blank_line(cell: &str) -> bool {
    cell.contains(['\r', '\n']) && cell.split(['\r', '\n']).next().is_some_and(is_blank)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_what_is_read((style, table) in written(), piece_bytes in 1..50_usize) {
        let text = style.text_of(&table);
        let file = style.bytes_of(&text.text);
        let options = ReadOptions { encoding: style.label(), has_header: None };
        let choose = |headers: &[String]| vec![Study::default(); headers.len()];
        let mut inspection = Inspection::new(options, FileLimits::default(), known, choose).unwrap();
        let inspected = file
            .chunks(piece_bytes)
            .try_for_each(|piece| inspection.push(piece))
            .and_then(|()| inspection.finish());
        let inspected = inspected.map_err(|error| TestCaseError::fail(error.message))?;
        prop_assert_eq!(&inspected.dialect, &style.dialect());
        let headers: Vec<&str> = inspected.columns.iter().map(|column| column.header.as_str()).collect();
        prop_assert_eq!(headers, table.header.iter().map(|header| header.trim()).collect::<Vec<_>>());

        let (rows, finished) =
            read_pieces(&inspected.dialect, FileLimits::default(), file.chunks(piece_bytes));
        prop_assert_eq!(finished, Ok(inspected.row_count));
        prop_assert_eq!(rows.len(), 1 + table.rows.len());
        let cells = std::iter::once(&table.header).chain(table.rows.iter().map(|(_, cells)| cells));
        let is_utf8 = inspected.dialect.encoding == "UTF-8";
        for ((row, cells), place) in rows.iter().zip(cells).zip(&text.places) {
            prop_assert_eq!(&row.cells, cells);
            prop_assert_eq!(&row.flaws, &[]);
            prop_assert_eq!((row.number, row.line), (place.row_number, place.line));
            let byte = place.byte as u64 + u64::from(inspected.dialect.bom_bytes);
            prop_assert_eq!(row.byte, is_utf8.then_some(byte));
        }
    }

    /// One byte goes wrong below the header. Rows before it are read as before; a row after it is read as before,
    /// or the file is refused, or a row is held, which keeps everybody who seems to be absent.
    #[test]
    fn no_row_vanishes_when_a_byte_goes_wrong(
        (style, table) in plainly_written(),
        damage in damage(),
        at in any::<Index>(),
    ) {
        let text = style.text_of(&table);
        let file = text.text.as_bytes();
        let begin = text.places[1].byte;
        let at = begin + at.index(file.len() - begin);
        let (before, finished) = read(file);
        prop_assert_eq!(finished, Ok(table.rows.len() as u32));
        let (after, finished) = read(&damage.done_to(file, at));

        // The row with the byte; where the byte ended it, the next one too: they may have become one.
        let touched = text.places.iter().rposition(|place| place.byte <= at).unwrap();
        let untouched = text.places.iter().position(|place| place.byte > at + 1).unwrap_or(before.len());
        prop_assert_eq!(&after[..touched], &before[..touched]);

        let seen: BTreeSet<&[String]> =
            after.iter().filter(|row| is_sound(row)).map(|row| row.cells.as_slice()).collect();
        let has_lost = before[untouched..].iter().any(|row| !seen.contains(row.cells.as_slice()));
        let cells = table.rows.iter().flat_map(|(_, cells)| cells);
        let is_told = if cells.clone().any(|cell| begins_with_a_blank_line(cell)) {
            after.iter().any(|row| !row.flaws.is_empty())
        } else {
            after.iter().any(|row| !is_sound(row))
        };
        prop_assert!(!has_lost || is_told || finished.is_err(), "{after:?}");
    }
}
