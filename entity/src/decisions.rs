//! What was decided about an action; none is PENDING. Apart from the action, as it is small and changes.

use sea_orm::entity::prelude::*;

/// What was decided about an action; none is PENDING. Apart from the action, as it is small and changes.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decisions")]
pub struct Model {
    /// Plan.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: Uuid,
    /// Place of the action in the plan.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// Else rejected.
    pub approved: bool,
    /// User.
    pub decided_by: Uuid,
    /// Milliseconds since 1970.
    pub decided_at: i64,
}

/// Stands alone: what belongs together is read by key, in lists.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
