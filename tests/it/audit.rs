//! The audit log: who did what, each once; and no log has a cell, a name of a file or a token.

use serde_json::{Value, json};

use crate::access::{Row, ask, club, rows};
use crate::subscriptions::{Socket, server};
use crate::support::log::Log;
use crate::support::{Admin, TestApp, nodes};

/// Good until 2100.
const GOOD_UNTIL: i64 = 4_102_444_800;
/// In every cell and every name of the story; and nowhere else in the world.
const TELLTALE: &str = "xq7telltale";

/// The lines about what somebody asked for.
async fn lines(log: &Log, who: &Admin, row: &Row) -> Vec<Value> {
    let answer = ask(who, row).await;
    log.audit_of(answer.header("x-request-id"))
}

/// Who somebody is in the log.
async fn ids(app: &TestApp, tenant: &str, subject: &str) -> (Value, Value) {
    let tenant = app.app.store.tenant_by_slug(tenant).await.unwrap().unwrap().id;
    let user = app.app.store.user_by_subject(tenant, subject).await.unwrap().unwrap().id;
    (json!(tenant.0), json!(user.0))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mutation_leaves_one_line_and_nothing_else_does() {
    let log = Log::listen();
    let (app, ada, named) = club().await;
    let (tenant, user) = ids(&app, "club", "ada").await;
    let reader = app.bearer("club", "ada", &[], GOOD_UNTIL);
    let eve = app.admin("other", "eve");
    for row in rows(&named) {
        let found = lines(&log, &reader, &row).await;
        // Anybody may look at themselves.
        let expected = usize::from(row.field != "viewer");
        assert_eq!(found.len(), expected, "{}: {found:?}", row.field);
        for line in found {
            let told = (&line["action"], &line["outcome"], &line["tenant"], &line["user"]);
            assert_eq!(told, (&json!(row.field), &json!("FORBIDDEN"), &tenant, &user));
        }
        let found = lines(&log, &app.stranger(Some("nonsense")), &row).await;
        assert_eq!(found.len(), 1, "{}: {found:?}", row.field);
        assert_eq!(
            (&found[0]["action"], &found[0]["outcome"]),
            (&json!("signIn"), &json!("UNAUTHENTICATED"))
        );
        assert_eq!(found[0]["about"], "The token is not good.");

        // A stream of an import that goes on does not come to its end.
        if row.root == "Subscription" {
            continue;
        }
        let expected = usize::from(row.root == "Mutation");
        for who in [&eve, &ada] {
            let found = lines(&log, who, &row).await;
            assert_eq!(found.len(), expected, "{}: {found:?}", row.field);
            for line in found {
                assert_eq!(line["action"], row.field);
                assert_ne!(line["outcome"], "FORBIDDEN");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_says_how_it_ended() {
    let log = Log::listen();
    let (app, ada, named) = club().await;
    let (tenant, user) = ids(&app, "club", "ada").await;
    let about = |query: &'static str, variables: Value| {
        let (log, ada) = (&log, &ada);
        async move {
            let answer = ada.answer(query, variables).await;
            let mut lines = log.audit_of(answer.header("x-request-id"));
            assert_eq!(lines.len(), 1, "{lines:?}");
            lines.remove(0)
        }
    };
    let decide = "mutation($plan: ID!, $all: Boolean) { decideProfileActions(input: { planId: $plan,
        decision: APPROVED, target: { all: $all } }) { decidedCount } }";
    let line = about(decide, json!({ "plan": named.plan, "all": true })).await;
    let import = line["import"].clone();
    assert!(import.is_string());
    assert_eq!(
        (&line["outcome"], &line["about"], &line["count"]),
        (&json!("DONE"), &json!("APPROVED"), &json!(1))
    );
    assert_eq!((&line["tenant"], &line["user"]), (&tenant, &user));
    let line = about(decide, json!({ "plan": named.plan, "all": false })).await;
    assert_eq!((&line["outcome"], &line["import"]), (&json!("BAD_USER_INPUT"), &Value::Null));

    let complete = "mutation($id: ID!, $version: Int!) { completeImport(input: { importId: $id,
        ifVersion: $version }) { userErrors { code } } }";
    let line = about(complete, json!({ "id": named.import, "version": 1 })).await;
    assert_eq!((&line["outcome"], &line["import"]), (&json!("STALE_VERSION"), &import));
    let line = about(complete, json!({ "id": "nothing", "version": 1 })).await;
    assert_eq!((&line["outcome"], &line["import"]), (&json!("IMPORT_NOT_FOUND"), &Value::Null));

    let save =
        "mutation($key: String!) { saveProfileField(input: { key: $key, label: \"Shoe\", type: TEXT }) {
        userErrors { code } } }";
    let line = about(save, json!({ "key": "shoe_size" })).await;
    assert_eq!((&line["outcome"], &line["about"]), (&json!("DONE"), &json!("shoe_size")));
    let line = about(save, json!({ "key": "not a key" })).await;
    assert_eq!((&line["outcome"], &line["about"]), (&json!("FIELD_INVALID"), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn downloads_are_told_of_with_whoever_was_given_the_address() {
    let log = Log::listen();
    let (app, ada, named) = club().await;
    let (tenant, user) = ids(&app, "club", "ada").await;
    let query = "query($id: ID!) { membershipImport(id: $id) { file { download { url } } plan { planDownload { url } } } }";
    let import = ada.ask(query, json!({ "id": named.import })).await["membershipImport"].take();
    for (url, what) in
        [(&import["file"]["download"]["url"], "file"), (&import["plan"]["planDownload"]["url"], "plan")]
    {
        let answer = app.download(url.as_str().unwrap(), None).await;
        let lines = log.audit_of(answer.header("x-request-id"));
        assert_eq!(lines.len(), 1, "{lines:?}");
        let line = &lines[0];
        assert_eq!(
            (&line["action"], &line["outcome"], &line["about"]),
            (&json!("download"), &json!("DONE"), &json!(what))
        );
        assert_eq!((&line["tenant"], &line["user"]), (&tenant, &user));
        assert!(line["import"].is_string());
        let beyond = app.download(url.as_str().unwrap(), Some("bytes=9999999-")).await;
        let lines = log.audit_of(beyond.header("x-request-id"));
        assert_eq!(lines.len(), 1, "{lines:?}");
    }
    let nothing = app.get("/files/nothing").await;
    let lines = log.audit_of(nothing.header("x-request-id"));
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!((&lines[0]["outcome"], &lines[0]["tenant"]), (&json!("NOT_FOUND"), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_is_refused_is_told_of() {
    let log = Log::listen();
    let app = TestApp::new().await;
    let socket = Socket::knock(server(&app).await, &app.stranger(Some("nonsense"))).await;
    let id = socket.request_id.clone();
    assert_eq!(socket.closed().await.0, 4403);
    let lines = log.audit_of(&id);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!((&lines[0]["action"], &lines[0]["outcome"]), (&json!("signIn"), &json!("UNAUTHENTICATED")));
    app.shutdown.cancel();
}

/// Everything that can happen to a file, with cells that are nowhere else.
#[tokio::test(flavor = "multi_thread")]
async fn no_cell_no_file_name_and_no_token_is_in_any_log() {
    let log = Log::listen();
    let app = TestApp::new().await;
    let ada = app.admin("club", "ada");
    let t = TELLTALE;
    let row =
        |id: &str, email: &str| format!("{id}-{t},First {t},Last {t},{email},active,Unit {t},Segment {t}\n");
    let header = format!("Member ID,First name,Last name,E-mail,Status,Business unit,Column {t}\n");
    let file_name = format!("{t}.csv");
    let good =
        header.clone() + &row("1", &format!("a-{t}@example.org")) + &row("2", &format!("b-{t}@example.org"));

    let field = json!({ "key": "shade", "label": format!("Label {t}"), "type": "CHOICE", "choices": [format!("Choice {t}")] });
    ada.done("saveProfileField", field).await;
    ada.refused("saveProfileField", json!({ "key": t.to_uppercase(), "label": t, "type": "TEXT" })).await;
    for refused in [
        format!("{good}\0{t}\n"),
        format!("{t}\n"),
        format!("{header}\"{t}"),
        format!("{header}{}", row("1", &"x".repeat(200_000))),
    ] {
        ada.upload_with(&file_name, refused, json!({ "idempotencyKey": t })).await;
    }
    ada.import_whole(&file_name, &good).await;

    let next =
        header + &row("1", "no address") + &row("1", "twice") + &row("3", &format!("c-{t}@example.org"));
    let import = ada.upload(&file_name, &next).await;
    ada.mutate(
        "saveMapping",
        json!({ "importId": import["id"], "columns": [{ "index": 99, "fieldKey": t }] }),
    )
    .await;
    let planned = ada.plan(&import, json!([])).await;
    let review = "query($id: ID!, $search: String) {
        members(filter: { search: $search }) { nodes { id } }
        membershipImports(filter: { fileName: $search }) { nodes { id file { name download { url } } } }
        membershipImport(id: $id) { plan { heldRowsDownload { url } planDownload { url }
            rowIssues { nodes { value message } }
            profileActions(filter: { search: $search }) { nodes { id memberName changes { before after } } } } } }";
    let shown = ada.ask(review, json!({ "id": import["id"], "search": t })).await;
    assert!(!nodes(&shown["members"]).is_empty() && shown.to_string().contains(t));
    let plan = &shown["membershipImport"]["plan"];
    let urls = [
        &shown["membershipImports"]["nodes"][0]["file"]["download"]["url"],
        &plan["planDownload"]["url"],
        &plan["heldRowsDownload"]["url"],
    ];
    for url in urls {
        assert!(app.download(url.as_str().unwrap(), None).await.text().contains(t));
    }
    ada.decide(&planned, "APPROVED", json!({ "filter": { "search": t } })).await;
    ada.mutate("completeImport", json!({ "importId": import["id"], "ifVersion": 1 })).await;
    ada.mutate("reopenMapping", json!({ "importId": import["id"] })).await;

    // What is asked wrongly, by whom it may be, and what fails on our side.
    for query in [format!("{{ {t} }}"), format!("{{ viewer {t}"), format!("{{ node(id: \"{t}\") {{ id }} }}")]
    {
        ada.answer(&query, json!({ t: t })).await;
        app.stranger(Some(t)).answer(&query, json!({})).await;
    }
    app.take_files_away();
    app.download(urls[0].as_str().unwrap(), None).await;
    let version = ada.import(&import["id"]).await["version"].clone();
    ada.done("approveMapping", json!({ "importId": import["id"], "ifVersion": version })).await;
    app.drain().await;
    ada.mutate("discardImport", json!({ "importId": import["id"] })).await;

    let text = log.text().to_lowercase();
    for said in ["approvemapping", "work has ended", "a stored file is gone"] {
        assert!(text.contains(said), "the log is heard: {said}");
    }
    for line in text.lines() {
        assert!(!line.contains(t), "{line}");
    }
    let token = ada.token.unwrap().to_lowercase();
    assert!(!text.contains(&token) && !text.contains(token.rsplit('.').next().unwrap()));
}
