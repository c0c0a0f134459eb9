//! A transition of status or step. Only ever appended to.

use sea_orm::entity::prelude::*;

/// A transition of status or step. Only ever appended to.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_log")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// Order of commits in the tenant, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Import.
    pub import_id: Uuid,
    /// After it.
    pub status: String,
    /// After it.
    pub step: String,
    /// After it.
    pub version: i32,
    /// Milliseconds since 1970.
    pub at: i64,
}

/// Stands alone: what belongs together is read by key, in lists.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
