//! What a file implies for the members.

use sea_orm::entity::prelude::*;

/// What a file implies for the members.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plans")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Import.
    pub import_id: Uuid,
    /// Whether all of it is there; nobody sees it before.
    pub ready: bool,
    /// Rows.
    pub rows_read: i32,
    /// Rows.
    pub rows_unchanged: i32,
    /// Rows.
    pub rows_held: i32,
    /// Rows.
    pub rows_repeated: i32,
    /// Rows.
    pub rows_with_actions: i32,
    /// All issues, kept or not: JSON.
    pub issue_counts: String,
    /// Why the file may not delete anybody.
    pub deletions_blocked: Option<String>,
    /// What the plan rests on, JSON: if it changes, the plan is stale.
    pub basis: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// Stands alone: what belongs together is read by key, in lists.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
