//! Imports.

mod history;

use entity::imports::{ActiveModel, Column, Entity, Model};
pub use history::{ImportCursor, ImportFilter, ImportOrder, ImportSort, SortKey};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set};

use super::codes::Code;
use super::scope::OfTenant;
use super::{Db, Result, Store, Tx};
use crate::domain::id::{ImportId, TenantId, UserId};
use crate::domain::import::{Import, ImportFile, ImportStatus, ImportStep};
use crate::domain::timestamp::Timestamp;
use crate::domain::value::fold::fold;

/// An import as it comes into being.
#[derive(Debug)]
pub struct NewImport {
    /// Identity, which its stored file shares.
    pub id: ImportId,
    /// The file.
    pub file: ImportFile,
    /// Who uploaded it.
    pub uploaded_by: UserId,
    /// When.
    pub uploaded_at: Timestamp,
    /// As sent with it.
    pub idempotency_key: Option<String>,
}

pub(super) fn import(row: Model) -> Result<Import> {
    Ok(Import {
        id: ImportId(row.id),
        status: ImportStatus::read(&row.status)?,
        step: ImportStep::read(&row.step)?,
        version: row.version,
        file: ImportFile {
            name: row.file_name,
            size_bytes: row.file_size_bytes.unsigned_abs(),
            sha256: row.file_sha256,
            row_count: row.file_row_count.unsigned_abs(),
            dialect: serde_json::from_str(&row.file_dialect)?,
        },
        uploaded_by: UserId(row.uploaded_by),
        uploaded_at: Timestamp(row.uploaded_at),
        updated_at: Timestamp(row.updated_at),
        resumed: row.resumed_by.zip(row.resumed_at).map(|(by, at)| (UserId(by), Timestamp(at))),
        completed: row.completed_by.zip(row.completed_at).map(|(by, at)| (UserId(by), Timestamp(at))),
        discarded_by: row.discarded_by.map(UserId),
        superseded_by: row.superseded_by.map(ImportId),
        problem: row.problem.as_deref().map(serde_json::from_str).transpose()?,
    })
}

async fn active<D: Db>(db: &D, tenant: TenantId) -> Result<Option<Import>> {
    // Word for word as the index has it, or it is not used.
    let found = Entity::of(tenant).filter(Expr::cust("status = 'IN_PROGRESS'"));
    found.one(db.connection()).await?.map(import).transpose()
}

async fn by_id<D: Db>(db: &D, tenant: TenantId, id: ImportId) -> Result<Option<Import>> {
    Entity::of(tenant).filter(Column::Id.eq(id.0)).one(db.connection()).await?.map(import).transpose()
}

async fn by_idempotency_key<D: Db>(db: &D, tenant: TenantId, key: &str) -> Result<Option<Import>> {
    let found = Entity::of(tenant).filter(Column::IdempotencyKey.eq(key));
    found.one(db.connection()).await?.map(import).transpose()
}

macro_rules! reads {
    ($on:ident) => {
        impl $on {
            /// The tenant's import `id`.
            ///
            /// # Errors
            /// If the database cannot be read.
            pub async fn import(&self, tenant: TenantId, id: ImportId) -> Result<Option<Import>> {
                by_id(self, tenant, id).await
            }

            /// The tenant's import that is in progress.
            ///
            /// # Errors
            /// If the database cannot be read.
            pub async fn active_import(&self, tenant: TenantId) -> Result<Option<Import>> {
                active(self, tenant).await
            }

            /// The tenant's import that was uploaded with this key.
            ///
            /// # Errors
            /// If the database cannot be read.
            pub async fn import_by_idempotency_key(
                &self,
                tenant: TenantId,
                key: &str,
            ) -> Result<Option<Import>> {
                by_idempotency_key(self, tenant, key).await
            }
        }
    };
}

reads!(Store);
reads!(Tx);

impl Store {
    /// The tenant's imports among `ids`.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn imports(&self, tenant: TenantId, ids: &[ImportId]) -> Result<Vec<Import>> {
        let found = Entity::of(tenant).filter(Column::Id.is_in(ids.iter().map(|id| id.0)));
        found.all(self.connection()).await?.into_iter().map(import).collect()
    }
}

impl Tx {
    /// Adds an import, in progress and at MAPPING.
    ///
    /// # Errors
    /// [`super::StoreError::Duplicate`] if another one is in progress, or else if the database cannot be
    /// written.
    pub async fn insert_import(&mut self, tenant: TenantId, new: NewImport) -> Result<Import> {
        let row = ActiveModel {
            tenant_id: Set(tenant.0),
            id: Set(new.id.0),
            status: Set(ImportStatus::InProgress.word().to_owned()),
            step: Set(ImportStep::Mapping.word().to_owned()),
            version: Set(1),
            file_name_key: Set(fold(&new.file.name).into_owned()),
            file_name: Set(new.file.name.clone()),
            file_size_bytes: Set(new.file.size_bytes as i64),
            file_sha256: Set(new.file.sha256.clone()),
            file_row_count: Set(new.file.row_count as i32),
            file_dialect: Set(serde_json::to_string(&new.file.dialect)?),
            uploaded_by: Set(new.uploaded_by.0),
            uploaded_at: Set(new.uploaded_at.0),
            updated_at: Set(new.uploaded_at.0),
            idempotency_key: Set(new.idempotency_key),
            ..Default::default()
        };
        Entity::insert(row).exec_without_returning(&self.inner).await?;
        let import = Import {
            id: new.id,
            status: ImportStatus::InProgress,
            step: ImportStep::Mapping,
            version: 1,
            file: new.file,
            uploaded_by: new.uploaded_by,
            uploaded_at: new.uploaded_at,
            updated_at: new.uploaded_at,
            resumed: None,
            completed: None,
            discarded_by: None,
            superseded_by: None,
            problem: None,
        };
        self.log(tenant, &import).await?;
        self.changed(tenant, import.id);
        Ok(import)
    }

    /// Writes what `change` does to an import that was read in this transaction. Its version rises by one, and a
    /// new status or step goes into the log. Guarded by the version: zero rows are a conflict.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn update_import(
        &mut self,
        tenant: TenantId,
        before: &Import,
        now: Timestamp,
        change: impl FnOnce(&mut Import),
    ) -> Result<Import> {
        let mut after = before.clone();
        change(&mut after);
        after.version = before.version + 1;
        after.updated_at = now;
        let written = Entity::update_many()
            .col_expr(Column::Status, Expr::val(after.status.word()))
            .col_expr(Column::Step, Expr::val(after.step.word()))
            .col_expr(Column::Version, Expr::val(after.version))
            .col_expr(Column::UpdatedAt, Expr::val(after.updated_at.0))
            .col_expr(Column::CompletedBy, Expr::val(after.completed.map(|(by, _)| by.0)))
            .col_expr(Column::CompletedAt, Expr::val(after.completed.map(|(_, at)| at.0)))
            .col_expr(Column::DiscardedBy, Expr::val(after.discarded_by.map(|by| by.0)))
            .col_expr(Column::SupersededBy, Expr::val(after.superseded_by.map(|by| by.0)))
            .col_expr(
                Column::Problem,
                Expr::val(after.problem.as_ref().map(serde_json::to_string).transpose()?),
            )
            .filter(Column::TenantId.eq(tenant.0))
            .filter(Column::Id.eq(before.id.0))
            .filter(Column::Version.eq(before.version))
            .exec(&self.inner)
            .await?;
        if written.rows_affected != 1 {
            return Err(super::StoreError::LeaseLost);
        }
        if (before.status, before.step) != (after.status, after.step) {
            self.log(tenant, &after).await?;
        }
        self.changed(tenant, after.id);
        Ok(after)
    }

    /// Notes who is on an import now. Changes neither its version nor when it was updated.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn note_resumed(
        &mut self,
        tenant: TenantId,
        id: ImportId,
        by: UserId,
        now: Timestamp,
    ) -> Result<()> {
        let row = ActiveModel {
            tenant_id: Set(tenant.0),
            id: Set(id.0),
            resumed_by: Set(Some(by.0)),
            resumed_at: Set(Some(now.0)),
            ..Default::default()
        };
        row.update(&self.inner).await?;
        self.changed(tenant, id);
        Ok(())
    }
}
