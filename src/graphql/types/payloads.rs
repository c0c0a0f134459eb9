//! What mutations answer. A refusal that a person can act on is data: success is an empty `userErrors`.

use async_graphql::SimpleObject;

use super::{MembershipImport, ProfileField, UserError};
use crate::app::fields::SavedField;
use crate::app::imports::Outcome;
use crate::app::imports::decide::Decided;
use crate::app::imports::upload::Uploaded;

/// How an upload ended.
#[derive(SimpleObject)]
pub struct UploadMembershipFilePayload {
    /// The new import, or the one that the same `idempotencyKey` made before.
    pub membership_import: Option<MembershipImport>,
    /// The import that it turned INCOMPLETE.
    pub superseded: Option<MembershipImport>,
    /// Why the file was refused; empty on success.
    pub user_errors: Vec<UserError>,
}

/// How a mutation of an import ended.
#[derive(SimpleObject)]
pub struct ImportPayload {
    /// The import as it now stands, whenever it exists.
    pub membership_import: Option<MembershipImport>,
    /// Why nothing was done; empty on success.
    pub user_errors: Vec<UserError>,
}

/// How a decision ended.
#[derive(SimpleObject)]
pub struct DecideProfileActionsPayload {
    /// The import as it now stands, whenever it exists.
    pub membership_import: Option<MembershipImport>,
    /// Actions whose decision changed; those that had it already are not counted.
    pub decided_count: i32,
    /// Why nothing was decided; empty on success.
    pub user_errors: Vec<UserError>,
}

/// How a change of a profile field ended.
#[derive(SimpleObject)]
pub struct ProfileFieldPayload {
    /// The field as it now is.
    pub profile_field: Option<ProfileField>,
    /// Why nothing was changed; empty on success.
    pub user_errors: Vec<UserError>,
}

impl UploadMembershipFilePayload {
    pub(crate) fn of(uploaded: Uploaded) -> Self {
        Self {
            membership_import: uploaded.import.map(MembershipImport),
            superseded: uploaded.superseded.map(MembershipImport),
            user_errors: UserError::all(uploaded.errors),
        }
    }
}

impl ImportPayload {
    pub(crate) fn of(outcome: Outcome) -> Self {
        Self {
            membership_import: outcome.import.map(MembershipImport),
            user_errors: UserError::all(outcome.errors),
        }
    }
}

impl DecideProfileActionsPayload {
    pub(crate) fn of(decided: Decided) -> Self {
        Self {
            membership_import: decided.import.map(MembershipImport),
            decided_count: i32::try_from(decided.count).unwrap_or(i32::MAX),
            user_errors: UserError::all(decided.errors),
        }
    }
}

impl ProfileFieldPayload {
    pub(crate) fn of(saved: SavedField) -> Self {
        Self { profile_field: saved.field.map(ProfileField), user_errors: UserError::all(saved.errors) }
    }
}
