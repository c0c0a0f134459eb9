//! Rows that share an id or an address.

use super::{Hold, Outcome, Resolver};
use crate::domain::mapping::MatchKey;

impl Resolver<'_> {
    /// One key twice: identical rows count once, also where the one that counts is held; those that differ are all held.
    pub(super) fn hold_shared_keys(&mut self) {
        let index = self.index;
        if self.rules.match_by == MatchKey::Email {
            for run in index.rows_by_email.shared() {
                self.hold_run(&run, |row| Hold::DuplicateEmail { row });
            }
        }
        for run in index.rows_by_id.shared() {
            self.hold_run(&run, |row| Hold::DuplicateId { row });
        }
    }

    fn hold_run(&mut self, run: &[u32], hold: fn(u32) -> Hold) {
        let index = self.index;
        let mut by_content = run.to_vec();
        by_content.sort_unstable_by_key(|place| (index.row(*place).content, *place));
        let is_same = |one: &u32, other: &u32| {
            let (one, other) = (index.row(*one), index.row(*other));
            one.content == other.content && !one.in_doubt && !other.in_doubt
        };
        let mut different = Vec::new();
        for same in by_content.chunk_by(is_same) {
            different.push(same[0]);
            for place in &same[1..] {
                self.outcomes[*place as usize] = Outcome::Repeated { row: same[0] };
            }
        }
        if different.len() > 1 {
            different.sort_unstable();
            for place in &different {
                self.hold(*place, hold(another(&different, *place)));
            }
        }
    }

    /// One address in rows of different people: who has it already keeps it, and the others are held; if
    /// nobody has it, all are.
    pub(super) fn hold_shared_emails(&mut self) {
        let index = self.index;
        for run in index.rows_by_email.shared() {
            let people: Vec<u32> = run.iter().copied().filter(|place| !self.is_repeated(*place)).collect();
            if people.len() < 2 {
                continue;
            }
            let owner = index.by_email.find_one(index.row(run[0]).email);
            // Held or not: a row that is mended must not find that another one was preferred.
            let mut keepers = people.iter().filter(|place| owner.is_some() && self.tied(**place) == owner);
            let keeper = keepers.next().filter(|_| keepers.next().is_none());
            for place in people.iter().filter(|place| Some(*place) != keeper) {
                let hold = match (keeper, owner) {
                    (Some(_), Some(member)) => Hold::EmailTaken { member },
                    _ => Hold::DuplicateEmail { row: another(&people, *place) },
                };
                self.hold(*place, hold);
            }
        }
    }

    fn is_repeated(&self, place: u32) -> bool {
        matches!(self.outcomes[place as usize], Outcome::Repeated { .. })
    }
}

/// Another place of the run than this one.
fn another(run: &[u32], place: u32) -> u32 {
    if place == run[0] { run[1] } else { run[0] }
}
