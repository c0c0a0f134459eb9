//! Profile fields.

use async_graphql::{Context, ID, Object, Result};

use super::ProfileFieldType;
use crate::domain::field;
use crate::graphql::ids::encode_field;
use crate::graphql::session::list;

/// What a column can be mapped to: a built-in field, or one of the tenant's own segments.
#[derive(Clone)]
pub struct ProfileField(pub field::ProfileField);

/// What a column can be mapped to: a built-in field, or one of the tenant's own segments.
#[Object]
impl ProfileField {
    /// Opaque, globally unique, stable.
    async fn id(&self) -> ID {
        encode_field(self.0.id)
    }

    /// The name for programs; it never changes.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// The name for people.
    async fn label(&self) -> &str {
        &self.0.label
    }

    /// What its values are.
    #[graphql(name = "type")]
    async fn field_type(&self) -> ProfileFieldType {
        self.0.field_type.into()
    }

    /// Whether a member must have a value.
    async fn required(&self) -> bool {
        self.0.required
    }

    /// Whether every tenant has it; the others are segments.
    async fn built_in(&self) -> bool {
        self.0.built_in
    }

    /// Whether it can no longer be mapped.
    async fn archived(&self) -> bool {
        self.0.archived
    }

    /// The closed list of a CHOICE; true and false of a BOOLEAN; else empty.
    async fn choices(&self, ctx: &Context<'_>) -> Result<&[String]> {
        list(ctx, self.0.choices.len())?;
        Ok(&self.0.choices)
    }
}
