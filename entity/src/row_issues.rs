//! An issue of a row: the first ones of each code.

use sea_orm::entity::prelude::*;

/// An issue of a row: the first ones of each code.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "row_issues")]
pub struct Model {
    /// Plan.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: Uuid,
    /// Place in the list, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// Row.
    pub row_number: i32,
    /// Whether it is an error, and holds the row.
    pub holds: bool,
    /// Its kind.
    pub code: String,
    /// Column of the file.
    pub column_index: Option<i32>,
    /// The value as seen.
    pub cell: Option<String>,
    /// For an admin.
    pub message: String,
}

/// Stands alone: what belongs together is read by key, in lists.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
