//! Decisions, and what completing them takes.

use muster::app::imports::decide::IDS_MAX;
use serde_json::{Value, json};

use crate::support::{Admin, TestApp, field, refusal};

const HEADER: &str = "Member ID,First name,Last name,E-mail\n";

/// Members M-1 and on.
pub fn roster(members: std::ops::RangeInclusive<u32>) -> String {
    let rows =
        members.map(|number| format!("M-{number:02},First{number},Last{number},m{number}@example.org\n"));
    HEADER.to_owned() + &rows.collect::<String>()
}

pub async fn club() -> Admin {
    TestApp::new().await.admin("club", "ada")
}

pub fn approved(import: &Value) -> Vec<u64> {
    let counts = import["plan"]["counts"].as_array().unwrap().iter();
    counts.map(|count| count["approved"].as_u64().unwrap()).collect()
}

pub async fn decide(admin: &Admin, import: &Value, decision: &str, target: Value) -> Value {
    let input = json!({ "planId": import["plan"]["id"], "decision": decision, "target": target });
    admin.mutate("decideProfileActions", input).await
}

pub async fn complete(admin: &Admin, import: &Value, confirm: Value) -> Value {
    let version = admin.import(&import["id"]).await["version"].clone();
    let input = json!({ "importId": import["id"], "ifVersion": version, "confirmDeletions": confirm });
    admin.mutate("completeImport", input).await
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_are_decided_by_id_by_filter_and_all_and_taken_back() {
    let ada = club().await;
    let ben = ada.app.admin("club", "ben");
    let planned = ada.planned("ten.csv", roster(1..=10)).await;
    let ids = field(&ada.actions(&planned).await, "id");
    let mut version = planned["version"].as_i64().unwrap();
    let all = json!({ "all": true });
    for (admin, decision, target, decided, approvals) in [
        (&ada, "APPROVED", json!({ "ids": [ids[0], ids[1], ids[1]] }), 2, 2),
        (&ben, "APPROVED", json!({ "ids": [ids[1], ids[2]] }), 1, 3),
        (&ben, "APPROVED", json!({ "ids": [] }), 0, 3),
        (&ada, "REJECTED", json!({ "filter": { "search": "first4" } }), 1, 3),
        (&ada, "REJECTED", json!({ "filter": { "kind": [] } }), 0, 3),
        (&ada, "APPROVED", json!({ "filter": { "decision": ["PENDING"] } }), 6, 9),
        (&ben, "APPROVED", all.clone(), 1, 10),
        (&ben, "APPROVED", all.clone(), 0, 10),
        (&ada, "PENDING", json!({ "filter": { "decidedBy": planned["uploadedBy"]["id"] } }), 8, 2),
        (&ada, "PENDING", all, 2, 0),
    ] {
        ada.app.pass_seconds(1);
        let payload = decide(admin, &planned, decision, target.clone()).await;
        let import = &payload["membershipImport"];
        assert_eq!(
            (&payload["userErrors"], &payload["decidedCount"]),
            (&json!([]), &json!(decided)),
            "{target}"
        );
        version += i64::from(decided > 0);
        assert_eq!(import["version"], version, "{target}: one for each transaction that changes something");
        assert_eq!(approved(import)[0], approvals, "{target}");
    }
    let actions = ada.actions(&planned).await;
    assert_eq!(field(&actions, "id"), ids, "a decision moves none");
    assert!(actions.iter().all(|action| action["decision"] == "PENDING"
        && action["decidedBy"].is_null()
        && action["decidedAt"].is_null()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_already_has_a_decision_keeps_who_and_when() {
    let ada = club().await;
    let ben = ada.app.admin("club", "ben");
    let planned = ada.planned("two.csv", roster(1..=2)).await;
    let id = ada.actions(&planned).await[0]["id"].clone();
    ada.decide(&planned, "APPROVED", json!({ "ids": [id] })).await;
    ada.app.pass_seconds(60);
    ben.decide(&planned, "APPROVED", json!({ "all": true })).await;
    let actions = ada.actions(&planned).await;
    let who_and_when: Vec<(&Value, &Value)> =
        actions.iter().map(|action| (&action["decidedBy"]["name"], &action["decidedAt"])).collect();
    assert_eq!(
        who_and_when,
        [
            (&json!("ada of club"), &json!("2023-11-14T22:13:20.000Z")),
            (&json!("ben of club"), &json!("2023-11-14T22:14:20.000Z")),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_is_not_understood_decides_nothing() {
    let ada = club().await;
    let old = ada.planned("old.csv", roster(1..=3)).await;
    let old_id = ada.actions(&old).await[0]["id"].clone();
    let planned = ada.planned("new.csv", roster(1..=3)).await;
    let id = ada.actions(&planned).await[0]["id"].clone();
    for unknown in [&old_id, &planned["id"], &json!("nonsense")] {
        let payload = decide(&ada, &planned, "APPROVED", json!({ "ids": [id, unknown] })).await;
        assert_eq!((refusal(&payload).as_str(), &payload["decidedCount"]), ("ACTION_NOT_FOUND", &json!(0)));
        assert_eq!(payload["membershipImport"], planned, "it comes along, as it was");
    }
    let empty = decide(&ada, &planned, "APPROVED", json!({ "filter": {} })).await;
    assert_eq!(refusal(&empty), "INVALID_INPUT");
    let many: Vec<Value> = vec![id.clone(); IDS_MAX + 1];
    assert_eq!(
        decide(&ada, &planned, "APPROVED", json!({ "ids": many })).await["decidedCount"],
        1,
        "one action, named often"
    );

    let query = "mutation($input: DecideProfileActionsInput!) { decideProfileActions(input: $input) { decidedCount } }";
    for target in
        [json!({}), json!({ "all": false }), json!({ "all": true, "ids": [id] }), json!({ "ids": null })]
    {
        let input = json!({ "planId": planned["plan"]["id"], "decision": "APPROVED", "target": target });
        assert_eq!(ada.error(query, json!({ "input": input })).await, "BAD_USER_INPUT", "{target}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_actions_can_be_named_at_once_and_no_more() {
    let ada = club().await;
    let planned = ada.planned("many.csv", roster(1..=IDS_MAX as u32 + 1)).await;
    let ids = field(&ada.actions(&planned).await, "id");
    let payload = decide(&ada, &planned, "APPROVED", json!({ "ids": ids })).await;
    assert_eq!(refusal(&payload), "INVALID_INPUT");
    let payload = decide(&ada, &planned, "APPROVED", json!({ "ids": ids[1..] })).await;
    assert_eq!((&payload["userErrors"], &payload["decidedCount"]), (&json!([]), &json!(IDS_MAX)));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_deletions_have_to_be_confirmed_by_their_exact_number() {
    let ada = club().await;
    ada.import_whole("twenty.csv", roster(1..=20)).await;
    // Five are as many as are free.
    let five = ada.planned("five-less.csv", roster(1..=15)).await;
    let five = ada.decide(&five, "APPROVED", json!({ "all": true })).await;
    assert_eq!((&approved(&five)[4], &five["plan"]["deletionsToConfirm"]), (&5, &Value::Null));

    let six = ada.planned("six-less.csv", roster(1..=14)).await;
    assert_eq!(six["plan"]["deletionsToConfirm"], Value::Null, "nothing is approved yet");
    let six = ada.decide(&six, "APPROVED", json!({ "all": true })).await;
    assert_eq!(six["plan"]["deletionsToConfirm"], 6);
    for wrong in [Value::Null, json!(0), json!(5), json!(7), json!(-6)] {
        let payload = complete(&ada, &six, wrong.clone()).await;
        assert_eq!(refusal(&payload), "DELETIONS_NOT_CONFIRMED", "{wrong}");
        assert_eq!(payload["userErrors"][0]["field"], json!(["confirmDeletions"]));
        assert_eq!(payload["membershipImport"], six);
    }
    assert_eq!(complete(&ada, &six, json!(6)).await["userErrors"], json!([]));
    ada.app.drain().await;
    assert_eq!(ada.members().await.len(), 14);
}

#[tokio::test(flavor = "multi_thread")]
async fn completing_without_approving_anything_changes_nobody() {
    let ada = club().await;
    ada.import_whole("two.csv", roster(1..=2)).await;
    let before = ada.members().await;
    ada.app.pass_seconds(60);
    let planned = ada.planned("three.csv", roster(2..=4)).await;
    let planned = ada.decide(&planned, "REJECTED", json!({ "filter": { "kind": ["DELETE"] } })).await;
    let completed = ada.complete(&planned).await;
    assert_eq!(approved(&completed), [0; 5]);
    assert_eq!(ada.members().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_not_taken_from_somebody_who_stays() {
    let ada = club().await;
    ada.import_whole("two.csv", roster(1..=2)).await;
    // M-02 goes, and M-03 gets the address.
    let file = format!("{HEADER}M-01,First1,Last1,m1@example.org\nM-03,New,Comer,m2@example.org\n");
    let planned = ada.planned("takeover.csv", &file).await;
    let actions = ada.actions(&planned).await;
    assert_eq!(field(&actions, "kind"), ["CREATE", "DELETE"]);
    assert_eq!(actions[0]["warnings"][0]["code"], "SIMILAR_MEMBER");
    for deletion in ["PENDING", "REJECTED"] {
        ada.decide(&planned, "APPROVED", json!({ "ids": [actions[0]["id"]] })).await;
        ada.decide(&planned, deletion, json!({ "ids": [actions[1]["id"]] })).await;
        let payload = complete(&ada, &planned, Value::Null).await;
        assert_eq!(refusal(&payload), "CONFLICTING_DECISIONS", "{deletion}");
        let named = payload["userErrors"][0]["actions"].as_array().unwrap().clone();
        assert_eq!(field(&named, "id"), field(&actions, "id"), "both are named");
        assert_eq!(ada.import(&planned["id"]).await["step"], "REVIEW", "and nothing is applied");
    }
    ada.decide(&planned, "APPROVED", json!({ "all": true })).await;
    ada.complete(&planned).await;
    let members = ada.members().await;
    assert_eq!(field(&members, "email"), ["m2@example.org", "m1@example.org"], "by name: Comer, Last1");
    assert_eq!(field(&members, "uniqueId"), ["M-03", "M-01"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_swap_their_addresses_in_one_import() {
    let ada = club().await;
    ada.import_whole("three.csv", roster(1..=3)).await;
    let file = format!(
        "{HEADER}M-01,First1,Last1,m2@example.org\nM-02,First2,Last2,m3@example.org\nM-03,First3,Last3,m1@example.org\n"
    );
    let planned = ada.planned("ring.csv", &file).await;
    assert_eq!(Admin::proposed(&planned), [0, 3, 0, 0, 0]);
    let actions = ada.actions(&planned).await;
    ada.decide(&planned, "APPROVED", json!({ "ids": [actions[0]["id"], actions[1]["id"]] })).await;
    assert_eq!(refusal(&complete(&ada, &planned, Value::Null).await), "CONFLICTING_DECISIONS");
    ada.decide(&planned, "APPROVED", json!({ "all": true })).await;
    ada.complete(&planned).await;
    assert_eq!(field(&ada.members().await, "email"), ["m2@example.org", "m3@example.org", "m1@example.org"]);
}
