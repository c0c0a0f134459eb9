//! The log of transitions, from which subscriptions are fed.

use entity::import_log::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Set, Statement,
};

use super::codes::Code;
use super::scope::OfTenant;
use super::{Db, Result, Store, Tx};
use crate::domain::id::{ImportId, TenantId};
use crate::domain::import::{Import, ImportStatus, ImportStep, Transition};
use crate::domain::timestamp::Timestamp;

/// Where a tenant stands.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// The last number of its log.
    pub log_end: i64,
    /// Its import that is in progress.
    pub active: Option<Import>,
}

fn transition(row: Model) -> Result<Transition> {
    Ok(Transition {
        seq: row.seq,
        import: ImportId(row.import_id),
        status: ImportStatus::read(&row.status)?,
        step: ImportStep::read(&row.step)?,
        version: row.version,
        at: Timestamp(row.at),
    })
}

impl Store {
    /// Where the tenant stands, in one statement: the import in progress and the log are of the same moment.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn standing(&self, tenant: TenantId) -> Result<Standing> {
        use entity::imports;
        // Word for word as the index has it, or it is not used.
        let standing = "SELECT t.log_seq, i.* FROM tenants t \
                        LEFT JOIN imports i ON i.tenant_id = t.id AND i.status = 'IN_PROGRESS' WHERE t.id = $1";
        let db = self.connection();
        let standing = Statement::from_sql_and_values(db.get_database_backend(), standing, [tenant.0.into()]);
        let Some(row) = db.query_one_raw(standing).await? else { return Ok(Standing::default()) };
        let log_end = row.try_get("", "log_seq")?;
        let active = match row.try_get::<Option<uuid::Uuid>>("", "id")? {
            Some(_) => Some(super::imports::import(imports::Model::from_query_result(&row, "")?)?),
            None => None,
        };
        Ok(Standing { log_end, active })
    }

    /// The transitions behind `seq`, in the order in which they were committed; of one import, or of all.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn log_after(
        &self,
        tenant: TenantId,
        import: Option<ImportId>,
        seq: i64,
        limit: u32,
    ) -> Result<Vec<Transition>> {
        let mut rows = Entity::of(tenant).filter(Column::Seq.gt(seq));
        if let Some(import) = import {
            rows = rows.filter(Column::ImportId.eq(import.0));
        }
        let rows = rows.order_by_asc(Column::Seq).limit(u64::from(limit)).all(self.connection()).await?;
        rows.into_iter().map(transition).collect()
    }
}

impl Tx {
    /// Notes where `import` now stands. The number is taken under the tenant's row lock, so that the log is in the
    /// order of commits.
    pub(super) async fn log(&self, tenant: TenantId, import: &Import) -> Result<()> {
        use entity::tenants;
        tenants::Entity::update_many()
            .col_expr(tenants::Column::LogSeq, Expr::col(tenants::Column::LogSeq).add(1))
            .filter(tenants::Column::Id.eq(tenant.0))
            .exec(&self.inner)
            .await?;
        let seq = super::scope::tenants()
            .select_only()
            .column(tenants::Column::LogSeq)
            .filter(tenants::Column::Id.eq(tenant.0))
            .into_tuple::<i64>()
            .one(&self.inner)
            .await?;
        let row = ActiveModel {
            tenant_id: Set(tenant.0),
            seq: Set(seq.unwrap_or(1)),
            import_id: Set(import.id.0),
            status: Set(import.status.word().to_owned()),
            step: Set(import.step.word().to_owned()),
            version: Set(import.version),
            at: Set(import.updated_at.0),
        };
        Entity::insert(row).exec_without_returning(&self.inner).await?;
        Ok(())
    }
}
