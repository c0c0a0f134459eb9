//! Somebody who signed in to a tenant.

use sea_orm::entity::prelude::*;

/// Somebody who signed in to a tenant.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The `sub` of their tokens, unique in the tenant.
    pub subject: String,
    /// As their last token said.
    pub name: Option<String>,
    /// As their last token said.
    pub email: Option<String>,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// Stands alone: what belongs together is read by key, in lists.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
