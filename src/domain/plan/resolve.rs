//! Who is who, which rows are held, whose address goes to whom, and who is absent.
//!
//! Works on traces alone. Holding a row only ever adds reasons to hold others (its member stays as they are
//! and keeps their address), never takes one away, so the order of rows carries no meaning.

use super::fingerprint::{Fingerprint, ShortFingerprint};
use super::trace::{MemberTrace, Places, RowTrace};
use crate::domain::mapping::MatchKey;

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

/// Why a row is held, beyond what its own cells say. Rows and members are given by place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Its cells or its shape.
    Flawed,
    /// Its id stands in another row too, which differs.
    DuplicateId {
        /// The other row.
        row: u32,
    },
    /// Its address stands in another row too.
    DuplicateEmail {
        /// The other row.
        row: u32,
    },
    /// A required field would be empty.
    MissingRequired {
        /// Whose, if there is a member already.
        member: Option<u32>,
    },
    /// Its id nearly is that of a member who is absent.
    SimilarId {
        /// The member.
        member: u32,
    },
    /// Its id and its address name different people.
    Identity {
        /// The member whom the other one names.
        member: u32,
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
pub struct Resolution<'a> {
    rows: &'a [RowTrace],
    members: &'a [MemberTrace],
    /// What becomes of each row, by place.
    pub outcomes: Vec<Outcome>,
    /// For each member whether they are absent and nothing speaks against their deletion.
    pub absent: Vec<bool>,
    live_by_email: Places<'a, MemberTrace, Fingerprint>,
    live_by_similar: Places<'a, MemberTrace, ShortFingerprint>,
}

fn live_id(member: &MemberTrace) -> Fingerprint {
    if member.deleted { Fingerprint::NONE } else { member.unique_id }
}

fn deleted_id(member: &MemberTrace) -> Fingerprint {
    if member.deleted { member.unique_id } else { Fingerprint::NONE }
}

fn live_email(member: &MemberTrace) -> Fingerprint {
    if member.deleted { Fingerprint::NONE } else { member.email }
}

fn deleted_email(member: &MemberTrace) -> Fingerprint {
    if member.deleted { member.email } else { Fingerprint::NONE }
}

fn live_similar(member: &MemberTrace) -> ShortFingerprint {
    if member.deleted { ShortFingerprint::NONE } else { member.similar_id }
}

/// Applies the rules of matching to the traces of a file and of a tenant's members.
#[must_use]
pub fn resolve<'a>(rows: &'a [RowTrace], members: &'a [MemberTrace], rules: Rules) -> Resolution<'a> {
    let mut resolver = Resolver {
        rows,
        members,
        rules,
        by_id: Places::of(rows, |row| row.unique_id),
        by_email: Places::of(rows, |row| row.email),
        live_by_id: Places::of(members, live_id),
        live_by_email: Places::of(members, live_email),
        outcomes: Vec::with_capacity(rows.len()),
        present: vec![Presence::Absent; members.len()],
        protected: vec![false; members.len()],
        live_by_similar: Places::of(members, live_similar),
    };
    resolver.match_rows();
    resolver.hold_shared_keys();
    resolver.hold_incomplete_rows();
    resolver.hold_shared_emails();
    resolver.note_presence();
    resolver.hold_taken_emails();
    resolver.finish()
}

/// Whether a member is in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Absent,
    /// In a row that is not held.
    Row(u32),
    /// In a row that is held: they stay as they are.
    Held,
}

struct Resolver<'a> {
    rows: &'a [RowTrace],
    members: &'a [MemberTrace],
    rules: Rules,
    by_id: Places<'a, RowTrace, Fingerprint>,
    by_email: Places<'a, RowTrace, Fingerprint>,
    live_by_id: Places<'a, MemberTrace, Fingerprint>,
    live_by_email: Places<'a, MemberTrace, Fingerprint>,
    live_by_similar: Places<'a, MemberTrace, ShortFingerprint>,
    outcomes: Vec<Outcome>,
    present: Vec<Presence>,
    protected: Vec<bool>,
}

impl Resolver<'_> {
    fn row(&self, place: u32) -> &RowTrace {
        &self.rows[place as usize]
    }

    fn member(&self, place: u32) -> &MemberTrace {
        &self.members[place as usize]
    }

    fn is_open(&self, place: u32) -> bool {
        matches!(self.outcomes[place as usize], Outcome::Member(_) | Outcome::New { .. })
    }

    fn hold(&mut self, place: u32, hold: Hold) {
        if self.is_open(place) {
            self.outcomes[place as usize] = Outcome::Held(hold);
        }
    }

    /// Ties each row to a member, or to nobody.
    fn match_rows(&mut self) {
        let deleted_by_id = Places::of(self.members, deleted_id);
        let deleted_by_email = Places::of(self.members, deleted_email);
        for row in self.rows {
            let outcome = match self.rules.match_by {
                MatchKey::UniqueId => self.match_by_id(row, &deleted_by_id),
                MatchKey::Email => self.match_by_email(row, &deleted_by_email),
            };
            self.outcomes.push(if row.flawed { Outcome::Held(Hold::Flawed) } else { outcome });
        }
    }

    fn match_by_id(&self, row: &RowTrace, deleted: &Places<'_, MemberTrace, Fingerprint>) -> Outcome {
        if let Some(member) = self.live_by_id.find_one(row.unique_id) {
            return Outcome::Member(member);
        }
        if let Some(member) = self.similar_absent(row) {
            return Outcome::Held(Hold::SimilarId { member });
        }
        if let Some(revives) = deleted.find_one(row.unique_id) {
            return Outcome::New { revives: Some(revives) };
        }
        // A member without an id is adopted by the row that brings their address and an id.
        match self.live_by_email.find_one(row.email) {
            Some(member) if !self.member(member).unique_id.is_some() => Outcome::Member(member),
            _ => Outcome::New { revives: None },
        }
    }

    fn match_by_email(&self, row: &RowTrace, deleted: &Places<'_, MemberTrace, Fingerprint>) -> Outcome {
        let member = self.live_by_email.find_one(row.email);
        if row.unique_id.is_some() {
            // An address and an id that name two people are two people's, until an admin says otherwise.
            if let Some(owner) =
                self.live_by_id.find_one(row.unique_id).filter(|owner| Some(*owner) != member)
            {
                return Outcome::Held(Hold::Identity { member: owner });
            }
            if let Some(member) = member {
                let id = self.member(member).unique_id;
                if id.is_some() && id != row.unique_id {
                    return Outcome::Held(Hold::Identity { member });
                }
            }
        }
        match member {
            Some(member) => Outcome::Member(member),
            None => Outcome::New { revives: deleted.find_one(row.email) },
        }
    }

    /// A member whose id is nearly that of the row and who is not in the file under their own.
    fn similar_absent(&self, row: &RowTrace) -> Option<u32> {
        let similar = self.live_by_similar.find(row.similar_id).iter().copied();
        similar.into_iter().find(|member| self.by_id.find_one(self.member(*member).unique_id).is_none())
    }

    /// One key twice: identical rows count once, others are all held.
    fn hold_shared_keys(&mut self) {
        let (by_id, by_email) =
            (Places::of(self.rows, |row| row.unique_id), Places::of(self.rows, |row| row.email));
        if self.rules.match_by == MatchKey::Email {
            for run in by_email.shared() {
                self.hold_run(run, |row| Hold::DuplicateEmail { row });
            }
        }
        for run in by_id.shared() {
            self.hold_run(run, |row| Hold::DuplicateId { row });
        }
    }

    fn hold_run(&mut self, run: &[u32], hold: fn(u32) -> Hold) {
        let first = run[0];
        let content = self.row(first).content;
        let same = run.iter().all(|place| self.row(*place).content == content && !self.row(*place).flawed);
        for (index, place) in run.iter().enumerate() {
            if !same {
                let other = if index == 0 { run[1] } else { first };
                self.hold(*place, hold(other));
            } else if index > 0 {
                self.outcomes[*place as usize] = Outcome::Repeated { row: first };
            }
        }
    }

    /// Required is judged on the member as the row would leave them, and nothing required is cleared.
    fn hold_incomplete_rows(&mut self) {
        for place in 0..self.rows.len() as u32 {
            let row = self.row(place);
            let member = match self.outcomes[place as usize] {
                Outcome::Member(member) => Some(member),
                _ => None,
            };
            let has = member.map_or(0, |member| self.member(member).has);
            let complete = (row.provides | has) & self.rules.required == self.rules.required;
            if !complete || row.clears & self.rules.required != 0 {
                self.hold(place, Hold::MissingRequired { member });
            }
        }
    }

    /// One address in rows of different people: who has it already keeps it, and the others are held; if
    /// nobody has it, all are.
    fn hold_shared_emails(&mut self) {
        let by_email = Places::of(self.rows, |row| row.email);
        for run in by_email.shared() {
            let people = run.iter().copied().filter(|place| !self.is_repeated(*place));
            let people: Vec<u32> = people.collect();
            if people.len() < 2 {
                continue;
            }
            let email = self.row(run[0]).email;
            let owner = self.live_by_email.find_one(email);
            let mut keepers = people.iter().copied().filter(|place| {
                owner.is_some_and(|owner| {
                    let by_id = self.live_by_id.find_one(self.row(*place).unique_id);
                    by_id == Some(owner) || self.outcomes[*place as usize] == Outcome::Member(owner)
                })
            });
            let keeper = match (keepers.next(), keepers.next()) {
                (Some(keeper), None) => Some(keeper),
                _ => None,
            };
            for place in &people {
                if Some(*place) != keeper {
                    let other = keeper.unwrap_or(if *place == people[0] { people[1] } else { people[0] });
                    self.hold(*place, Hold::DuplicateEmail { row: other });
                }
            }
        }
    }

    fn is_repeated(&self, place: u32) -> bool {
        matches!(self.outcomes[place as usize], Outcome::Repeated { .. })
    }

    /// Notes who is in the file, and whom held rows protect.
    fn note_presence(&mut self) {
        for place in 0..self.rows.len() as u32 {
            match self.outcomes[place as usize] {
                Outcome::Member(member) => {
                    if self.present[member as usize] == Presence::Absent {
                        self.present[member as usize] = Presence::Row(place);
                    }
                }
                Outcome::Held(_) => {
                    self.protect(place);
                }
                Outcome::New { .. } | Outcome::Repeated { .. } => {}
            }
        }
    }

    /// A held row protects the members that its id, or one like it, and its address name. Returns them.
    fn protect(&mut self, place: u32) -> impl Iterator<Item = u32> + use<> {
        let row = *self.row(place);
        let by_id = self.live_by_id.find_one(row.unique_id);
        let by_email = self.live_by_email.find_one(row.email);
        let similar = if by_id.is_none() { self.similar_absent(&row) } else { None };
        let matched = match self.rules.match_by {
            MatchKey::UniqueId => by_id,
            MatchKey::Email => by_email,
        };
        if let Some(member) = matched {
            self.present[member as usize] = Presence::Held;
        }
        let named = [by_id, by_email, similar].into_iter().flatten();
        for member in named.clone() {
            self.protected[member as usize] = true;
        }
        named
    }

    /// Whether a member has their address after the import, too.
    fn keeps_email(&self, member: u32) -> bool {
        match self.present[member as usize] {
            Presence::Held => true,
            Presence::Absent => !self.rules.may_delete || self.protected[member as usize],
            Presence::Row(place) => {
                let row = self.row(place);
                let changes = row.email.is_some() && row.email != self.member(member).email;
                !changes && !row.clears_email
            }
        }
    }

    /// Whoever wants the address of a member who keeps it is held, and then keeps their own.
    fn hold_taken_emails(&mut self) {
        let mut kept: Vec<u32> = (0..self.members.len() as u32)
            .filter(|member| live_email(self.member(*member)).is_some() && self.keeps_email(*member))
            .collect();
        while let Some(member) = kept.pop() {
            let email = self.member(member).email;
            for index in 0..self.by_email.find(email).len() {
                let place = self.by_email.find(email)[index];
                if !self.is_open(place) || self.outcomes[place as usize] == Outcome::Member(member) {
                    continue;
                }
                let own = match self.outcomes[place as usize] {
                    Outcome::Member(own) => Some(own),
                    _ => None,
                };
                self.hold(place, Hold::EmailTaken { member });
                if let Some(own) = own {
                    self.present[own as usize] = Presence::Held;
                    kept.push(own);
                }
                let named: Vec<u32> = self.protect(place).filter(|named| *named != member).collect();
                kept.extend(named);
            }
        }
    }
}

impl<'a> Resolver<'a> {
    fn finish(self) -> Resolution<'a> {
        let absent = (0..self.members.len()).map(|place| {
            self.rules.may_delete
                && !self.members[place].deleted
                && self.present[place] == Presence::Absent
                && !self.protected[place]
        });
        let absent = absent.collect();
        Resolution {
            rows: self.rows,
            members: self.members,
            outcomes: self.outcomes,
            absent,
            live_by_email: self.live_by_email,
            live_by_similar: self.live_by_similar,
        }
    }
}

impl Resolution<'_> {
    /// The member, other than `own`, who has the address now that the row at `place` brings.
    #[must_use]
    pub fn email_owner(&self, place: u32, own: Option<u32>) -> Option<u32> {
        self.live_by_email.find_one(self.rows[place as usize].email).filter(|owner| Some(*owner) != own)
    }

    /// A member whose id is nearly that of the row at `place`, but not the same.
    #[must_use]
    pub fn similar_id(&self, place: u32) -> Option<u32> {
        let row = &self.rows[place as usize];
        let similar = self.live_by_similar.find(row.similar_id).iter().copied();
        similar.into_iter().find(|member| self.members[*member as usize].unique_id != row.unique_id)
    }
}
