//! Changes of the schema that rewrite what is there: whatever a history shows, it shows as before.

use serde_json::{Value, json};

use crate::decisions::{club, decide, roster};
use crate::support::Admin;

const PLAN: &str = "query ($id: ID!) { membershipImport(id: $id) { plan {
  counts { kind proposed approved rejected }
  approvals { kind count lastDecidedAt decidedBy { name } }
  searched: profileActions(filter: { search: \"last1000\" }) { totalCount }
  changed: profileActions(filter: { changedField: [\"last_name\"], decision: [APPROVED] }) { totalCount }
} } }";

/// All that the API shows of a plan and its decisions.
async fn shown(admin: &Admin, import: &Value) -> Value {
    let plan = admin.ask(PLAN, json!({ "id": import["id"] })).await;
    json!([plan, admin.actions(import).await])
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_and_decisions_are_the_same_in_rows_and_in_blocks() {
    let ada = club().await;
    let ben = ada.app.admin("club", "ben");
    let first = ada.planned("first.csv", roster(1..=1_203)).await;
    ben.decide(&first, "APPROVED", json!({ "filter": { "search": "last11" } })).await;
    ada.app.pass_seconds(5);
    ada.decide(&first, "APPROVED", json!({ "all": true })).await;
    ada.complete(&first).await;
    // Everybody from M-1000 on is gone, somebody is somebody else, and one address begins a formula.
    let changed = roster(1..=1_000).replace("Last7,", "Seven,").replace("First8,", "=First8,");
    let second = ada.planned("second.csv", changed + "M-0,New,Comer,new@example.org\n").await;
    let ids: Vec<Value> = ada.actions(&second).await.iter().map(|action| action["id"].clone()).collect();
    decide(&ada, &second, "REJECTED", json!({ "ids": [ids[1]] })).await;
    decide(
        &ben,
        &second,
        "APPROVED",
        json!({ "filter": { "kind": ["UPDATE", "DELETE"], "decision": ["PENDING"] } }),
    )
    .await;
    let before = [shown(&ada, &first).await, shown(&ada, &second).await];
    assert_eq!(before[1][1].as_array().unwrap().len(), 2 + 1 + 203);
    let store = &ada.app.app.store;
    store.migrate_down().await.unwrap();
    let in_blocks = async || {
        let changes = store.migrations().await.unwrap();
        changes.iter().any(|change| change.applied && change.name.ends_with("_action_blocks"))
    };
    while in_blocks().await {
        store.migrate_down().await.unwrap();
    }
    store.migrate_up().await.unwrap();
    assert_eq!([shown(&ada, &first).await, shown(&ada, &second).await], before);
    ada.complete(&second).await;
}
