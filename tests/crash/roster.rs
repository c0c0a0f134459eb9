//! Rosters, and what the members are to be after them: worked out here, without the program.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::chance::Chance;

/// The address and the location of each member, by id.
pub type Members = BTreeMap<String, (String, String)>;

/// What becomes of the members with one import.
#[derive(Clone)]
pub struct Change {
    /// The file.
    pub csv: String,
    pub before: Members,
    pub after: Members,
    /// Whether those who are absent are to stay: their deletions are rejected.
    pub keeps_absent: bool,
}

/// A roster of about `size` people, made from who is there: some leave, some move, some come, some come back.
pub fn change(chance: &mut Chance, before: &Members, size: u64, keeps_absent: bool) -> Change {
    let mut roster = Members::new();
    for (id, (email, location)) in before {
        match chance.below(10) {
            0 => {}
            1 => {
                roster.insert(id.clone(), (email.clone(), format!("Hall {}", chance.below(1_000))));
            }
            _ => {
                roster.insert(id.clone(), (email.clone(), location.clone()));
            }
        }
    }
    while (roster.len() as u64) < size {
        let number = chance.below(size * 4);
        let hall = format!("Hall {}", chance.below(1_000));
        roster.entry(format!("M-{number:06}")).or_insert((format!("m{number}@example.org"), hall));
    }
    while roster.len() as u64 > size {
        roster.pop_first();
    }
    let mut after = roster.clone();
    if keeps_absent {
        before.iter().filter(|(id, _)| !roster.contains_key(*id)).for_each(|(id, member)| {
            after.insert(id.clone(), member.clone());
        });
    }
    Change { csv: csv(&roster), before: before.clone(), after, keeps_absent }
}

fn csv(members: &Members) -> String {
    let mut csv = "Member ID,First name,Last name,E-mail,Location\n".to_owned();
    for (id, (email, location)) in members {
        writeln!(csv, "{id},First {id},Last {id},{email},{location}").unwrap();
    }
    csv
}

impl Change {
    /// How many members come, change and go: the actions to be approved, in the order CREATE, UPDATE, DEACTIVATE,
    /// REACTIVATE, DELETE.
    pub fn approved(&self) -> Vec<usize> {
        let (before, after) = (&self.before, &self.after);
        let comes = after.keys().filter(|id| !before.contains_key(*id)).count();
        let changes =
            after.iter().filter(|(id, member)| before.get(*id).is_some_and(|old| old != *member)).count();
        let goes = before.keys().filter(|id| !after.contains_key(*id)).count();
        vec![comes, changes, 0, 0, goes]
    }
}
