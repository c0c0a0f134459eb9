//! How far background work has come, for other servers than the one that is at it.

use sea_orm::entity::prelude::*;

/// How far background work has come, for other servers than the one that is at it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "progress")]
pub struct Model {
    /// Import.
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: Uuid,
    /// Whose.
    pub tenant_id: Uuid,
    /// Rows or actions that are done.
    pub processed: i32,
    /// All of them.
    pub total: i32,
}

/// Stands alone: what belongs together is read by key, in lists.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
