//! Mappings.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use super::file::FileColumn;
use super::{DateOrder, EmptyCells, FileScope, MappingSource, MatchKey, ProfileField, User, UserError};
use crate::app::imports::mapping::mapping_blockers;
use crate::domain::mapping;
use crate::graphql::error::Show;
use crate::graphql::ids::{Kind, encode};
use crate::graphql::loaders::AllFields;
use crate::graphql::scalars::DateTime;
use crate::graphql::session::{list, loaders, requester};
use crate::store;

/// How the columns and values of a file map to profile fields.
#[derive(Clone)]
pub struct ImportMapping(pub Arc<store::ImportMapping>);

/// How the columns and values of a file map to profile fields.
#[Object]
impl ImportMapping {
    /// Opaque, globally unique, stable.
    async fn id(&self) -> ID {
        encode(Kind::Mapping, self.0.import.0)
    }

    /// One for each column, in the order of the file.
    async fn columns(&self, ctx: &Context<'_>) -> Result<Vec<ColumnMapping>> {
        list(ctx, self.0.columns.len())?;
        let columns = self.0.mapping.columns.iter().zip(&self.0.columns);
        let column = |(mapping, column): (&mapping::ColumnMapping, &mapping::FileColumn)| ColumnMapping {
            mapping: mapping.clone(),
            column: column.clone(),
        };
        Ok(columns.map(column).collect())
    }

    /// How much of the tenant the file describes; FULL_ROSTER unless an admin says otherwise.
    async fn file_scope(&self) -> FileScope {
        self.0.mapping.file_scope.into()
    }

    /// What ties rows to members: UNIQUE_ID when a column maps to it or a member has one, else EMAIL.
    async fn match_by(&self) -> MatchKey {
        self.0.mapping.match_by.into()
    }

    /// What keeps it from being approved; empty when nothing does.
    async fn blockers(&self, ctx: &Context<'_>) -> Result<Vec<UserError>> {
        let fields = loaders(ctx).one(AllFields).await.show(ctx)?.unwrap_or_default();
        Ok(UserError::all(mapping_blockers(requester(ctx), &self.0, &fields).show(ctx)?))
    }

    /// Headers that the tenant's last approved mapping used and this file does not have.
    async fn dropped_headers(&self) -> &[String] {
        &self.0.dropped_headers
    }

    /// Who approved it; null while nobody has.
    async fn approved_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let Some((by, _)) = self.0.approved else { return Ok(None) };
        Ok(loaders(ctx).one(by).await.show(ctx)?.map(User))
    }

    /// When it was approved; null while it is not.
    async fn approved_at(&self) -> Option<DateTime> {
        self.0.approved.map(|(_, at)| DateTime(at))
    }
}

/// How one column is mapped.
pub struct ColumnMapping {
    mapping: mapping::ColumnMapping,
    column: mapping::FileColumn,
}

/// How one column is mapped.
#[Object]
impl ColumnMapping {
    /// The column.
    async fn column(&self) -> FileColumn {
        FileColumn::of(self.column.clone())
    }

    /// The field; null ignores the column.
    async fn field(&self, ctx: &Context<'_>) -> Result<Option<ProfileField>> {
        let Some(key) = &self.mapping.field_key else { return Ok(None) };
        let fields = loaders(ctx).one(AllFields).await.show(ctx)?.unwrap_or_default();
        Ok(fields.iter().find(|field| field.key == *key).cloned().map(ProfileField))
    }

    /// How the choice of field came about.
    async fn source(&self) -> MappingSource {
        self.mapping.source.into()
    }

    /// What an empty cell does to the stored value; KEEP unless an admin says otherwise.
    async fn empty_cells(&self) -> EmptyCells {
        self.mapping.empty_cells.into()
    }

    /// For a date field, the order of its parts. Null until it is known, and a blocker then if the values leave it open.
    async fn date_order(&self) -> Option<DateOrder> {
        self.mapping.date_order.map(Into::into)
    }

    /// For a field with a closed list: the distinct values, most frequent first, 500 at most.
    async fn values(&self, ctx: &Context<'_>) -> Result<Vec<ValueMapping>> {
        list(ctx, self.mapping.values.len())?;
        Ok(self.mapping.values.iter().cloned().map(ValueMapping::of).collect())
    }

    /// How many distinct values there are; 10,000 stands for that many or more.
    async fn distinct_value_count(&self) -> u32 {
        self.mapping.distinct_value_count
    }
}

/// How one value of a column maps to a choice. Without one, its rows are held (INVALID_CHOICE).
#[derive(SimpleObject)]
pub struct ValueMapping {
    /// The value, trimmed.
    pub value: String,
    /// Rows that have it.
    pub count: u32,
    /// The choice; null holds the rows.
    pub maps_to: Option<String>,
    /// How it came about.
    pub source: MappingSource,
}

impl ValueMapping {
    fn of(value: mapping::ValueMapping) -> Self {
        Self { value: value.value, count: value.count, maps_to: value.maps_to, source: value.source.into() }
    }
}
