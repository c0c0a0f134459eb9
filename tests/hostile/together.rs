//! All of it at once, again and again: the process lives, answers others, and keeps nothing of it.

use std::sync::Arc;

use muster_benches::memory::Memory;
use serde_json::json;
use tokio::task::JoinSet;

use crate::ask::{Asker, WAYS, Way, code};
use crate::documents::documents;
use crate::probes::{bytes, probes, sockets};
use crate::server::{Home, Server};

/// Clients at once.
const CLIENTS: usize = 16;
/// How often each client sends everything.
const ROUNDS: usize = 3;
/// By how much the peak of the server's memory may grow: what 16 requests hold at once, a body of 1 MiB among them.
const GROWTH_MIB_MAX: f64 = 64.0;

/// Everything once, beginning at another place for each client.
async fn everything(ada: &Asker, client: usize) {
    let documents = documents();
    let sent = documents.iter().flat_map(|document| WAYS.map(|way| (document, way)));
    let sent: Vec<_> =
        sent.filter(|(document, way)| *way != Way::Get || document.query.len() < 20_000).collect();
    let probes = probes();
    let count = sent.len() + probes.len() + 2;
    for place in (0..count).map(|place| (place + client * count / CLIENTS) % count) {
        if let Some((document, way)) = sent.get(place) {
            let errors = ada.errors(*way, &document.query, &document.variables).await;
            assert_eq!(code(&errors), document.code, "{} by {way:?}: {errors:?}", document.name);
        } else if let Some(probe) = probes.get(place - sent.len()) {
            probe.send(ada).await;
        } else if place == count - 1 {
            bytes(ada).await;
        } else {
            sockets(ada).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_lives_through_all_of_it_at_once() {
    let home = Home::on_sqlite(&[]);
    let mut server = Server::start(&home);
    let ada = Arc::new(Asker::new(&server));
    let (pid, memory) = (server.pid(), Memory::of(server.pid()));
    assert!(memory.can_reset(), "the peak of a process's memory can be reset");
    let viewer = "{ viewer { isTenantAdmin tenant { slug } } membershipImports { totalCount } }";
    let answer = json!({ "data": {
        "viewer": { "isTenantAdmin": true, "tenant": { "slug": "club" } },
        "membershipImports": { "totalCount": 0 },
    } });
    assert_eq!(ada.query(viewer, json!({})).await, answer);

    memory.reset();
    let before = memory.peak_mib().unwrap();
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let ada = ada.clone();
        clients.spawn(async move {
            for _ in 0..ROUNDS {
                everything(&ada, client).await;
            }
        });
    }
    // Somebody else, all the while.
    let mut asked = 0;
    while !clients.is_empty() {
        tokio::select! {
            Some(ended) = clients.join_next() => ended.unwrap(),
            answered = ada.query(viewer, json!({})) => {
                assert_eq!(answered, answer);
                asked += 1;
            }
        }
    }
    let growth = memory.peak_mib().unwrap() - before;
    println!("{asked} answers to somebody else, {growth:.1} MiB more than {before:.1} MiB");

    assert!(server.lives() && server.pid() == pid);
    let health = ada.http.get(format!("{}/healthz", ada.address)).send().await.unwrap();
    assert_eq!((health.status().as_u16(), health.text().await.unwrap().as_str()), (200, "ok\n"));
    assert_eq!(ada.query(viewer, json!({})).await, answer);
    assert!(growth < GROWTH_MIB_MAX, "{growth:.1} MiB more than {before:.1} MiB");
    let said = home.said();
    let bad: Vec<_> = said.lines().filter(|line| line.contains("ERROR") || line.contains("panic")).collect();
    assert!(bad.is_empty(), "{bad:#?}");
}
