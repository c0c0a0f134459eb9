//! A number of each tenant that rises with what its history shows, so that an answer can be kept until then.

use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let edition = ColumnDef::new("edition").big_integer().not_null().default(0).to_owned();
        manager.alter_table(Table::alter().table("tenants").add_column(edition).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("tenants").drop_column("edition").to_owned()).await
    }
}
