//! Which index each statement goes by on SQLite. A statement that came to read more than it answers shows here.

use std::sync::{Arc, Mutex};

use futures_util::TryStreamExt;
use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use super::*;
use crate::domain::action::{ActionKind, Decision};
use crate::domain::id::{MemberId, PlanId, UserId};
use crate::domain::import::ImportStatus;
use crate::domain::page::PageRequest;
use crate::domain::plan::fingerprint::Fingerprinter;
use crate::domain::timestamp::Timestamp;

/// The statements since they were taken last.
type Heard = Arc<Mutex<Vec<Statement>>>;

const TENANT: TenantId = TenantId(Uuid::nil());
const IMPORT: ImportId = ImportId(Uuid::nil());
const PLAN: PlanId = PlanId(Uuid::nil());
const USER: UserId = UserId(Uuid::nil());
const NOW: Timestamp = Timestamp(0);

async fn store(folder: &std::path::Path) -> (Store, Heard) {
    let url = format!("sqlite://{}/muster.db?mode=rwc", folder.display());
    let mut store = Store::connect(&url, 0, Uuid::nil()).await.unwrap();
    store.migrate_up().await.unwrap();
    // What a server finds: the statistics as the schema has them.
    store.close().await.unwrap();
    store = Store::connect(&url, 0, Uuid::nil()).await.unwrap();
    let heard = Heard::default();
    for connections in [&mut store.readers, &mut store.writers] {
        let heard = heard.clone();
        connections.set_metric_callback(move |info| heard.lock().unwrap().push(info.statement.clone()));
    }
    (store, heard)
}

/// What SQLite says that it does for the statements since the last time, one line for each step.
async fn explained(store: &Store, heard: &Heard) -> Vec<String> {
    let statements = std::mem::take(&mut *heard.lock().unwrap());
    let mut steps = Vec::new();
    for statement in statements {
        let explain = Statement { sql: format!("EXPLAIN QUERY PLAN {}", statement.sql), ..statement };
        for row in store.readers.query_all_raw(explain).await.unwrap() {
            let step: String = row.try_get("", "detail").unwrap();
            // The steps of a tree are told apart by what they read.
            if step.starts_with("SEARCH") || step.starts_with("SCAN") || step.starts_with("USE TEMP") {
                steps.push(step);
            }
        }
    }
    heard.lock().unwrap().clear();
    steps
}

fn page<K>(after: K) -> PageRequest<K> {
    PageRequest { limit: 20, after: Some(after), before: None, backward: false }
}

#[tokio::test]
async fn each_statement_goes_by_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let (store, heard) = store(folder.path()).await;
    let mut lines: Vec<String> = Vec::new();
    macro_rules! explain {
        ($($name:literal: $ask:expr),+ $(,)?) => {$(
            let _ = $ask;
            for step in explained(&store, &heard).await {
                let line = format!("{}: {step}", $name);
                if !lines.contains(&line) {
                    lines.push(line);
                }
            }
        )+};
    }
    let members: Vec<MemberId> = (0..500).map(|number| MemberId(Uuid::from_u128(number))).collect();
    let order = |sort, descending| ImportOrder { sort, descending };
    let cursor = |key| page(ImportCursor { key, id: IMPORT });
    let all = ImportFilter::default();
    let waiting = ImportFilter { status: Some(vec![ImportStatus::Complete]), ..ImportFilter::default() };
    explain! {
        "import": store.import(TENANT, IMPORT).await.unwrap(),
        "imports": store.imports(TENANT, &[IMPORT, IMPORT]).await.unwrap(),
        "active import": store.active_import(TENANT).await.unwrap(),
        "idempotency key": store.import_by_idempotency_key(TENANT, "key").await.unwrap(),
        "history by upload": store
            .import_page(TENANT, &all, order(ImportSort::UploadedAt, true), &cursor(SortKey::UploadedAt(0)))
            .await
            .unwrap(),
        "history by update": store
            .import_page(TENANT, &all, order(ImportSort::UpdatedAt, true), &cursor(SortKey::UpdatedAt(0)))
            .await
            .unwrap(),
        "history by name": store
            .import_page(TENANT, &all, order(ImportSort::FileName, false), &cursor(SortKey::FileName("a".to_owned())))
            .await
            .unwrap(),
        "history of one status": store
            .import_page(TENANT, &waiting, order(ImportSort::UploadedAt, true), &cursor(SortKey::UploadedAt(0)))
            .await
            .unwrap(),
        "count of the history": store.import_count(TENANT, &all).await.unwrap(),
        "mapping": store.mapping(TENANT, IMPORT).await.unwrap(),
        "mappings": store.mappings(TENANT, &[IMPORT, IMPORT]).await.unwrap(),
        "remembered mapping": store.remembered_mapping(TENANT).await.unwrap(),
        "fields": store.fields(TENANT).await.unwrap(),
        "tenant": store.tenant(TENANT).await.unwrap(),
        "tenant by slug": store.tenant_by_slug("slug").await.unwrap(),
        "user by subject": store.user_by_subject(TENANT, "subject").await.unwrap(),
        "users": store.users(TENANT, &[USER, USER]).await.unwrap(),
        "edition": store.edition(TENANT).await.unwrap(),
        "standing": store.standing(TENANT).await.unwrap(),
        "log": store.log_after(TENANT, None, 0, 100).await.unwrap(),
        "log of an import": store.log_after(TENANT, Some(IMPORT), 0, 100).await.unwrap(),
        "plan": store.plan(TENANT, PLAN).await.unwrap(),
        "plan of an import": store.plan_of(TENANT, IMPORT).await.unwrap(),
        "plans": store.plans(TENANT, &[PLAN, PLAN]).await.unwrap(),
        "plans of imports": store.plans_of(TENANT, &[IMPORT, IMPORT]).await.unwrap(),
        "plan counts": store.plan_counts(TENANT, PLAN).await.unwrap(),
        "counts of plans": store.plans_counts(TENANT, &[PLAN, PLAN]).await.unwrap(),
        "issues": store.issue_page(TENANT, PLAN, &IssueFilter::default(), &page(0)).await.unwrap(),
        "held rows": store.held_rows(TENANT, PLAN, 0, 100).await.unwrap(),
        "held row numbers": store.held_row_numbers(TENANT, PLAN).await.unwrap(),
        "members": store.members(TENANT, &members).await.unwrap(),
        "members by name": store
            .member_page(
                TENANT,
                &MemberFilter::default(),
                &page(MemberCursor { name_key: "a".to_owned(), id: members[0] }),
            )
            .await
            .unwrap(),
        "any unique id": store.any_member_has_unique_id(TENANT).await.unwrap(),
        "each member": store.each_member(TENANT).try_collect::<Vec<_>>().await.unwrap(),
        "member places": store.member_places(TENANT, &members).await.unwrap(),
        "actions": store.action_page(TENANT, PLAN, &ActionFilter::default(), &page(0)).await.unwrap(),
        "actions by place": store.actions(TENANT, PLAN, &[1, 2, 3]).await.unwrap(),
        "actions of a kind": store
            .action_page(
                TENANT,
                PLAN,
                &ActionFilter { kind: Some(vec![ActionKind::Delete]), ..ActionFilter::default() },
                &page(0),
            )
            .await
            .unwrap(),
        "approvals": store.approvals(TENANT, &[PLAN]).await.unwrap(),
        "waiting work": store.is_work_waiting(WorkSize::Any, &[], NOW).await.unwrap(),
        "lease": store.lease_work(WorkSize::Small, &[], || NOW, 0).await.unwrap(),
    }
    let lease = Lease {
        tenant: TENANT,
        import: IMPORT,
        kind: WorkKind::Plan,
        fence: 0,
        attempts: 1,
        requested_by: USER,
        confirmed_deletions: None,
        is_large: false,
    };
    let tx = store.begin(TENANT).await.unwrap();
    let places = ActionTarget::Positions(vec![1, 2, 3]);
    explain! {
        "begin": (),
        "require lease": tx.require_lease(&lease).await,
        "decide some": tx.decide(TENANT, PLAN, &places, Decision::Approved, USER, NOW).await.unwrap(),
        "carry decisions": tx.carry_decisions(TENANT, PLAN, PLAN, Fingerprinter::new(1)).await.unwrap(),
        "email conflicts": tx.email_conflicts(TENANT, PLAN, 10).await.unwrap(),
        "approved actions": store
            .approved_actions(TENANT, PLAN, &[ActionKind::Create, ActionKind::Update])
            .try_collect::<Vec<_>>()
            .await
            .unwrap(),
        "apply deletes": tx.apply_deletes(TENANT, PLAN, NOW).await.unwrap(),
        "park emails": tx.park_emails(TENANT, PLAN).await.unwrap(),
        "recount members": tx.recount_members(TENANT).await.unwrap(),
        "delete plans": tx.delete_plans(TENANT, IMPORT, Some(PLAN)).await.unwrap(),
        "sweep plans": tx.sweep_unfinished_plan().await.unwrap(),
        "purge members": tx.purge_members(NOW, 1_000).await.unwrap(),
        "field is used": tx.is_field_used(TENANT, "key").await.unwrap(),
    }
    assert_eq!(format!("\n{}\n", lines.join("\n")), EXPECTED);
}

const EXPECTED: &str = "
import: SEARCH imports USING PRIMARY KEY (tenant_id=? AND id=?)
imports: SEARCH imports USING PRIMARY KEY (tenant_id=? AND id=?)
active import: SEARCH imports USING INDEX imports_status (tenant_id=? AND status=?)
idempotency key: SEARCH imports USING INDEX imports_idempotency (tenant_id=? AND idempotency_key=?)
history by upload: SEARCH imports USING INDEX imports_uploaded (tenant_id=? AND (uploaded_at,id)<(?,?))
history by update: SEARCH imports USING INDEX imports_updated (tenant_id=? AND (updated_at,id)<(?,?))
history by name: SEARCH imports USING INDEX imports_file_name (tenant_id=? AND (file_name_key,id)>(?,?))
history of one status: SEARCH imports USING INDEX imports_status (tenant_id=? AND status=? AND (uploaded_at,id)<(?,?))
count of the history: SEARCH imports USING COVERING INDEX imports_updated (tenant_id=?)
mapping: SEARCH import_mappings USING PRIMARY KEY (tenant_id=? AND import_id=?)
mappings: SEARCH import_mappings USING PRIMARY KEY (tenant_id=? AND import_id=?)
remembered mapping: SEARCH import_mappings USING INDEX import_mappings_approved (tenant_id=? AND approved_at>?)
fields: SEARCH profile_fields USING PRIMARY KEY (tenant_id=?)
fields: USE TEMP B-TREE FOR ORDER BY
tenant: SEARCH tenants USING PRIMARY KEY (id=?)
tenant by slug: SEARCH tenants USING INDEX tenants_slug (slug=?)
user by subject: SEARCH users USING INDEX users_subject (tenant_id=? AND subject=?)
users: SEARCH users USING PRIMARY KEY (tenant_id=? AND id=?)
edition: SEARCH tenants USING PRIMARY KEY (id=?)
standing: SEARCH t USING PRIMARY KEY (id=?)
standing: SEARCH i USING INDEX imports_status (tenant_id=? AND status=?) LEFT-JOIN
log: SEARCH import_log USING PRIMARY KEY (tenant_id=? AND seq>?)
log of an import: SEARCH import_log USING INDEX import_log_import (tenant_id=? AND import_id=? AND seq>?)
plan: SEARCH plans USING PRIMARY KEY (tenant_id=? AND id=?)
plan of an import: SEARCH plans USING INDEX plans_import (tenant_id=? AND import_id=?)
plans: SEARCH plans USING PRIMARY KEY (tenant_id=? AND id=?)
plans of imports: SEARCH plans USING INDEX plans_import (tenant_id=? AND import_id=?)
plan counts: SEARCH plan_counts USING PRIMARY KEY (plan_id=?)
plan counts: SEARCH plans USING PRIMARY KEY (tenant_id=? AND id=?)
counts of plans: SEARCH plan_counts USING PRIMARY KEY (plan_id=?)
counts of plans: SEARCH plans USING PRIMARY KEY (tenant_id=? AND id=?)
issues: SEARCH row_issues USING PRIMARY KEY (plan_id=? AND position>?)
issues: SEARCH plans USING PRIMARY KEY (tenant_id=? AND id=?)
held rows: SEARCH held_rows USING PRIMARY KEY (plan_id=? AND row_number>?)
held rows: SEARCH plans USING PRIMARY KEY (tenant_id=? AND id=?)
held row numbers: SEARCH held_rows USING PRIMARY KEY (plan_id=?)
held row numbers: SEARCH plans USING PRIMARY KEY (tenant_id=? AND id=?)
members: SEARCH members USING PRIMARY KEY (tenant_id=? AND id=?)
members by name: SEARCH members USING INDEX members_name_key (tenant_id=? AND (name_key,id)>(?,?))
any unique id: SEARCH members USING INDEX members_unique_id (tenant_id=? AND unique_id>?)
each member: SEARCH members USING PRIMARY KEY (tenant_id=?)
each member: SCAN some
member places: SEARCH members USING PRIMARY KEY (tenant_id=? AND id=?)
actions: SEARCH action_blocks USING PRIMARY KEY (plan_id=? AND block>? AND block<?)
actions: SEARCH plans USING PRIMARY KEY (tenant_id=? AND id=?)
actions: SEARCH decision_blocks USING PRIMARY KEY (plan_id=? AND block=?) LEFT-JOIN
actions by place: SEARCH action_blocks USING PRIMARY KEY (plan_id=? AND block=?)
actions by place: SEARCH plans USING PRIMARY KEY (tenant_id=? AND id=?)
actions by place: SEARCH decision_blocks USING PRIMARY KEY (plan_id=? AND block=?) LEFT-JOIN
actions of a kind: SEARCH action_blocks USING PRIMARY KEY (plan_id=? AND block>? AND block<?)
actions of a kind: SEARCH plans USING PRIMARY KEY (tenant_id=? AND id=?)
actions of a kind: SEARCH decision_blocks USING PRIMARY KEY (plan_id=? AND block=?) LEFT-JOIN
approvals: SEARCH decision_blocks USING PRIMARY KEY (plan_id=?)
approvals: SEARCH plans USING PRIMARY KEY (tenant_id=? AND id=?)
waiting work: SEARCH work USING COVERING INDEX work_lease (leased_until<?)
lease: SEARCH work USING PRIMARY KEY (import_id=?)
lease: SEARCH work USING INDEX work_lease (leased_until<?)
lease: USE TEMP B-TREE FOR ORDER BY
begin: SEARCH tenants USING PRIMARY KEY (id=?)
require lease: SEARCH work USING PRIMARY KEY (import_id=?)
decide some: SEARCH action_blocks USING PRIMARY KEY (plan_id=? AND block=?)
decide some: SEARCH plans USING PRIMARY KEY (tenant_id=? AND id=?)
decide some: SEARCH decision_blocks USING PRIMARY KEY (plan_id=? AND block=?) LEFT-JOIN
carry decisions: SEARCH action_blocks USING PRIMARY KEY (plan_id=? AND block>? AND block<?)
carry decisions: SEARCH plans USING PRIMARY KEY (tenant_id=? AND id=?)
carry decisions: SEARCH decision_blocks USING PRIMARY KEY (plan_id=? AND block=?) LEFT-JOIN
email conflicts: SEARCH action_blocks USING PRIMARY KEY (plan_id=? AND block>? AND block<?)
email conflicts: SEARCH plans USING PRIMARY KEY (tenant_id=? AND id=?)
email conflicts: SEARCH decision_blocks USING PRIMARY KEY (plan_id=? AND block=?) LEFT-JOIN
approved actions: SEARCH action_blocks USING PRIMARY KEY (plan_id=? AND block>? AND block<?)
approved actions: SEARCH plans USING PRIMARY KEY (tenant_id=? AND id=?)
approved actions: SEARCH decision_blocks USING PRIMARY KEY (plan_id=? AND block=?) LEFT-JOIN
apply deletes: SEARCH action_blocks USING PRIMARY KEY (plan_id=? AND block>? AND block<?)
apply deletes: SEARCH plans USING PRIMARY KEY (tenant_id=? AND id=?)
apply deletes: SEARCH decision_blocks USING PRIMARY KEY (plan_id=? AND block=?) LEFT-JOIN
park emails: SEARCH action_blocks USING PRIMARY KEY (plan_id=? AND block>? AND block<?)
park emails: SEARCH plans USING PRIMARY KEY (tenant_id=? AND id=?)
park emails: SEARCH decision_blocks USING PRIMARY KEY (plan_id=? AND block=?) LEFT-JOIN
recount members: SEARCH members USING PRIMARY KEY (tenant_id=?)
recount members: SEARCH tenants USING PRIMARY KEY (id=?)
delete plans: SEARCH plans USING INDEX plans_import (tenant_id=? AND import_id=?)
sweep plans: SCAN plans USING INDEX plans_unfinished
purge members: SEARCH members USING PRIMARY KEY (tenant_id=? AND id=?)
purge members: SEARCH members USING COVERING INDEX members_purge (deleted_at<?)
field is used: SEARCH members USING PRIMARY KEY (tenant_id=?)
";
