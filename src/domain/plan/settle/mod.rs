//! The last word on a row: unchanged, held, repeated, or an action.

mod remarks;

use std::collections::HashMap;
use std::sync::Arc;

use super::resolve::{Hold, Outcome, Resolution};
use super::rows::{Draft, RowReader};
use crate::domain::action::{ActionKind, FieldChange, PlannedAction};
use crate::domain::field::{FieldType, ProfileField, key};
use crate::domain::file::Record;
use crate::domain::id::MemberId;
use crate::domain::issue::{RowIssue, Severity};
use crate::domain::member::{Member, MemberStatus, Profile};
use crate::domain::value::email;

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
pub struct Settler {
    /// How rows are read.
    pub reader: Arc<RowReader>,
    /// The tenant's fields.
    pub fields: Vec<ProfileField>,
    /// What the traces settled.
    pub resolution: Resolution,
}

impl Settler {
    /// Whether the traces alone say that the row changes nothing and that there is nothing to remark: most rows of most
    /// files, none of which needs to be compared with its member.
    #[must_use]
    pub fn is_settled(&self, place: u32) -> bool {
        let row = self.resolution.row(place);
        match self.resolution.outcomes.get(place as usize) {
            Some(Outcome::Member(member)) => {
                let member = self.resolution.member(*member);
                !row.remarkable
                    && row.content == member.content
                    && self.resolution.similar_id(place).is_none()
            }
            _ => false,
        }
    }

    /// Reads the row at `place` for comparison.
    #[must_use]
    pub fn draft(&self, place: u32, record: &Record<'_>) -> Draft {
        self.reader.draft(place, record, self.resolution.outcomes[place as usize])
    }

    /// The members whom the last word on the row at `place` needs to know in full.
    pub fn needs(&self, place: u32) -> impl Iterator<Item = MemberId> + use<> {
        let similar_id = || self.resolution.similar_id(place);
        let named = match self.resolution.outcomes[place as usize] {
            Outcome::Member(member) => [Some(member), None, similar_id()],
            Outcome::New { .. } => [None, self.resolution.email_owner(place, None), similar_id()],
            Outcome::Held(hold) => {
                let member = match hold {
                    Hold::EmailTaken { member } | Hold::SimilarId { member } | Hold::Identity { member } => {
                        Some(member)
                    }
                    Hold::MissingRequired { member } => member,
                    Hold::Flawed | Hold::DuplicateId { .. } | Hold::DuplicateEmail { .. } => None,
                };
                [member, None, self.similar_id_beside(place, hold)]
            }
            Outcome::Repeated { .. } => [None, None, None],
        };
        named.map(|place| place.map(|place| self.id(place))).into_iter().flatten()
    }

    /// The member whom the new id of a held row nearly names, unless the row is held for that or may not be
    /// read at all.
    fn similar_id_beside(&self, place: u32, hold: Hold) -> Option<u32> {
        let is_about_ids = matches!(hold, Hold::SimilarId { .. } | Hold::Identity { .. });
        let is_told = is_about_ids || self.resolution.row(place).in_doubt;
        self.resolution.similar_id(place).filter(|_| !is_told)
    }

    fn id(&self, place: u32) -> MemberId {
        self.resolution.member(place).id
    }

    /// The last word on a row, given the members that it [`needs`](Self::needs).
    #[must_use]
    pub fn settle(&self, draft: Draft, known: &HashMap<MemberId, Member>) -> Settled {
        let mut draft = draft;
        let remarks = self.remarks(&draft, known);
        draft.issues.extend(remarks);
        if matches!(draft.outcome, Outcome::Repeated { .. }) {
            // The row that it repeats is told what is wrong with both.
            draft.issues.retain(|issue| issue.severity == Severity::Warning);
        }
        match draft.outcome {
            Outcome::Held(_) => closed(draft, Verdict::Held),
            Outcome::Repeated { .. } => closed(draft, Verdict::Repeated),
            Outcome::Member(member) => self.compare(draft, Some(member), known.get(&self.id(member))),
            Outcome::New { revives } => self.create(draft, revives.map(|member| self.id(member))),
        }
    }

    fn create(&self, draft: Draft, revives: Option<MemberId>) -> Settled {
        let mut draft = draft;
        // What the review shows of somebody new: the other fields are among the changes.
        let mut after = Profile::default();
        let mut changes = Vec::with_capacity(draft.values.len());
        for (field, value) in self.reader.fields().zip(std::mem::take(&mut draft.values)) {
            let Some(value) = value else { continue };
            if let key::UNIQUE_ID | key::EMAIL | key::FIRST_NAME | key::LAST_NAME = field.key.as_str() {
                after.set(&field.key, Some(value.clone()));
            }
            changes.push(FieldChange(field.key.clone(), None, Some(value)));
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
            return closed(draft, Verdict::Unchanged);
        }
        let kind = match (before.profile.status, after.status) {
            (MemberStatus::Active, MemberStatus::Inactive) => ActionKind::Deactivate,
            (MemberStatus::Inactive, MemberStatus::Active) => ActionKind::Reactivate,
            _ => ActionKind::Update,
        };
        let mut draft = draft;
        if is_somebody_else(&changes) {
            draft.issues.push(remarks::identity_changed(draft.row_number, before));
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

fn closed(draft: Draft, verdict: Verdict) -> Settled {
    Settled { row_number: draft.row_number, verdict, issues: draft.issues }
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
