//! What holds for every roster and every file. Both are made from so few ids and addresses that they
//! collide all the time.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::domain::action::{ActionKind, FieldChange, PlannedAction};
use crate::domain::field::key;
use crate::domain::id::MemberId;
use crate::domain::mapping::{EmptyCells, FileScope, MatchKey};
use crate::domain::member::{MemberStatus, Profile};
use crate::domain::plan::settle::Verdict;
use crate::domain::plan::test_support::*;
use crate::domain::value::email;

const HEADER: &str = "unique_id,email,job_title,status";
const IDS: [&str; 7] = ["1", "01", "2", "3", "a", "A", ""];
const EMAILS: [&str; 7] = ["a@x.org", "A@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org", ""];

/// A file for a roster, and how it is mapped.
#[derive(Debug, Clone)]
struct Setting {
    roster: Roster,
    rows: Vec<String>,
    match_by: MatchKey,
    file_scope: FileScope,
    clears: bool,
}

impl Setting {
    fn upload(&self, rows: &[String]) -> Upload {
        let file = format!("{HEADER}\n{}\n", rows.join("\n"));
        let mut upload = upload_in_memory(&self.roster, file.as_bytes()).expect("a file that can be read");
        upload.mapping.match_by = self.match_by;
        upload.mapping.file_scope = self.file_scope;
        if self.clears {
            // An id that is cleared leaves rows free that were held for it: the one thing not asked for here.
            for column in &mut upload.mapping.columns[1..] {
                column.empty_cells = EmptyCells::Clear;
            }
        }
        upload
    }

    fn plan(&self) -> InMemoryPlan {
        plan_in_memory(&self.roster, &self.upload(&self.rows))
    }
}

fn profile() -> impl Strategy<Value = Profile> {
    let title = select(vec![None, Some("Boss")]);
    (select(&IDS[..]), select(&EMAILS[..]), title, any::<bool>()).prop_map(|(id, email, title, active)| {
        let status = if active { MemberStatus::Active } else { MemberStatus::Inactive };
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let mut profile = Profile { unique_id: some(id), email: some(email), status, ..Profile::default() };
        profile.set("job_title", title.map(str::to_owned));
        profile
    })
}

fn row() -> impl Strategy<Value = String> {
    let cells = |cells: &'static [&'static str], odd: &'static [&'static str]| prop_oneof![12 => select(cells), 1 => select(odd)];
    let id = cells(&IDS[..6], &["", "NULL", "1.2E+11", " 1"]);
    let email = cells(&EMAILS, &["N/A", "broken", "\u{200B}a@x.org"]);
    let title = cells(&["", "Boss", "Chief"], &["\u{202E}", "-"]);
    let status = cells(&["", "active", "inactive"], &["left us"]);
    let tail = prop_oneof![30 => Just(""), 1 => Just(",surplus")];
    (id, email, title, status, tail).prop_map(|(id, email, title, status, tail)| {
        // A row of nothing is no row.
        let title = if [id, email, title, status].concat().is_empty() { "Boss" } else { title };
        format!("{id},{email},{title},{status}{tail}")
    })
}

prop_compose! {
    fn setting()(
        members in prop::collection::vec(profile(), 0..6),
        deleted in prop::collection::vec(profile(), 0..3),
        rows in prop::collection::vec(row(), 1..7),
        required in select(vec![&[][..], &["email"], &["job_title"]]),
        match_by in select(vec![MatchKey::UniqueId, MatchKey::UniqueId, MatchKey::Email]),
        file_scope in select(vec![FileScope::FullRoster, FileScope::FullRoster, FileScope::Partial]),
        clears in any::<bool>(),
    ) -> Setting {
        let mut roster = Roster::new().requiring(required);
        let (mut ids, mut emails) = (BTreeSet::new(), BTreeSet::new());
        for profile in members {
            let is_new_id = profile.unique_id.as_ref().is_none_or(|id| ids.insert(id.clone()));
            if is_new_id && profile.email_key().is_none_or(|email| emails.insert(email)) {
                roster.add(profile);
            }
        }
        deleted.into_iter().for_each(|profile| roster.add_deleted(profile));
        Setting { roster, rows, match_by, file_scope, clears }
    }
}

type Seen<'a> = (ActionKind, Option<MemberId>, &'a [FieldChange], bool, Option<MemberId>);

fn seen(action: &PlannedAction) -> Seen<'_> {
    (action.kind, action.member, &action.changes, action.frees_email, action.takes_email_from)
}

/// What the cells of a row say.
fn cells_of(row: &str) -> Vec<&str> {
    let cells = row.split(',').map(|cell| cell.trim_matches([' ', '\u{200B}']));
    cells.map(|cell| if ["-", "NULL", "N/A"].contains(&cell) { "" } else { cell }).collect()
}

/// The actions, and the rows with what becomes of them, in an order of their own. Of two spellings of an
/// address in rows that are the same otherwise, the first one counts, so that spellings are left out.
fn without_order(rows: &[String], plan: &InMemoryPlan) -> (Vec<String>, Vec<(Vec<String>, &'static str)>) {
    let spelled_alike = |text: String| text.replace("A@x.org", "a@x.org");
    let mut actions: Vec<String> =
        plan.actions.iter().map(|action| spelled_alike(format!("{:?}", seen(action)))).collect();
    let named = rows.iter().zip(&plan.settled).map(|(row, settled)| {
        let verdict = match settled.verdict {
            Verdict::Unchanged => "unchanged",
            Verdict::Held => "held",
            Verdict::Repeated => "repeated",
            Verdict::Action(_) => "action",
        };
        let cells = cells_of(row).into_iter().map(|cell| spelled_alike(cell.to_owned()));
        (cells.collect::<Vec<_>>(), verdict)
    });
    let mut named: Vec<_> = named.collect();
    actions.sort_unstable();
    named.sort_unstable();
    (actions, named)
}

/// The members as they are, whoever is new without the identity that they are given.
fn state(roster: &Roster) -> BTreeMap<String, Profile> {
    let members =
        roster.members.iter().map(|member| (format!("{:?}", member.profile), member.profile.clone()));
    members.collect()
}

/// The members as the review shows that they will be.
fn as_shown(roster: &Roster, actions: &[PlannedAction]) -> BTreeMap<String, Profile> {
    let mut after: BTreeMap<Option<MemberId>, Profile> =
        roster.members.iter().map(|member| (Some(member.id), member.profile.clone())).collect();
    let mut new = Vec::new();
    for action in actions {
        let change = |profile: &mut Profile| {
            action.changes.iter().for_each(|change| profile.set(&change.0, change.2.clone()));
        };
        match action.kind {
            ActionKind::Delete => drop(after.remove(&action.member)),
            ActionKind::Create => {
                let mut profile = Profile::default();
                change(&mut profile);
                new.push(profile);
            }
            _ => after.get_mut(&action.member).into_iter().for_each(change),
        }
    }
    after.into_values().chain(new).map(|profile| (format!("{profile:?}"), profile)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_books_balance(setting in setting()) {
        let plan = setting.plan();
        let books = &plan.books;
        prop_assert!(books.balance());
        prop_assert_eq!(books.read as usize, setting.rows.len());
        let of_rows = plan.actions.iter().filter(|action| action.row_number.is_some()).count();
        prop_assert_eq!(books.with_actions as usize, of_rows);
        let members: Vec<_> = plan.actions.iter().filter_map(|action| action.member).collect();
        let distinct: BTreeSet<_> = members.iter().collect();
        prop_assert_eq!(members.len(), distinct.len(), "at most one action for a member");
    }

    #[test]
    fn what_is_applied_is_what_the_review_showed_and_then_nothing_is_left_to_do(setting in setting()) {
        let upload = setting.upload(&setting.rows);
        let plan = setting.plan();
        let mut after = setting.roster.clone();
        // Panics if two members have one id or address.
        apply_in_memory(&mut after, &plan.actions);
        prop_assert_eq!(state(&after), as_shown(&setting.roster, &plan.actions));
        let again = plan_in_memory(&after, &upload);
        prop_assert_eq!(&again.actions, &[]);
        let held = |plan: &InMemoryPlan| plan.held_rows().map(|settled| settled.row_number).collect::<Vec<_>>();
        prop_assert_eq!(held(&again), held(&plan));
    }

    #[test]
    fn each_row_that_is_not_held_is_true_afterwards(setting in setting()) {
        let plan = setting.plan();
        let mut after = setting.roster.clone();
        apply_in_memory(&mut after, &plan.actions);
        for (row, settled) in setting.rows.iter().zip(&plan.settled) {
            // A row that is repeated goes the way of the first one.
            if matches!(settled.verdict, Verdict::Held | Verdict::Repeated) {
                continue;
            }
            let cells = cells_of(row);
            let member = match setting.match_by {
                MatchKey::UniqueId => after.member(cells[0]),
                MatchKey::Email => after.member_by_email(&email::key(cells[1])),
            };
            prop_assert!(member.is_some(), "{row}: nobody");
            let Some(profile) = member.map(|member| &member.profile) else { continue };
            for (field_key, cell) in [key::UNIQUE_ID, key::EMAIL, "job_title", key::STATUS].into_iter().zip(cells) {
                let value = profile.get(field_key).map(|value| email::key(value).into_owned());
                if !cell.is_empty() {
                    prop_assert_eq!(value, Some(email::key(cell).into_owned()), "{} of {}", field_key, row);
                } else if setting.clears && [key::EMAIL, "job_title"].contains(&field_key) {
                    prop_assert_eq!(value, None, "{} of {}", field_key, row);
                }
            }
        }
    }

    #[test]
    fn the_order_of_rows_carries_no_meaning(setting in setting(), moves in prop::collection::vec(any::<Index>(), 7)) {
        let mut rows = setting.rows.clone();
        for (place, to) in moves.iter().enumerate().take(rows.len()) {
            let to = to.index(rows.len());
            rows.swap(place, to);
        }
        let (plan, other) = (setting.plan(), plan_in_memory(&setting.roster, &setting.upload(&rows)));
        prop_assert_eq!(without_order(&setting.rows, &plan), without_order(&rows, &other));
    }

    #[test]
    fn whom_a_held_row_names_is_neither_changed_nor_deleted(setting in setting()) {
        let plan = setting.plan();
        let held: Vec<u32> = plan.held_rows().map(|settled| settled.row_number).collect();
        let actions: BTreeMap<_, _> =
            plan.actions.iter().filter_map(|action| Some((action.member?, action))).collect();
        for row in &held {
            let cells = cells_of(&setting.rows[*row as usize - 1]);
            let by_id = setting.roster.member(cells[0]);
            let by_email = setting.roster.member_by_email(&email::key(cells[1]));
            for member in [by_id, by_email].into_iter().flatten() {
                let action = actions.get(&member.id);
                prop_assert!(action.is_none_or(|action| action.kind != ActionKind::Delete));
            }
            let matched = if setting.match_by == MatchKey::UniqueId { by_id } else { by_email };
            prop_assert!(matched.is_none_or(|member| !actions.contains_key(&member.id)));
        }
        let deletes = plan.count(ActionKind::Delete) > 0;
        prop_assert!(!deletes || setting.file_scope == FileScope::FullRoster && plan.deletions_blocked.is_none());
    }

    #[test]
    fn what_is_approved_can_be_applied_or_is_refused(setting in setting(), approved in any::<u16>()) {
        let plan = setting.plan();
        let is_approved = |place: usize| approved >> (place % 16) & 1 == 1;
        let actions = plan.actions.iter().enumerate().filter(|(place, _)| is_approved(*place));
        let actions: Vec<PlannedAction> = actions.map(|(_, action)| action.clone()).collect();
        if !conflicts_in_memory(&actions) {
            let mut after = setting.roster.clone();
            apply_in_memory(&mut after, &actions);
        }
        prop_assert!(!conflicts_in_memory(&plan.actions), "all of it can always be approved");
    }

    #[test]
    fn a_roster_that_comes_back_as_it_is_proposes_nothing(mut setting in setting()) {
        setting.match_by = MatchKey::UniqueId;
        setting.roster = setting.roster.requiring(&[]);
        setting.roster.members.retain(|member| member.profile.unique_id.is_some());
        setting.roster.add(Profile { unique_id: Some("9".into()), ..Profile::default() });
        let row = |profile: &Profile| {
            let cell = |field_key| profile.get(field_key).unwrap_or_default();
            format!("{},{},{},{}", cell(key::UNIQUE_ID), cell(key::EMAIL), cell("job_title"), cell(key::STATUS))
        };
        setting.rows = setting.roster.members.iter().map(|member| row(&member.profile)).collect();
        let plan = setting.plan();
        prop_assert_eq!(plan.books.unchanged as usize, setting.rows.len());
        prop_assert_eq!(plan.actions, vec![]);
    }
}
