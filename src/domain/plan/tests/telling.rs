//! Writes rosters, files and plans in a line.

use crate::domain::action::ActionKind;
use crate::domain::field::key;
use crate::domain::issue::{RowIssue, Severity};
use crate::domain::mapping::{EmptyCells, FileScope, MatchKey};
use crate::domain::member::{Member, MemberStatus, Profile};
use crate::domain::plan::settle::{Settled, Verdict};
use crate::domain::plan::test_support::*;

/// What a case may have besides its roster and its file.
#[derive(Debug, Clone, Default)]
pub(super) struct Case {
    pub(super) match_by: Option<MatchKey>,
    pub(super) partial: bool,
    /// Headers of columns whose empty cells clear the value.
    pub(super) clear: &'static [&'static str],
    pub(super) required: &'static [&'static str],
}

/// What is planned for a full roster with nothing required but the key.
pub(super) fn tell(roster: &str, file: &str) -> String {
    Case::default().tell(roster, file)
}

impl Case {
    pub(super) fn partial() -> Self {
        Self { partial: true, ..Self::default() }
    }

    pub(super) fn by_email() -> Self {
        Self { match_by: Some(MatchKey::Email), ..Self::default() }
    }

    pub(super) fn tell(&self, roster: &str, file: &str) -> String {
        let (roster, plan) = self.plan(roster, file);
        told(&roster, &plan)
    }

    pub(super) fn plan(&self, roster: &str, file: &str) -> (Roster, InMemoryPlan) {
        let rows = entries(file).map(|entry| match entry[..] {
            [id, email, title] => format!("{id},{},{title}\n", address(email)),
            [raw] => format!("{raw}\n"),
            _ => panic!("a row is id, address and title: {entry:?}"),
        });
        self.plan_csv(roster, &format!("unique_id,email,job_title\n{}", rows.collect::<String>()))
    }

    pub(super) fn tell_csv(&self, roster: &str, file: &str) -> String {
        let (roster, plan) = self.plan_csv(roster, file);
        told(&roster, &plan)
    }

    /// The plan in full; it was applied, and planned again without anything left to do.
    pub(super) fn plan_csv(&self, roster: &str, file: &str) -> (Roster, InMemoryPlan) {
        let roster = self.roster(roster);
        let mut upload = upload_in_memory(&roster, file.as_bytes()).expect("a file that can be read");
        if let Some(match_by) = self.match_by {
            upload.mapping.match_by = match_by;
        }
        if self.partial {
            upload.mapping.file_scope = FileScope::Partial;
        }
        for header in self.clear {
            let column = upload.column(header);
            upload.mapping.columns[column].empty_cells = EmptyCells::Clear;
        }
        assert_eq!(upload.blockers(&roster), []);
        let plan = plan_in_memory(&roster, &upload);
        let mut after = roster.clone();
        apply_in_memory(&mut after, &plan.actions);
        let again = plan_in_memory(&after, &upload);
        assert_eq!(again.actions, [], "the same file again");
        (roster, plan)
    }

    fn roster(&self, text: &str) -> Roster {
        let mut roster = Roster::new().requiring(self.required);
        for entry in entries(text) {
            let [id, email, title] = entry[..] else {
                panic!("a member is id, address and title: {entry:?}")
            };
            let status = if title == "inactive" { MemberStatus::Inactive } else { MemberStatus::Active };
            let mut profile = Profile { status, ..Profile::default() };
            profile.unique_id = some(id.trim_start_matches('~'));
            profile.email = some(&address(email));
            profile.set("job_title", some(title).filter(|_| status == MemberStatus::Active));
            if id.starts_with('~') { roster.add_deleted(profile) } else { roster.add(profile) }
        }
        roster
    }
}

/// Id, address and title of each entry; one in brackets is taken as it is.
fn entries(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let entries = text.split(", ").filter(|entry| !entry.is_empty());
    entries.map(|entry| match entry.strip_prefix('[').and_then(|entry| entry.strip_suffix(']')) {
        Some(raw) => vec![raw],
        None => {
            let mut words: Vec<&str> =
                entry.split(' ').map(|word| if word == "-" { "" } else { word }).collect();
            words.resize(3, "");
            words
        }
    })
}

fn address(local_part: &str) -> String {
    if local_part.is_empty() { String::new() } else { format!("{local_part}@x.org") }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

pub(super) fn told(roster: &Roster, plan: &InMemoryPlan) -> String {
    let rows = plan.settled.iter().map(|settled| told_row(roster, settled));
    let deletions = plan.actions.iter().filter(|action| action.kind == ActionKind::Delete);
    let deletions = deletions.map(|action| {
        let who = action.member_unique_id.as_deref().or(action.member_email.as_deref());
        format!("delete {}", who.unwrap_or_default().trim_end_matches("@x.org"))
    });
    let blocked = plan.deletions_blocked.iter().map(|_| "blocked".to_owned());
    rows.chain(deletions).chain(blocked).collect::<Vec<_>>().join(", ")
}

fn told_row(roster: &Roster, settled: &Settled) -> String {
    let mut words = vec![settled.row_number.to_string()];
    match &settled.verdict {
        Verdict::Unchanged => words.push("unchanged".into()),
        Verdict::Repeated => words.push("repeated".into()),
        Verdict::Held => words.push("held".into()),
        Verdict::Action(action) => {
            words.push(format!("{:?}", action.kind).to_lowercase());
            match (action.kind, action.member) {
                (ActionKind::Create, None) => {}
                (ActionKind::Create, Some(_)) => words.push("again".into()),
                _ => words.extend(action.changes.iter().map(|change| change.0.clone())),
            }
            let owner = roster.members.iter().find(|member| Some(member.id) == action.takes_email_from);
            words.extend(owner.map(|owner| format!("from {}", name(owner))));
        }
    }
    let errors_alone = settled.verdict == Verdict::Held;
    words.extend(
        settled.issues.iter().filter(|issue| !errors_alone || issue.severity == Severity::Error).map(code),
    );
    words.join(" ")
}

fn name(member: &Member) -> &str {
    member.profile.get(key::UNIQUE_ID).or(member.profile.get(key::EMAIL)).unwrap_or_default()
}

fn code(issue: &RowIssue) -> String {
    let code = serde_json::to_value(issue.code).expect("a code");
    code.as_str().unwrap_or_default().to_owned()
}
