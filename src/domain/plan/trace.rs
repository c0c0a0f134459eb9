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
    /// Of its mapped cells: rows that are the same in them are the same row.
    pub content: ShortFingerprint,
    /// A bit for each required field that it has a value for.
    pub provides: u32,
    /// A bit for each required field that it would clear.
    pub clears: u32,
    /// Whether a cell of it, or its shape, holds it.
    pub flawed: bool,
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
    /// A bit for each required field that has a value.
    pub has: u32,
    /// Whether the member was deleted, and the record is still kept.
    pub deleted: bool,
}

/// The places of traces in the order of one of their fingerprints: four bytes each, and whatever the
/// fingerprints are, one is found in the logarithm of their number. (A hash table would be slow for a
/// file whose rows all have one address.)
#[derive(Debug)]
pub struct Places<'a, T, K> {
    items: &'a [T],
    key: fn(&T) -> K,
    order: Vec<u32>,
}

impl<'a, T, K: Ord + Copy + Default> Places<'a, T, K> {
    /// Of all items that have a key other than none.
    pub fn of(items: &'a [T], key: fn(&T) -> K) -> Self {
        let all = 0..items.len() as u32;
        let mut order: Vec<u32> = all.filter(|place| key(&items[*place as usize]) != K::default()).collect();
        order.sort_unstable_by_key(|place| (key(&items[*place as usize]), *place));
        Self { items, key, order }
    }

    fn key_at(&self, place: u32) -> K {
        (self.key)(&self.items[place as usize])
    }

    /// The places that have `key`, in order; none for no key.
    pub fn find(&self, key: K) -> &[u32] {
        if key == K::default() {
            return &[];
        }
        let start = self.order.partition_point(|place| self.key_at(*place) < key);
        let length = self.order[start..].partition_point(|place| self.key_at(*place) == key);
        &self.order[start..start + length]
    }

    /// The place that has `key`, where two cannot.
    pub fn find_one(&self, key: K) -> Option<u32> {
        self.find(key).first().copied()
    }

    /// Each run of places that share a key and are at least two, in order.
    pub fn shared(&self) -> impl Iterator<Item = &[u32]> {
        self.order.chunk_by(|one, other| self.key_at(*one) == self.key_at(*other)).filter(|run| run.len() > 1)
    }
}
