//! How many statements things take, however much there is of them: exact, on any machine. On PostgreSQL alone, where they can
//! be counted on their way.

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::subscriptions::{ROSTER, Socket, server};
use crate::support::database::POSTGRES_URL;
use crate::support::{Admin, TestApp, nodes};
use crate::wire::Wire;

const PAGE: &str = "query($first: Int!) {
  membershipImports(first: $first) {
    nodes { id status step action uploadedAt updatedAt file { name rowCount download { url } } uploadedBy { id name } }
    pageInfo { hasNextPage endCursor }
  }
  activeImport { id bannerMessage }
}";
const CHANGES: &str = "subscription { importsChanged {
  change { status version membershipImport { id file { name } } } activeImport { id bannerMessage } } }";

async fn counted() -> (Arc<TestApp>, Wire) {
    let wire = Wire::to(&std::env::var(POSTGRES_URL).expect(POSTGRES_URL)).await;
    (TestApp::on_postgres_at(wire.url.clone()).await, wire)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs MUSTER_TEST_POSTGRES_URL"]
async fn a_page_of_the_history_takes_as_many_statements_whatever_its_size() {
    let (app, wire) = counted().await;
    for number in 0..12 {
        let admin = app.admin("club", ["ada", "ben", "eve"][number % 3]);
        admin.upload(&format!("{number}.csv"), ROSTER).await;
    }
    let ada = app.admin("club", "ada");
    for size in [1, 4, 12] {
        wire.statements();
        let mut counts = Vec::new();
        for _ in 0..3 {
            let page = ada.ask(PAGE, json!({ "first": size })).await;
            assert_eq!(nodes(&page["membershipImports"]).len(), size);
            counts.push(wire.statements());
        }
        // The page, its users, the banner; the second time also which edition they are of; then that alone.
        assert_eq!(counts, [3, 4, 1], "{size} imports");
    }
    app.shutdown.cancel();
}

/// A socket that has been told of the start.
async fn watcher(address: SocketAddr, admin: &Admin) -> Socket {
    let mut socket = Socket::open(address, admin).await;
    socket.subscribe(CHANGES, json!({})).await;
    assert_eq!(socket.event("importsChanged").await.unwrap()["change"], Value::Null);
    socket
}

/// Uploads and discards an import, and answers how many statements the discarding took until all watchers knew of it.
async fn discard(admin: &Admin, wire: &Wire, watchers: &mut [Socket]) -> usize {
    let import = admin.upload("roster.csv", ROSTER).await;
    for watcher in &mut *watchers {
        assert_eq!(watcher.event("importsChanged").await.unwrap()["change"]["status"], "IN_PROGRESS");
    }
    wire.statements();
    admin.done("discardImport", json!({ "importId": import["id"] })).await;
    for watcher in watchers {
        let event = watcher.event("importsChanged").await.unwrap();
        assert_eq!(event["change"]["status"], "INCOMPLETE");
        assert_eq!(event["activeImport"], Value::Null);
    }
    wire.statements()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs MUSTER_TEST_POSTGRES_URL"]
async fn a_change_takes_as_many_statements_however_many_watch() {
    let (app, wire) = counted().await;
    let (ada, eve) = (app.admin("club", "ada"), app.admin("other", "eve"));
    let address = server(&app).await;
    let mut one = vec![watcher(address, &ada).await];
    let with_one = discard(&ada, &wire, &mut one).await;
    let mut many = one;
    for number in 0..19 {
        // Not the same user either.
        many.push(watcher(address, &app.admin("club", &format!("admin-{number}"))).await);
    }
    assert_eq!(discard(&ada, &wire, &mut many).await, with_one);
    // Nor however many watch other tenants.
    let mut others = Vec::new();
    for _ in 0..20 {
        others.push(watcher(address, &eve).await);
    }
    assert_eq!(discard(&ada, &wire, &mut many).await, with_one);
    app.shutdown.cancel();
}
