//! Rows and members, by all that they are found by.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use crate::domain::mapping::MatchKey;
use crate::domain::plan::fingerprint::{Fingerprint, ShortFingerprint};
use crate::domain::plan::places::Places;
use crate::domain::plan::trace::{MemberTrace, RowTrace};

/// The member who has an id; in four bytes, as there are as many as rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner(u32);

impl Owner {
    const NOBODY: u32 = u32::MAX;

    pub(super) fn member(self) -> Option<u32> {
        (self.0 != Self::NOBODY).then_some(self.0)
    }
}

/// Rows that are looked up on one thread, at least: a look-up waits for memory most of the time.
const LOOKUPS_MIN: usize = 100_000;
/// Threads on which rows are looked up.
const LOOKERS_MAX: usize = 4;

fn owners(rows: &[RowTrace], by_id: &Places<MemberTrace, Fingerprint>) -> Vec<Owner> {
    let owner = |row: &RowTrace| Owner(by_id.find_one(row.unique_id).unwrap_or(Owner::NOBODY));
    thread::scope(|scope| {
        let parts = rows.chunks(rows.len().div_ceil(LOOKERS_MAX).max(LOOKUPS_MIN));
        let parts: Vec<_> =
            parts.map(|part| scope.spawn(move || part.iter().map(owner).collect::<Vec<_>>())).collect();
        let parts = parts.into_iter().map(|part| part.join().unwrap_or_else(|panic| resume_unwind(panic)));
        parts.flatten().collect()
    })
}

/// Rows and members, by all that they are found by.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) rows: Arc<Vec<RowTrace>>,
    pub(super) members: Arc<Vec<MemberTrace>>,
    pub(super) rows_by_id: Places<RowTrace, Fingerprint>,
    pub(super) rows_by_email: Places<RowTrace, Fingerprint>,
    /// Members who are there.
    pub(super) by_id: Places<MemberTrace, Fingerprint>,
    pub(super) by_email: Places<MemberTrace, Fingerprint>,
    pub(super) by_similar: Places<MemberTrace, ShortFingerprint>,
    /// For each row, whose id it has.
    pub(super) owners: Vec<Owner>,
    /// Members who were deleted.
    pub(super) deleted_by_id: Places<MemberTrace, Fingerprint>,
    pub(super) deleted_by_email: Places<MemberTrace, Fingerprint>,
}

impl Index {
    pub(super) fn of(rows: Arc<Vec<RowTrace>>, members: Arc<Vec<MemberTrace>>) -> Self {
        let live = |_, member: &MemberTrace| !member.deleted;
        let deleted = |_, member: &MemberTrace| member.deleted;
        thread::scope(|scope| {
            // The members' beside the rows': each takes a second for some millions.
            let of_rows =
                scope.spawn(|| (Places::of(&rows, |row| row.unique_id), Places::of(&rows, |row| row.email)));
            let by_id = Places::of_those(&members, |member| member.unique_id, live);
            let by_email = Places::of_those(&members, |member| member.email, live);
            let by_similar = Places::of_those(&members, |member| member.similar_id, live);
            let deleted_by_id = Places::of_those(&members, |member| member.unique_id, deleted);
            let deleted_by_email = Places::of_those(&members, |member| member.email, deleted);
            let (rows_by_id, rows_by_email) = of_rows.join().unwrap_or_else(|panic| resume_unwind(panic));
            let owners = owners(&rows, &by_id);
            let (rows, members) = (rows.clone(), members.clone());
            Self {
                rows,
                members,
                rows_by_id,
                rows_by_email,
                by_id,
                by_email,
                by_similar,
                owners,
                deleted_by_id,
                deleted_by_email,
            }
        })
    }

    pub(super) fn row(&self, place: u32) -> &RowTrace {
        &self.rows[place as usize]
    }

    pub(super) fn member(&self, place: u32) -> &MemberTrace {
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
    pub(super) fn adopted(&self, row: &RowTrace) -> Option<u32> {
        let is_new = row.unique_id.is_some() && self.deleted_by_id.find_one(row.unique_id).is_none();
        let member = self.by_email.find_one(row.email).filter(|_| is_new)?;
        (!self.member(member).unique_id.is_some()).then_some(member)
    }
}
