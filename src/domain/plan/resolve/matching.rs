//! Ties each row to a member, or to nobody.

use super::index::Owner;
use super::{Hold, Outcome, Resolver};
use crate::domain::mapping::MatchKey;
use crate::domain::plan::fingerprint::ShortFingerprint;
use crate::domain::plan::places::Places;
use crate::domain::plan::trace::{MemberTrace, RowTrace};

impl Resolver<'_> {
    /// Ties each row to a member, or to nobody. Holds those that leave open which.
    pub(super) fn match_rows(&mut self) {
        let similar = self.similar_to_absent();
        let index = self.index;
        for (row, owner) in index.rows.iter().zip(&index.owners) {
            let outcome = match self.rules.match_by {
                MatchKey::UniqueId => self.match_by_id(row, *owner, &similar),
                MatchKey::Email => self.match_by_email(row, *owner, &similar),
            };
            let is_held = matches!(outcome, Outcome::Held(_));
            let is_flaw_all = row.in_doubt || row.flawed && !is_held;
            self.outcomes.push(if is_flaw_all { Outcome::Held(Hold::Flawed) } else { outcome });
        }
        self.protect_similar(&similar);
    }

    /// The members whom no row names by what rows are matched by, nor by id.
    fn similar_to_absent(&self) -> Places<MemberTrace, ShortFingerprint> {
        let index = self.index;
        let mut is_named = vec![false; index.members.len()];
        for owner in index.owners.iter().filter_map(|owner| owner.member()) {
            is_named[owner as usize] = true;
        }
        let is_absent = |place: u32, member: &MemberTrace| {
            !member.deleted
                && !is_named[place as usize]
                && (self.rules.match_by != MatchKey::Email
                    || index.rows_by_email.find_one(member.email).is_none())
        };
        Places::of_those(&index.members, |member| member.similar_id, is_absent)
    }

    fn match_by_id(
        &self,
        row: &RowTrace,
        owner: Owner,
        similar: &Places<MemberTrace, ShortFingerprint>,
    ) -> Outcome {
        if let Some(member) = owner.member() {
            return Outcome::Member(member);
        }
        if let Some(member) = similar.find_one(row.similar_id) {
            return Outcome::Held(Hold::SimilarId { member });
        }
        match self.index.adopted(row) {
            Some(member) => Outcome::Member(member),
            None => Outcome::New { revives: self.index.deleted_by_id.find_one(row.unique_id) },
        }
    }

    fn match_by_email(
        &self,
        row: &RowTrace,
        owner: Owner,
        similar: &Places<MemberTrace, ShortFingerprint>,
    ) -> Outcome {
        let member = self.index.by_email.find_one(row.email);
        // An address and an id that name two people are two people's, until an admin says otherwise.
        if let Some(member) = self.somebody_else(row, owner, member) {
            return Outcome::Held(Hold::Identity { member });
        }
        let is_new_id = owner.member().is_none();
        if let Some(member) = similar.find_one(row.similar_id).filter(|_| is_new_id) {
            return Outcome::Held(Hold::SimilarId { member });
        }
        match member {
            Some(member) => Outcome::Member(member),
            None => Outcome::New { revives: self.revived_by_email(row) },
        }
    }

    /// Whom the row's id names, if that is not the member whom its address names, or the latter, if they
    /// have another id.
    fn somebody_else(&self, row: &RowTrace, owner: Owner, member: Option<u32>) -> Option<u32> {
        if !row.unique_id.is_some() {
            return None;
        }
        let has_other_id = |member: &u32| {
            let id = self.index.member(*member).unique_id;
            id.is_some() && id != row.unique_id
        };
        owner.member().filter(|owner| Some(*owner) != member).or_else(|| member.filter(has_other_id))
    }

    /// Who had the row's address does not come back with the id of another person.
    fn revived_by_email(&self, row: &RowTrace) -> Option<u32> {
        let deleted = self.index.deleted_by_email.find_one(row.email)?;
        let id = self.index.member(deleted).unique_id;
        (!id.is_some() || !row.unique_id.is_some() || id == row.unique_id).then_some(deleted)
    }

    /// A row with a new id protects every absent member whose id is nearly that. All such rows are held.
    fn protect_similar(&mut self, similar: &Places<MemberTrace, ShortFingerprint>) {
        let rows = self.index.rows.iter().zip(&self.index.owners);
        let new = rows.filter(|(_, owner)| owner.member().is_none());
        let mut keys: Vec<_> = new.map(|(row, _)| row.similar_id).collect();
        keys.sort_unstable();
        keys.dedup();
        for member in keys.into_iter().flat_map(|key| similar.find(key)) {
            self.protected[member as usize] = true;
        }
    }
}
