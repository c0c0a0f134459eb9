//! Mappings, and what is remembered of them.

use entity::import_mappings::{ActiveModel, Column, Entity, Model};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::scope::OfTenant;
use super::{Db, Result, Store, Tx};
use crate::domain::id::{ImportId, TenantId, UserId};
use crate::domain::mapping::{FileColumn, Mapping};
use crate::domain::timestamp::Timestamp;

/// The mapping of an import with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportMapping {
    /// Of which import.
    pub import: ImportId,
    /// The columns of the file.
    pub columns: Vec<FileColumn>,
    /// How they map.
    pub mapping: Mapping,
    /// Headers that the last approved mapping used and this file does not have.
    pub dropped_headers: Vec<String>,
    /// Who approved it, and when.
    pub approved: Option<(UserId, Timestamp)>,
}

/// What is remembered of the last approved mapping.
#[derive(Debug, Clone)]
pub struct Remembering {
    /// The columns of that file.
    pub columns: Vec<FileColumn>,
    /// How they mapped.
    pub mapping: Mapping,
}

fn mapping(row: Model) -> Result<ImportMapping> {
    Ok(ImportMapping {
        import: ImportId(row.import_id),
        columns: serde_json::from_str(&row.file_columns)?,
        mapping: serde_json::from_str(&row.mapping)?,
        dropped_headers: serde_json::from_str(&row.dropped_headers)?,
        approved: row.approved_by.zip(row.approved_at).map(|(by, at)| (UserId(by), Timestamp(at))),
    })
}

async fn by_import<D: Db>(db: &D, tenant: TenantId, import: ImportId) -> Result<Option<ImportMapping>> {
    let found = Entity::of(tenant).filter(Column::ImportId.eq(import.0));
    found.one(db.connection()).await?.map(mapping).transpose()
}

impl Store {
    /// The mapping of an import.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn mapping(&self, tenant: TenantId, import: ImportId) -> Result<Option<ImportMapping>> {
        by_import(self, tenant, import).await
    }

    /// The mappings of several imports.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn mappings(&self, tenant: TenantId, imports: &[ImportId]) -> Result<Vec<ImportMapping>> {
        let found = Entity::of(tenant).filter(Column::ImportId.is_in(imports.iter().map(|id| id.0)));
        found.all(self.connection()).await?.into_iter().map(mapping).collect()
    }

    /// The mapping that the tenant approved last.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn remembered_mapping(&self, tenant: TenantId) -> Result<Option<Remembering>> {
        let last = Entity::of(tenant)
            .filter(Column::ApprovedAt.is_not_null())
            .order_by_desc(Column::ApprovedAt)
            .limit(1)
            .one(self.connection())
            .await?;
        let last = last.map(mapping).transpose()?;
        Ok(last.map(|last| Remembering { columns: last.columns, mapping: last.mapping }))
    }
}

impl Tx {
    /// The mapping of an import.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn mapping(&self, tenant: TenantId, import: ImportId) -> Result<Option<ImportMapping>> {
        by_import(self, tenant, import).await
    }

    /// Adds the suggested mapping of a new import.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn insert_mapping(&self, tenant: TenantId, new: &ImportMapping) -> Result<()> {
        let row = ActiveModel {
            tenant_id: Set(tenant.0),
            import_id: Set(new.import.0),
            file_columns: Set(serde_json::to_string(&new.columns)?),
            mapping: Set(serde_json::to_string(&new.mapping)?),
            dropped_headers: Set(serde_json::to_string(&new.dropped_headers)?),
            approved_by: Set(None),
            approved_at: Set(None),
        };
        Entity::insert(row).exec_without_returning(&self.inner).await?;
        Ok(())
    }

    /// Changes a mapping, or who approved it.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn update_mapping(&self, tenant: TenantId, changed: &ImportMapping) -> Result<()> {
        let row = ActiveModel {
            tenant_id: Set(tenant.0),
            import_id: Set(changed.import.0),
            mapping: Set(serde_json::to_string(&changed.mapping)?),
            approved_by: Set(changed.approved.map(|(by, _)| by.0)),
            approved_at: Set(changed.approved.map(|(_, at)| at.0)),
            ..Default::default()
        };
        row.update(&self.inner).await?;
        Ok(())
    }
}
