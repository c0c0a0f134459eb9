//! Rows and members, by all that they are found by.

use crate::domain::mapping::MatchKey;
use crate::domain::plan::fingerprint::{Fingerprint, ShortFingerprint};
use crate::domain::plan::places::Places;
use crate::domain::plan::trace::{MemberTrace, RowTrace};

/// Rows and members, by all that they are found by.
#[derive(Debug)]
pub(super) struct Index<'a> {
    pub(super) rows: &'a [RowTrace],
    pub(super) members: &'a [MemberTrace],
    pub(super) rows_by_id: Places<'a, RowTrace, Fingerprint>,
    pub(super) rows_by_email: Places<'a, RowTrace, Fingerprint>,
    /// Members who are there.
    pub(super) by_id: Places<'a, MemberTrace, Fingerprint>,
    pub(super) by_email: Places<'a, MemberTrace, Fingerprint>,
    pub(super) by_similar: Places<'a, MemberTrace, ShortFingerprint>,
    /// Members who were deleted.
    pub(super) deleted_by_id: Places<'a, MemberTrace, Fingerprint>,
    pub(super) deleted_by_email: Places<'a, MemberTrace, Fingerprint>,
}

impl<'a> Index<'a> {
    pub(super) fn of(rows: &'a [RowTrace], members: &'a [MemberTrace]) -> Self {
        let live = |place: u32| !members[place as usize].deleted;
        let deleted = |place: u32| members[place as usize].deleted;
        Self {
            rows,
            members,
            rows_by_id: Places::of(rows, |row| row.unique_id),
            rows_by_email: Places::of(rows, |row| row.email),
            by_id: Places::of_those(members, |member| member.unique_id, live),
            by_email: Places::of_those(members, |member| member.email, live),
            by_similar: Places::of_those(members, |member| member.similar_id, live),
            deleted_by_id: Places::of_those(members, |member| member.unique_id, deleted),
            deleted_by_email: Places::of_those(members, |member| member.email, deleted),
        }
    }

    pub(super) fn row(&self, place: u32) -> &'a RowTrace {
        &self.rows[place as usize]
    }

    pub(super) fn member(&self, place: u32) -> &'a MemberTrace {
        &self.members[place as usize]
    }

    /// The member whom a row is about.
    pub(super) fn tied(&self, row: &RowTrace, match_by: MatchKey) -> Option<u32> {
        match match_by {
            MatchKey::UniqueId => self.by_id.find_one(row.unique_id).or_else(|| self.adopted(row)),
            MatchKey::Email => self.by_email.find_one(row.email),
        }
    }

    /// A member without an id is adopted by the row that brings their address and an id that nobody has or
    /// had.
    fn adopted(&self, row: &RowTrace) -> Option<u32> {
        let is_new = row.unique_id.is_some() && self.deleted_by_id.find_one(row.unique_id).is_none();
        let member = self.by_email.find_one(row.email).filter(|_| is_new)?;
        (!self.member(member).unique_id.is_some()).then_some(member)
    }
}
