//! A membership import and its file.

use sea_orm::entity::prelude::*;

/// A membership import and its file.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "imports")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// IN_PROGRESS, INCOMPLETE or COMPLETE.
    pub status: String,
    /// MAPPING, PLANNING, REVIEW, APPLYING or DONE.
    pub step: String,
    /// Rises by one with each change.
    pub version: i32,
    /// As shown: cleaned and cut.
    pub file_name: String,
    /// Folded: the order of lists and where a search looks.
    pub file_name_key: String,
    /// As uploaded.
    pub file_size_bytes: i64,
    /// Lower-case hex, as uploaded.
    pub file_sha256: String,
    /// Records below the header, blank lines not counted.
    pub file_row_count: i32,
    /// How the file is read, JSON.
    pub file_dialect: String,
    /// User.
    pub uploaded_by: Uuid,
    /// Milliseconds since 1970.
    pub uploaded_at: i64,
    /// Milliseconds since 1970.
    pub updated_at: i64,
    /// User.
    pub resumed_by: Option<Uuid>,
    /// Milliseconds since 1970.
    pub resumed_at: Option<i64>,
    /// User.
    pub completed_by: Option<Uuid>,
    /// Milliseconds since 1970.
    pub completed_at: Option<i64>,
    /// User.
    pub discarded_by: Option<Uuid>,
    /// The later import.
    pub superseded_by: Option<Uuid>,
    /// What went wrong in the background, JSON.
    pub problem: Option<String>,
    /// As sent with the upload, unique in the tenant.
    pub idempotency_key: Option<String>,
}

/// Stands alone: what belongs together is read by key, in lists.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
