//! Filters at their bounds: none ends the process, scans for nothing, or means more than it says.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::decisions::{club, roster};
use crate::support::{error_code, refusal};

const ACTIONS: &str = "query ($id: ID!, $filter: ProfileActionFilter) {
  membershipImport(id: $id) { plan { profileActions(filter: $filter) { totalCount } } }
}";
const MEMBERS: &str = "query ($filter: MemberFilter) { members(filter: $filter) { totalCount } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_names_so_many_fields_and_no_more() {
    let ada = club().await;
    let import = ada.planned("three.csv", roster(1..=3)).await;
    let ask = |filter| json!({ "id": import["id"], "filter": filter });
    let fields = |count: usize| -> Vec<String> { (0..count).map(|n| format!("field_{n}")).collect() };
    ada.ask(ACTIONS, ask(json!({ "changedField": fields(200) }))).await;
    for too_many in [json!(fields(201)), json!(fields(5_000)), json!(["email|status"])] {
        assert_eq!(ada.error(ACTIONS, ask(json!({ "changedField": too_many }))).await, "BAD_USER_INPUT");
    }
    let often = vec!["PENDING"; 5_000];
    let data = ada.ask(ACTIONS, ask(json!({ "decision": often }))).await;
    let all = ada.ask(ACTIONS, ask(json!({}))).await;
    assert_eq!(data, all, "a choice that is named often is named once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_looked_for_has_its_bound() {
    let ada = club().await;
    let ask = |length: usize| json!({ "filter": { "search": "x".repeat(length) } });
    ada.ask(MEMBERS, ask(200)).await;
    assert_eq!(ada.error(MEMBERS, ask(201)).await, "BAD_USER_INPUT");
    ada.ask(MEMBERS, json!({ "filter": { "status": vec!["ACTIVE"; 40_000] } })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_field_that_nobody_filled_in_decides_nothing() {
    let ada = club().await;
    let import = ada.planned("three.csv", roster(1..=3)).await;
    let target = json!({ "filter": { "search": " " } });
    let input = json!({ "planId": import["plan"]["id"], "decision": "APPROVED", "target": target });
    let payload = ada.mutate("decideProfileActions", input).await;
    assert_eq!(refusal(&payload), "INVALID_INPUT");
    assert_eq!(payload["decidedCount"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_with_nul_is_refused_on_every_store() {
    let ada = club().await;
    let search = json!({ "filter": { "search": "a\0b" } });
    assert_eq!(ada.error(MEMBERS, search).await, "BAD_USER_INPUT");
    let literal = r#"{ members(filter: { search: "a\u0000b" }) { totalCount } }"#;
    assert_eq!(ada.error(literal, json!({})).await, "BAD_USER_INPUT");
    let upload = ada.upload_answer("three.csv", roster(1..=3), json!({ "idempotencyKey": "\0" })).await;
    assert_eq!(error_code(&upload.json()), "BAD_USER_INPUT");
    // A cursor as a list of members has it, of a name that nobody has.
    let cursor = URL_SAFE_NO_PAD.encode(format!("{}:\0", "0".repeat(32)));
    let page = "query ($after: String) { members(after: $after) { totalCount } }";
    assert_eq!(ada.error(page, json!({ "after": cursor })).await, "BAD_USER_INPUT");
}
