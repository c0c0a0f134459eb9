//! What there is to remark about a row beyond its own cells, in sentences that name the others.

use std::collections::HashMap;

use super::Settler;
use crate::domain::field::key;
use crate::domain::id::MemberId;
use crate::domain::issue::{RowIssue, RowIssueCode, Severity};
use crate::domain::mapping::MatchKey;
use crate::domain::member::Member;
use crate::domain::plan::resolve::{Hold, Outcome};
use crate::domain::plan::rows::Draft;
use crate::domain::value::sentences::{self, About, Keeping};
use crate::domain::value::text;

type Known = HashMap<MemberId, Member>;

impl Settler {
    pub(super) fn remarks(&self, draft: &Draft, known: &Known) -> Vec<RowIssue> {
        match draft.outcome {
            Outcome::Held(hold) => {
                let similar = self.similar_id_beside(draft.place, hold);
                let similar = similar.and_then(|member| self.similar_id(draft, member, known));
                similar.into_iter().chain(self.hold_issue(draft, hold, known)).collect()
            }
            Outcome::Repeated { row } => vec![self.repeated(draft.row_number, row)],
            Outcome::Member(_) | Outcome::New { .. } => {
                let is_new = matches!(draft.outcome, Outcome::New { .. });
                let owner = is_new.then(|| self.similar_member(draft, known)).flatten();
                let similar = self.resolution.similar_id(draft.place);
                let similar = similar.and_then(|member| self.similar_id(draft, member, known));
                owner.into_iter().chain(similar).collect()
            }
        }
    }

    fn hold_issue(&self, draft: &Draft, hold: Hold, known: &Known) -> Option<RowIssue> {
        let row = |place: u32| self.row_phrase(place);
        let who = |place: u32| known.get(&self.id(place)).map_or("another member".to_owned(), describe);
        let (code, field_key, other) = match hold {
            Hold::Flawed => return None,
            Hold::DuplicateId { row: place } => (RowIssueCode::DuplicateUniqueId, key::UNIQUE_ID, row(place)),
            Hold::DuplicateEmail { row: place } => (RowIssueCode::DuplicateEmail, key::EMAIL, row(place)),
            Hold::SimilarId { member } => (RowIssueCode::SimilarUniqueId, key::UNIQUE_ID, who(member)),
            Hold::Identity { member } => (RowIssueCode::IdentityChanged, key::UNIQUE_ID, who(member)),
            Hold::EmailTaken { member } => (RowIssueCode::EmailTaken, key::EMAIL, who(member)),
            Hold::MissingRequired { member } => {
                return Some(self.missing(draft, member.and_then(|member| known.get(&self.id(member)))));
            }
        };
        let keeping = match hold {
            Hold::EmailTaken { member } => self.resolution.keeping(member),
            _ => Keeping::AsItIs,
        };
        let matched_by_email = self.reader.match_by() == MatchKey::Email;
        let about = About { other: &other, matched_by_email, keeping, ..About::default() };
        Some(self.about_cell(draft, code, Severity::Error, field_key, &about))
    }

    fn missing(&self, draft: &Draft, before: Option<&Member>) -> RowIssue {
        let missing = self.reader.missing(draft, before.map(|member| &member.profile), &self.fields);
        let first = self.fields.iter().find(|field| missing.first() == Some(&field.label));
        let about = About { field: &missing.join(", "), ..About::default() };
        let mut issue = about_row(draft.row_number, RowIssueCode::MissingRequired, Severity::Error, &about);
        issue.column = first.and_then(|field| self.reader.column_of(&field.key)).map(|(_, index)| index);
        issue
    }

    fn repeated(&self, row_number: u32, place: u32) -> RowIssue {
        let about = About { other: &self.row_phrase(place), ..About::default() };
        about_row(row_number, RowIssueCode::DuplicateRow, Severity::Warning, &about)
    }

    /// A new person with the address that somebody has now.
    fn similar_member(&self, draft: &Draft, known: &Known) -> Option<RowIssue> {
        let owner = self.resolution.email_owner(draft.place, None)?;
        let other = describe(known.get(&self.id(owner))?);
        let about = About { other: &other, ..About::default() };
        Some(self.about_cell(draft, RowIssueCode::SimilarMember, Severity::Warning, key::EMAIL, &about))
    }

    /// A new id that nearly is that of somebody who is in the file, too.
    fn similar_id(&self, draft: &Draft, similar: u32, known: &Known) -> Option<RowIssue> {
        let other = describe(known.get(&self.id(similar))?);
        let about = About { other: &other, other_is_present: true, ..About::default() };
        Some(self.about_cell(draft, RowIssueCode::SimilarUniqueId, Severity::Warning, key::UNIQUE_ID, &about))
    }

    fn about_cell(
        &self,
        draft: &Draft,
        code: RowIssueCode,
        severity: Severity,
        field_key: &str,
        about: &About<'_>,
    ) -> RowIssue {
        let column = self.reader.column_of(field_key);
        let value = column.and_then(|(place, _)| draft.values[place].as_deref()).map(text::show);
        let field = self.fields.iter().find(|field| field.key == field_key);
        let field = field.map_or(field_key, |field| field.label.as_str());
        let about = About { field, value: value.as_deref().unwrap_or_default(), ..*about };
        let mut issue = about_row(draft.row_number, code, severity, &about);
        issue.column = column.map(|(_, index)| index);
        issue.value = value;
        issue
    }

    fn row_phrase(&self, place: u32) -> String {
        format!("row {}", text::grouped(self.resolution.row(place).row_number.into()))
    }
}

/// An id that seems to have been given to another person.
pub(super) fn identity_changed(row_number: u32, before: &Member) -> RowIssue {
    let about = About { other: &describe(before), ..About::default() };
    about_row(row_number, RowIssueCode::IdentityChanged, Severity::Warning, &about)
}

fn describe(member: &Member) -> String {
    let name = member.profile.name();
    match &member.profile.unique_id {
        Some(id) if *id != name => format!("{name} ({id})"),
        _ => name,
    }
}

fn about_row(row_number: u32, code: RowIssueCode, severity: Severity, about: &About<'_>) -> RowIssue {
    let message = sentences::message(code, about);
    RowIssue { row_number, severity, code, column: None, value: None, message }
}
