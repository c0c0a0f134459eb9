//! Who may ask what: a row for each field that a client can begin with, so that a new one has to say who may.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::schema::root_fields;
use crate::support::{Admin, Answer, TestApp, error_code, mutation};

const ROSTER: &str = "Member ID,First name,Last name,E-mail\nM-1,Ada,Abara,ada@example.org\n";
/// Good until 2100.
const GOOD_UNTIL: i64 = 4_102_444_800;
/// Long gone, whatever the clock.
const EXPIRED: i64 = 1_000_000_000;

/// A root field, and how it is asked for.
pub struct Row {
    pub root: &'static str,
    pub field: &'static str,
    query: String,
    variables: Value,
}

/// An import and its plan, as somebody may name them.
pub struct Named {
    pub import: Value,
    pub plan: Value,
    pub action: Value,
}

pub fn rows(named: &Named) -> Vec<Row> {
    let (import, plan, action) = (&named.import, &named.plan, &named.action);
    let query = |field: &'static str, query: &str, variables: Value| Row {
        root: "Query",
        field,
        query: query.to_owned(),
        variables,
    };
    let change = |field: &'static str, input: Value| Row {
        root: "Mutation",
        field,
        query: mutation(field),
        variables: json!({ "input": input }),
    };
    let watch = |field: &'static str, query: &str, variables: Value| Row {
        root: "Subscription",
        field,
        query: query.to_owned(),
        variables,
    };
    vec![
        query("viewer", "{ viewer { isTenantAdmin } }", json!({})),
        query("node", "query($id: ID!) { node(id: $id) { id } }", json!({ "id": import })),
        query("membershipImports", "{ membershipImports { totalCount nodes { id } } }", json!({})),
        query(
            "membershipImport",
            "query($id: ID!) { membershipImport(id: $id) { id } }",
            json!({ "id": import }),
        ),
        query("activeImport", "{ activeImport { id } }", json!({})),
        query("profileFields", "{ profileFields { key } }", json!({})),
        query("members", "{ members { totalCount nodes { id } } }", json!({})),
        change("uploadMembershipFile", json!({})),
        change("resumeImport", json!({ "importId": import })),
        change("saveMapping", json!({ "importId": import, "fileScope": "PARTIAL" })),
        change("approveMapping", json!({ "importId": import, "ifVersion": 1 })),
        change("reopenMapping", json!({ "importId": import })),
        change(
            "decideProfileActions",
            json!({ "planId": plan, "decision": "APPROVED", "target": { "ids": [action] } }),
        ),
        change("completeImport", json!({ "importId": import, "ifVersion": 1 })),
        change("discardImport", json!({ "importId": import })),
        change("saveProfileField", json!({ "key": "shoe_size", "label": "Shoe size", "type": "TEXT" })),
        change("removeProfileField", json!({ "key": "shoe_size" })),
        watch(
            "importChanged",
            "subscription($id: ID!) { importChanged(importId: $id) { version } }",
            json!({ "id": import }),
        ),
        watch("importsChanged", "subscription { importsChanged { change { version } } }", json!({})),
    ]
}

/// What somebody is answered. A stream must come to its end.
pub async fn ask(who: &Admin, row: &Row) -> Answer {
    match (row.root, row.field) {
        (_, "uploadMembershipFile") => who.upload_answer("roster.csv", ROSTER, json!({})).await,
        ("Subscription", _) => who.events(&row.query, row.variables.clone()).await,
        _ => who.answer(&row.query, row.variables.clone()).await,
    }
}

/// The status and the body of what somebody is answered. A stream must have come to its end.
async fn answer(who: &Admin, row: &Row) -> (u16, Value) {
    let answer = ask(who, row).await;
    let text = answer.text();
    let data = text.lines().find_map(|line| line.strip_prefix("data: {")).map(|event| format!("{{{event}"));
    (answer.status.as_u16(), serde_json::from_str(&data.unwrap_or(text)).unwrap())
}

/// A club with an import in review.
pub async fn club() -> (Arc<TestApp>, Admin, Named) {
    let app = TestApp::new().await;
    let ada = app.admin("club", "ada");
    let planned = ada.planned("roster.csv", ROSTER).await;
    let action = ada.actions(&planned).await[0]["id"].clone();
    (app, ada, Named { import: planned["id"].clone(), plan: planned["plan"]["id"].clone(), action })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_root_field_has_a_row() {
    let (_, _, named) = club().await;
    let rows: Vec<(&str, String)> = rows(&named).iter().map(|row| (row.root, row.field.to_owned())).collect();
    let mut missing = root_fields();
    missing.retain(|field| !rows.contains(field));
    assert_eq!(missing, Vec::<(&str, String)>::new());
    assert_eq!(rows.len(), root_fields().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_good_token_nothing_is_answered() {
    let (app, ada, named) = club().await;
    let before = ada.import(&named.import).await;
    let good = ada.token.clone().unwrap();
    let (head, signature) = good.rsplit_once('.').unwrap();
    let expired = app.bearer("club", "ada", &["tenant_admin"], EXPIRED);
    // {"alg":"none"}, and what the good one says.
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", head.split_once('.').unwrap().1);
    let strangers = [
        app.stranger(None),
        app.stranger(Some("")),
        app.stranger(Some("nonsense")),
        app.stranger(Some(head)),
        app.stranger(Some(&format!("{head}.{}", signature.chars().rev().collect::<String>()))),
        app.stranger(Some(&unsigned)),
        app.stranger(Some(&"x".repeat(16 * 1024))),
        expired,
        app.bearer("", "ada", &["tenant_admin"], GOOD_UNTIL),
        app.bearer("club", " ", &["tenant_admin"], GOOD_UNTIL),
    ];
    for stranger in strangers {
        for row in rows(&named) {
            let (status, body) = answer(&stranger, &row).await;
            let who = stranger.token.as_deref().unwrap_or("nobody");
            assert_eq!(
                (status, error_code(&body).as_str()),
                (401, "UNAUTHENTICATED"),
                "{} for {who:.60}: {body}",
                row.field
            );
            assert!(body.get("data").is_none(), "{body}");
        }
    }
    assert_eq!(ada.import(&named.import).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_role_only_the_viewer_is_shown() {
    let (app, ada, named) = club().await;
    let before = ada.import(&named.import).await;
    for roles in [&["member", "admin"][..], &[]] {
        let reader = app.bearer("club", "ada", roles, GOOD_UNTIL);
        for row in rows(&named) {
            let (_, body) = answer(&reader, &row).await;
            if row.field == "viewer" {
                assert_eq!(body, json!({ "data": { "viewer": { "isTenantAdmin": false } } }));
                continue;
            }
            assert_eq!(error_code(&body), "FORBIDDEN", "{}: {body}", row.field);
            assert!(body["data"].as_object().is_none_or(|data| data.values().all(Value::is_null)), "{body}");
        }
    }
    assert_eq!(ada.import(&named.import).await, before);
    assert_eq!(
        ada.ask("{ membershipImports { totalCount } }", json!({})).await["membershipImports"]["totalCount"],
        1
    );
}
