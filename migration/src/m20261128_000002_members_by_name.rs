//! The index of members by name, without their ids: many have the same name, which is then kept once. It was half of what
//! a new member's indexes took.

use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index(manager, "tenant_id, name_key").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index(manager, "tenant_id, name_key, id").await
    }
}

async fn index(manager: &SchemaManager<'_>, columns: &str) -> Result<(), DbErr> {
    let db = manager.get_connection();
    db.execute_unprepared("DROP INDEX members_name_key").await?;
    let create = format!("CREATE INDEX members_name_key ON members ({columns}) WHERE deleted_at IS NULL");
    db.execute_unprepared(&create).await?;
    Ok(())
}
