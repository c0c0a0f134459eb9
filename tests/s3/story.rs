//! The whole way of an import whose file is in a bucket, and what clients are told when the store is away.

use std::sync::Arc;

use futures_util::StreamExt;
use muster::app::Settings;
use muster::domain::id::ImportId;
use muster::files::FileKey;
use muster::http::{routes, serve};
use serde_json::{Value, json};

use crate::server::{Mood, S3};
use crate::suite::{content, put};
use crate::support::{Admin, TestApp, error_code};

const ROWS: u32 = 200;
/// As wide as a row may be without being held: the file is more than one part.
const NOTE_BYTES: usize = 60 * 1024;
const CENTURY: i64 = 100 * 365 * 24 * 3_600;

fn roster() -> String {
    let note = "n".repeat(NOTE_BYTES);
    let rows = (1..=ROWS).map(|n| format!("M-{n},Ada,Abara,m{n}@example.org,{note}\n"));
    std::iter::once("Member ID,First name,Last name,E-mail,Note\n".to_owned()).chain(rows).collect()
}

async fn club(s3: &S3) -> Arc<TestApp> {
    TestApp::over(s3.files(), tempfile::tempdir().unwrap(), Settings::default()).await
}

async fn address(admin: &Admin, import: &Value) -> String {
    let query = "query($id: ID!) { membershipImport(id: $id) { file { download { url } } } }";
    let data = admin.ask(query, json!({ "id": import["id"] })).await;
    data["membershipImport"]["file"]["download"]["url"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_comes_to_its_end_and_its_file_is_downloaded_as_it_came() {
    let s3 = S3::start().await;
    let ada = club(&s3).await.admin("club", "ada");
    let roster = roster();
    let completed = ada.import_whole("roster.csv", &roster).await;
    assert_eq!(completed["file"]["rowCount"], ROWS);
    assert_eq!(ada.members().await.len(), ROWS as usize);
    let url = address(&ada, &completed).await;
    let whole = ada.app.download(&url, None).await;
    assert_eq!(whole.status.as_u16(), 200);
    assert!(whole.body == roster.as_bytes());
    assert_eq!(whole.header("content-length"), roster.len().to_string());
    let part = ada.app.download(&url, Some("bytes=5242870-5242889")).await;
    assert_eq!(part.status.as_u16(), 206);
    assert_eq!(part.body, &roster.as_bytes()[5_242_870..5_242_890]);

    // A refused file changes nothing, in the bucket either.
    assert_eq!(s3.kept().len(), 1);
    assert_ne!(ada.upload_with("empty.csv", "", json!({})).await["userErrors"], json!([]));
    assert_eq!(s3.kept().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_away_is_told_from_a_file_that_is_gone() {
    let s3 = S3::start().await;
    let test = club(&s3).await;
    let ada = test.admin("club", "ada");
    let import = ada.upload("two.csv", "Member ID,First name,Last name,E-mail\n1,A,B,a@example.org\n").await;
    let url = address(&ada, &import).await;
    let ready = test.get("/readyz").await;
    assert_eq!((ready.status.as_u16(), ready.text().as_str()), (200, "database: ready\nfiles: ready\n"));

    s3.is_in(Mood::Busy);
    let answer = test.download(&url, None).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "5"));
    let upload = ada.upload_answer("two.csv", "Member ID\n1\n", json!({})).await;
    assert_eq!(error_code(&upload.json()), "UNAVAILABLE");
    test.pass_seconds(1);
    let ready = test.get("/readyz").await;
    assert_eq!((ready.status.as_u16(), ready.text().as_str()), (503, "database: ready\nfiles: not ready\n"));
    s3.is_in(Mood::Forbidding);
    assert_eq!(test.download(&url, None).await.status.as_u16(), 500);
    let upload = ada.upload_answer("two.csv", "Member ID\n1\n", json!({})).await;
    assert_eq!(error_code(&upload.json()), "INTERNAL");
    s3.is_in(Mood::Well);
    assert_eq!(ada.active().await["id"], import["id"], "what failed has changed nothing");

    let tenant = test.app.store.tenant_by_slug("club").await.unwrap().unwrap().id;
    let stored = test.app.store.active_import(tenant).await.unwrap().unwrap();
    test.app.files.delete(FileKey { tenant, import: stored.id }).await.unwrap();
    let answer = test.download(&url, None).await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (404, "There is no such file.\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_breaks_off_does_not_look_complete() {
    let s3 = S3::start().await;
    let test = club(&s3).await;
    let ada = test.admin("club", "ada");
    let import = ada.upload("roster.csv", roster()).await;
    let url = address(&ada, &import).await;
    // Through a socket: a client sees what the protocol says, not what the program knows.
    let bound = serve::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}{}", bound.address, &url[url.find("/files/").unwrap()..]);
    let serving = tokio::spawn(serve::serve(
        bound,
        routes(test.site()),
        serve::ConnectionLimits::default(),
        test.shutdown.clone(),
    ));
    for range in [None, Some("bytes=1-")] {
        s3.is_in(Mood::Well);
        let request = reqwest::Client::new().get(&url);
        let request = range.iter().fold(request, |request, range| request.header("range", *range));
        // Enough to begin with, and nothing when it is asked to go on.
        s3.cuts_after(1024 * 1024);
        let mut body = request.send().await.unwrap().error_for_status().unwrap().bytes_stream();
        assert!(body.next().await.unwrap().is_ok());
        s3.is_in(Mood::Busy);
        let broken = body.any(async |bytes| bytes.is_err()).await;
        assert!(broken, "{range:?}");
    }
    test.shutdown.cancel();
    serving.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_files_without_an_import_are_swept() {
    let s3 = S3::start().await;
    let test = club(&s3).await;
    for tenant in ["club", "other"] {
        test.admin(tenant, "ada")
            .upload("one.csv", "Member ID,First name,Last name,E-mail\n1,A,B,a@b.example\n")
            .await;
        let tenant = test.app.store.tenant_by_slug(tenant).await.unwrap().unwrap().id;
        // More than are looked up at once.
        for number in 0..300 {
            let import = ImportId(uuid::Uuid::from_u128(number));
            put(&test.app.files, FileKey { tenant, import }, content(1)).await;
        }
    }
    muster::worker::sweep(&test.app).await;
    assert_eq!(s3.kept().len(), 602, "what is young may get its row yet");
    test.pass_seconds(CENTURY);
    muster::worker::sweep(&test.app).await;
    assert_eq!(s3.kept().len(), 2, "each tenant keeps its file");
    for tenant in ["club", "other"] {
        assert_eq!(test.admin(tenant, "ada").active().await["file"]["rowCount"], 1);
    }
}
