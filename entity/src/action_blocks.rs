//! Proposed profile actions, up to a thousand in a row, packed. Written once, with their plan.

use sea_orm::entity::prelude::*;

/// Proposed profile actions, up to a thousand in a row, packed. Written once, with their plan.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "action_blocks")]
pub struct Model {
    /// Plan.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: Uuid,
    /// Place in the plan, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub block: i32,
    /// What each action is about: records of one size.
    pub heads: Vec<u8>,
    /// Where a search looks: the key of each action.
    pub search_keys: Vec<u8>,
    /// What the review shows of each action: lines of JSON.
    pub bodies: Vec<u8>,
}

/// Stands alone: what belongs together is read by key, in lists.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
