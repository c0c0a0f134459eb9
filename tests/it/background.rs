//! Background work that fails, and files at their bounds.

use bytes::Bytes;
use futures_util::TryStreamExt;
use muster::app::Settings;
use muster::app::identity::{Claims, sign_in};
use muster::domain::id::{ImportId, PlanId};
use muster::domain::limits::FileLimits;
use muster::files::FileKey;
use muster::store::{LARGE_ROWS, NewPlan, PlanBasis, WorkSize};
use muster::worker;
use serde_json::json;

use crate::decisions::roster;
use crate::support::{TestApp, refusal};

/// From when the clock stands to after the machine wrote its files.
const CENTURY: i64 = 100 * 365 * 24 * 3_600;
/// Longer than a lease.
const A_LEASE_LATER: i64 = 60;

#[tokio::test(flavor = "multi_thread")]
async fn work_that_fails_is_tried_again_and_then_put_back_with_a_problem() {
    let settings = Settings { work_attempts_max: 3, ..Settings::default() };
    let test = TestApp::with(settings).await;
    let ada = test.admin("club", "ada");
    let import = ada.upload("two.csv", roster(1..=2)).await;
    let (id, version) = (&import["id"], &import["version"]);

    // The file is away, as it would be when the store of files does not answer.
    let tenant = test.app.store.tenant_by_slug("club").await.unwrap().unwrap().id;
    let stored = test.app.store.active_import(tenant).await.unwrap().unwrap();
    let key = FileKey { tenant, import: stored.id };
    let bytes: Vec<Bytes> = test.app.files.read(key, None).await.unwrap().try_collect().await.unwrap();
    test.app.files.delete(key).await.unwrap();

    ada.done("approveMapping", json!({ "importId": id, "ifVersion": version })).await;
    for attempt in 1..=3 {
        test.drain().await;
        let now = ada.import(id).await;
        let expected = if attempt < 3 { "PLANNING" } else { "MAPPING" };
        assert_eq!(now["step"], expected, "attempt {attempt}");
        test.pass_seconds(A_LEASE_LATER);
    }
    let back = ada.import(id).await;
    assert_eq!(back["status"], "IN_PROGRESS");
    assert_eq!(back["problem"]["code"], "WORK_FAILED");
    assert!(back["problem"]["message"].as_str().unwrap().contains("nothing was changed"));
    assert!(back["version"].as_i64() > version.as_i64(), "a problem is a change");

    // Once the file is there again, so is the way on.
    let mut writer = test.app.files.create(key).await.unwrap();
    for chunk in bytes {
        writer.write(chunk).await.unwrap();
    }
    writer.finish().await.unwrap();
    ada.done("approveMapping", json!({ "importId": id, "ifVersion": back["version"] })).await;
    test.drain().await;
    let planned = ada.import(id).await;
    assert_eq!(planned["step"], "REVIEW");
    assert!(planned["problem"].is_null(), "what went well again is no problem");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_may_be_as_large_as_the_bound_and_no_larger() {
    let file = roster(1..=2);
    let size = file.len() as u64;
    for (bytes_max, code) in [(size, None), (size - 1, Some("FILE_TOO_LARGE"))] {
        let file_limits = FileLimits { file_size_bytes_max: bytes_max, ..FileLimits::default() };
        let test = TestApp::with(Settings { file_limits, ..Settings::default() }).await;
        let payload = test.admin("club", "ada").upload_with("two.csv", file.clone(), json!({})).await;
        match code {
            None => assert_eq!(payload["userErrors"], json!([])),
            Some(code) => {
                assert_eq!(refusal(&payload), code);
                assert_eq!(payload["userErrors"][0]["byteOffset"], json!(bytes_max));
            }
        }
        assert_eq!(test.stored_files(), usize::from(code.is_none()), "a refused file leaves nothing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_may_have_as_many_rows_as_the_bound_and_no_more() {
    let file_limits = FileLimits { file_rows_max: 2, ..FileLimits::default() };
    let test = TestApp::with(Settings { file_limits, ..Settings::default() }).await;
    let ada = test.admin("club", "ada");
    assert_eq!(ada.upload_with("two.csv", roster(1..=2), json!({})).await["userErrors"], json!([]));
    assert_eq!(refusal(&ada.upload_with("three.csv", roster(1..=3), json!({})).await), "TOO_MANY_ROWS");
    assert_eq!(test.stored_files(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_import_owns_is_swept_once_it_is_old() {
    let test = TestApp::new().await;
    let ada = test.admin("club", "ada");
    ada.upload("two.csv", roster(1..=2)).await;
    let tenant = test.app.store.tenant_by_slug("club").await.unwrap().unwrap().id;
    // Bytes whose row never came, and a file that was still being written when its server died.
    let orphan = FileKey { tenant, import: ImportId(uuid::Uuid::from_u128(7)) };
    let mut writer = test.app.files.create(orphan).await.unwrap();
    writer.write(Bytes::from_static(b"a,b")).await.unwrap();
    writer.finish().await.unwrap();
    test.stage("0#1", b"half a file");
    assert_eq!(test.stored_files(), 3);

    worker::sweep(&test.app).await;
    assert_eq!(test.stored_files(), 3, "what is young may get its row yet");
    test.pass_seconds(CENTURY);
    worker::sweep(&test.app).await;
    assert_eq!(test.stored_files(), 1, "the import keeps its file");
    assert_eq!(ada.active().await["file"]["rowCount"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_nobody_finishes_is_swept_and_one_that_is_being_made_is_not() {
    let test = TestApp::new().await;
    let ada = test.admin("club", "ada");
    let import = ada.upload("two.csv", roster(1..=2)).await;
    let tenant = test.app.store.tenant_by_slug("club").await.unwrap().unwrap().id;
    let stored = test.app.store.active_import(tenant).await.unwrap().unwrap();
    let approve = json!({ "importId": import["id"], "ifVersion": import["version"] });
    ada.done("approveMapping", approve).await;
    // A server begins a plan, and says no more.
    let basis = PlanBasis { roster_version: 0, fields: String::new() };
    let id = PlanId(uuid::Uuid::from_u128(7));
    let half = NewPlan { id, import: stored.id, basis, created_at: test.app.clock.now() };
    let tx = test.app.store.begin_unlocked().await.unwrap();
    tx.insert_plan(tenant, &half).await.unwrap();
    let _ = tx.commit().await.unwrap();

    worker::sweep(&test.app).await;
    assert!(!sweeps_a_plan(&test).await, "the work on it waits");
    ada.done("discardImport", json!({ "importId": import["id"] })).await;
    assert!(sweeps_a_plan(&test).await, "its import was given up");
    assert!(!sweeps_a_plan(&test).await, "and it is gone");
}

async fn sweeps_a_plan(test: &TestApp) -> bool {
    let tx = test.app.store.begin_unlocked().await.unwrap();
    let swept = tx.sweep_unfinished_plan().await.unwrap();
    let _ = tx.commit().await.unwrap();
    swept
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_file_does_not_wait_for_the_large_ones_of_others() {
    let test = TestApp::new().await;
    for (tenant, rows) in [("large", LARGE_ROWS), ("small", LARGE_ROWS - 1)] {
        let admin = test.admin(tenant, "ada");
        let mut file = String::from("member_id,first_name,last_name,email\n");
        for number in 0..rows {
            file.push_str(&format!("{number},A,B,{number}@example.org\n"));
        }
        let import = admin.upload("roster.csv", file).await;
        let input = json!({ "importId": import["id"], "ifVersion": import["version"] });
        admin.done("approveMapping", input).await;
    }
    let (now, store) = (test.app.clock.now(), &test.app.store);
    let small = store.lease_work(WorkSize::Small, &[], || now, 1_000).await.unwrap().unwrap();
    assert!(!small.is_large);
    assert_eq!(small.tenant, store.tenant_by_slug("small").await.unwrap().unwrap().id);
    assert_eq!(store.lease_work(WorkSize::Small, &[], || now, 1_000).await.unwrap(), None);
    assert!(store.lease_work(WorkSize::Any, &[], || now, 1_000).await.unwrap().unwrap().is_large);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_with_a_new_name_does_not_wait_for_whoever_writes() {
    let test = TestApp::on_sqlite().await;
    let claims = |name: &str| Claims {
        tenant: "club".into(),
        subject: "ada".into(),
        name: Some(name.into()),
        email: None,
        is_tenant_admin: true,
    };
    let before = sign_in(&test.app, &claims("Ada")).await.unwrap();
    // One transaction writes at a time, as one does that applies a large import.
    let held = test.app.store.begin_unlocked().await.unwrap();
    let renamed = sign_in(&test.app, &claims("Ada Abara")).await.unwrap();
    assert_eq!((renamed.tenant, renamed.user), (before.tenant, before.user));
    drop(held);
    let name =
        async || test.app.store.users(before.tenant, &[before.user]).await.unwrap().swap_remove(0).name;
    while name().await.as_deref() != Some("Ada Abara") {
        tokio::task::yield_now().await;
    }
}
