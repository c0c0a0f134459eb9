//! Profile fields: what a column can be mapped to.

use super::id::FieldId;

/// The keys of the built-in fields that rules name.
pub mod key {
    /// What ties a row to a member, unless emails do.
    pub const UNIQUE_ID: &str = "unique_id";
    /// Unique among a tenant's members, compared folded.
    pub const EMAIL: &str = "email";
    /// Given name.
    pub const FIRST_NAME: &str = "first_name";
    /// Family name.
    pub const LAST_NAME: &str = "last_name";
    /// `active` or `inactive`.
    pub const STATUS: &str = "status";
}

/// What a field's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum FieldType {
    /// Free text.
    Text,
    /// An email address.
    Email,
    /// A calendar date, stored as `YYYY-MM-DD`.
    Date,
    /// `true` or `false`.
    Boolean,
    /// One of a closed list.
    Choice,
}

impl FieldType {
    /// Whether its values come from a closed list, so that values are mapped one by one.
    #[must_use]
    pub fn is_closed_list(self) -> bool {
        matches!(self, Self::Boolean | Self::Choice)
    }
}

/// What a column can be mapped to: a built-in field or a tenant's own segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileField {
    /// Identity.
    pub id: FieldId,
    /// Name for programs: lower-case words joined by `_`, unique in the tenant, never changed.
    pub key: String,
    /// Name for people.
    pub label: String,
    /// What its values are.
    pub field_type: FieldType,
    /// Whether a member must have a value.
    pub required: bool,
    /// Whether every tenant has it; the others are the tenant's segments.
    pub built_in: bool,
    /// Whether it can no longer be mapped.
    pub archived: bool,
    /// The closed list of a [`FieldType::Choice`]; `true` and `false` of a [`FieldType::Boolean`];
    /// else empty.
    pub choices: Vec<String>,
}

/// A built-in field as each tenant gets it.
#[derive(Debug, Clone, Copy)]
pub struct BuiltInField {
    /// See [`ProfileField::key`].
    pub key: &'static str,
    /// See [`ProfileField::label`]; a tenant may change it.
    pub label: &'static str,
    /// See [`ProfileField::field_type`].
    pub field_type: FieldType,
    /// See [`ProfileField::required`]; a tenant may change it.
    pub required: bool,
    /// See [`ProfileField::choices`].
    pub choices: &'static [&'static str],
}

const fn built_in(
    key: &'static str,
    label: &'static str,
    field_type: FieldType,
    required: bool,
    choices: &'static [&'static str],
) -> BuiltInField {
    BuiltInField { key, label, field_type, required, choices }
}

/// The fields that every tenant starts with, in the order in which they are shown.
pub const BUILT_IN_FIELDS: [BuiltInField; 12] = [
    built_in(key::UNIQUE_ID, "Unique ID", FieldType::Text, false, &[]),
    built_in(key::FIRST_NAME, "First name", FieldType::Text, true, &[]),
    built_in(key::LAST_NAME, "Last name", FieldType::Text, true, &[]),
    built_in(key::EMAIL, "Email", FieldType::Email, true, &[]),
    built_in(key::STATUS, "Status", FieldType::Choice, false, &["active", "inactive"]),
    built_in(
        "program_eligibility",
        "Program eligibility",
        FieldType::Choice,
        false,
        &["eligible", "ineligible"],
    ),
    built_in("business_unit", "Business unit", FieldType::Text, false, &[]),
    built_in("job_title", "Job title", FieldType::Text, false, &[]),
    built_in("location", "Location", FieldType::Text, false, &[]),
    built_in("manager_email", "Manager email", FieldType::Email, false, &[]),
    built_in("start_date", "Start date", FieldType::Date, false, &[]),
    built_in("locale", "Locale", FieldType::Text, false, &[]),
];
