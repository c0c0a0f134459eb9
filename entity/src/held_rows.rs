//! A held row: all of them, for the download.

use sea_orm::entity::prelude::*;

/// A held row: all of them, for the download.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "held_rows")]
pub struct Model {
    /// Plan.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: Uuid,
    /// Row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub row_number: i32,
    /// The kind of its first error.
    pub code: String,
    /// Its errors, for an admin.
    pub message: String,
}

/// Stands alone: what belongs together is read by key, in lists.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
