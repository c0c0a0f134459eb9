//! Killed at a random moment, round after round: what was acknowledged is there, the work ends by itself, and the
//! members are as they should be.
//!
//! Counted are the blows that met an upload on its way, or a server at its planning or applying.

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

/// How often a kill meets something under way, for each test.
const KILLS: &str = "MUSTER_TEST_KILLS";
const KILLS_DEFAULT: u64 = 6;
/// Rounds for each of them: moments are by chance, so that some blows come too early or too late.
const ROUNDS_FOR_EACH: u64 = 4;
/// People in a roster.
const SIZE: u64 = 2_000;
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// Some kills come this soon: right where a phase begins.
const SOON: Duration = Duration::from_millis(30);
/// How often it is looked whether a server is at work.
const LOOK: Duration = Duration::from_millis(1);
const TENANT: &str = "club";

/// What is to be under way when the blow comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Upload,
    Planning,
    Applying,
}

const PHASES: [Phase; 3] = [Phase::Upload, Phase::Planning, Phase::Applying];
/// Work that a server is at, as it lies there when the server is dead.
const AT_WORK: &str = "SELECT count(*) FROM work WHERE leased_until > 0";

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
    /// Whether what the phase is about has not been answered.
    is_asked: Cell<bool>,
    /// Blows of each phase, and those of them that met it under way.
    struck: Cell<[u64; PHASES.len()]>,
    met: Cell<[u64; PHASES.len()]>,
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
            is_asked: Cell::default(),
            struck: Cell::default(),
            met: Cell::default(),
        }
    }

    async fn run(self) {
        let began = Instant::now();
        let kills = setting(KILLS, KILLS_DEFAULT);
        let mut rounds = 0;
        while self.met.get().iter().sum::<u64>() < kills {
            assert!(rounds < kills * ROUNDS_FOR_EACH, "of {:?} blows only {:?} met", self.struck, self.met);
            // Each phase has its turn until it was met.
            let phase = PHASES.into_iter().min_by_key(|phase| self.met.get()[*phase as usize]);
            self.round(rounds, phase.unwrap()).await;
            rounds += 1;
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
        println!(
            "{kills} kills met what was under way, of {rounds} in {:?}: {PHASES:?} were met {:?} times, of {:?}",
            began.elapsed(),
            self.met.get(),
            self.struck.get(),
        );
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
        let planned = self.during(Phase::Planning, struck, admin.plan(id)).await;
        admin.decide(&planned, &change).await;
        let completed = self.during(Phase::Applying, struck, admin.complete(id, &change)).await;
        assert_eq!(completed["status"], "COMPLETE");
        admin.completed.set(admin.completed.get() + 1);
        admin.members.borrow_mut().0.clone_from(&change.after);

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
        self.is_asked.set(true);
        let action = async {
            let done = action.await;
            self.is_asked.set(false);
            done
        };
        let strike = async {
            self.moment(phase).await;
            let is_met = self.strike(phase).await;
            let count = |counts: &Cell<[u64; PHASES.len()]>, more: bool| {
                let mut counted = counts.get();
                counted[phase as usize] += u64::from(more);
                counts.set(counted);
            };
            count(&self.struck, true);
            count(&self.met, is_met);
        };
        tokio::join!(action, strike).0
    }

    /// Waits for a moment by chance: soon after it begins, or in the course of it.
    async fn moment(&self, phase: Phase) {
        let usual = self.usual.get()[phase as usize];
        if phase != Phase::Upload {
            let begun = async {
                while self.admin.waits_since.get().is_none() {
                    sleep(LOOK).await;
                }
            };
            let _ = timeout(usual, begun).await;
        }
        let whole = if phase == Phase::Upload { usual } else { self.background.get()[phase as usize] };
        let span = if self.chance.borrow_mut().one_in(2) { SOON } else { whole };
        let delay = self.chance.borrow_mut().below(span.as_micros() as u64);
        sleep(Duration::from_micros(delay)).await;
    }

    /// Strikes, looks at what that has left, and brings back what was struck. Answers whether the phase was under way.
    async fn strike(&self, phase: Phase) -> bool {
        let is_asked = self.is_asked.get();
        let at_work = match (&self.target, &self.cluster) {
            (Target::Database, Some(cluster)) => {
                // Before the blow: behind it the server, which lives, may be faster than whoever looks.
                let books = Books::open(&self.home.database_url).await;
                let at_work = books.number(AT_WORK).await;
                cluster.stop("immediate");
                let away = self.chance.borrow_mut().below(300);
                sleep(Duration::from_millis(away)).await;
                cluster.start();
                self.look(&self.home.database_url).await;
                at_work
            }
            _ => {
                self.server.borrow_mut().kill();
                // Before another server has mended anything.
                let at_work = match self.home.copy_of_sqlite() {
                    Some(copy) => self.look(&copy.url).await,
                    None => self.look(&self.home.database_url).await,
                };
                let server = Server::start(&self.home);
                self.doors.set(0, &server);
                *self.server.borrow_mut() = server;
                at_work
            }
        };
        if phase == Phase::Upload { is_asked } else { at_work > 0 }
    }

    /// The database is sound, and the members are those before the import under way, or those after it. Answers how much
    /// work a server was at.
    async fn look(&self, database_url: &str) -> i64 {
        let books = Books::open(database_url).await;
        books.are_sound().await;
        let at_work = books.number(AT_WORK).await;
        let found = books.members().await.remove(TENANT).unwrap_or_default();
        books.close().await;
        let completed = self.admin.completed.get();
        let (before, after) = &*self.admin.members.borrow();
        assert!([completed, completed + 1].contains(&found.0), "{} imports are COMPLETE", found.0);
        let expected = if found.0 == completed { before } else { after };
        assert!(found.1 == *expected, "the members are neither those before nor those after");
        at_work
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
