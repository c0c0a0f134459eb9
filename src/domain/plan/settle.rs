//! The last word on a row: unchanged, held, repeated, or an action.

use std::collections::HashMap;

use super::resolve::{Hold, Outcome, Resolution};
use super::rows::{Draft, RowReader};
use super::trace::{MemberTrace, RowTrace};
use crate::domain::action::{ActionKind, FieldChange, PlannedAction};
use crate::domain::field::{FieldType, ProfileField, key};
use crate::domain::id::MemberId;
use crate::domain::issue::{RowIssue, RowIssueCode, Severity};
use crate::domain::member::{Member, MemberStatus, Profile};
use crate::domain::value::email;
use crate::domain::value::sentences::{self, About};

/// The last word on a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It says what is known already.
    Unchanged,
    /// It has an error.
    Held,
    /// It is identical to an earlier row.
    Repeated,
    /// It implies an action.
    Action(Box<PlannedAction>),
}

/// A row with the last word on it, and everything that there is to remark.
#[derive(Debug)]
pub struct Settled {
    /// See [`RowIssue::row_number`].
    pub row_number: u32,
    /// The last word.
    pub verdict: Verdict,
    /// Everything that there is to remark.
    pub issues: Vec<RowIssue>,
}

/// Gives the last word on rows.
#[derive(Debug)]
pub struct Settler<'a> {
    /// How rows are read.
    pub reader: &'a RowReader,
    /// The tenant's fields.
    pub fields: &'a [ProfileField],
    /// What the traces settled.
    pub resolution: &'a Resolution<'a>,
    /// The traces of rows.
    pub rows: &'a [RowTrace],
    /// The traces of members.
    pub members: &'a [MemberTrace],
}

impl Settler<'_> {
    /// The members whom the last word on a row needs to know in full.
    pub fn needs(&self, draft: &Draft) -> impl Iterator<Item = MemberId> + use<> {
        let (own, others) = match draft.outcome {
            Outcome::Member(member) => (Some(member), [None, None]),
            Outcome::New { .. } => {
                let owner = self.resolution.email_owner(draft.place, None);
                (None, [owner, self.resolution.similar_id(draft.place)])
            }
            Outcome::Held(
                Hold::EmailTaken { member } | Hold::SimilarId { member } | Hold::Identity { member },
            ) => (None, [Some(member), None]),
            Outcome::Held(Hold::MissingRequired { member }) => (member, [None, None]),
            Outcome::Held(_) | Outcome::Repeated { .. } => (None, [None, None]),
        };
        let ids: Vec<MemberId> =
            own.into_iter().chain(others.into_iter().flatten()).map(|place| self.id(place)).collect();
        ids.into_iter()
    }

    fn id(&self, place: u32) -> MemberId {
        self.members[place as usize].id
    }

    /// The last word on a row, given the members that it [`needs`](Self::needs).
    #[must_use]
    pub fn settle(&self, draft: Draft, known: &HashMap<MemberId, Member>) -> Settled {
        let row_number = draft.row_number;
        match draft.outcome {
            Outcome::Held(hold) => {
                let mut issues = draft.issues.clone();
                issues.extend(self.hold_issue(&draft, hold, known));
                Settled { row_number, verdict: Verdict::Held, issues }
            }
            Outcome::Repeated { row } => {
                let other = format!("row {}", self.rows[row as usize].row_number);
                let about = About { other: &other, ..About::default() };
                let mut issues = draft.issues;
                issues.push(row_issue(row_number, RowIssueCode::DuplicateRow, Severity::Warning, &about));
                Settled { row_number, verdict: Verdict::Repeated, issues }
            }
            Outcome::Member(member) => {
                let before = known.get(&self.id(member));
                self.compare(draft, Some(member), before)
            }
            Outcome::New { revives } => {
                let mut draft = draft;
                let notes = self.new_member_notes(&draft, known);
                draft.issues.extend(notes);
                self.create(draft, revives.map(|member| self.id(member)))
            }
        }
    }

    fn hold_issue(&self, draft: &Draft, hold: Hold, known: &HashMap<MemberId, Member>) -> Option<RowIssue> {
        let row = |place: u32| format!("row {}", self.rows[place as usize].row_number);
        let who = |place: u32| known.get(&self.id(place)).map_or("another member".to_owned(), describe);
        let (code, field_key, other) = match hold {
            Hold::Flawed => return None,
            Hold::DuplicateId { row: place } => (RowIssueCode::DuplicateUniqueId, key::UNIQUE_ID, row(place)),
            Hold::DuplicateEmail { row: place } => (RowIssueCode::DuplicateEmail, key::EMAIL, row(place)),
            Hold::SimilarId { member } => (RowIssueCode::SimilarUniqueId, key::UNIQUE_ID, who(member)),
            Hold::Identity { member } => (RowIssueCode::IdentityChanged, key::UNIQUE_ID, who(member)),
            Hold::EmailTaken { member } => (RowIssueCode::EmailTaken, key::EMAIL, who(member)),
            Hold::MissingRequired { member } => {
                let before = member.and_then(|member| known.get(&self.id(member)));
                return Some(self.missing_issue(draft, before.map(|member| &member.profile)));
            }
        };
        let column = self.reader.column_of(field_key);
        let value = column.and_then(|(place, _)| draft.values[place].clone());
        let label = self.label(field_key);
        let about = About {
            field: &label,
            value: value.as_deref().unwrap_or_default(),
            other: &other,
            ..About::default()
        };
        let mut issue = row_issue(draft.row_number, code, Severity::Error, &about);
        issue.column = column.map(|(_, index)| index);
        issue.value = value;
        Some(issue)
    }

    fn missing_issue(&self, draft: &Draft, before: Option<&Profile>) -> RowIssue {
        let missing = self.reader.missing(draft, before, self.fields);
        let first = self.fields.iter().find(|field| missing.first() == Some(&field.label));
        let about = About { field: &missing.join(", "), ..About::default() };
        let mut issue = row_issue(draft.row_number, RowIssueCode::MissingRequired, Severity::Error, &about);
        issue.column = first.and_then(|field| self.reader.column_of(&field.key)).map(|(_, index)| index);
        issue
    }

    fn label(&self, field_key: &str) -> String {
        let field = self.fields.iter().find(|field| field.key == field_key);
        field.map_or(field_key.to_owned(), |field| field.label.clone())
    }

    /// A new member who has somebody's address, or nearly somebody's id, is pointed out.
    fn new_member_notes(&self, draft: &Draft, known: &HashMap<MemberId, Member>) -> Vec<RowIssue> {
        let mut notes = Vec::new();
        let owner = self.resolution.email_owner(draft.place, None);
        let similar = self.resolution.similar_id(draft.place);
        for (code, member, field_key) in [
            (RowIssueCode::SimilarMember, owner, key::EMAIL),
            (RowIssueCode::SimilarUniqueId, similar, key::UNIQUE_ID),
        ] {
            let Some(member) = member.and_then(|place| known.get(&self.id(place))) else { continue };
            let (other, label) = (describe(member), self.label(field_key));
            let column = self.reader.column_of(field_key);
            let value = column.and_then(|(place, _)| draft.values[place].clone());
            let about = About {
                field: &label,
                value: value.as_deref().unwrap_or_default(),
                other: &other,
                other_is_present: true,
                ..About::default()
            };
            let mut note = row_issue(draft.row_number, code, Severity::Warning, &about);
            note.column = column.map(|(_, index)| index);
            note.value = value;
            notes.push(note);
        }
        notes
    }

    fn create(&self, draft: Draft, revives: Option<MemberId>) -> Settled {
        let mut after = Profile::default();
        let mut changes = Vec::new();
        for (field, value) in self.reader.fields().zip(&draft.values) {
            if let Some(value) = value {
                after.set(&field.key, Some(value.clone()));
                changes.push(FieldChange(field.key.clone(), None, Some(value.clone())));
            }
        }
        let takes = self.resolution.email_owner(draft.place, None);
        self.action(draft, ActionKind::Create, revives, &after, changes, takes)
    }

    fn compare(&self, draft: Draft, member: Option<u32>, before: Option<&Member>) -> Settled {
        // Whoever went since the traces were taken makes the plan stale, which completing finds out.
        let Some(before) = before else { return self.create(draft, None) };
        let mut after = before.profile.clone();
        let mut changes = Vec::new();
        for (column, (field, value)) in self.reader.fields().zip(&draft.values).enumerate() {
            let old = before.profile.get(&field.key);
            if value.is_none() && (old.is_none() || !self.reader.clears(column)) {
                continue;
            }
            if is_same(field, old, value.as_deref()) {
                continue;
            }
            changes.push(FieldChange(field.key.clone(), old.map(str::to_owned), value.clone()));
            after.set(&field.key, value.clone());
        }
        if changes.is_empty() {
            return Settled {
                row_number: draft.row_number,
                verdict: Verdict::Unchanged,
                issues: draft.issues,
            };
        }
        let kind = match (before.profile.status, after.status) {
            (MemberStatus::Active, MemberStatus::Inactive) => ActionKind::Deactivate,
            (MemberStatus::Inactive, MemberStatus::Active) => ActionKind::Reactivate,
            _ => ActionKind::Update,
        };
        let mut draft = draft;
        if is_somebody_else(&changes) {
            let other = describe(before);
            let about = About { other: &other, ..About::default() };
            let code = RowIssueCode::IdentityChanged;
            draft.issues.push(row_issue(draft.row_number, code, Severity::Warning, &about));
        }
        let email_changes = changes.iter().any(|change| change.0 == key::EMAIL);
        let takes = if email_changes { self.resolution.email_owner(draft.place, member) } else { None };
        let mut settled = self.action(draft, kind, Some(before.id), &before.profile, changes, takes);
        if let Verdict::Action(action) = &mut settled.verdict {
            action.member_unique_id = action.member_unique_id.take().or(after.unique_id);
            action.frees_email = email_changes && before.profile.email.is_some();
        }
        settled
    }

    fn action(
        &self,
        draft: Draft,
        kind: ActionKind,
        member: Option<MemberId>,
        shown: &Profile,
        changes: Vec<FieldChange>,
        takes: Option<u32>,
    ) -> Settled {
        let warnings = draft.issues.iter().filter(|issue| issue.severity == Severity::Warning);
        let action = PlannedAction {
            kind,
            member,
            row_number: Some(draft.row_number),
            member_name: shown.name(),
            member_email: shown.email.clone(),
            member_unique_id: shown.unique_id.clone(),
            changes,
            warnings: warnings.cloned().collect(),
            frees_email: false,
            takes_email_from: takes.map(|place| self.id(place)),
        };
        Settled {
            row_number: draft.row_number,
            verdict: Verdict::Action(Box::new(action)),
            issues: draft.issues,
        }
    }
}

/// The action that deletes a member who is absent from a full roster.
#[must_use]
pub fn deletion(member: &Member) -> PlannedAction {
    let profile = &member.profile;
    PlannedAction {
        kind: ActionKind::Delete,
        member: Some(member.id),
        row_number: None,
        member_name: profile.name(),
        member_email: profile.email.clone(),
        member_unique_id: profile.unique_id.clone(),
        changes: Vec::new(),
        warnings: Vec::new(),
        frees_email: profile.email.is_some(),
        takes_email_from: None,
    }
}

/// Addresses are the same if they fold to the same; everything else, if it is.
fn is_same(field: &ProfileField, old: Option<&str>, new: Option<&str>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) if field.field_type == FieldType::Email => {
            old == new || email::key(old) == email::key(new)
        }
        (old, new) => old == new,
    }
}

/// Whether an id seems to have been given to another person: both names and the address are others.
fn is_somebody_else(changes: &[FieldChange]) -> bool {
    [key::FIRST_NAME, key::LAST_NAME, key::EMAIL].iter().all(|field_key| {
        changes.iter().any(|change| change.0 == *field_key && change.1.is_some() && change.2.is_some())
    })
}

fn describe(member: &Member) -> String {
    let name = member.profile.name();
    match &member.profile.unique_id {
        Some(id) if *id != name => format!("{name} ({id})"),
        _ => name,
    }
}

fn row_issue(row_number: u32, code: RowIssueCode, severity: Severity, about: &About<'_>) -> RowIssue {
    let message = sentences::message(code, about);
    RowIssue { row_number, severity, code, column: None, value: None, message }
}
