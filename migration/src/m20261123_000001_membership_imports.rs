//! Tenants, users, profile fields, members; imports with their mappings, plans, decisions and log; and
//! the background work that is under way.
//!
//! Points in time are milliseconds since 1970 in a BIGINT, and whatever SQL would have to fold,
//! normalise or order is a key column that Muster computes: both databases then give the same answers.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 13] = [
    "tenants",
    "users",
    "profile_fields",
    "members",
    "imports",
    "import_mappings",
    "plans",
    "plan_counts",
    "actions",
    "decisions",
    "row_issues",
    "held_rows",
    "import_log",
];

/// What is left behind while work is under way; apart, as it is small and changes often.
const WORK: &str = "work";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            tenants(),
            users(),
            profile_fields(),
            members(),
            imports(),
            import_mappings(),
            plans(),
            plan_counts(),
            actions(),
            decisions(),
            row_issues(),
            held_rows(),
            import_log(),
            work(),
        ] {
            manager.create_table(clustered(manager, table)).await?;
        }
        for index in INDEXES {
            manager.get_connection().execute_unprepared(index).await?;
        }
        if manager.get_database_backend() == DbBackend::Sqlite {
            for statement in STATISTICS {
                manager.get_connection().execute_unprepared(statement).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(WORK).to_owned()).await?;
        for table in TABLES.iter().rev() {
            manager.drop_table(Table::drop().table(*table).to_owned()).await?;
        }
        Ok(())
    }
}

/// Rows in the order of their primary key: a plan's actions and a tenant's members are read in that
/// order, and SQLite otherwise keeps them in another one beside an index as large as they are.
pub(crate) fn clustered(manager: &SchemaManager, mut table: TableCreateStatement) -> TableCreateStatement {
    if manager.get_database_backend() == DbBackend::Sqlite {
        table.extra("WITHOUT ROWID");
    }
    table
}

pub(crate) const INDEXES: &[&str] = &[
    "CREATE UNIQUE INDEX tenants_slug ON tenants (slug)",
    "CREATE UNIQUE INDEX users_subject ON users (tenant_id, subject)",
    "CREATE UNIQUE INDEX profile_fields_key ON profile_fields (tenant_id, field_key)",
    // Unique among those who are there; a deleted member's record does not stand in the way.
    "CREATE UNIQUE INDEX members_unique_id ON members (tenant_id, unique_id) WHERE deleted_at IS NULL",
    "CREATE UNIQUE INDEX members_email_key ON members (tenant_id, email_key) WHERE deleted_at IS NULL",
    "CREATE INDEX members_name_key ON members (tenant_id, name_key, id) WHERE deleted_at IS NULL",
    "CREATE INDEX members_deleted ON members (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL",
    "CREATE INDEX members_purge ON members (deleted_at) WHERE deleted_at IS NOT NULL",
    // Two imports of a tenant are never in progress: the database itself sees to it.
    "CREATE UNIQUE INDEX imports_in_progress ON imports (tenant_id) WHERE status = 'IN_PROGRESS'",
    "CREATE UNIQUE INDEX imports_idempotency ON imports (tenant_id, idempotency_key) \
     WHERE idempotency_key IS NOT NULL",
    "CREATE INDEX imports_uploaded ON imports (tenant_id, uploaded_at, id)",
    "CREATE INDEX imports_updated ON imports (tenant_id, updated_at, id)",
    "CREATE INDEX imports_file_name ON imports (tenant_id, file_name_key, id)",
    "CREATE INDEX imports_status ON imports (tenant_id, status, uploaded_at, id)",
    "CREATE INDEX import_mappings_approved ON import_mappings (tenant_id, approved_at) \
     WHERE approved_at IS NOT NULL",
    "CREATE INDEX plans_import ON plans (tenant_id, import_id, created_at)",
    "CREATE INDEX plans_unfinished ON plans (created_at) WHERE ready = FALSE",
    "CREATE INDEX actions_kind ON actions (plan_id, kind, position)",
    "CREATE INDEX actions_member ON actions (plan_id, member_id) WHERE member_id IS NOT NULL",
    "CREATE INDEX actions_row ON actions (plan_id, row_number) WHERE member_id IS NULL",
    "CREATE INDEX actions_takes_email ON actions (plan_id, position) WHERE takes_email_from IS NOT NULL",
    "CREATE INDEX import_log_import ON import_log (tenant_id, import_id, seq)",
    "CREATE INDEX work_lease ON work (leased_until, created_at)",
];

/// What SQLite is to believe of a large plan: rows, rows of one plan, rows of one plan and one more column. It knows no
/// better by itself, takes a plan for ten rows, and reads all of it where an index would lead to one.
pub(crate) const STATISTICS: &[&str] = &[
    "ANALYZE",
    "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES \
     ('actions', 'actions', '4000000 200000 1'), \
     ('actions', 'actions_kind', '4000000 200000 40000 1'), \
     ('actions', 'actions_member', '1000000 50000 1'), \
     ('actions', 'actions_row', '3000000 150000 1'), \
     ('actions', 'actions_takes_email', '1000 50 1'), \
     ('decisions', 'decisions', '4000000 200000 1')",
    // Read anew by this connection, too.
    "ANALYZE sqlite_schema",
];

fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(name).to_owned()
}

fn uuid(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().to_owned()
}

fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().to_owned()
}

fn whole(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).integer().to_owned()
}

fn long(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().to_owned()
}

fn flag(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().to_owned()
}

fn key<const N: usize>(columns: [&'static str; N]) -> IndexCreateStatement {
    let mut key = Index::create();
    for column in columns {
        key.col(column);
    }
    key.primary().to_owned()
}

fn tenants() -> TableCreateStatement {
    table("tenants")
        .col(uuid("id").not_null())
        .col(text("slug").not_null())
        .col(text("name").not_null())
        .col(long("created_at").not_null())
        .col(long("log_seq").not_null().default(0))
        .col(long("roster_version").not_null().default(0))
        .col(whole("active_count").not_null().default(0))
        .col(whole("inactive_count").not_null().default(0))
        .primary_key(&mut key(["id"]))
        .to_owned()
}

fn users() -> TableCreateStatement {
    table("users")
        .col(uuid("tenant_id").not_null())
        .col(uuid("id").not_null())
        .col(text("subject").not_null())
        .col(text("name"))
        .col(text("email"))
        .col(long("created_at").not_null())
        .primary_key(&mut key(["tenant_id", "id"]))
        .to_owned()
}

fn profile_fields() -> TableCreateStatement {
    table("profile_fields")
        .col(uuid("tenant_id").not_null())
        .col(uuid("id").not_null())
        .col(whole("position").not_null())
        .col(text("field_key").not_null())
        .col(text("label").not_null())
        .col(text("field_type").not_null())
        .col(flag("required").not_null())
        .col(flag("built_in").not_null())
        .col(flag("archived").not_null())
        .col(text("choices").not_null())
        .primary_key(&mut key(["tenant_id", "id"]))
        .to_owned()
}

fn members() -> TableCreateStatement {
    table("members")
        .col(uuid("tenant_id").not_null())
        .col(uuid("id").not_null())
        .col(text("unique_id"))
        .col(text("email"))
        .col(text("email_key"))
        .col(text("first_name"))
        .col(text("last_name"))
        .col(flag("active").not_null())
        .col(text("attributes").not_null())
        .col(text("name_key").not_null())
        .col(text("search_key").not_null())
        .col(long("created_at").not_null())
        .col(long("updated_at").not_null())
        .col(long("deleted_at"))
        .primary_key(&mut key(["tenant_id", "id"]))
        .to_owned()
}

fn imports() -> TableCreateStatement {
    table("imports")
        .col(uuid("tenant_id").not_null())
        .col(uuid("id").not_null())
        .col(text("status").not_null())
        .col(text("step").not_null())
        .col(whole("version").not_null())
        .col(text("file_name").not_null())
        .col(text("file_name_key").not_null())
        .col(long("file_size_bytes").not_null())
        .col(text("file_sha256").not_null())
        .col(whole("file_row_count").not_null())
        .col(text("file_dialect").not_null())
        .col(uuid("uploaded_by").not_null())
        .col(long("uploaded_at").not_null())
        .col(long("updated_at").not_null())
        .col(uuid("resumed_by"))
        .col(long("resumed_at"))
        .col(uuid("completed_by"))
        .col(long("completed_at"))
        .col(uuid("discarded_by"))
        .col(uuid("superseded_by"))
        .col(text("problem"))
        .col(text("idempotency_key"))
        .primary_key(&mut key(["tenant_id", "id"]))
        .to_owned()
}

fn import_mappings() -> TableCreateStatement {
    table("import_mappings")
        .col(uuid("tenant_id").not_null())
        .col(uuid("import_id").not_null())
        .col(text("file_columns").not_null())
        .col(text("mapping").not_null())
        .col(text("dropped_headers").not_null())
        .col(uuid("approved_by"))
        .col(long("approved_at"))
        .primary_key(&mut key(["tenant_id", "import_id"]))
        .to_owned()
}

fn plans() -> TableCreateStatement {
    table("plans")
        .col(uuid("tenant_id").not_null())
        .col(uuid("id").not_null())
        .col(uuid("import_id").not_null())
        .col(flag("ready").not_null())
        .col(whole("rows_read").not_null())
        .col(whole("rows_unchanged").not_null())
        .col(whole("rows_held").not_null())
        .col(whole("rows_repeated").not_null())
        .col(whole("rows_with_actions").not_null())
        .col(text("issue_counts").not_null())
        .col(text("deletions_blocked"))
        .col(text("basis").not_null())
        .col(long("created_at").not_null())
        .primary_key(&mut key(["tenant_id", "id"]))
        .to_owned()
}

fn plan_counts() -> TableCreateStatement {
    table("plan_counts")
        .col(uuid("plan_id").not_null())
        .col(text("kind").not_null())
        .col(whole("proposed").not_null())
        .col(whole("approved").not_null())
        .col(whole("rejected").not_null())
        .primary_key(&mut key(["plan_id", "kind"]))
        .to_owned()
}

pub(crate) fn actions() -> TableCreateStatement {
    table("actions")
        .col(uuid("plan_id").not_null())
        .col(whole("position").not_null())
        .col(text("kind").not_null())
        .col(uuid("member_id"))
        .col(whole("row_number"))
        .col(text("member_name").not_null())
        .col(text("member_email"))
        .col(text("member_unique_id"))
        .col(text("changes").not_null())
        .col(text("changed_fields").not_null())
        .col(text("warnings").not_null())
        .col(flag("has_warnings").not_null())
        .col(text("search_key").not_null())
        .col(flag("frees_email").not_null())
        .col(uuid("takes_email_from"))
        .primary_key(&mut key(["plan_id", "position"]))
        .to_owned()
}

pub(crate) fn decisions() -> TableCreateStatement {
    table("decisions")
        .col(uuid("plan_id").not_null())
        .col(whole("position").not_null())
        .col(flag("approved").not_null())
        .col(uuid("decided_by").not_null())
        .col(long("decided_at").not_null())
        .primary_key(&mut key(["plan_id", "position"]))
        .to_owned()
}

fn row_issues() -> TableCreateStatement {
    table("row_issues")
        .col(uuid("plan_id").not_null())
        .col(whole("position").not_null())
        .col(whole("row_number").not_null())
        .col(flag("holds").not_null())
        .col(text("code").not_null())
        .col(whole("column_index"))
        .col(text("cell"))
        .col(text("message").not_null())
        .primary_key(&mut key(["plan_id", "position"]))
        .to_owned()
}

fn held_rows() -> TableCreateStatement {
    table("held_rows")
        .col(uuid("plan_id").not_null())
        .col(whole("row_number").not_null())
        .col(text("code").not_null())
        .col(text("message").not_null())
        .primary_key(&mut key(["plan_id", "row_number"]))
        .to_owned()
}

fn import_log() -> TableCreateStatement {
    table("import_log")
        .col(uuid("tenant_id").not_null())
        .col(long("seq").not_null())
        .col(uuid("import_id").not_null())
        .col(text("status").not_null())
        .col(text("step").not_null())
        .col(whole("version").not_null())
        .col(long("at").not_null())
        .primary_key(&mut key(["tenant_id", "seq"]))
        .to_owned()
}

fn work() -> TableCreateStatement {
    table(WORK)
        .col(uuid("import_id").not_null())
        .col(uuid("tenant_id").not_null())
        .col(text("kind").not_null())
        .col(long("fence").not_null())
        .col(long("leased_until").not_null())
        .col(whole("attempts").not_null())
        .col(uuid("requested_by").not_null())
        .col(whole("confirmed_deletions"))
        .col(long("created_at").not_null())
        .primary_key(&mut key(["import_id"]))
        .to_owned()
}
