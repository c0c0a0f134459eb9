//! The columns of a file and how they map. Apart from the import, as the history does not need it.

use sea_orm::entity::prelude::*;

/// The columns of a file and how they map. Apart from the import, as the history does not need it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_mappings")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// Import.
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: Uuid,
    /// JSON.
    pub file_columns: String,
    /// JSON.
    pub mapping: String,
    /// A JSON array.
    pub dropped_headers: String,
    /// User.
    pub approved_by: Option<Uuid>,
    /// Milliseconds since 1970.
    pub approved_at: Option<i64>,
}

/// Stands alone: what belongs together is read by key, in lists.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
