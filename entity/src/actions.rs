//! A proposed profile action. Written once, with its plan.

use sea_orm::entity::prelude::*;

/// A proposed profile action. Written once, with its plan.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "actions")]
pub struct Model {
    /// Plan.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: Uuid,
    /// Place in the plan, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// CREATE, UPDATE, DEACTIVATE, REACTIVATE or DELETE.
    pub kind: String,
    /// Whom it is about; for a CREATE, the deleted member whom it brings back.
    pub member_id: Option<Uuid>,
    /// None for a DELETE.
    pub row_number: Option<i32>,
    /// As the review shows it.
    pub member_name: String,
    /// As the review shows it.
    pub member_email: Option<String>,
    /// As the review shows it.
    pub member_unique_id: Option<String>,
    /// JSON array of field key, before, after.
    pub changes: String,
    /// The field keys, each between two `|`.
    pub changed_fields: String,
    /// JSON array of row issues.
    pub warnings: String,
    /// Whether there are any.
    pub has_warnings: bool,
    /// Folded name, email and id: where a search looks.
    pub search_key: String,
    /// Whether its member gives an address up.
    pub frees_email: bool,
    /// The member who has the address now that it gives to its own.
    pub takes_email_from: Option<Uuid>,
}

/// Stands alone: what belongs together is read by key, in lists.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
