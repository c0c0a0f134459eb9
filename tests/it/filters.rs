//! Filters at their bounds: none ends the process, scans for nothing, or means more than it says.

use serde_json::json;

use crate::decisions::{club, roster};
use crate::support::refusal;

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
