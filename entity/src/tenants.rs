//! A customer.

use sea_orm::entity::prelude::*;

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tenants")]
pub struct Model {
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Name in tokens, unique.
    pub slug: String,
    /// Name for people.
    pub name: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// The last number given out in the import log.
    pub log_seq: i64,
    /// Rises with each change of an import or of a user.
    pub edition: i64,
    /// Rises whenever an import is applied.
    pub roster_version: i64,
    /// Active members.
    pub active_count: i32,
    /// Inactive members.
    pub inactive_count: i32,
}

/// Stands alone: what belongs together is read by key, in lists.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
