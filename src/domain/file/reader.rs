//! Reads a file whose dialect is known.

use encoding_rs::{Encoding, UTF_8};

use super::decode::{Decoder, Piece};
use super::dialect::{Dialect, encoding_of};
use super::ending::Ending;
use super::record::Record;
use super::refusal;
use super::rows::Rows;
use super::split::{Fault, Stop};
use super::splitter::Splitter;
use crate::domain::limits::{FileLimits, RECORD_BYTES_MAX};
use crate::domain::user_error::UserError;

/// Reads the records of one file, which is handed over in pieces of any size.
///
/// The header comes first, as row 0, if the file has one; blank rows do not come, but count. After an
/// error a reader has nothing more to say.
pub struct Reader {
    encoding: &'static Encoding,
    marked: bool,
    decoder: Decoder,
    splitter: Splitter,
    rows: Rows,
    ending: Ending,
}

impl Reader {
    /// A reader at the start of a file.
    ///
    /// # Errors
    ///
    /// If no encoding has the dialect's name.
    pub fn new(dialect: &Dialect, limits: FileLimits) -> Result<Self, UserError> {
        let encoding = encoding_of(&dialect.encoding)?;
        let delimiter = u8::try_from(dialect.delimiter).unwrap_or(b',');
        let rows = Rows {
            delimiter,
            has_header: dialect.has_header,
            skip_first: dialect.sep_line,
            bytes_before: (encoding == UTF_8).then_some(dialect.bom_bytes.into()),
            limits,
            shape: None,
            row_number: 0,
            row_count: 0,
        };
        let decoder = Decoder::new(encoding, dialect.bom_bytes);
        let marked = dialect.bom_bytes > 0;
        Ok(Self {
            encoding,
            marked,
            decoder,
            splitter: Splitter::new(delimiter),
            rows,
            ending: Ending::default(),
        })
    }

    /// Hands each record that ends in `bytes` to `sink`.
    ///
    /// # Errors
    ///
    /// What refuses the file, or what `sink` answers.
    pub fn push<E: From<UserError>>(
        &mut self,
        mut bytes: &[u8],
        mut sink: impl FnMut(&Record<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Self { encoding, marked, decoder, splitter, rows, ending } = self;
        while !bytes.is_empty() {
            let piece = decoder.decode(&mut bytes);
            take(&piece, (encoding, *marked), splitter, rows, ending, &mut sink)?;
        }
        Ok(())
    }

    /// Ends the file: hands over its last record, and answers how many rows there were.
    ///
    /// # Errors
    ///
    /// What refuses the file, or what `sink` answers.
    pub fn finish<E: From<UserError>>(
        self,
        mut sink: impl FnMut(&Record<'_>) -> Result<(), E>,
    ) -> Result<u32, E> {
        let Self { encoding, marked, mut decoder, mut splitter, mut rows, mut ending } = self;
        let piece = decoder.finish();
        take(&piece, (encoding, marked), &mut splitter, &mut rows, &mut ending, &mut sink)?;
        let finished = splitter.finish(&mut |split| rows.accept(split, &mut sink));
        finished.map_err(|stop| explain(stop, &rows))?;
        match (rows.shape, rows.row_count) {
            (None, _) => Err(refusal::empty().into()),
            (Some(_), 0) => Err(refusal::no_rows().into()),
            (Some(_), row_count) => Ok(row_count),
        }
    }
}

/// Splits a piece of text, less what may be the ending of the file.
fn take<E: From<UserError>>(
    piece: &Piece<'_>,
    (encoding, marked): (&'static Encoding, bool),
    splitter: &mut Splitter,
    rows: &mut Rows,
    ending: &mut Ending,
    sink: &mut impl FnMut(&Record<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut split = |text: &str| {
        let fed = splitter.feed(text, &mut |split| rows.accept(split, sink));
        fed.map_err(|stop| explain(stop, rows))
    };
    ending.feed(piece.text, &mut split)?;
    if piece.bad_at.is_some() {
        ending.release(&mut split)?;
    }
    piece
        .bad_at
        .map_or(Ok(()), |byte| Err(refusal::bad_encoding(encoding, marked, rows.current(), byte).into()))
}

/// The refusal for what stopped the splitting.
fn explain<E: From<UserError>>(stop: Stop<E>, rows: &Rows) -> E {
    let row = rows.current();
    let byte = |offset| rows.bytes_before.map(|before| before + offset);
    match stop {
        Stop::Sink(error) => error,
        Stop::Fault(Fault::Nul { offset }) => refusal::nul(row, byte(offset)).into(),
        Stop::Fault(Fault::Unclosed { offset }) => refusal::unclosed_quote(row, byte(offset)).into(),
        Stop::Fault(Fault::Runaway { offset }) => refusal::runaway_quote(row, byte(offset)).into(),
        Stop::Fault(Fault::CellTooLong { column, offset }) => {
            refusal::cell_too_long(row, column, byte(offset)).into()
        }
        Stop::Fault(Fault::RecordTooLong { offset }) => {
            refusal::record_too_long(row, RECORD_BYTES_MAX, byte(offset)).into()
        }
    }
}
