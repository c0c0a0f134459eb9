//! A roster as it was uploaded: what it is, and its records, one by one.
//!
//! ```text
//! bytes -> Decoder -> Splitter -> Rows -> Record -> the caller
//!          text       cells       header, row numbers, flaws
//! ```
//!
//! [`Inspection`] reads a file once at upload, when nothing is known of it: it settles the [`Dialect`]
//! on the first bytes and refuses what cannot be an import. [`Reader`] reads it again by that dialect,
//! so that nothing is guessed twice. Both are handed the bytes in pieces of any size, keep a bounded
//! part of them, and give the same records and refusals however the file is cut.

mod content;
mod decode;
mod delimiter;
mod dialect;
mod ending;
mod flaw;
mod header;
mod inspect;
mod reader;
mod record;
mod records;
mod refusal;
mod rows;
mod sniff;
mod split;
mod splitter;
mod study;
mod swallow;
mod wide;

pub use dialect::{Dialect, ReadOptions};
pub use flaw::Flaw;
pub use inspect::{Inspected, Inspection};
pub use reader::Reader;
pub use record::Record;
pub use records::Records;
pub use study::{ColumnStudy, Studies, Study, ValueCount};

#[cfg(test)]
mod bounds_tests;
#[cfg(test)]
mod inspect_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod reader_tests;
#[cfg(test)]
mod test_support;
#[cfg(test)]
mod test_writer;
