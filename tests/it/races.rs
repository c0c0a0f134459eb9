//! Whatever comes at once: a tenant has one import in progress, and none is lost.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Admin, TestApp, field, nodes, refusal};

/// Uploads at once.
const UPLOADS: usize = 64;
const ROSTER: &str = "Member ID,First name,Last name,E-mail\nM-1,Ada,Abara,ada@example.org\n";

async fn history(admin: &Admin) -> Vec<Value> {
    let query = "{ membershipImports(first: 200) { nodes { id status step bannerMessage file { name } supersededBy { id } } totalCount } }";
    let data = admin.ask(query, json!({})).await;
    let imports = nodes(&data["membershipImports"]);
    assert_eq!(data["membershipImports"]["totalCount"], imports.len());
    imports
}

/// Uploads all of them at once, each with its own name, and answers the payloads.
async fn upload_at_once(admins: &[Admin], input: &Value) -> Vec<Value> {
    let mut uploads = JoinSet::new();
    for place in 0..UPLOADS {
        let (admin, input) = (admins[place % admins.len()].clone(), input.clone());
        uploads.spawn(async move { admin.upload_with(&format!("roster-{place}.csv"), ROSTER, input).await });
    }
    uploads.join_all().await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_uploads_at_once_one_is_in_progress_and_none_is_lost() {
    let app = TestApp::new().await;
    let (ada, ben, eve) = (app.admin("club", "ada"), app.admin("club", "ben"), app.admin("other", "eve"));
    let theirs = eve.upload("theirs.csv", ROSTER).await;
    let payloads = upload_at_once(&[ada.clone(), ben], &json!({})).await;
    for payload in &payloads {
        assert_eq!(payload["userErrors"], json!([]));
        assert_eq!(payload["membershipImport"]["uploadedAt"], "2023-11-14T22:13:20.000Z");
    }
    let answered: BTreeSet<String> = payloads
        .iter()
        .map(|payload| payload["membershipImport"]["id"].as_str().unwrap().to_owned())
        .collect();
    let imports = history(&ada).await;
    assert_eq!(field(&imports, "id").into_iter().collect::<BTreeSet<_>>(), answered, "none is lost");
    let status =
        |wanted: &str| imports.iter().filter(|import| import["status"] == wanted).collect::<Vec<_>>();
    let (active, incomplete) = (status("IN_PROGRESS"), status("INCOMPLETE"));
    assert_eq!((active.len(), incomplete.len()), (1, UPLOADS - 1));
    assert_eq!(ada.active().await["id"], active[0]["id"]);
    assert!(incomplete.iter().all(|import| import["bannerMessage"].is_null()));

    // Each was superseded by exactly one other: they form one chain, whose end is in progress.
    let successors: BTreeSet<&str> =
        incomplete.iter().map(|import| import["supersededBy"]["id"].as_str().unwrap()).collect();
    assert_eq!(successors.len(), UPLOADS - 1);
    assert!(successors.contains(active[0]["id"].as_str().unwrap()));
    let superseded = payloads.iter().filter(|payload| !payload["superseded"].is_null()).count();
    assert_eq!(superseded, UPLOADS - 1, "each but the first is told whom it superseded");
    assert_eq!(eve.active().await, theirs, "what is another tenant's is not touched");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_at_once_makes_one_import() {
    let app = TestApp::new().await;
    let ada = app.admin("club", "ada");
    let payloads = upload_at_once(std::slice::from_ref(&ada), &json!({ "idempotencyKey": "monday" })).await;
    let first = &payloads[0]["membershipImport"];
    assert!(
        payloads
            .iter()
            .all(|payload| payload["membershipImport"] == *first && payload["superseded"].is_null())
    );
    assert_eq!(history(&ada).await.len(), 1);
    assert_eq!(app.stored_files(), 1, "of the others, nothing is left");

    // Later too, and whatever has become of it.
    ada.upload("another.csv", ROSTER).await;
    let again = ada.upload_with("again.csv", ROSTER, json!({ "idempotencyKey": "monday" })).await;
    assert_eq!(again["membershipImport"]["id"], first["id"]);
    assert_eq!(again["membershipImport"]["status"], "INCOMPLETE");
    assert_eq!(ada.active().await["file"]["name"], "another.csv");
    // The key is the tenant's own.
    let eve = app.admin("other", "eve");
    let theirs = eve.upload_with("theirs.csv", ROSTER, json!({ "idempotencyKey": "monday" })).await;
    assert_ne!(theirs["membershipImport"]["id"], first["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_file_supersedes_nothing() {
    let app = TestApp::new().await;
    let ada = app.admin("club", "ada");
    let active = ada.upload("good.csv", ROSTER).await;
    for (content, code) in [
        (&b""[..], "FILE_EMPTY"),
        (b"Member ID,First name,Last name,E-mail\n", "FILE_NO_ROWS"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "FILE_NOT_CSV"),
        (b"{\"members\": []}", "FILE_NOT_CSV"),
        (b"Member ID,First name,Last name,E-mail\nM-1,Ad\xe8le,A,a@example.org\n", "FILE_BAD_ENCODING"),
        (b"Member ID,First name,Last name,E-mail\nM-1,\"Ada,A,a@example.org\n", "FILE_MALFORMED"),
        (b"M-1,Ada,Abara,ada@example.org\nM-2,Bea,Brandt,bea@example.org\n", "HEADER_NOT_RECOGNISED"),
    ] {
        let payload = ada.upload_with("bad.csv", content, json!({ "idempotencyKey": "once" })).await;
        assert_eq!(refusal(&payload), code, "{payload}");
        assert_eq!((&payload["membershipImport"], &payload["superseded"]), (&Value::Null, &Value::Null));
    }
    assert_eq!(ada.active().await, active);
    assert_eq!((history(&ada).await.len(), app.stored_files()), (1, 1));
    // The key of a refused file is free.
    let taken = ada.upload_with("good.csv", ROSTER, json!({ "idempotencyKey": "once" })).await;
    assert_eq!(taken["superseded"]["id"], active["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_can_say_what_it_means_to_replace() {
    let app = TestApp::new().await;
    let ada = app.admin("club", "ada");
    let none = json!({ "ifActiveImport": null });
    let first = ada.upload_with("first.csv", ROSTER, none.clone()).await["membershipImport"].take();
    let refused = ada.upload_with("second.csv", ROSTER, none).await;
    assert_eq!(refusal(&refused), "STALE_VERSION");
    assert_eq!(refused["userErrors"][0]["field"], json!(["ifActiveImport"]));
    let this = json!({ "ifActiveImport": first["id"] });
    let second = ada.upload_with("second.csv", ROSTER, this.clone()).await;
    assert_eq!(second["superseded"]["id"], first["id"]);
    assert_eq!(refusal(&ada.upload_with("third.csv", ROSTER, this).await), "STALE_VERSION");
    assert_eq!(ada.active().await["file"]["name"], "second.csv");

    // Of many that mean to replace the same, one does.
    let this = json!({ "ifActiveImport": second["membershipImport"]["id"] });
    let payloads = upload_at_once(std::slice::from_ref(&ada), &this).await;
    let done = payloads.iter().filter(|payload| payload["userErrors"] == json!([])).count();
    let stale = payloads.iter().filter(|payload| payload["userErrors"][0]["code"] == "STALE_VERSION").count();
    assert_eq!((done, stale), (1, UPLOADS - 1));
    assert_eq!((history(&ada).await.len(), app.stored_files()), (3, 3));
}
