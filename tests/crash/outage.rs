//! A database that goes away and comes back: the server says so, answers meanwhile, and goes on by itself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::time::{interval, sleep, timeout};

use crate::chance::Chance;
use crate::client::{Client, token};
use crate::cluster::Cluster;
use crate::relay::Relay;
use crate::roster::{Members, change};
use crate::round::Admin;
use crate::server::{Doors, Home, Server};
use crate::socket::{ALL, Heard, Socket};

/// How soon everything works again.
const RECOVERY_MAX: Duration = Duration::from_secs(5);
/// How long a request may hang: as long as it waits for a connection, and a little more.
const ANSWER_MAX: Duration = Duration::from_secs(8);
const PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take until work is given up whose database says nothing any more: what the setting says, and a third of a
/// lease until it is looked at.
const WORK_SILENCE_SECONDS: u64 = 2;
const GIVEN_UP_MAX: Duration = Duration::from_secs(8);
/// How long `/readyz` may take, whatever is away.
const READY_MAX: Duration = Duration::from_secs(3);
/// Before a subscription is begun again.
const AGAIN: Duration = Duration::from_millis(100);
const TENANT: &str = "club";
const SIZE: u64 = 20_000;

/// Whoever asks directly, without trying again.
struct Asker {
    http: reqwest::Client,
    address: String,
}

impl Asker {
    async fn ready(&self) -> (StatusCode, String) {
        let answer = self.http.get(format!("{}/readyz", self.address)).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    /// That the database is away: what is said of it holds for a second.
    async fn is_told_of(&self) {
        let began = Instant::now();
        let mut look = interval(Duration::from_millis(20));
        loop {
            let (status, said) = self.ready().await;
            if status == StatusCode::SERVICE_UNAVAILABLE {
                assert!(said.contains("database"), "{said}");
                return;
            }
            assert!(began.elapsed() < ANSWER_MAX, "the database is away, and nobody is told");
            look.tick().await;
        }
    }

    async fn ask(&self, tenant: &str, query: &str) -> Value {
        let request = self.http.post(format!("{}/graphql", self.address)).bearer_auth(token(tenant));
        request.json(&json!({ "query": query })).send().await.unwrap().json().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the programs of PostgreSQL"]
async fn a_lost_database_is_told_and_found_again() {
    let cluster = Cluster::start_new();
    let home = Home::on(cluster.url("postgres"), &[("MUSTER_LEASE_SECONDS", 2)]);
    let server = Server::start(&home);
    let doors = Arc::new(Doors::new(std::slice::from_ref(&server)));
    let mut chance = Chance::new("outage");
    let admin = Admin::new(Client::new(TENANT, &doors, chance.fork(), PATIENCE));
    let http = reqwest::Client::builder().timeout(ANSWER_MAX).build().unwrap();
    let asker = Asker { http, address: server.address.clone() };
    let watcher = tokio::spawn(watch(server.address.clone()));
    assert_eq!(asker.ready().await.0, StatusCode::OK);
    let change = change(&mut chance, &Members::new(), SIZE, false);
    let id = admin.upload(&change.csv, "outage").await;
    let import = admin.import(&id).await.unwrap();
    let input = json!({ "importId": id, "ifVersion": import["version"] });
    // What is asked often has its answer kept: whether that is still right cannot be found out in an outage.
    let often = "{ activeImport { id bannerMessage } }";
    for _ in 0..2 {
        assert_eq!(asker.ask(TENANT, often).await.get("errors"), None);
    }
    admin.client.mutate("approveMapping", input).await.unwrap();

    // It goes while the import is planned.
    cluster.stop("immediate");
    let mutation = format!(
        "mutation {{ approveMapping(input: {{ importId: \"{id}\", ifVersion: 1 }}) {{ userErrors {{ code }} }} }}"
    );
    for _ in 0..2 {
        asker.is_told_of().await;
        // Who has signed in already, and who has not.
        for (tenant, query) in [
            (TENANT, often),
            (TENANT, "{ activeImport { id } }"),
            (TENANT, &*mutation),
            ("other", "{ activeImport { id } }"),
        ] {
            let answer = asker.ask(tenant, query).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{query}: {answer}");
        }
    }

    cluster.start();
    let returned = Instant::now();
    let mut look = interval(Duration::from_millis(20));
    while asker.ready().await.0 != StatusCode::OK {
        look.tick().await;
    }
    for tenant in [TENANT, "other"] {
        while asker.ask(tenant, "{ activeImport { id } }").await.get("errors").is_some() {
            look.tick().await;
        }
    }
    let recovery = returned.elapsed();
    println!("everything is answered again after {recovery:?}");
    assert!(recovery < RECOVERY_MAX, "{recovery:?}");
    // The work goes on by itself, and whoever watched before is told, or comes again.
    let planned = admin.plan(&id).await;
    admin.decide(&planned, &change).await;
    admin.complete(&id, &change).await;
    timeout(PATIENCE, watcher).await.expect("the watcher hears of the end").unwrap();
}

/// A cable that is pulled closes nothing: whoever waits for an answer would wait for as long as the kernel does.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the programs of PostgreSQL"]
async fn a_database_that_falls_silent_is_told_and_found_again() {
    let cluster = Cluster::start_new();
    let relay = Relay::to(&cluster.url("postgres")).await;
    let settings = [("MUSTER_LEASE_SECONDS", 3), ("MUSTER_WORK_SILENCE_SECONDS", WORK_SILENCE_SECONDS)];
    let home = Home::on(relay.url.clone(), &settings);
    let server = tokio::task::block_in_place(|| Server::start(&home));
    let doors = Arc::new(Doors::new(std::slice::from_ref(&server)));
    let mut chance = Chance::new("silence");
    let admin = Admin::new(Client::new(TENANT, &doors, chance.fork(), PATIENCE));
    let http = reqwest::Client::builder().timeout(ANSWER_MAX).build().unwrap();
    let asker = Asker { http, address: server.address.clone() };
    let change = change(&mut chance, &Members::new(), SIZE, false);
    let id = admin.upload(&change.csv, "silence").await;
    let import = admin.import(&id).await.unwrap();
    let input = json!({ "importId": id, "ifVersion": import["version"] });
    admin.client.mutate("approveMapping", input).await.unwrap();
    while !home.said().contains("work is taken on") {
        sleep(AGAIN).await;
    }

    relay.fall_silent();
    let began = Instant::now();
    let (status, said) = asker.ready().await;
    assert!(began.elapsed() < READY_MAX, "{:?}", began.elapsed());
    assert_eq!((status, said.lines().next()), (StatusCode::SERVICE_UNAVAILABLE, Some("database: not ready")));
    // Those who want to watch are told all at once.
    let watchers = (0..3).map(|_| async {
        let mut socket = Socket::open(&server.address, TENANT, ALL).await.unwrap();
        let heard = timeout(ANSWER_MAX, socket.hear()).await.expect("whoever wants to watch is told");
        assert!(matches!(heard, Heard::Event(Value::Null) | Heard::Closed(_)), "{heard:?}");
    });
    futures_util::future::join_all(watchers).await;
    let given_up = async {
        while !home.said().contains("the work gave no sign of life for too long") {
            sleep(AGAIN).await;
        }
    };
    timeout(GIVEN_UP_MAX, given_up).await.expect("the work is given up");

    relay.speak();
    while asker.ready().await.0 != StatusCode::OK {
        sleep(AGAIN).await;
    }
    let planned = admin.plan(&id).await;
    admin.decide(&planned, &change).await;
    admin.complete(&id, &change).await;
}

/// Watches until an import is COMPLETE. A subscription may end with the database; then it is begun again.
async fn watch(address: String) {
    loop {
        let mut socket = Socket::open(&address, TENANT, ALL).await.unwrap();
        while let Heard::Event(data) = socket.hear().await {
            if data["importsChanged"]["change"]["status"] == "COMPLETE" {
                return;
            }
        }
        sleep(AGAIN).await;
    }
}
