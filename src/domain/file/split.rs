//! What splitting gives: a record, or why there are no more.

/// A record as it was split.
pub(super) struct Split<'a> {
    pub(super) text: &'a str,
    /// Where the cells are in `text`; the first [`FILE_COLUMNS_MAX`] of them.
    pub(super) cells: &'a [(usize, usize)],
    pub(super) marks: Marks,
}

/// Where a quoted cell opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opening {
    pub(super) column: u32,
    /// Byte of the text that its quote is at.
    pub(super) offset: u64,
}

/// What was noticed about a record.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Marks {
    /// All cells, also those that were not kept.
    pub(super) cell_count: u32,
    /// Byte of the text that the record begins at.
    pub(super) offset: u64,
    /// Line of the file, from 1.
    pub(super) line: u64,
    /// The first quoted cell with a line break.
    pub(super) spans_lines: Option<Opening>,
    /// The first cell with text after its closing quote.
    pub(super) text_after_quote: Option<Opening>,
    /// The first column with a quote and no opening quote.
    pub(super) bare_quote: Option<u32>,
}

/// What ends the reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Nul {
        offset: u64,
    },
    /// The file ends in the quoted cell that opens here.
    Unclosed {
        offset: u64,
    },
    /// The quoted cell that opens here is too long and ends in the midst of other text.
    Runaway {
        offset: u64,
    },
    CellTooLong {
        column: u32,
        offset: u64,
    },
    RecordTooLong {
        offset: u64,
    },
}

/// Why splitting stopped: the text, or what the records were handed to.
#[derive(Debug)]
pub(super) enum Stop<E> {
    Fault(Fault),
    Sink(E),
}

impl<E> From<Fault> for Stop<E> {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
