//! Killed at a random moment, round after round: what was acknowledged is there, the work ends by itself, and the
//! members are as they should be.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};

use crate::chance::{Chance, setting};
use crate::client::{Client, persist};
use crate::cluster::Cluster;
use crate::invariants::Books;
use crate::roster::change;
use crate::round::Admin;
use crate::server::{Doors, Home, Server};

/// How often there is a kill, for each test.
const KILLS: &str = "MUSTER_TEST_KILLS";
const KILLS_DEFAULT: u64 = 6;
/// People in a roster.
const SIZE: u64 = 2_000;
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// Some kills come this soon: right where a step begins.
const SOON: Duration = Duration::from_millis(15);
/// How often it is looked whether a server is at work.
const LOOK: Duration = Duration::from_millis(1);
const TENANT: &str = "club";

/// What is under way when the blow comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Upload,
    Uploaded,
    Planning,
    Deciding,
    Applying,
    Done,
}

const PHASES: [Phase; 6] =
    [Phase::Upload, Phase::Uploaded, Phase::Planning, Phase::Deciding, Phase::Applying, Phase::Done];

/// What is struck.
enum Target {
    /// The server, by SIGKILL.
    Server,
    /// The database, as if its power went; the server lives on.
    Database,
}

struct Kills {
    home: Home,
    cluster: Option<Cluster>,
    target: Target,
    server: RefCell<Server>,
    doors: Arc<Doors>,
    admin: Admin,
    chance: RefCell<Chance>,
    /// How long each phase took when nothing came in between.
    usual: Cell<[Duration; PHASES.len()]>,
    /// The part of it in which a server was at work in the background.
    background: Cell<[Duration; PHASES.len()]>,
    struck: RefCell<Vec<Phase>>,
}

impl Kills {
    fn new(test: &str, home: Home, cluster: Option<Cluster>, target: Target) -> Self {
        let mut chance = Chance::new(test);
        let server = Server::start(&home);
        let doors = Arc::new(Doors::new(std::slice::from_ref(&server)));
        let client = Client::new(TENANT, &doors, chance.fork(), PATIENCE);
        Self {
            home,
            cluster,
            target,
            server: RefCell::new(server),
            doors,
            admin: Admin::new(client),
            chance: RefCell::new(chance),
            usual: Cell::new([Duration::from_millis(300); PHASES.len()]),
            background: Cell::new([Duration::from_millis(100); PHASES.len()]),
            struck: RefCell::default(),
        }
    }

    async fn run(self) {
        let began = Instant::now();
        let kills = setting(KILLS, KILLS_DEFAULT);
        for number in 0..kills {
            // Each phase has its turn.
            let phase = PHASES[number as usize % PHASES.len()];
            self.round(number, phase).await;
        }
        let files = self.admin.files.borrow().len();
        for place in 0..files {
            self.admin.find_file(place).await;
        }
        let said = self.home.said();
        assert!(!said.contains("panicked"), "{said}");
        if let Some(cluster) = &self.cluster {
            cluster.check();
        }
        println!("{kills} kills in {:?}: {:?}", began.elapsed(), self.struck.borrow());
    }

    async fn round(&self, number: u64, struck: Phase) {
        let admin = &self.admin;
        let change = {
            let mut chance = self.chance.borrow_mut();
            let keeps_absent = chance.one_in(3);
            change(&mut chance, &admin.members.borrow().0, SIZE, keeps_absent)
        };
        *admin.members.borrow_mut() = (change.before.clone(), change.after.clone());
        let key = format!("round {number}");
        let id = &self.during(Phase::Upload, struck, admin.upload(&change.csv, &key)).await;
        self.during(Phase::Uploaded, struck, async {}).await;
        let planned = self.during(Phase::Planning, struck, admin.plan(id)).await;
        self.during(Phase::Deciding, struck, admin.decide(&planned, &change)).await;
        let completed = self.during(Phase::Applying, struck, admin.complete(id, &change)).await;
        assert_eq!(completed["status"], "COMPLETE");
        admin.completed.set(admin.completed.get() + 1);
        admin.members.borrow_mut().0.clone_from(&change.after);
        self.during(Phase::Done, struck, async {}).await;

        assert!(persist(async || admin.client.members().await).await == change.after, "the members");
        admin.find_file(number as usize).await;
        let earlier = self.chance.borrow_mut().below(number + 1);
        admin.find_file(earlier as usize).await;
        let books = Books::open(&self.home.database_url).await;
        books.are_sound().await;
        assert_eq!(books.number("SELECT count(*) FROM work").await, 0, "nothing is left to do");
        assert_eq!(books.plans_left_half_made().await, 0);
        assert_eq!(
            books.number("SELECT count(*) FROM imports").await,
            admin.completed.get(),
            "no import twice"
        );
        books.close().await;
    }

    /// Does a phase, and strikes in the middle of it if its turn has come.
    async fn during<T>(&self, phase: Phase, struck: Phase, action: impl Future<Output = T>) -> T {
        let mut usual = self.usual.get();
        if phase != struck {
            let began = Instant::now();
            let done = action.await;
            usual[phase as usize] = began.elapsed();
            self.usual.set(usual);
            let mut background = self.background.get();
            background[phase as usize] = self.admin.waited.get();
            self.background.set(background);
            return done;
        }
        let strike = async {
            self.moment(phase).await;
            self.strike().await;
            self.struck.borrow_mut().push(phase);
        };
        tokio::join!(action, strike).0
    }

    /// Waits for a moment by chance: soon, in the course of the phase, or while a server is at work in the background.
    async fn moment(&self, phase: Phase) {
        let is_background = matches!(phase, Phase::Planning | Phase::Applying);
        let usual = self.usual.get()[phase as usize];
        let kind = self.chance.borrow_mut().below(if is_background { 4 } else { 2 });
        let span = match kind {
            0 => SOON,
            1 => usual,
            _ => {
                let begun = async {
                    while self.admin.waits_since.get().is_none() {
                        sleep(LOOK).await;
                    }
                };
                let _ = timeout(usual, begun).await;
                if kind == 2 { SOON * 2 } else { self.background.get()[phase as usize] }
            }
        };
        let delay = self.chance.borrow_mut().below(span.as_micros() as u64);
        sleep(Duration::from_micros(delay)).await;
    }

    /// Strikes, looks at what that has left, and brings back what was struck.
    async fn strike(&self) {
        match (&self.target, &self.cluster) {
            (Target::Database, Some(cluster)) => {
                cluster.stop("immediate");
                let away = self.chance.borrow_mut().below(300);
                sleep(Duration::from_millis(away)).await;
                cluster.start();
                self.look(&self.home.database_url).await;
            }
            _ => {
                self.server.borrow_mut().kill();
                // Before another server has mended anything.
                match self.home.copy_of_sqlite() {
                    Some(copy) => self.look(&copy.url).await,
                    None => self.look(&self.home.database_url).await,
                }
                let server = Server::start(&self.home);
                self.doors.set(0, &server);
                *self.server.borrow_mut() = server;
            }
        }
    }

    /// The database is sound, and the members are those before the import under way, or those after it.
    async fn look(&self, database_url: &str) {
        let books = Books::open(database_url).await;
        books.are_sound().await;
        let found = books.members().await.remove(TENANT).unwrap_or_default();
        books.close().await;
        let completed = self.admin.completed.get();
        let (before, after) = &*self.admin.members.borrow();
        assert!([completed, completed + 1].contains(&found.0), "{} imports are COMPLETE", found.0);
        let expected = if found.0 == completed { before } else { after };
        assert!(found.1 == *expected, "the members are neither those before nor those after");
    }
}

fn quick() -> [(&'static str, u64); 1] {
    [("MUSTER_LEASE_SECONDS", 1)]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_on_sqlite_that_is_killed_loses_nothing() {
    let home = Home::on_sqlite(&quick());
    Kills::new("sqlite", home, None, Target::Server).run().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the programs of PostgreSQL"]
async fn a_server_on_postgres_that_is_killed_loses_nothing() {
    let cluster = Cluster::start_new();
    let home = Home::on(cluster.url("postgres"), &quick());
    Kills::new("postgres", home, Some(cluster), Target::Server).run().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the programs of PostgreSQL"]
async fn a_postgres_that_is_killed_loses_nothing_and_the_server_goes_on() {
    let cluster = Cluster::start_new();
    let home = Home::on(cluster.url("postgres"), &quick());
    Kills::new("database", home, Some(cluster), Target::Database).run().await;
}
