//! A database of the measurement's own, with the same rows every time.

use anyhow::Context as _;
use sqlx::postgres::PgPool;
use sqlx::raw_sql;
use uuid::Uuid;

/// Whose history the page is of.
pub const TENANT: Uuid = Uuid::from_u128(1);
/// The tenant's slug.
pub const SLUG: &str = "measure";

/// A database on a server, dropped with [`Database::remove`].
pub struct Database {
    server: String,
    name: String,
}

impl Database {
    /// Makes an empty one on the PostgreSQL at `server`, `postgres://user@host/database`.
    pub async fn create(server: &str, name: &str) -> anyhow::Result<Self> {
        let database = Self { server: server.to_owned(), name: format!("{name}_{}", std::process::id()) };
        database.on_server(&format!("CREATE DATABASE {}", database.name)).await?;
        Ok(database)
    }

    /// Its address.
    pub fn url(&self) -> String {
        let (server, _) = self.server.rsplit_once('/').unwrap_or((&self.server, ""));
        format!("{server}/{}?sslmode=disable", self.name)
    }

    /// Adds `imports` imports of one tenant, of eight users, all INCOMPLETE but the newest; Muster has made the tables.
    pub async fn seed(&self, imports: u32) -> anyhow::Result<()> {
        let pool = PgPool::connect(&self.url()).await.context("the database")?;
        let seed = SEED.replace("$tenant", &TENANT.to_string()).replace("$imports", &imports.to_string());
        raw_sql(sqlx::AssertSqlSafe(seed)).execute(&pool).await.context("the rows")?;
        pool.close().await;
        Ok(())
    }

    /// Drops it.
    pub async fn remove(self) -> anyhow::Result<()> {
        self.on_server(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).await
    }

    async fn on_server(&self, statement: &str) -> anyhow::Result<()> {
        let pool =
            PgPool::connect(&self.server).await.with_context(|| format!("PostgreSQL at {}", self.server))?;
        raw_sql(sqlx::AssertSqlSafe(statement.to_owned())).execute(&pool).await?;
        pool.close().await;
        Ok(())
    }
}

/// Rows as a tenant's years would leave them: two uploads an hour, by eight people. The statistics are what a
/// database has that has been running for a while.
const SEED: &str = "
    INSERT INTO tenants (id, slug, name, created_at, active_count, inactive_count)
        VALUES ('$tenant', 'measure', 'measure', 1700000000000, 0, 0);
    INSERT INTO users (tenant_id, id, subject, name, created_at)
        SELECT '$tenant', md5('user' || n)::uuid, 'admin-' || n, 'Admin ' || n, 1700000000000
        FROM generate_series(0, 7) AS n;
    INSERT INTO imports (tenant_id, id, status, step, version, file_name, file_name_key, file_size_bytes, file_sha256,
                         file_row_count, file_dialect, uploaded_by, uploaded_at, updated_at)
        SELECT '$tenant', md5('import' || n)::uuid,
               CASE n WHEN $imports THEN 'IN_PROGRESS' ELSE 'INCOMPLETE' END, 'MAPPING', 1,
               'roster-' || n || '.csv', 'roster-' || n || '.csv', 1000 + n, md5(n::text) || md5(n::text), n % 5000,
               '{\"encoding\":\"UTF-8\",\"bom_bytes\":0,\"delimiter\":\",\",\"sep_line\":false,\"has_header\":true}',
               md5('user' || n % 8)::uuid, 1700000000000 + n * 1800000::bigint, 1700000000000 + n * 1800000::bigint
        FROM generate_series(1, $imports) AS n;
    ANALYZE;
";
