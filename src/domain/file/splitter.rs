//! From text to cells: quotes by RFC 4180, records ended by LF, CRLF or CR.
//!
//! A record is kept as it stands in the file, and its cells are spans of it, so that most records are
//! never copied: only one that a piece of text ends in, or one with a doubled quote.

use super::split::{Fault, Marks, Opening, Split, Stop};
use crate::domain::limits::{CELL_BYTES_MAX, FILE_COLUMNS_MAX, RECORD_BYTES_MAX};

const QUOTE: u8 = b'"';
/// What needs a look in an unquoted and in a quoted cell.
const PLAIN: u8 = 1;
const QUOTED: u8 = 2;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    CellStart,
    Plain,
    Quoted,
    /// After a quote in a quoted cell: it closes the cell, or is the first of two.
    QuoteSeen,
    /// After the closing quote, blanks at most.
    Closed,
    /// In a quoted cell that is too long; nothing of it is kept.
    Oversize,
    OversizeQuoteSeen,
}

/// Splits the text of one file, handed over in pieces, into records.
pub(super) struct Splitter {
    delimiter: u8,
    /// For each byte, whether it needs a look: [`PLAIN`], [`QUOTED`] or both.
    special: [u8; 256],
    state: State,
    /// The last piece ended in a CR, so that an LF now belongs to it.
    after_cr: bool,
    /// The part of the record that is no longer in the piece at hand.
    held: String,
    cells: Vec<(usize, usize)>,
    cell_start: usize,
    marks: Marks,
    /// Byte of the text that the last quoted cell opens at.
    quote_offset: u64,
    /// Byte of the text that the piece at hand begins at.
    piece_offset: u64,
}

impl Splitter {
    pub(super) fn new(delimiter: u8) -> Self {
        let mut special = [0; 256];
        for byte in [QUOTE, b'\r', b'\n', 0] {
            special[usize::from(byte)] = PLAIN | QUOTED;
        }
        special[usize::from(delimiter)] |= PLAIN;
        Self {
            delimiter,
            special,
            state: State::CellStart,
            after_cr: false,
            held: String::new(),
            cells: Vec::new(),
            cell_start: 0,
            marks: Marks { line: 1, ..Marks::default() },
            quote_offset: 0,
            piece_offset: 0,
        }
    }

    /// Hands each record that ends in `text` to `sink`.
    pub(super) fn feed<E>(
        &mut self,
        text: &str,
        sink: &mut impl FnMut(Split<'_>) -> Result<(), E>,
    ) -> Result<(), Stop<E>> {
        let bytes = text.as_bytes();
        // `text[from..at]` has been looked at and is not in `held`.
        let (mut from, mut at) = (0, 0);
        if self.after_cr && !bytes.is_empty() {
            self.after_cr = false;
            if bytes[0] == b'\n' {
                (from, at) = (1, 1);
                self.marks.offset += 1;
            }
        }
        while let Some(&byte) = bytes.get(at) {
            match self.state {
                State::CellStart if byte == QUOTE => {
                    self.quote_offset = self.piece_offset + at as u64;
                    at += 1;
                    self.cell_start = self.held.len() + at - from;
                    self.state = State::Quoted;
                }
                State::CellStart | State::Plain => {
                    at = self.skip(bytes, at, PLAIN);
                    let Some(&byte) = bytes.get(at) else {
                        self.state = State::Plain;
                        break;
                    };
                    let end = self.held.len() + at - from;
                    if byte == self.delimiter {
                        self.end_cell(end)?;
                        at += 1;
                        self.cell_start = end + 1;
                        self.state = State::CellStart;
                    } else if byte == QUOTE {
                        self.marks.bare_quote.get_or_insert(self.marks.cell_count);
                        at += 1;
                        self.state = State::Plain;
                    } else if byte == 0 {
                        self.check_cell(end)?;
                        return Err(Fault::Nul { offset: self.piece_offset + at as u64 }.into());
                    } else {
                        self.end_cell(end)?;
                        at = self.end_record(text, from, at, sink)?;
                        from = at;
                    }
                }
                State::Quoted => {
                    at = self.skip(bytes, at, QUOTED);
                    match bytes.get(at) {
                        None => break,
                        Some(&QUOTE) => self.state = State::QuoteSeen,
                        Some(0) if self.held.len() + at - from - self.cell_start > CELL_BYTES_MAX => {
                            self.state = State::Oversize;
                        }
                        Some(0) => return Err(Fault::Nul { offset: self.piece_offset + at as u64 }.into()),
                        Some(_) => {
                            let opening = self.opening();
                            self.marks.spans_lines.get_or_insert(opening);
                        }
                    }
                    at += 1;
                }
                State::QuoteSeen if byte == QUOTE => {
                    // Of two quotes the first is kept.
                    self.held.push_str(&text[from..at]);
                    at += 1;
                    from = at;
                    self.state = State::Quoted;
                }
                State::QuoteSeen => {
                    let end = self.held.len() + at - from - 1;
                    if byte == self.delimiter {
                        self.end_cell(end)?;
                        at += 1;
                        self.cell_start = end + 2;
                        self.state = State::CellStart;
                    } else if matches!(byte, b'\r' | b'\n') {
                        self.end_cell(end)?;
                        at = self.end_record(text, from, at, sink)?;
                        from = at;
                    } else if end - self.cell_start > CELL_BYTES_MAX {
                        return Err(self.oversize_fault(byte).into());
                    } else {
                        // The closing quote is no part of the cell.
                        self.held.push_str(&text[from..at]);
                        self.held.pop();
                        from = at;
                        self.state = State::Closed;
                    }
                }
                State::Closed => {
                    if byte != self.delimiter && matches!(byte, b' ' | b'\t') {
                        at += 1;
                    } else {
                        if byte != self.delimiter && !matches!(byte, b'\r' | b'\n') {
                            let opening = self.opening();
                            self.marks.text_after_quote.get_or_insert(opening);
                        }
                        self.state = State::Plain;
                    }
                }
                State::Oversize => {
                    let Some(quote) = text[at..].find('"') else { break };
                    at += quote + 1;
                    self.state = State::OversizeQuoteSeen;
                }
                State::OversizeQuoteSeen if byte == QUOTE => {
                    at += 1;
                    self.state = State::Oversize;
                }
                State::OversizeQuoteSeen => return Err(self.oversize_fault(byte).into()),
            }
        }
        self.hold(&text[from..])?;
        self.piece_offset += text.len() as u64;
        Ok(())
    }

    /// Hands over the record that the file ends in.
    pub(super) fn finish<E>(
        &mut self,
        sink: &mut impl FnMut(Split<'_>) -> Result<(), E>,
    ) -> Result<(), Stop<E>> {
        match self.state {
            State::CellStart if self.cells.is_empty() => return Ok(()),
            State::Quoted | State::Oversize => {
                return Err(Fault::Unclosed { offset: self.quote_offset }.into());
            }
            State::OversizeQuoteSeen => return Err(self.oversize_fault(b'\n').into()),
            State::QuoteSeen => self.end_cell(self.held.len() - 1)?,
            State::CellStart | State::Plain | State::Closed => self.end_cell(self.held.len())?,
        }
        self.end_record("", 0, 0, sink)?;
        Ok(())
    }

    /// Where the quoted cell at hand opens.
    fn opening(&self) -> Opening {
        Opening { column: self.marks.cell_count, offset: self.quote_offset }
    }

    #[inline]
    fn skip(&self, bytes: &[u8], at: usize, look: u8) -> usize {
        let rest = &bytes[at..];
        let run = rest.iter().position(|&byte| self.special[usize::from(byte)] & look != 0);
        at + run.unwrap_or(rest.len())
    }

    #[inline]
    fn end_cell(&mut self, end: usize) -> Result<(), Fault> {
        self.check_cell(end)?;
        if end > RECORD_BYTES_MAX {
            return Err(Fault::RecordTooLong { offset: self.marks.offset });
        }
        if self.cells.len() < FILE_COLUMNS_MAX {
            self.cells.push((self.cell_start, end));
        }
        self.marks.cell_count += 1;
        Ok(())
    }

    #[inline]
    fn check_cell(&self, end: usize) -> Result<(), Fault> {
        if end - self.cell_start > CELL_BYTES_MAX { Err(self.cell_too_long()) } else { Ok(()) }
    }

    fn cell_too_long(&self) -> Fault {
        Fault::CellTooLong { column: self.marks.cell_count, offset: self.marks.offset }
    }

    /// What a quoted cell that is too long amounts to, by what follows the quote that ends it: a cell
    /// ends before a delimiter or a line break; before other text, another cell's quote was met.
    fn oversize_fault(&self, next: u8) -> Fault {
        if next == self.delimiter || matches!(next, b'\r' | b'\n' | b' ' | b'\t') {
            self.cell_too_long()
        } else {
            Fault::Runaway { offset: self.quote_offset }
        }
    }

    /// `at` is where the record's line break is; the answer is where the next record begins.
    #[inline]
    fn end_record<E>(
        &mut self,
        text: &str,
        from: usize,
        at: usize,
        sink: &mut impl FnMut(Split<'_>) -> Result<(), E>,
    ) -> Result<usize, Stop<E>> {
        let part = &text[from..at];
        let record = if self.held.is_empty() {
            part
        } else {
            self.held.push_str(part);
            &self.held
        };
        sink(Split { text: record, cells: &self.cells, marks: self.marks }).map_err(Stop::Sink)?;
        let lines = if self.marks.spans_lines.is_some() { 1 + line_breaks(record) } else { 1 };
        let next = match text.as_bytes().get(at..) {
            Some([b'\r', b'\n', ..]) => at + 2,
            Some([b'\r']) => {
                self.after_cr = true;
                at + 1
            }
            _ => at + 1,
        };
        self.held.clear();
        self.cells.clear();
        self.cell_start = 0;
        self.state = State::CellStart;
        let offset = self.piece_offset + next as u64;
        self.marks = Marks { offset, line: self.marks.line + lines, ..Marks::default() };
        Ok(next)
    }

    /// Keeps the part of a record that a piece ends in, unless its cell is too long already.
    fn hold(&mut self, part: &str) -> Result<(), Fault> {
        if self.state == State::Oversize || self.state == State::OversizeQuoteSeen {
            return Ok(());
        }
        self.held.push_str(part);
        match self.state {
            State::Plain | State::Closed => self.check_cell(self.held.len()),
            State::Quoted if self.held.len() - self.cell_start > CELL_BYTES_MAX => {
                self.held = String::new();
                self.state = State::Oversize;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// Line breaks of all kinds; CRLF is one.
fn line_breaks(text: &str) -> u64 {
    let mut count = 0;
    let mut last = 0;
    for &byte in text.as_bytes() {
        count += u64::from(byte == b'\r' || (byte == b'\n' && last != b'\r'));
        last = byte;
    }
    count
}
