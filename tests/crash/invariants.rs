//! What is true of the database at every moment, whatever has just been killed.

use std::collections::BTreeMap;

use muster::domain::action::Decision;
use muster::domain::id::{PlanId, TenantId};
use muster::store::{ActionFilter, Store};
use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, QueryResult, Statement};
use serde_json::Value;

use crate::roster::Members;

/// What must not be, and a statement that finds it.
const NEVER: &[(&str, &str)] = &[
    (
        "two imports of a tenant in progress",
        "SELECT tenant_id FROM imports WHERE status = 'IN_PROGRESS' GROUP BY tenant_id HAVING count(*) > 1",
    ),
    (
        "work that the step does not ask for, or a step without its work",
        "SELECT i.id FROM imports i LEFT JOIN work w ON w.import_id = i.id
         WHERE (i.status = 'IN_PROGRESS' AND i.step IN ('PLANNING', 'APPLYING')) <> (w.import_id IS NOT NULL)
            OR (i.step = 'APPLYING') <> (w.kind = 'APPLY')",
    ),
    ("work without an import", "SELECT import_id FROM work WHERE import_id NOT IN (SELECT id FROM imports)"),
    (
        "two plans of an import that are seen",
        "SELECT import_id FROM plans WHERE ready = TRUE GROUP BY import_id HAVING count(*) > 1",
    ),
    (
        "a step without its plan",
        "SELECT i.id FROM imports i WHERE i.status <> 'INCOMPLETE' AND i.step IN ('REVIEW', 'APPLYING', 'DONE')
         AND NOT EXISTS (SELECT 1 FROM plans p WHERE p.import_id = i.id AND p.ready = TRUE)",
    ),
    ("actions of no plan", "SELECT plan_id FROM action_blocks WHERE plan_id NOT IN (SELECT id FROM plans)"),
    ("decisions of no plan", "SELECT plan_id FROM decision_blocks WHERE plan_id NOT IN (SELECT id FROM plans)"),
    ("issues of no plan", "SELECT plan_id FROM row_issues WHERE plan_id NOT IN (SELECT id FROM plans)"),
    ("held rows of no plan", "SELECT plan_id FROM held_rows WHERE plan_id NOT IN (SELECT id FROM plans)"),
    ("counts of no plan", "SELECT plan_id FROM plan_counts WHERE plan_id NOT IN (SELECT id FROM plans)"),
    (
        "decisions about no action",
        "SELECT d.plan_id FROM decision_blocks d LEFT JOIN action_blocks a
           ON a.plan_id = d.plan_id AND a.block = d.block WHERE a.plan_id IS NULL",
    ),
    (
        "books that do not balance",
        "SELECT id FROM plans WHERE rows_read <> rows_unchanged + rows_held + rows_repeated + rows_with_actions",
    ),
    (
        "a roster that was written more often than imports were completed, or less often",
        "SELECT t.id FROM tenants t
         WHERE t.roster_version <> (SELECT count(*) FROM imports i WHERE i.tenant_id = t.id AND i.status = 'COMPLETE')",
    ),
    (
        "other members than are counted",
        "SELECT t.id FROM tenants t
         WHERE t.active_count + t.inactive_count <>
           (SELECT count(*) FROM members m WHERE m.tenant_id = t.id AND m.deleted_at IS NULL)",
    ),
    (
        "somebody twice",
        "SELECT tenant_id, unique_id FROM members GROUP BY tenant_id, unique_id HAVING count(*) > 1",
    ),
    (
        "a log with gaps",
        "SELECT t.id FROM tenants t WHERE t.log_seq <> (SELECT count(*) FROM import_log l WHERE l.tenant_id = t.id)
            OR t.log_seq <> (SELECT COALESCE(max(l.seq), 0) FROM import_log l WHERE l.tenant_id = t.id)",
    ),
    (
        "a log in which a version falls",
        "SELECT a.import_id FROM import_log a JOIN import_log b
           ON a.tenant_id = b.tenant_id AND a.import_id = b.import_id AND a.seq < b.seq AND a.version >= b.version",
    ),
    (
        "a COMPLETE that the log does not have once",
        "SELECT i.id FROM imports i LEFT JOIN
           (SELECT tenant_id, import_id, count(*) AS times FROM import_log WHERE status = 'COMPLETE'
            GROUP BY tenant_id, import_id) l ON l.tenant_id = i.tenant_id AND l.import_id = i.id
         WHERE COALESCE(l.times, 0) <> CASE WHEN i.status = 'COMPLETE' THEN 1 ELSE 0 END",
    ),
    (
        "an import that stands elsewhere than its log says",
        "SELECT i.id FROM imports i JOIN import_log l ON l.tenant_id = i.tenant_id AND l.import_id = i.id
         WHERE l.seq = (SELECT max(n.seq) FROM import_log n WHERE n.tenant_id = i.tenant_id AND n.import_id = i.id)
           AND (l.status <> i.status OR l.step <> i.step)",
    ),
];

/// The database, looked at past the program.
pub struct Books {
    url: String,
    database: DatabaseConnection,
}

impl Books {
    pub async fn open(url: &str) -> Self {
        let mut options = sea_orm::ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        Self { url: url.to_owned(), database: Database::connect(options).await.unwrap() }
    }

    pub async fn close(self) {
        self.database.close().await.unwrap();
    }

    pub async fn rows(&self, sql: &str) -> Vec<QueryResult> {
        let backend = self.database.get_database_backend();
        let found = self.database.query_all_raw(Statement::from_string(backend, sql)).await;
        found.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    pub async fn run(&self, sql: &str) {
        self.database.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// A number.
    pub async fn number(&self, sql: &str) -> i64 {
        self.rows(sql).await[0].try_get_by_index(0).unwrap()
    }

    /// Nothing is as it must not be, while nobody decides.
    pub async fn are_sound(&self) {
        self.are_sound_at_any_time().await;
        self.plans_are_as_they_count().await;
    }

    /// What one statement sees is not as it must not be.
    pub async fn are_sound_at_any_time(&self) {
        if self.database.get_database_backend() == DbBackend::Sqlite {
            let found = self.rows("PRAGMA integrity_check").await;
            let found: Vec<String> = found.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
            assert_eq!(found, ["ok"]);
        }
        for (what, sql) in NEVER {
            let found = self.rows(sql).await.len();
            assert_eq!(found, 0, "there is {what}");
        }
    }

    /// The actions of each plan and the decisions about them are as many as it counts. They are packed, so that it takes the
    /// program's own way to read them. Only the newest ones are looked at: those before them were, when they were new.
    async fn plans_are_as_they_count(&self) {
        let store = Store::connect(&self.url, 4, Uuid::nil()).await.unwrap();
        for row in self
            .rows("SELECT tenant_id, id FROM plans WHERE ready = TRUE ORDER BY created_at DESC LIMIT 12")
            .await
        {
            let (tenant, plan) = row.try_get_many_by_index::<(Uuid, Uuid)>().unwrap();
            let (tenant, plan) = (TenantId(tenant), PlanId(plan));
            for counted in store.plan_counts(tenant, plan).await.unwrap() {
                let count = async |decision: Option<Decision>| {
                    let kind = Some(vec![counted.kind]);
                    let decision = decision.map(|decision| vec![decision]);
                    let filter = ActionFilter { kind, decision, ..ActionFilter::default() };
                    store.action_count(tenant, plan, &filter).await.unwrap()
                };
                let found = (
                    count(None).await,
                    count(Some(Decision::Approved)).await,
                    count(Some(Decision::Rejected)).await,
                );
                let expected = (counted.proposed.into(), counted.approved.into(), counted.rejected.into());
                assert_eq!(found, expected, "actions and decisions of {plan:?}, and what it counts");
            }
        }
        store.close().await.unwrap();
    }

    /// Plans that were begun and not ended, and that nobody is at.
    pub async fn plans_left_half_made(&self) -> usize {
        self.rows(
            "SELECT id FROM plans WHERE ready = FALSE AND import_id NOT IN (SELECT import_id FROM work)",
        )
        .await
        .len()
    }

    /// The members of each tenant and the imports that it has completed, as one statement sees them.
    pub async fn members(&self) -> BTreeMap<String, (i64, Members)> {
        let rows = self.rows(
            "SELECT t.slug, (SELECT count(*) FROM imports i WHERE i.tenant_id = t.id AND i.status = 'COMPLETE'),
                    m.unique_id, m.email, m.attributes
             FROM tenants t LEFT JOIN members m ON m.tenant_id = t.id AND m.deleted_at IS NULL",
        );
        let mut tenants: BTreeMap<String, (i64, Members)> = BTreeMap::new();
        for row in rows.await {
            let tenant = tenants.entry(row.try_get_by_index(0).unwrap()).or_default();
            tenant.0 = row.try_get_by_index(1).unwrap();
            let Some(id) = row.try_get_by_index::<Option<String>>(2).unwrap() else { continue };
            let attributes: Value =
                serde_json::from_str(&row.try_get_by_index::<String>(4).unwrap()).unwrap();
            let location = attributes.as_object().unwrap().values().next().unwrap();
            let member = (row.try_get_by_index(3).unwrap(), location.as_str().unwrap().to_owned());
            assert!(tenant.1.insert(id, member).is_none(), "nobody twice");
        }
        tenants
    }
}
