//! Who is who, which rows are held, whose address goes to whom, and who is absent.
//!
//! Works on traces alone. Holding a row only ever adds reasons to hold others (its member stays as they are
//! and keeps their address), never takes one away, so the order of rows carries no meaning. Every step is a
//! walk over sorted places, so that no file makes it slow, whatever its rows have in common.

mod addresses;
mod index;
mod matching;
mod shared;

use std::sync::Arc;

use self::index::Index;
use super::trace::{MemberTrace, RowTrace};
use crate::domain::id::MemberId;
use crate::domain::mapping::MatchKey;
use crate::domain::value::sentences::Keeping;

/// What the rules need to know besides the traces.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// What ties a row to a member.
    pub match_by: MatchKey,
    /// Whether absent members are to be deleted: a full roster, and no doubt about it.
    pub may_delete: bool,
    /// A bit for each required field.
    pub required: u32,
}

/// Why a row is held: one reason, besides all that its own cells say. Rows and members are given by place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Its cells or its shape alone.
    Flawed,
    /// Its id nearly is that of a member who is absent.
    SimilarId {
        /// The member.
        member: u32,
    },
    /// Its id and its address name different people.
    Identity {
        /// The member whom one of them names.
        member: u32,
    },
    /// Its address stands in another row too, which differs or is about another person.
    DuplicateEmail {
        /// The other row.
        row: u32,
    },
    /// Its id stands in another row too, which differs.
    DuplicateId {
        /// The other row.
        row: u32,
    },
    /// A required field would be empty.
    MissingRequired {
        /// Whose, if there is a member already.
        member: Option<u32>,
    },
    /// Its address belongs to a member who keeps it.
    EmailTaken {
        /// The member.
        member: u32,
    },
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is compared with a member.
    Member(u32),
    /// It is a new member, or one who comes back.
    New {
        /// The deleted member who comes back.
        revives: Option<u32>,
    },
    /// It is neither created nor updated.
    Held(Hold),
    /// It is identical to an earlier row.
    Repeated {
        /// That row.
        row: u32,
    },
}

/// All that is settled by the traces.
#[derive(Debug)]
pub struct Resolution {
    /// What becomes of each row, by place.
    pub outcomes: Vec<Outcome>,
    /// For each member whether they are absent and nothing speaks against their deletion.
    absent: Vec<bool>,
    index: Index,
    present: Vec<Presence>,
    may_delete: bool,
}

/// Applies the rules of matching to the traces of a file and of a tenant's members.
#[must_use]
pub fn resolve(rows: Vec<RowTrace>, members: Vec<MemberTrace>, rules: Rules) -> Resolution {
    let index = Index::of(Arc::new(rows), Arc::new(members));
    let mut resolver = Resolver {
        index: &index,
        rules,
        outcomes: Vec::with_capacity(index.rows.len()),
        present: vec![Presence::Absent; index.members.len()],
        protected: vec![false; index.members.len()],
    };
    resolver.match_rows();
    resolver.hold_shared_keys();
    resolver.hold_incomplete_rows();
    resolver.hold_shared_emails();
    resolver.note_presence();
    resolver.hold_taken_emails();
    let absent = (0..index.members.len()).map(|member| resolver.is_to_be_deleted(member)).collect();
    let Resolver { outcomes, present, .. } = resolver;
    Resolution { outcomes, absent, index, present, may_delete: rules.may_delete }
}

/// Whether a member is in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Absent,
    /// In a row that is not held.
    Row(u32),
    /// In a row that is held: they stay as they are.
    Held(u32),
}

struct Resolver<'r> {
    index: &'r Index,
    rules: Rules,
    outcomes: Vec<Outcome>,
    present: Vec<Presence>,
    /// Members who are named, or nearly named, by a held row.
    protected: Vec<bool>,
}

impl Resolver<'_> {
    fn places(&self) -> std::ops::Range<u32> {
        0..self.outcomes.len() as u32
    }

    fn is_open(&self, place: u32) -> bool {
        matches!(self.outcomes[place as usize], Outcome::Member(_) | Outcome::New { .. })
    }

    /// Holds a row. One whose cells hold it already is told what else is wrong with it, unless it is not even
    /// certain whom it is about.
    fn hold(&mut self, place: u32, hold: Hold) {
        let is_flawed = self.outcomes[place as usize] == Outcome::Held(Hold::Flawed);
        if self.is_open(place) || is_flawed && !self.index.row(place).in_doubt {
            self.outcomes[place as usize] = Outcome::Held(hold);
        }
    }

    /// The member whom a row is about, held or not.
    fn tied(&self, place: u32) -> Option<u32> {
        self.index.tied(self.index.row(place), self.rules.match_by)
    }

    /// Required is judged on the member as the row would leave them, and nothing required is cleared.
    fn hold_incomplete_rows(&mut self) {
        let required = self.rules.required;
        for place in self.places() {
            let row = self.index.row(place);
            let (provides, clears) = (row.provides & required, row.clears & required);
            if provides == required {
                continue;
            }
            let member = self.tied(place);
            let has = member.map_or(0, |member| self.index.member(member).has);
            if (provides | has) & required != required || clears != 0 {
                self.hold(place, Hold::MissingRequired { member });
            }
        }
    }

    fn is_to_be_deleted(&self, member: usize) -> bool {
        self.rules.may_delete
            && !self.index.members[member].deleted
            && self.present[member] == Presence::Absent
            && !self.protected[member]
    }
}

impl Resolution {
    /// What is remembered of a row.
    #[must_use]
    pub fn row(&self, place: u32) -> &RowTrace {
        self.index.row(place)
    }

    /// What is remembered of a member.
    #[must_use]
    pub fn member(&self, place: u32) -> &MemberTrace {
        self.index.member(place)
    }

    /// The members who are absent and whom nothing protects from being deleted.
    pub fn absent(&self) -> impl Iterator<Item = MemberId> {
        let members = self.index.members.iter().zip(&self.absent);
        members.filter(|(_, absent)| **absent).map(|(member, _)| member.id)
    }

    /// The member, other than `own`, who has the address now that the row at `place` brings.
    #[must_use]
    pub fn email_owner(&self, place: u32, own: Option<u32>) -> Option<u32> {
        self.index.by_email.find_one(self.index.row(place).email).filter(|owner| Some(*owner) != own)
    }

    /// Why a member keeps their address.
    #[must_use]
    pub fn keeping(&self, member: u32) -> Keeping {
        match self.present[member as usize] {
            Presence::Held(place) => {
                let row = self.index.row(place);
                let gives_away = row.email != self.index.member(member).email;
                let gives_away = gives_away && row.email.is_some() || row.clears_email;
                if gives_away { Keeping::InHeldRow(row.row_number) } else { Keeping::AsItIs }
            }
            Presence::Row(_) => Keeping::AsItIs,
            Presence::Absent if self.may_delete => Keeping::MayBeNamed,
            Presence::Absent => Keeping::NoDeletions,
        }
    }

    /// A member whose id is nearly that of the row at `place`, if nobody has that one yet.
    #[must_use]
    pub fn similar_id(&self, place: u32) -> Option<u32> {
        if self.index.owners[place as usize].member().is_some() {
            return None;
        }
        self.index.by_similar.find_one(self.index.row(place).similar_id)
    }
}
