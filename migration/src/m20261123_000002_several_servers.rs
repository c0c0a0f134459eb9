//! What several servers on one database need: work that tells how large it is and how far it has come, and text that has
//! the same order everywhere. And what SQLite is to believe of tables that grow with every import.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Text that is ordered or looked up by. SQLite compares its bytes; PostgreSQL does what the locale of the database
/// says unless told otherwise.
const KEYS: [(&str, &str); 6] = [
    ("members", "unique_id"),
    ("members", "email_key"),
    ("members", "name_key"),
    ("imports", "file_name_key"),
    ("imports", "idempotency_key"),
    ("users", "subject"),
];

/// Rows, rows of one tenant, rows of one tenant and one more column: see the change before.
const STATISTICS: &str = "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES \
    ('imports', 'imports', '100000 1000 1'), \
    ('imports', 'imports_in_progress', '100 1'), \
    ('imports', 'imports_idempotency', '100000 1000 1'), \
    ('imports', 'imports_uploaded', '100000 1000 1 1'), \
    ('imports', 'imports_updated', '100000 1000 1 1'), \
    ('imports', 'imports_file_name', '100000 1000 2 1'), \
    ('imports', 'imports_status', '100000 1000 300 1 1'), \
    ('plans', 'plans', '100000 1000 1'), \
    ('plans', 'plans_import', '100000 1000 2 1'), \
    ('plans', 'plans_unfinished', '10 1'), \
    ('import_log', 'import_log', '500000 5000 1'), \
    ('import_log', 'import_log_import', '500000 5000 5 1')";
/// Nothing asks by it.
const DELETED: &str =
    "CREATE INDEX members_deleted ON members (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let rows = ColumnDef::new("file_row_count").integer().not_null().default(0).to_owned();
        manager.alter_table(Table::alter().table("work").add_column(rows).to_owned()).await?;
        let progress = Table::create()
            .table("progress")
            .col(ColumnDef::new("import_id").uuid().not_null().primary_key())
            .col(ColumnDef::new("tenant_id").uuid().not_null())
            .col(ColumnDef::new("processed").integer().not_null())
            .col(ColumnDef::new("total").integer().not_null())
            .to_owned();
        manager.create_table(progress).await?;
        manager.drop_index(Index::drop().name("members_deleted").table("members").to_owned()).await?;
        if manager.get_database_backend() == DbBackend::Sqlite {
            manager.get_connection().execute_unprepared(STATISTICS).await?;
            manager.get_connection().execute_unprepared("ANALYZE sqlite_schema").await?;
        }
        collate(manager, "\"C\"").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("work").drop_column("file_row_count").to_owned()).await?;
        manager.drop_table(Table::drop().table("progress").to_owned()).await?;
        manager.get_connection().execute_unprepared(DELETED).await?;
        if manager.get_database_backend() == DbBackend::Sqlite {
            let forget = "DELETE FROM sqlite_stat1 WHERE tbl IN ('imports', 'plans', 'import_log')";
            manager.get_connection().execute_unprepared(forget).await?;
        }
        collate(manager, "\"default\"").await
    }
}

async fn collate(manager: &SchemaManager<'_>, collation: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        for (table, column) in KEYS {
            let alter = format!("ALTER TABLE {table} ALTER COLUMN {column} TYPE text COLLATE {collation}");
            manager.get_connection().execute_unprepared(&alter).await?;
        }
    }
    Ok(())
}
