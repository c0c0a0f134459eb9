//! The one pass over a file when it is uploaded.

use super::dialect::{Dialect, ReadOptions, encoding_of};
use super::header;
use super::reader::Reader;
use super::record::Record;
use super::sniff::{HEAD_BYTES, sniff};
use super::study::{ColumnStudy, Studies, Study};
use crate::domain::limits::{COLUMN_SAMPLES_MAX, FileLimits, SAMPLE_CHARS_MAX};
use crate::domain::mapping::FileColumn;
use crate::domain::user_error::UserError;
use crate::domain::value::text;

/// What a file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// How it is written down; a [`Reader`] reads it again by this.
    pub dialect: Dialect,
    /// Its columns.
    pub columns: Vec<FileColumn>,
    /// Records below the header, blank rows not counted.
    pub row_count: u32,
    /// What was found out about each column.
    pub studies: Vec<ColumnStudy>,
}

/// Reads a file that nothing is known of, and refuses one that cannot be imported.
///
/// `known` says whether a header names something; `choose` is asked, once the headers are known, what to
/// find out about each column.
pub struct Inspection<K, C> {
    encoding: Option<String>,
    has_header: Option<bool>,
    limits: FileLimits,
    known: K,
    choose: C,
    /// The first bytes, until there are enough of them to settle the dialect.
    head: Vec<u8>,
    reading: Option<(Dialect, Reader)>,
    columns: Vec<FileColumn>,
    studies: Studies,
}

impl<K, C> Inspection<K, C>
where
    K: Fn(&str) -> bool,
    C: FnMut(&[String]) -> Vec<Study>,
{
    /// An inspection at the start of a file.
    ///
    /// # Errors
    ///
    /// If no encoding has the label that `options` names.
    pub fn new(options: ReadOptions<'_>, limits: FileLimits, known: K, choose: C) -> Result<Self, UserError> {
        options.encoding.map(encoding_of).transpose()?;
        Ok(Self {
            encoding: options.encoding.map(str::to_owned),
            has_header: options.has_header,
            limits,
            known,
            choose,
            head: Vec::new(),
            reading: None,
            columns: Vec::new(),
            studies: Studies::default(),
        })
    }

    /// Takes the next bytes of the file.
    ///
    /// # Errors
    ///
    /// What refuses the file; there is no need to read on.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), UserError> {
        if self.reading.is_none() {
            let (head, rest) = bytes.split_at(bytes.len().min(HEAD_BYTES - self.head.len()));
            self.head.extend_from_slice(head);
            bytes = rest;
            if self.head.len() == HEAD_BYTES {
                self.begin()?;
            }
        }
        self.read(bytes)
    }

    /// Ends the file.
    ///
    /// # Errors
    ///
    /// What refuses the file.
    pub fn finish(mut self) -> Result<Inspected, UserError> {
        if self.reading.is_none() {
            self.begin()?;
        }
        let Self { has_header, known, mut choose, reading, mut columns, mut studies, .. } = self;
        // Without a reader the file was refused already.
        let Some((dialect, reader)) = reading else { return Err(super::refusal::empty()) };
        let row_count = reader
            .finish(|record| observe(record, has_header, &known, &mut choose, &mut columns, &mut studies))?;
        Ok(Inspected { dialect, columns, row_count, studies: studies.finish() })
    }

    /// Settles the dialect and reads the bytes that were kept for it.
    fn begin(&mut self) -> Result<(), UserError> {
        let head = std::mem::take(&mut self.head);
        let options = ReadOptions { encoding: self.encoding.as_deref(), has_header: self.has_header };
        let dialect = sniff(&head, options, &self.known)?;
        let reader = Reader::new(&dialect, self.limits)?;
        self.reading = Some((dialect, reader));
        self.read(&head)
    }

    fn read(&mut self, bytes: &[u8]) -> Result<(), UserError> {
        let Self { has_header, known, choose, reading, columns, studies, .. } = self;
        let Some((_, reader)) = reading else { return Ok(()) };
        reader.push(bytes, |record| observe(record, *has_header, known, choose, columns, studies))
    }
}

fn observe(
    record: &Record<'_>,
    has_header: Option<bool>,
    known: &impl Fn(&str) -> bool,
    choose: &mut impl FnMut(&[String]) -> Vec<Study>,
    columns: &mut Vec<FileColumn>,
    studies: &mut Studies,
) -> Result<(), UserError> {
    if columns.is_empty() {
        let headers = if record.is_header() {
            record.cells().map(|cell| header::trim(cell).to_owned()).collect()
        } else {
            header::numbered(record.len())
        };
        if has_header.is_none() {
            header::recognise(&headers, known)?;
        }
        let mut wanted = choose(&headers);
        wanted.resize(headers.len(), Study::default());
        *studies = Studies::new(&wanted);
        *columns = (0..).zip(headers).map(|(index, header)| new_column(index, header)).collect();
    }
    if !record.is_header() {
        columns.iter_mut().zip(0..).for_each(|(column, index)| add_cell(column, index, record));
        studies.observe(record);
    }
    Ok(())
}

fn new_column(index: u32, header: String) -> FileColumn {
    FileColumn { index, header, samples: Vec::new(), blank_count: 0 }
}

/// A cell that may be in a wrong column is no sample of it.
fn add_cell(column: &mut FileColumn, index: usize, record: &Record<'_>) {
    let cell = record.cell(index);
    if text::is_blank(cell) {
        column.blank_count += 1;
    } else if column.samples.len() < COLUMN_SAMPLES_MAX && record.is_sound() {
        let sample = beginning(text::trim(cell), SAMPLE_CHARS_MAX);
        if !column.samples.iter().any(|known| known == sample) {
            column.samples.push(sample.to_owned());
        }
    }
}

/// The first `chars_max` characters.
fn beginning(value: &str, chars_max: usize) -> &str {
    if value.len() <= chars_max {
        return value;
    }
    value.char_indices().nth(chars_max).map_or(value, |(end, _)| &value[..end])
}
