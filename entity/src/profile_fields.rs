//! A profile field.

use sea_orm::entity::prelude::*;

/// A profile field.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "profile_fields")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Place in the list.
    pub position: i32,
    /// Name for programs, unique in the tenant.
    pub field_key: String,
    /// Name for people.
    pub label: String,
    /// TEXT, EMAIL, DATE, BOOLEAN or CHOICE.
    pub field_type: String,
    /// Whether a member must have a value.
    pub required: bool,
    /// Whether every tenant has it.
    pub built_in: bool,
    /// Whether it can no longer be mapped.
    pub archived: bool,
    /// The closed list, a JSON array.
    pub choices: String,
}

/// Stands alone: what belongs together is read by key, in lists.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
