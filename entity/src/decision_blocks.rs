//! What was decided about the actions of a block; none if all are PENDING. Apart from them, as it is small and changes.

use sea_orm::entity::prelude::*;

/// What was decided about the actions of a block; none if all are PENDING. Apart from them, as it is small and changes.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decision_blocks")]
pub struct Model {
    /// Plan.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: Uuid,
    /// Block of actions.
    #[sea_orm(primary_key, auto_increment = false)]
    pub block: i32,
    /// Who approved how many of which kind, and when last: records of one size.
    pub approvals: Vec<u8>,
    /// The decisions in the order of the actions: runs of the same one, as records of one size.
    pub runs: Vec<u8>,
}

/// Stands alone: what belongs together is read by key, in lists.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
