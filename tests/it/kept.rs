//! Answers that are kept are always right: what was asked before is answered anew as soon as anything of it has changed.

use serde_json::{Value, json};

use crate::support::{Admin, TestApp, nodes};

const ROSTER: &str = "Member ID,First name,Last name,E-mail\nM-1,Ada,Abara,ada@example.org\n";
const PAGE: &str = "{
  membershipImports(first: 5) {
    nodes { id status version file { name download { url expiresAt } } uploadedBy { name } resumedBy { name } } totalCount
  }
  activeImport { id bannerMessage }
}";
const FLEETING: &str =
    "{ activeImport { id step progress { processed } plan { id } } members { totalCount } }";

/// What the page shows, which is asked for often enough to be kept.
async fn page(admin: &Admin) -> Value {
    let first = admin.ask(PAGE, json!({})).await;
    for _ in 0..2 {
        assert_eq!(admin.ask(PAGE, json!({})).await, first);
    }
    first
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_changes_is_seen_at_once() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.admin("club", "ada"), app.admin("club", "ben"));
    assert_eq!(page(&ada).await["membershipImports"]["totalCount"], 0);
    let import = ada.upload("first.csv", ROSTER).await;
    let shown = page(&ada).await;
    assert_eq!(shown["activeImport"]["id"], import["id"]);
    assert_eq!(nodes(&shown["membershipImports"])[0]["resumedBy"], Value::Null);
    // Changes neither the version nor the time.
    ben.done("resumeImport", json!({ "importId": import["id"] })).await;
    assert_eq!(nodes(&page(&ada).await["membershipImports"])[0]["resumedBy"]["name"], "ben of club");
    ada.done("saveMapping", json!({ "importId": import["id"], "fileScope": "PARTIAL" })).await;
    assert_eq!(nodes(&page(&ada).await["membershipImports"])[0]["version"], 2);
    ada.done("discardImport", json!({ "importId": import["id"] })).await;
    let shown = page(&ada).await;
    assert_eq!(shown["activeImport"], Value::Null);
    assert_eq!(nodes(&shown["membershipImports"])[0]["status"], "INCOMPLETE");
    // Addresses in it expire.
    let expires = &nodes(&shown["membershipImports"])[0]["file"]["download"]["expiresAt"];
    app.pass_seconds(300);
    assert_ne!(&nodes(&page(&ada).await["membershipImports"])[0]["file"]["download"]["expiresAt"], expires);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_server_changes_is_seen_at_once() {
    let here = TestApp::new().await;
    let there = here.beside().await;
    let (ada, ben) = (here.admin("club", "ada"), there.admin("club", "ben"));
    let import = ada.upload("first.csv", ROSTER).await;
    assert_eq!(page(&ada).await["activeImport"]["id"], import["id"]);
    assert_eq!(page(&ben).await["activeImport"]["id"], import["id"]);
    ben.done("discardImport", json!({ "importId": import["id"] })).await;
    assert_eq!(page(&ada).await["activeImport"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_given_what_was_kept_for_another_tenant_or_role() {
    let app = TestApp::new().await;
    let (ada, eve) = (app.admin("club", "ada"), app.admin("other", "eve"));
    ada.upload("first.csv", ROSTER).await;
    assert_eq!(page(&ada).await["membershipImports"]["totalCount"], 1);
    assert_eq!(page(&eve).await["membershipImports"]["totalCount"], 0);
    let member = app.bearer("club", "ada", &[], 4_102_444_800);
    assert_eq!(member.error("{ membershipImports { totalCount } }", json!({})).await, "FORBIDDEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_without_the_history_is_never_kept() {
    let app = TestApp::new().await;
    let ada = app.admin("club", "ada");
    let import = ada.upload("first.csv", ROSTER).await;
    for _ in 0..3 {
        let shown = ada.ask(FLEETING, json!({})).await;
        assert_eq!(shown["members"]["totalCount"], 0);
    }
    let planned = ada.plan(&import, json!([])).await;
    ada.decide(&planned, "APPROVED", json!({ "all": true })).await;
    ada.complete(&planned).await;
    assert_eq!(ada.ask(FLEETING, json!({})).await["members"]["totalCount"], 1);
}
