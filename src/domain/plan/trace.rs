//! What is remembered of each row and each member while a plan is made: fingerprints of fixed size.

use super::fingerprint::{Fingerprint, ShortFingerprint};
use crate::domain::id::MemberId;

/// Fields that can be required at once: a trace has a bit for each.
pub const REQUIRED_FIELDS_MAX: usize = 32;

/// What is remembered of a row.
#[derive(Debug, Clone, Copy, Default)]
pub struct RowTrace {
    /// See [`crate::domain::issue::RowIssue::row_number`].
    pub row_number: u32,
    /// Of its id, if it has a readable one.
    pub unique_id: Fingerprint,
    /// Of its id with case, blanks and leading zeros taken away.
    pub similar_id: ShortFingerprint,
    /// Of the key of its address, if it has a valid one.
    pub email: Fingerprint,
    /// Of its mapped cells: rows that say the same in them are the same row.
    pub content: ShortFingerprint,
    /// A bit for each required field that it has a value for, be it one that cannot be read.
    pub provides: u32,
    /// A bit for each required field that it would clear.
    pub clears: u32,
    /// Whether there is something to remark about its cells or its shape.
    pub remarkable: bool,
    /// Whether a cell of it, or its shape, holds it.
    pub flawed: bool,
    /// Whether it leaves open whom it is about: its shape is damaged, or its key cannot be read.
    pub in_doubt: bool,
    /// Whether it would clear the address.
    pub clears_email: bool,
}

/// What is remembered of a member.
#[derive(Debug, Clone, Copy)]
pub struct MemberTrace {
    /// Identity.
    pub id: MemberId,
    /// Of the id.
    pub unique_id: Fingerprint,
    /// See [`RowTrace::similar_id`].
    pub similar_id: ShortFingerprint,
    /// Of the key of the address.
    pub email: Fingerprint,
    /// The [`RowTrace::content`] of a row that says all that is known of the member in the fields that have a column.
    pub content: ShortFingerprint,
    /// A bit for each required field that has a value.
    pub has: u32,
    /// Whether the member was deleted, and the record is still kept.
    pub deleted: bool,
}
