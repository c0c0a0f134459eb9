//! Three servers on one PostgreSQL, killed and stopped while admins of ten tenants race each other at all of them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::task::{JoinSet, block_in_place};
use tokio::time::{interval, sleep, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::audit;
use crate::chance::{Chance, setting};
use crate::client::{Client, Lost, persist};
use crate::cluster::Cluster;
use crate::invariants::Books;
use crate::roster::{Members, change};
use crate::server::{Doors, Home, Server};
use crate::socket::{ALL, Heard, Socket};

/// How long it goes on, and how long a lease is.
const SECONDS: &str = "MUSTER_TEST_SECONDS";
const SECONDS_DEFAULT: u64 = 25;
const LEASE_SECONDS: &str = "MUSTER_TEST_LEASE_SECONDS";
const LEASE_SECONDS_DEFAULT: u64 = 2;
const SERVERS: usize = 3;
const TENANTS: usize = 10;
/// Of each tenant.
const ADMINS: usize = 2;
/// People in a roster. The large ones keep a server at work long enough to be met in the middle.
const SIZE: u64 = 300;
const SIZE_LARGE: u64 = 6_000;
const TENANTS_LARGE: usize = 2;
/// How long an answer is waited for: a stopped server gives none.
const PATIENCE: Duration = Duration::from_secs(3);
/// How soon somebody else is to have taken on the work of a server that died, from its last sign of life.
const TAKEOVER_MAX: Duration = Duration::from_secs(30);
/// How long all that waits may take at the end.
const DRAIN: Duration = Duration::from_secs(90);
const ACTIVE: &str =
    "{ activeImport { id step version problem { code message } plan { id deletionsToConfirm } } }";

/// What admins have done.
#[derive(Default)]
struct Done {
    /// The roster that was sent with each key.
    rosters: HashMap<String, Members>,
    /// Keys whose upload was acknowledged.
    uploaded: Vec<String>,
    /// Imports whose completion was acknowledged.
    completed: Vec<String>,
    moves: u64,
}

/// An admin who does whatever the import in progress allows, or something else.
struct Racer {
    client: Client,
    chance: Chance,
    name: String,
    size: u64,
    last: Members,
    done: Arc<Mutex<Done>>,
}

impl Racer {
    async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let _ = self.make_a_move().await;
            self.done.lock().unwrap().moves += 1;
            sleep(Duration::from_millis(self.chance.below(60))).await;
        }
    }

    async fn make_a_move(&mut self) -> Result<(), Lost> {
        let import = self.client.ask(ACTIVE, json!({})).await?["activeImport"].take();
        assert_eq!(import["problem"], Value::Null, "{import}");
        let input = json!({ "importId": import["id"], "ifVersion": import["version"] });
        let odd = self.chance.below(30);
        match import["step"].as_str() {
            None => self.upload().await,
            Some("APPLYING") => Ok(()),
            Some(_) if odd == 0 => self.upload().await,
            Some(_) if odd == 1 => self.client.mutate("discardImport", input).await.map(drop),
            Some("PLANNING" | "REVIEW") if odd == 2 => {
                self.client.mutate("reopenMapping", input).await.map(drop)
            }
            Some("MAPPING") => self.client.mutate("approveMapping", input).await.map(drop),
            Some("REVIEW") => self.complete(&import).await,
            Some(_) => Ok(()),
        }
    }

    async fn upload(&mut self) -> Result<(), Lost> {
        let change = change(&mut self.chance, &self.last, self.size, false);
        let key = format!("{} {}", self.name, self.chance.next());
        self.done.lock().unwrap().rosters.insert(key.clone(), change.after.clone());
        self.client.upload(&change.csv, &key).await?;
        self.last = change.after;
        self.done.lock().unwrap().uploaded.push(key);
        Ok(())
    }

    async fn complete(&self, import: &Value) -> Result<(), Lost> {
        let target = json!({ "all": true });
        let decision = json!({ "planId": import["plan"]["id"], "decision": "APPROVED", "target": target });
        let decided = self.client.mutate("decideProfileActions", decision).await?;
        let input = json!({ "importId": decided["id"], "ifVersion": decided["version"],
            "confirmDeletions": decided["plan"]["deletionsToConfirm"] });
        let completed = self.client.mutate("completeImport", input).await?;
        self.done.lock().unwrap().completed.push(completed["id"].as_str().unwrap().to_owned());
        Ok(())
    }
}

/// An import, its version, status and step: what an event shows, and what the log has of a transition.
type Shown = (String, i64, String, String);

/// What somebody was told who watched a tenant.
struct Told {
    tenant: String,
    /// For each connection, in order.
    connections: Vec<Vec<Shown>>,
}

impl Told {
    fn events(&self) -> usize {
        self.connections.iter().map(Vec::len).sum()
    }

    /// No transition is missing between the first one and the last one that came over a connection. `log` are those of the
    /// tenant, in order; what else came shows an import between two of them. Answers how many came.
    fn check(&self, log: &[Shown]) -> usize {
        let places: HashMap<&Shown, usize> =
            log.iter().enumerate().map(|(place, shown)| (shown, place)).collect();
        let mut count = 0;
        for events in &self.connections {
            let mut came: Vec<usize> = events.iter().filter_map(|shown| places.get(shown).copied()).collect();
            // Shown again with its progress.
            came.dedup();
            let gap = came.windows(2).find(|pair| pair[1] != pair[0] + 1);
            assert!(gap.is_none(), "missing between {gap:?} in {}: {events:?} of {log:?}", self.tenant);
            count += came.len();
        }
        count
    }
}

/// Watches a tenant at a server, also after the server was killed: versions never fall, and what has ended stays so.
async fn watch(doors: Arc<Doors>, place: usize, tenant: String, stop: CancellationToken) -> Told {
    let mut seen: HashMap<String, (i64, bool)> = HashMap::new();
    let mut told = Told { tenant: tenant.clone(), connections: Vec::new() };
    let watching = async {
        loop {
            let Ok(mut socket) = Socket::open(&doors.at(place), &tenant, ALL).await else {
                sleep(Duration::from_millis(100)).await;
                continue;
            };
            told.connections.push(Vec::new());
            while let Heard::Event(data) = socket.hear().await {
                let change = &data["importsChanged"]["change"];
                let Some(id) = change["membershipImport"]["id"].as_str() else { continue };
                let version = change["version"].as_i64().unwrap();
                let has_ended = change["status"] != "IN_PROGRESS";
                let last = seen.entry(id.to_owned()).or_default();
                assert!(version >= last.0, "{version} after {}: {change}", last.0);
                assert!(has_ended || !last.1, "it had ended: {change}");
                *last = (version, has_ended);
                let word = |name: &str| change[name].as_str().unwrap().to_owned();
                let shown = (id.to_owned(), version, word("status"), word("step"));
                told.connections.last_mut().unwrap().push(shown);
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = watching => {}
    }
    told
}

struct Party {
    cluster: Cluster,
    home: Home,
    doors: Arc<Doors>,
    servers: Vec<Server>,
    books: Books,
    lease: Duration,
}

impl Party {
    async fn start(lease: Duration) -> Self {
        let cluster = Cluster::start_new();
        let settings = [("MUSTER_LEASE_SECONDS", lease.as_secs()), ("MUSTER_DATABASE_CONNECTIONS_MAX", 15)];
        let home = Home::on(cluster.url("postgres"), &settings);
        drop(Server::start(&home));
        let books = Books::open(&home.database_url).await;
        audit::install(&books).await;
        for place in 0..SERVERS {
            books.run(&format!("CREATE ROLE {} SUPERUSER LOGIN", audit::user(place))).await;
        }
        let start = |place| Server::start_at(&home, &cluster.url(&audit::user(place)));
        let servers: Vec<Server> = (0..SERVERS).map(start).collect();
        let doors = Arc::new(Doors::new(&servers));
        Self { cluster, home, doors, servers, books, lease }
    }

    /// A server that is at work, or at applying something, as soon as there is one; or any.
    async fn victim(&self, chance: &mut Chance) -> usize {
        let kind = chance.below(4);
        if kind == 0 {
            return chance.below(SERVERS as u64) as usize;
        }
        let at_work = async {
            loop {
                if let Some(place) = audit::at_work(&self.books, kind == 1).await.first() {
                    return *place;
                }
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(2), at_work).await.unwrap_or_default()
    }

    /// Kills one server after the other, or stops it for twice the lease. Answers how many kills there were, stops, and stops
    /// of a server that was applying something.
    async fn disturb(&mut self, chance: &mut Chance, time: Duration) -> (u64, u64, u64) {
        let (mut kills, mut stops, mut amid_apply) = (0, 0, 0);
        let began = Instant::now();
        while began.elapsed() < time {
            sleep(Duration::from_millis(chance.below(1_000))).await;
            let place = self.victim(chance).await;
            if chance.one_in(2) {
                kills += 1;
                self.servers[place].kill();
                sleep(Duration::from_millis(chance.below(1_000))).await;
                let url = self.cluster.url(&audit::user(place));
                self.servers[place] = block_in_place(|| Server::start_at(&self.home, &url));
                self.doors.set(place, &self.servers[place]);
            } else {
                stops += 1;
                self.servers[place].signal("STOP");
                amid_apply += u64::from(audit::at_work(&self.books, true).await.contains(&place));
                sleep(self.lease * 2).await;
                self.servers[place].signal("CONT");
            }
        }
        (kills, stops, amid_apply)
    }
}

/// What must be true at every moment, looked at again and again.
async fn look_on(url: String, stop: CancellationToken) {
    let books = Books::open(&url).await;
    let mut look = interval(Duration::from_secs(2));
    while !stop.is_cancelled() {
        look.tick().await;
        audit::assert_clean(&books).await;
        books.are_sound_at_any_time().await;
    }
    books.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the programs of PostgreSQL"]
async fn three_servers_that_are_killed_and_stopped_keep_out_of_each_others_way() {
    let mut chance = Chance::new("three servers");
    let lease = Duration::from_secs(setting(LEASE_SECONDS, LEASE_SECONDS_DEFAULT));
    let mut party = Party::start(lease).await;
    let done = Arc::new(Mutex::new(Done::default()));
    let (stop, stop_watching) = (CancellationToken::new(), CancellationToken::new());
    let (mut tasks, mut watchers) = (JoinSet::new(), JoinSet::new());
    for tenant in 0..TENANTS {
        let slug = format!("tenant-{tenant}");
        for admin in 0..ADMINS {
            let racer = Racer {
                client: Client::new(&slug, &party.doors, chance.fork(), PATIENCE),
                chance: chance.fork(),
                name: format!("{slug} {admin}"),
                size: if tenant < TENANTS_LARGE { SIZE_LARGE } else { SIZE },
                last: Members::new(),
                done: done.clone(),
            };
            tasks.spawn(racer.run(stop.clone()));
        }
        for place in 0..SERVERS {
            watchers.spawn(watch(party.doors.clone(), place, slug.clone(), stop_watching.clone()));
        }
    }
    tasks.spawn(look_on(party.home.database_url.clone(), stop.clone()));
    let time = Duration::from_secs(setting(SECONDS, SECONDS_DEFAULT));
    let (kills, stops, amid_apply) = party.disturb(&mut chance, time).await;
    stop.cancel();
    tasks.join_all().await;

    let books = &party.books;
    let idle = persist(async || match books.number("SELECT count(*) FROM work").await {
        0 => Ok(()),
        _ => Err(Lost),
    });
    timeout(DRAIN, idle).await.expect("all work comes to its end");
    stop_watching.cancel();
    let told = watchers.join_all().await;
    let transitions = check_watchers(books, &told).await;
    books.are_sound().await;
    audit::assert_clean(books).await;
    let seen = audit::seen(books).await;
    let done = std::mem::take(&mut *done.lock().unwrap());
    let completed = check_books(books, &done).await;
    let waited = Duration::from_millis(seen.takeover_milliseconds_max.unsigned_abs());
    println!(
        "{kills} kills, {stops} stops of {:?}, {amid_apply} of them amid an apply, {} moves, {} uploads and {} completions \
         acknowledged, {completed} imports COMPLETE, {} events seen, {transitions} of them transitions without a gap; {} \
         pieces of work, taken on after {} ms at most, {} of them taken over, {} ms after the \
         lease at most; {} attempts at most",
        lease * 2,
        done.moves,
        done.uploaded.len(),
        done.completed.len(),
        told.iter().map(Told::events).sum::<usize>(),
        seen.leases,
        seen.wait_milliseconds_max,
        seen.takeovers,
        seen.takeover_milliseconds_max,
        seen.attempts_max,
    );
    assert!(lease + waited < TAKEOVER_MAX, "taken over {waited:?} after the end of the lease");
    let said = party.home.said();
    assert!(!said.contains("panicked"), "{said}");
}

/// Everybody who watched was told something, and nobody missed a transition while they were connected. Answers how many of
/// them were told.
async fn check_watchers(books: &Books, told: &[Told]) -> usize {
    let mut logs: HashMap<String, Vec<Shown>> = HashMap::new();
    let log = "SELECT t.slug, l.import_id, l.version, l.status, l.step
         FROM import_log l JOIN tenants t ON t.id = l.tenant_id ORDER BY t.id, l.seq";
    for row in books.rows(log).await {
        let shown = (
            import_id(row.try_get_by_index(1).unwrap()),
            row.try_get_by_index::<i32>(2).unwrap().into(),
            row.try_get_by_index(3).unwrap(),
            row.try_get_by_index(4).unwrap(),
        );
        logs.entry(row.try_get_by_index(0).unwrap()).or_default().push(shown);
    }
    for told in told {
        assert!(told.events() > 0, "somebody who watches {} was told nothing", told.tenant);
    }
    told.iter().map(|told| told.check(&logs[&told.tenant])).sum()
}

/// The id of an import as clients see it.
fn import_id(id: Uuid) -> String {
    const IMPORT: u8 = 3;
    URL_SAFE_NO_PAD.encode([&[IMPORT][..], id.as_bytes()].concat())
}

/// What was acknowledged is there, and the members of each tenant are those of the roster that it completed last.
async fn check_books(books: &Books, done: &Done) -> usize {
    let keys = books.rows("SELECT idempotency_key FROM imports").await;
    let keys: Vec<String> = keys.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    assert!(done.uploaded.iter().all(|key| keys.contains(key)), "an upload is lost");
    let complete = books.rows("SELECT id FROM imports WHERE status = 'COMPLETE'").await;
    let complete: HashSet<String> =
        complete.iter().map(|row| import_id(row.try_get_by_index(0).unwrap())).collect();
    for id in &done.completed {
        assert!(complete.contains(id), "the completion of {id} is lost");
    }
    let last = "SELECT DISTINCT ON (t.id) t.slug, i.idempotency_key
         FROM import_log l JOIN imports i ON i.id = l.import_id JOIN tenants t ON t.id = l.tenant_id
         WHERE l.status = 'COMPLETE' ORDER BY t.id, l.seq DESC";
    let members = books.members().await;
    let last = books.rows(last).await;
    assert!(!last.is_empty(), "something was completed");
    for row in last {
        let (tenant, key): (String, String) =
            (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
        assert!(members[&tenant].1 == done.rosters[&key], "the members of {tenant}");
    }
    complete.len()
}
