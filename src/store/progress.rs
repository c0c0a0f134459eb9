//! How far background work has come, for other servers than the one that is at it. An embedded database has no other
//! server, and one writer, who may be at that very work: there it is not written.

use entity::progress::{Column, Entity};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement};

use super::scope::OfTenant;
use super::{Db, Lease, Result, Store, Tx, listen};
use crate::domain::id::{ImportId, TenantId};

impl Store {
    /// Notes how much of the work is done, and tells the other servers, if there can be any.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn write_progress(&self, lease: &Lease, processed: u32, total: u32) -> Result<()> {
        if self.is_embedded() {
            return Ok(());
        }
        // Only beside the work: what comes late would stay.
        let upsert = "INSERT INTO progress (import_id, tenant_id, processed, total) \
                      SELECT import_id, tenant_id, $1, $2 FROM work WHERE import_id = $3 AND fence = $4 \
                      ON CONFLICT (import_id) DO UPDATE SET processed = excluded.processed, total = excluded.total";
        let values =
            [(processed as i32).into(), (total as i32).into(), lease.import.0.into(), lease.fence.into()];
        let upsert = Statement::from_sql_and_values(DbBackend::Postgres, upsert, values);
        self.connection().execute_raw(upsert).await?;
        listen::notify(self.connection(), self.server, lease.tenant).await
    }

    /// How much of the work on an import is done, and how much there is, as another server noted it last.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn progress(&self, tenant: TenantId, import: ImportId) -> Result<Option<(u32, u32)>> {
        if self.is_embedded() {
            return Ok(None);
        }
        let found = Entity::of(tenant).filter(Column::ImportId.eq(import.0)).one(self.connection()).await?;
        Ok(found.map(|row| (row.processed.unsigned_abs(), row.total.unsigned_abs())))
    }
}

impl Store {
    /// Forgets the progress of work that is over: what is noted while it ends would stay. Answers of how many pieces.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn sweep_progress(&self) -> Result<u64> {
        if self.is_embedded() {
            return Ok(0);
        }
        let sweep = "DELETE FROM progress WHERE import_id NOT IN (SELECT import_id FROM work)";
        let swept = self.connection().execute_unprepared(sweep).await?;
        Ok(swept.rows_affected())
    }
}

impl Tx {
    pub(super) async fn remove_progress(&self, import: ImportId) -> Result<()> {
        Entity::delete_many().filter(Column::ImportId.eq(import.0)).exec(&self.inner).await?;
        Ok(())
    }
}
