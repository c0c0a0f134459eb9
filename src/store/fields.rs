//! Profile fields.

use entity::profile_fields::{ActiveModel, Column, Entity, Model};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::codes::Code;
use super::scope::OfTenant;
use super::{Db, Result, Store, Tx};
use crate::domain::field::{BuiltInField, FieldType, ProfileField};
use crate::domain::id::{FieldId, TenantId};

fn field(row: Model) -> Result<ProfileField> {
    Ok(ProfileField {
        id: FieldId(row.id),
        key: row.field_key,
        label: row.label,
        field_type: FieldType::read(&row.field_type)?,
        required: row.required,
        built_in: row.built_in,
        archived: row.archived,
        choices: serde_json::from_str(&row.choices)?,
    })
}

async fn all<D: Db>(db: &D, tenant: TenantId) -> Result<Vec<ProfileField>> {
    let rows = Entity::of(tenant).order_by_asc(Column::Position).order_by_asc(Column::Id);
    rows.all(db.connection()).await?.into_iter().map(field).collect()
}

impl Store {
    /// The tenant's fields, archived ones included, in order.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn fields(&self, tenant: TenantId) -> Result<Vec<ProfileField>> {
        all(self, tenant).await
    }
}

impl Tx {
    /// The tenant's fields, archived ones included, in order.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn fields(&self, tenant: TenantId) -> Result<Vec<ProfileField>> {
        all(self, tenant).await
    }

    pub(super) async fn insert_built_in_field(
        &self,
        tenant: TenantId,
        id: FieldId,
        position: i32,
        field: &BuiltInField,
    ) -> Result<()> {
        let field = ProfileField {
            id,
            key: field.key.to_owned(),
            label: field.label.to_owned(),
            field_type: field.field_type,
            required: field.required,
            built_in: true,
            archived: false,
            choices: field.choices.iter().map(|choice| (*choice).to_owned()).collect(),
        };
        self.insert_at(tenant, position, &field).await
    }

    /// Adds a field behind the others.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn insert_field(&self, tenant: TenantId, field: &ProfileField) -> Result<()> {
        let last: Option<Option<i32>> = Entity::of(tenant)
            .select_only()
            .column_as(Column::Position.max(), "last")
            .into_tuple()
            .one(&self.inner)
            .await?;
        self.insert_at(tenant, last.flatten().unwrap_or(-1) + 1, field).await
    }

    async fn insert_at(&self, tenant: TenantId, position: i32, field: &ProfileField) -> Result<()> {
        let row = ActiveModel {
            tenant_id: Set(tenant.0),
            id: Set(field.id.0),
            position: Set(position),
            field_key: Set(field.key.clone()),
            label: Set(field.label.clone()),
            field_type: Set(field.field_type.word().to_owned()),
            required: Set(field.required),
            built_in: Set(field.built_in),
            archived: Set(field.archived),
            choices: Set(serde_json::to_string(&field.choices)?),
        };
        Entity::insert(row).exec_without_returning(&self.inner).await?;
        Ok(())
    }

    /// Changes what can change of a field: label, type, required, choices, and whether it is archived.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn update_field(&self, tenant: TenantId, field: &ProfileField) -> Result<()> {
        let row = ActiveModel {
            tenant_id: Set(tenant.0),
            id: Set(field.id.0),
            label: Set(field.label.clone()),
            field_type: Set(field.field_type.word().to_owned()),
            required: Set(field.required),
            archived: Set(field.archived),
            choices: Set(serde_json::to_string(&field.choices)?),
            ..Default::default()
        };
        row.update(&self.inner).await?;
        Ok(())
    }

    /// Whether a member has a value in a segment: its type cannot change then.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn is_field_used(&self, tenant: TenantId, field_key: &str) -> Result<bool> {
        use super::page::contains;
        use entity::members;
        use sea_orm::sea_query::{Expr, ExprTrait};
        let written = format!("{}:", serde_json::to_string(field_key)?);
        let found = members::Entity::of(tenant)
            .filter(Expr::col(members::Column::Attributes).like(contains(&written)))
            .limit(1)
            .one(&self.inner)
            .await?;
        Ok(found.is_some())
    }
}
