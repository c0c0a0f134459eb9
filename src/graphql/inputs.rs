//! Inputs.

use async_graphql::{Enum, ID, InputObject, MaybeUndefined, OneofObject, Result};

use super::error::{Code, error};
use super::ids;
use super::scalars::{DateTime, Upload};
use super::types::{
    DateOrder, Decision, EmptyCells, FileScope, ImportStatus, MatchKey, MemberStatus, ProfileActionKind,
    ProfileFieldType, RowIssueCode, Severity,
};
use crate::domain::mapping::edit::{ColumnEdit, MappingEdit, ValueEdit};
use crate::store;

/// Characters of a text that is looked for.
const SEARCH_CHARS_MAX: usize = 200;
/// Fields that a filter names.
const FIELDS_MAX: usize = 200;

/// Each choice once, however often it is named.
fn all<T, U: From<T> + PartialEq>(list: Option<Vec<T>>) -> Option<Vec<U>> {
    list.map(|list| {
        let mut each: Vec<U> = Vec::new();
        for choice in list.into_iter().map(U::from) {
            if !each.contains(&choice) {
                each.push(choice);
            }
        }
        each
    })
}

/// A text that is looked for; a blank one looks for nothing, as a search field that nobody has filled in.
fn search(text: Option<String>) -> Result<Option<String>> {
    let text = text.filter(|text| !text.trim().is_empty());
    if text.as_ref().is_some_and(|text| text.chars().nth(SEARCH_CHARS_MAX).is_some()) {
        let sentence = format!("What is looked for has at most {SEARCH_CHARS_MAX} characters.");
        return Err(error(Code::BadUserInput, sentence));
    }
    Ok(text)
}

/// Which imports a list shows. What is not given means any; an empty list matches nothing.
#[derive(Debug, Default, InputObject)]
pub struct MembershipImportFilter {
    /// Any of these.
    pub status: Option<Vec<ImportStatus>>,
    /// The file name contains it, whatever its case.
    pub file_name: Option<String>,
    /// Uploaded then or later.
    pub uploaded_from: Option<DateTime>,
    /// Uploaded earlier.
    pub uploaded_before: Option<DateTime>,
}

impl MembershipImportFilter {
    pub(super) fn into_store(self) -> Result<store::ImportFilter> {
        Ok(store::ImportFilter {
            status: all(self.status),
            file_name: search(self.file_name)?,
            uploaded_from: self.uploaded_from.map(|time| time.0),
            uploaded_before: self.uploaded_before.map(|time| time.0),
        })
    }
}

/// What the history is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "store::ImportSort")]
pub enum MembershipImportOrderField {
    /// When the file was uploaded.
    UploadedAt,
    /// When the import last changed.
    UpdatedAt,
    /// The name of the file, whatever its case.
    FileName,
}

/// Which way a list is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// The least first.
    Asc,
    /// The greatest first.
    Desc,
}

/// The order of the history.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct MembershipImportOrder {
    /// By what.
    pub field: MembershipImportOrderField,
    /// Which way.
    pub direction: OrderDirection,
}

impl MembershipImportOrder {
    pub(super) fn into_store(order: Option<Self>) -> store::ImportOrder {
        let newest = store::ImportOrder { sort: store::ImportSort::UploadedAt, descending: true };
        order.map_or(newest, |order| store::ImportOrder {
            sort: order.field.into(),
            descending: order.direction == OrderDirection::Desc,
        })
    }
}

/// Which actions a list shows, or a decision is about. What is not given means any; an empty list matches nothing.
#[derive(Debug, Default, InputObject)]
pub struct ProfileActionFilter {
    /// Any of these.
    pub kind: Option<Vec<ProfileActionKind>>,
    /// Any of these.
    pub decision: Option<Vec<Decision>>,
    /// Decided by this user.
    pub decided_by: Option<ID>,
    /// Any of these fields changes, by `ProfileField.key`.
    pub changed_field: Option<Vec<String>>,
    /// Whether there are warnings.
    pub has_warnings: Option<bool>,
    /// The member's name, email address or unique id contains it, whatever its case.
    pub search: Option<String>,
}

impl ProfileActionFilter {
    pub(super) fn into_store(self) -> Result<store::ActionFilter> {
        let bad = |keys: &Vec<String>| keys.len() > FIELDS_MAX || keys.iter().any(|key| key.contains('|'));
        if self.changed_field.as_ref().is_some_and(bad) {
            let sentence = format!("`changedField` names at most {FIELDS_MAX} fields, each by its key.");
            return Err(error(Code::BadUserInput, sentence));
        }
        Ok(store::ActionFilter {
            kind: all(self.kind),
            decision: all(self.decision),
            decided_by: self.decided_by.as_ref().map(ids::user),
            changed_field: self.changed_field,
            has_warnings: self.has_warnings,
            search: search(self.search)?,
        })
    }
}

/// Which issues a list shows. What is not given means any; an empty list matches nothing.
#[derive(Debug, Default, InputObject)]
pub struct RowIssueFilter {
    /// Any of these.
    pub severity: Option<Vec<Severity>>,
    /// Any of these.
    pub code: Option<Vec<RowIssueCode>>,
}

impl RowIssueFilter {
    pub(super) fn into_store(self) -> store::IssueFilter {
        store::IssueFilter { severity: all(self.severity), code: all(self.code) }
    }
}

/// Which members a list shows. What is not given means any; an empty list matches nothing.
#[derive(Debug, Default, InputObject)]
pub struct MemberFilter {
    /// Any of these.
    pub status: Option<Vec<MemberStatus>>,
    /// Name, email address or unique id contains it, whatever its case.
    pub search: Option<String>,
}

impl MemberFilter {
    pub(super) fn into_store(self) -> Result<store::MemberFilter> {
        Ok(store::MemberFilter { status: all(self.status), search: search(self.search)? })
    }
}

/// A file to import.
#[derive(Debug, InputObject)]
pub struct UploadMembershipFileInput {
    /// The file, as a part of a multipart request.
    pub file: Upload,
    /// A WHATWG label such as `windows-1252`, for a file that is neither UTF-8 nor marked by a byte-order mark.
    pub encoding: Option<String>,
    /// Whether the first record names the columns. Absent means true.
    pub has_header: Option<bool>,
    /// The same key again answers the import that it made and changes nothing, whatever its status: a lost answer is
    /// safe to ask for again. At most 200 characters.
    pub idempotency_key: Option<String>,
    /// Absent: no check. An id: that import must be the one in progress; null: none may be. Else STALE_VERSION.
    pub if_active_import: MaybeUndefined<ID>,
}

/// An import to go on with.
#[derive(Debug, InputObject)]
pub struct ResumeImportInput {
    /// Which import.
    pub import_id: ID,
}

/// Changes to a mapping. What is not named stays.
#[derive(Debug, InputObject)]
pub struct SaveMappingInput {
    /// Of which import.
    pub import_id: ID,
    /// The columns that change.
    pub columns: Option<Vec<ColumnMappingInput>>,
    /// How much of the tenant the file describes.
    pub file_scope: Option<FileScope>,
    /// What ties rows to members.
    pub match_by: Option<MatchKey>,
    /// The version that was looked at: if it has risen since, STALE_VERSION.
    pub if_version: Option<i32>,
}

/// Changes to how one column is mapped. Absent keeps what is.
#[derive(Debug, InputObject)]
pub struct ColumnMappingInput {
    /// The column's place, from 0.
    pub index: i32,
    /// The `ProfileField.key`; null ignores the column.
    pub field_key: MaybeUndefined<String>,
    /// The values that change; the others stay.
    pub values: Option<Vec<ValueMappingInput>>,
    /// What an empty cell does.
    pub empty_cells: Option<EmptyCells>,
    /// For a date field, the order of its parts.
    pub date_order: Option<DateOrder>,
}

/// What one value maps to.
#[derive(Debug, InputObject)]
pub struct ValueMappingInput {
    /// The value, as `ValueMapping.value` shows it.
    pub value: String,
    /// One of the field's choices; null holds the rows that have the value.
    pub maps_to: Option<String>,
}

impl SaveMappingInput {
    pub(super) fn into_edit(self) -> MappingEdit {
        MappingEdit {
            columns: self
                .columns
                .unwrap_or_default()
                .into_iter()
                .map(ColumnMappingInput::into_edit)
                .collect(),
            file_scope: self.file_scope.map(Into::into),
            match_by: self.match_by.map(Into::into),
        }
    }
}

impl ColumnMappingInput {
    fn into_edit(self) -> ColumnEdit {
        let values = self.values.unwrap_or_default().into_iter();
        ColumnEdit {
            index: self.index,
            field_key: match self.field_key {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(key) => Some(Some(key)),
            },
            values: values.map(|value| ValueEdit { value: value.value, maps_to: value.maps_to }).collect(),
            empty_cells: self.empty_cells.map(Into::into),
            date_order: self.date_order.map(Into::into),
        }
    }
}

/// A mapping to approve.
#[derive(Debug, InputObject)]
pub struct ApproveMappingInput {
    /// Of which import.
    pub import_id: ID,
    /// The version that was looked at: if it has risen since, STALE_VERSION.
    pub if_version: i32,
}

/// A mapping to go back to.
#[derive(Debug, InputObject)]
pub struct ReopenMappingInput {
    /// Of which import.
    pub import_id: ID,
    /// The version that was looked at: if it has risen since, STALE_VERSION.
    pub if_version: Option<i32>,
}

/// A decision about proposed actions. What already has it keeps who and when, and is not counted. A plan that was
/// replaced answers PLAN_STALE.
#[derive(Debug, InputObject)]
pub struct DecideProfileActionsInput {
    /// The plan that was looked at.
    pub plan_id: ID,
    /// What is decided; PENDING takes a decision back.
    pub decision: Decision,
    /// About which actions.
    pub target: ProfileActionTarget,
}

/// Which actions a decision is about: exactly one of these.
#[derive(Debug, OneofObject)]
pub enum ProfileActionTarget {
    /// These, at most 1,000; one that is unknown refuses all.
    Ids(Vec<ID>),
    /// All that the filter shows; it names something.
    Filter(ProfileActionFilter),
    /// All of the plan; it is true.
    All(bool),
}

/// An import to complete.
#[derive(Debug, InputObject)]
pub struct CompleteImportInput {
    /// Which import.
    pub import_id: ID,
    /// The version that was looked at: if it has risen since, STALE_VERSION.
    pub if_version: i32,
    /// The number of approved DELETE and DEACTIVATE actions, when `ImportPlan.deletionsToConfirm` asks for it.
    pub confirm_deletions: Option<i32>,
}

/// An import to give up.
#[derive(Debug, InputObject)]
pub struct DiscardImportInput {
    /// Which import.
    pub import_id: ID,
    /// The version that was looked at: if it has risen since, STALE_VERSION.
    pub if_version: Option<i32>,
}

/// A profile field as it is to be: a new segment, a changed one, or a built-in field's label and `required`.
#[derive(Debug, InputObject)]
pub struct SaveProfileFieldInput {
    /// Lower-case letters, digits and _; the key of an existing field changes that one.
    pub key: String,
    /// The name for people.
    pub label: String,
    /// What its values are. It cannot change once members have values.
    #[graphql(name = "type")]
    pub field_type: ProfileFieldType,
    /// Whether a member must have a value; absent keeps it, and is false for a new one.
    pub required: Option<bool>,
    /// The closed list of a CHOICE; absent keeps it.
    pub choices: Option<Vec<String>>,
}

/// A segment to archive.
#[derive(Debug, InputObject)]
pub struct RemoveProfileFieldInput {
    /// Its key.
    pub key: String,
}
