//! A member, also for a while after their deletion.

use sea_orm::entity::prelude::*;

/// A member, also for a while after their deletion.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "members")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// Identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The id by which the customer knows them.
    pub unique_id: Option<String>,
    /// As spelled last.
    pub email: Option<String>,
    /// Folded; unique in the tenant among those who are there.
    pub email_key: Option<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// The `status` field.
    pub active: bool,
    /// The other fields that have a value: a JSON object.
    pub attributes: String,
    /// Folded last and first name: the order of lists.
    pub name_key: String,
    /// Folded name, email and id: where a search looks.
    pub search_key: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub updated_at: i64,
    /// Milliseconds since 1970; none for those who are there.
    pub deleted_at: Option<i64>,
}

/// Stands alone: what belongs together is read by key, in lists.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
