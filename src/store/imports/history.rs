//! The history: pages of imports in any of its orders.

use entity::imports::{Column, Entity};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ExprTrait, PaginatorTrait, QueryFilter, Select};

use super::import;
use crate::domain::id::{ImportId, TenantId};
use crate::domain::import::{Import, ImportStatus};
use crate::domain::page::{Page, PageRequest};
use crate::domain::timestamp::Timestamp;
use crate::domain::value::fold::fold;
use crate::store::codes::Code;
use crate::store::page::{contains, slice};
use crate::store::scope::OfTenant;
use crate::store::{Db, Result, Store};

/// Which imports a list shows.
#[derive(Debug, Clone, Default)]
pub struct ImportFilter {
    /// Any of these; none means any.
    pub status: Option<Vec<ImportStatus>>,
    /// The file name contains it, folded.
    pub file_name: Option<String>,
    /// Not before.
    pub uploaded_from: Option<Timestamp>,
    /// Before.
    pub uploaded_before: Option<Timestamp>,
}

/// What the history is ordered by; the identity settles ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportSort {
    /// When it was uploaded.
    UploadedAt,
    /// When it last changed.
    UpdatedAt,
    /// The file name, folded.
    FileName,
}

/// The order of a list of imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportOrder {
    /// By what.
    pub sort: ImportSort,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// A value that a list is ordered by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortKey {
    /// Of [`ImportSort::UploadedAt`].
    UploadedAt(i64),
    /// Of [`ImportSort::UpdatedAt`].
    UpdatedAt(i64),
    /// Of [`ImportSort::FileName`].
    FileName(String),
}

/// A place in a list of imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportCursor {
    /// Where in the order.
    pub key: SortKey,
    /// Which of those at that place.
    pub id: ImportId,
}

impl ImportSort {
    fn column(self) -> Column {
        match self {
            Self::UploadedAt => Column::UploadedAt,
            Self::UpdatedAt => Column::UpdatedAt,
            Self::FileName => Column::FileNameKey,
        }
    }

    /// The place of `import` in this order.
    #[must_use]
    pub fn cursor(self, import: &Import) -> ImportCursor {
        let key = match self {
            Self::UploadedAt => SortKey::UploadedAt(import.uploaded_at.0),
            Self::UpdatedAt => SortKey::UpdatedAt(import.updated_at.0),
            Self::FileName => SortKey::FileName(fold(&import.file.name).into_owned()),
        };
        ImportCursor { key, id: import.id }
    }

    /// Whether `cursor` can be a place in this order.
    #[must_use]
    pub fn has(self, cursor: &ImportCursor) -> bool {
        match self {
            Self::UploadedAt => matches!(cursor.key, SortKey::UploadedAt(_)),
            Self::UpdatedAt => matches!(cursor.key, SortKey::UpdatedAt(_)),
            Self::FileName => matches!(cursor.key, SortKey::FileName(_)),
        }
    }
}

fn filtered(tenant: TenantId, filter: &ImportFilter) -> Select<Entity> {
    let mut select = Entity::of(tenant);
    if let Some(status) = &filter.status {
        select = select.filter(Column::Status.is_in(status.iter().map(|status| status.word())));
    }
    if let Some(name) = &filter.file_name {
        select = select.filter(Expr::col(Column::FileNameKey).like(contains(&fold(name))));
    }
    if let Some(from) = filter.uploaded_from {
        select = select.filter(Column::UploadedAt.gte(from.0));
    }
    if let Some(before) = filter.uploaded_before {
        select = select.filter(Column::UploadedAt.lt(before.0));
    }
    select
}

impl Store {
    /// One page of the history.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn import_page(
        &self,
        tenant: TenantId,
        filter: &ImportFilter,
        order: ImportOrder,
        request: &PageRequest<ImportCursor>,
    ) -> Result<Page<Import>> {
        let columns = [order.sort.column(), Column::Id];
        let select = slice(filtered(tenant, filter), &columns, order.descending, request, |cursor| {
            let key = match &cursor.key {
                SortKey::UploadedAt(time) | SortKey::UpdatedAt(time) => (*time).into(),
                SortKey::FileName(text) => text.clone().into(),
            };
            vec![key, cursor.id.0.into()]
        });
        let found =
            select.all(self.connection()).await?.into_iter().map(import).collect::<Result<Vec<_>>>()?;
        Ok(Page::from_found(found, request))
    }

    /// How many imports the list has.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn import_count(&self, tenant: TenantId, filter: &ImportFilter) -> Result<u64> {
        Ok(filtered(tenant, filter).count(self.connection()).await?)
    }
}
