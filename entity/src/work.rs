//! Background work that is to be done or under way.

use sea_orm::entity::prelude::*;

/// Background work that is to be done or under way.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "work")]
pub struct Model {
    /// Import.
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// PLAN or APPLY.
    pub kind: String,
    /// Rises with each lease: a write with an older one is refused.
    pub fence: i64,
    /// Milliseconds since 1970.
    pub leased_until: i64,
    /// Leases so far.
    pub attempts: i32,
    /// User.
    pub requested_by: Uuid,
    /// The number of deletions that they confirmed, if they did.
    pub confirmed_deletions: Option<i32>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Rows of the import's file: what is large and what is small.
    pub file_row_count: i32,
}

/// Stands alone: what belongs together is read by key, in lists.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
