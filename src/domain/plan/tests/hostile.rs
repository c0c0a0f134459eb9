//! Files that would be slow if anything were compared with everything.

use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::domain::id::MemberId;
use crate::domain::mapping::MatchKey;
use crate::domain::plan::fingerprint::{Fingerprint, Fingerprinter, ShortFingerprint};
use crate::domain::plan::resolve::{Hold, Outcome, Rules, resolve};
use crate::domain::plan::trace::{MemberTrace, RowTrace};

const MANY: u32 = 30_000;

struct Prints(Fingerprinter);

impl Prints {
    fn of(&self, kind: &str, number: u32) -> Fingerprint {
        self.0.of(&format!("{kind}{number}"))
    }

    fn row(&self, id: u32, email: u32) -> RowTrace {
        let (unique_id, email) = (self.of("id", id), self.of("email", email));
        let (similar_id, content) = (self.similar(id), self.similar(id));
        RowTrace { row_number: id + 1, unique_id, similar_id, email, content, ..RowTrace::default() }
    }

    fn member(&self, id: u32, email: u32) -> MemberTrace {
        MemberTrace {
            id: MemberId(Uuid::from_u128(id.into())),
            unique_id: self.of("id", id),
            similar_id: self.similar(id),
            email: self.of("email", email),
            content: self.similar(id),
            has: 0,
            deleted: false,
        }
    }

    fn similar(&self, id: u32) -> ShortFingerprint {
        self.of("id", id).short()
    }
}

fn outcomes(rows: &[RowTrace], members: &[MemberTrace], match_by: MatchKey) -> Vec<Outcome> {
    let start = Instant::now();
    let rules = Rules { match_by, may_delete: true, required: 0 };
    let outcomes = resolve(rows.to_vec(), members.to_vec(), rules).outcomes;
    // What is quadratic takes minutes.
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    outcomes
}

fn prints() -> Prints {
    Prints(Fingerprinter::new(1))
}

#[test]
fn all_rows_with_one_address_or_one_id() {
    let prints = prints();
    let rows: Vec<_> = (0..MANY).map(|id| prints.row(id, 0)).collect();
    let taken = Outcome::Held(Hold::EmailTaken { member: 0 });
    let of = outcomes(&rows, &[prints.member(0, 0)], MatchKey::UniqueId);
    assert!(of[0] == Outcome::Member(0) && of[1..].iter().all(|outcome| *outcome == taken));
    let of = outcomes(&rows, &[prints.member(MANY, 0)], MatchKey::UniqueId);
    assert!(of.iter().all(|outcome| matches!(outcome, Outcome::Held(Hold::DuplicateEmail { .. }))));
    let of = outcomes(&rows, &[prints.member(MANY, 0)], MatchKey::Email);
    assert!(of.iter().all(|outcome| matches!(outcome, Outcome::Held(_))));
    let rows: Vec<_> = (0..MANY).map(|email| prints.row(0, email)).collect();
    let of = outcomes(&rows, &[], MatchKey::UniqueId);
    assert!(of[0] == Outcome::New { revives: None } && matches!(of[1], Outcome::Repeated { row: 0 }));
}

#[test]
fn a_long_chain_of_addresses_goes_on_or_breaks_as_a_whole() {
    let prints = prints();
    let members: Vec<_> = (0..MANY).map(|id| prints.member(id, id)).collect();
    let mut rows: Vec<_> = (0..MANY).map(|id| prints.row(id, id + 1)).collect();
    let of = outcomes(&rows, &members, MatchKey::UniqueId);
    assert!(of.iter().all(|outcome| matches!(outcome, Outcome::Member(_))));
    rows[MANY as usize - 1].flawed = true;
    let of = outcomes(&rows, &members, MatchKey::UniqueId);
    assert!(of.iter().all(|outcome| matches!(outcome, Outcome::Held(_))));
}

#[test]
fn ids_that_all_are_nearly_the_same() {
    let prints = prints();
    let one = prints.similar(0);
    let members: Vec<_> =
        (0..MANY).map(|id| MemberTrace { similar_id: one, ..prints.member(id, id) }).collect();
    let row = |id| RowTrace { similar_id: one, ..prints.row(id, id) };
    // Everybody is there, and as many are new.
    let rows: Vec<_> = (0..2 * MANY).map(row).collect();
    let of = outcomes(&rows, &members, MatchKey::UniqueId);
    assert!(of[MANY as usize..].iter().all(|outcome| *outcome == Outcome::New { revives: None }));
    // All but the last one.
    let rows: Vec<_> = (0..2 * MANY).filter(|id| *id != MANY - 1).map(row).collect();
    let of = outcomes(&rows, &members, MatchKey::UniqueId);
    let held = Outcome::Held(Hold::SimilarId { member: MANY - 1 });
    assert!(of[MANY as usize - 1..].iter().all(|outcome| *outcome == held));
}
