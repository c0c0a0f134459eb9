//! How many actions of one kind a plan proposes, and how many are decided.

use sea_orm::entity::prelude::*;

/// How many actions of one kind a plan proposes, and how many are decided.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_counts")]
pub struct Model {
    /// Plan.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: Uuid,
    /// CREATE, UPDATE, DEACTIVATE, REACTIVATE or DELETE.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// Actions.
    pub proposed: i32,
    /// Actions.
    pub approved: i32,
    /// Actions.
    pub rejected: i32,
}

/// Stands alone: what belongs together is read by key, in lists.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
