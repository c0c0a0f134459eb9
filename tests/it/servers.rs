//! Several servers on one PostgreSQL: who watches at one of them sees what is done at another.

use std::sync::Arc;
use std::time::Duration;

use muster::app::Settings;
use muster::events;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::subscriptions::{ONE, ROSTER, Socket, server, versions_never_fall, watch_all_steps};
use crate::support::database::{POSTGRES_URL, psql};
use crate::support::{Admin, TestApp};

/// Far longer than anything here takes: whoever is not told would wait for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits to be told.
async fn told<T>(telling: impl Future<Output = T>) -> T {
    timeout(PATIENCE, telling).await.expect("the watcher is told")
}

/// Two servers, each of which listens to the other.
async fn two() -> [Arc<TestApp>; 2] {
    let one = TestApp::new().await;
    let other = one.beside().await;
    for app in [&one, &other] {
        tokio::spawn(events::relay(app.app.store.clone(), app.app.events.clone(), app.shutdown.clone()));
    }
    [one, other]
}

/// An import at one server, and who watches it at the other.
struct Watched {
    here: Arc<TestApp>,
    there: Arc<TestApp>,
    /// An admin there.
    ada: Admin,
    import: Value,
    /// Here, with the import's present state already seen.
    socket: Socket,
    seen: Vec<Value>,
}

async fn watched() -> Watched {
    let [here, there] = two().await;
    let (ada, ben) = (there.admin("club", "ada"), here.admin("club", "ben"));
    let import = ada.upload("roster.csv", ROSTER).await;
    let mut socket = Socket::open(server(&here).await, &ben).await;
    socket.subscribe(ONE, json!({ "id": import["id"] })).await;
    let seen = vec![socket.event("importChanged").await.unwrap()];
    Watched { here, there, ada, import, socket, seen }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs MUSTER_TEST_POSTGRES_URL"]
async fn a_watcher_at_one_server_sees_an_import_go_through_all_its_steps_at_another() {
    let Watched { here, there, ada, import, mut socket, seen } = watched().await;
    told(watch_all_steps(&ada, &import, &mut socket, seen)).await;
    here.shutdown.cancel();
    there.shutdown.cancel();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs MUSTER_TEST_POSTGRES_URL"]
async fn a_server_that_could_not_hear_the_others_for_a_while_catches_up() {
    let Watched { here, there, ada, import, mut socket, mut seen } = watched().await;
    for step in ["PLANNING", "MAPPING"].repeat(2) {
        let listeners = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                         WHERE datname = current_database() AND query LIKE 'LISTEN%'";
        psql(&std::env::var(POSTGRES_URL).unwrap(), listeners);
        let present = ada.import(&import["id"]).await;
        let input = json!({ "importId": import["id"], "ifVersion": present["version"] });
        let mutation = if step == "PLANNING" { "approveMapping" } else { "reopenMapping" };
        ada.done(mutation, input).await;
        told(socket.until(&mut seen, step)).await;
    }
    versions_never_fall(&seen);
    here.shutdown.cancel();
    there.shutdown.cancel();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs MUSTER_TEST_POSTGRES_URL"]
async fn work_that_gives_no_sign_of_life_is_given_up_and_begun_anew() {
    let settings = Settings { lease_seconds: 1, work_silence_seconds: 1, ..Settings::default() };
    let test = TestApp::with(settings).await;
    let ada = test.admin("club", "ada");
    let import = ada.upload("two.csv", ROSTER).await;
    let input = json!({ "importId": import["id"], "ifVersion": import["version"] });
    ada.done("approveMapping", input).await;
    let tenant = test.app.store.tenant_by_slug("club").await.unwrap().unwrap().id;
    // Planning waits for this, as it would for a connection that says nothing any more.
    let held = test.app.store.begin(tenant).await.unwrap();
    test.drain().await;
    assert_eq!(ada.import(&import["id"]).await["step"], "PLANNING", "it was given up");
    drop(held);
    test.pass_seconds(60);
    test.drain().await;
    assert_eq!(ada.import(&import["id"]).await["step"], "REVIEW");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs MUSTER_TEST_POSTGRES_URL"]
async fn progress_that_was_noted_too_late_is_swept() {
    let test = TestApp::new().await;
    let ada = test.admin("club", "ada");
    let import = ada.upload("two.csv", ROSTER).await;
    ada.done("approveMapping", json!({ "importId": import["id"], "ifVersion": import["version"] })).await;
    let note = "INSERT INTO progress (import_id, tenant_id, processed, total)
                SELECT import_id, tenant_id, 1, 2 FROM work";
    test.psql(note);
    assert_eq!(test.app.store.sweep_progress().await.unwrap(), 0, "the work is there");
    test.psql("DELETE FROM work");
    assert_eq!(test.app.store.sweep_progress().await.unwrap(), 1);
}
