//! Who is in the file, and whose address goes to whom.

use super::{Hold, Outcome, Presence, Resolver};

impl Resolver<'_> {
    /// Notes who is in the file, and whom held rows protect.
    pub(super) fn note_presence(&mut self) {
        for place in self.places() {
            match self.outcomes[place as usize] {
                Outcome::Member(member) => {
                    if self.present[member as usize] == Presence::Absent {
                        self.present[member as usize] = Presence::Row(place);
                    }
                }
                Outcome::Held(_) => self.protect(place),
                Outcome::New { .. } | Outcome::Repeated { .. } => {}
            }
        }
    }

    /// A held row leaves its member as they are, and protects those whom its id and its address name.
    fn protect(&mut self, place: u32) {
        let row = self.index.row(place);
        if let Some(member) = self.tied(place) {
            self.present[member as usize] = Presence::Held(place);
        }
        let named = [self.index.by_id.find_one(row.unique_id), self.index.by_email.find_one(row.email)];
        for member in named.into_iter().flatten() {
            self.protected[member as usize] = true;
        }
    }

    /// Whether a member has their address after the import, too.
    fn keeps_email(&self, member: u32) -> bool {
        match self.present[member as usize] {
            Presence::Held(_) => true,
            Presence::Absent => !self.is_to_be_deleted(member as usize),
            Presence::Row(place) => {
                let row = self.index.row(place);
                let changes = row.email.is_some() && row.email != self.index.member(member).email;
                !changes && !row.clears_email
            }
        }
    }

    /// Whoever wants the address of a member who keeps it is held, and then keeps their own.
    pub(super) fn hold_taken_emails(&mut self) {
        let index = self.index;
        let mut is_shared = vec![false; index.rows.len()];
        for place in index.rows_by_email.shared().flatten() {
            is_shared[place as usize] = true;
        }
        let everybody = 0..index.members.len() as u32;
        let mut keeping: Vec<u32> =
            everybody.filter(|member| !index.member(*member).deleted && self.keeps_email(*member)).collect();
        while let Some(member) = keeping.pop() {
            // Of most, their own row brings the address, and no other does.
            if let Presence::Row(place) = self.present[member as usize]
                && index.row(place).email == index.member(member).email
                && !is_shared[place as usize]
            {
                continue;
            }
            for place in index.rows_by_email.find(index.member(member).email) {
                let own = self.tied(place);
                // A row that is held already is not told so: perhaps nothing but itself keeps the member.
                if !self.is_open(place) || own == Some(member) {
                    continue;
                }
                self.hold(place, Hold::EmailTaken { member });
                self.protect(place);
                keeping.extend(own);
            }
        }
    }
}
