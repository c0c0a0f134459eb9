//! A server that is asked to end: it lets go of what lasts, finishes what is under way, and hands its work over.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::StreamExt;
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Response};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::chance::Chance;
use crate::client::{Client, Lost, persist, token};
use crate::cluster::Cluster;
use crate::invariants::Books;
use crate::roster::{Members, change};
use crate::round::Admin;
use crate::server::{Doors, Home, Server};
use crate::socket::{ALL, Heard, Socket};

/// How long it may take.
const END_MAX: Duration = Duration::from_secs(10);
/// Far longer than the test: only a lease that is given back is taken on meanwhile.
const LEASE_SECONDS: u64 = 300;
const PATIENCE: Duration = Duration::from_secs(30);
const TENANT: &str = "club";
const SOCKETS: usize = 1_000;
/// People in a roster that takes a while.
const SIZE: u64 = 30_000;

/// An upload whose bytes come when the test says so.
struct Upload {
    bytes: mpsc::Sender<Result<Bytes, std::io::Error>>,
    answer: tokio::task::JoinHandle<reqwest::Result<Response>>,
}

impl Upload {
    async fn begin(address: &str, tenant: &str) -> Self {
        let (bytes, receiver) = mpsc::channel(1);
        let stream = futures_util::stream::unfold(receiver, async |mut receiver| {
            receiver.recv().await.map(|piece| (piece, receiver))
        });
        let query = "mutation($input: UploadMembershipFileInput!) { uploadMembershipFile(input: $input) {
            membershipImport { id } userErrors { code message } } }";
        let operations = json!({ "query": query, "variables": { "input": { "file": null } } }).to_string();
        let form = Form::new()
            .text("operations", operations)
            .text("map", r#"{"0":["variables.input.file"]}"#)
            .part("0", Part::stream(Body::wrap_stream(stream)).file_name("roster.csv"));
        let request = reqwest::Client::new().post(format!("{address}/graphql"));
        let request = request.bearer_auth(token(tenant)).multipart(form);
        let answer = tokio::spawn(request.send());
        let upload = Self { bytes, answer };
        upload.send("Member ID,First name,Last name,E-mail\n").await;
        upload
    }

    async fn send(&self, text: &str) {
        self.bytes.send(Ok(Bytes::copy_from_slice(text.as_bytes()))).await.unwrap();
    }

    /// Sends the last of it, and answers what the server says.
    async fn finish(self) -> Value {
        self.send("M-1,Ada,Abara,ada@example.org\n").await;
        drop(self.bytes);
        self.answer.await.unwrap().unwrap().json().await.unwrap()
    }
}

/// A stream of server-sent events, which has begun.
async fn events(address: &str) -> Response {
    let request = reqwest::Client::new().post(format!("{address}/graphql")).bearer_auth(token(TENANT));
    let request = request.header("accept", "text/event-stream").json(&json!({ "query": ALL }));
    let mut response = request.send().await.unwrap();
    assert!(response.status().is_success());
    response.chunk().await.unwrap();
    response
}

/// With what code a socket is closed.
async fn farewell(socket: &mut Socket) -> Option<u16> {
    let closed = async {
        loop {
            if let Heard::Closed(code) = socket.hear().await {
                return code;
            }
        }
    };
    timeout(END_MAX, closed).await.expect("the socket is closed")
}

/// Whether the import has come so far that a worker is at it.
async fn is_under_way(books: &Books) -> Result<(), Lost> {
    let leased = books.number("SELECT count(*) FROM work WHERE leased_until > 0").await;
    if leased == 1 { Ok(()) } else { Err(Lost) }
}

/// Uploads a large roster and approves its mapping, so that there is work under way.
async fn work(home: &Home, server: &Server, chance: &mut Chance) -> (Admin, String, Books) {
    let doors = std::sync::Arc::new(Doors::new(std::slice::from_ref(server)));
    let admin = Admin::new(Client::new(TENANT, &doors, chance.fork(), PATIENCE));
    let change = change(chance, &Members::new(), SIZE, false);
    let id = admin.upload(&change.csv, "large").await;
    let import = admin.import(&id).await.unwrap();
    let input = json!({ "importId": id, "ifVersion": import["version"] });
    admin.client.mutate("approveMapping", input).await.unwrap();
    let books = Books::open(&home.database_url).await;
    persist(async || is_under_way(&books).await).await;
    (admin, id, books)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_to_end_says_farewell_and_finishes_what_is_under_way() {
    let home = Home::on_sqlite(&[("MUSTER_LEASE_SECONDS", LEASE_SECONDS)]);
    let mut server = Server::start(&home);
    let mut chance = Chance::new("farewell");
    let mut socket = Socket::open(&server.address, TENANT, ALL).await.unwrap();
    assert!(matches!(socket.hear().await, Heard::Event(_)));
    let mut stream = events(&server.address).await;
    let upload = Upload::begin(&server.address, "other").await;
    let (_, id, books) = work(&home, &server, &mut chance).await;
    books.close().await;

    let began = Instant::now();
    server.signal("TERM");
    assert_eq!(farewell(&mut socket).await, Some(1001));
    // The stream ends without its `complete`, so that its client comes again.
    let mut rest = Vec::new();
    while let Some(bytes) = timeout(END_MAX, stream.chunk()).await.unwrap().unwrap() {
        rest.extend_from_slice(&bytes);
    }
    assert!(!String::from_utf8(rest).unwrap().contains("event: complete"));
    let refused = reqwest::get(format!("{}/healthz", server.address)).await;
    assert!(refused.is_err(), "nobody new is let in");
    let answer = upload.finish().await;
    assert_eq!(answer["data"]["uploadMembershipFile"]["userErrors"], json!([]), "{answer}");
    let status = server.ended(END_MAX.saturating_sub(began.elapsed())).await;
    assert!(status.success(), "{status}");
    println!("ended after {:?}", began.elapsed());

    // Whoever starts next goes on with the work.
    let server = Server::start(&home);
    let doors = std::sync::Arc::new(Doors::new(std::slice::from_ref(&server)));
    let admin = Admin::new(Client::new(TENANT, &doors, chance, PATIENCE));
    admin.plan(&id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_nothing_under_way_says_farewell_all_the_same() {
    let home = Home::on_sqlite(&[]);
    let mut server = Server::start(&home);
    let mut sockets = Vec::new();
    for _ in 0..SOCKETS {
        sockets.push(Socket::open(&server.address, TENANT, ALL).await.unwrap());
    }
    for socket in &mut sockets {
        assert!(matches!(socket.hear().await, Heard::Event(_)));
    }
    server.signal("TERM");
    for socket in &mut sockets {
        assert_eq!(farewell(socket).await, Some(1001));
    }
    assert!(server.ended(END_MAX).await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_ends_in_time_whatever_its_clients_do() {
    let home = Home::on_sqlite(&[]);
    let mut server = Server::start(&home);
    let upload = Upload::begin(&server.address, TENANT).await;
    upload.send("M-1,Ada").await;
    // A client that neither reads nor closes, and one that has only connected.
    let _socket = Socket::open(&server.address, TENANT, ALL).await.unwrap();
    let _stream = events(&server.address).await.bytes_stream().boxed();
    let _idle = tokio::net::TcpStream::connect(server.address.trim_start_matches("http://")).await.unwrap();
    let began = Instant::now();
    server.signal("TERM");
    let status = server.ended(END_MAX).await;
    assert!(status.success(), "{status}");
    println!("ended after {:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the programs of PostgreSQL"]
async fn a_server_that_is_to_end_hands_its_work_over_at_once() {
    let cluster = Cluster::start_new();
    let home = Home::on(cluster.url("postgres"), &[("MUSTER_LEASE_SECONDS", LEASE_SECONDS)]);
    let mut server = Server::start(&home);
    let mut chance = Chance::new("handing over");
    // The other one is there already, and comes to itself when it is to take over.
    let other = Server::start(&home);
    other.signal("STOP");
    let (_, id, books) = work(&home, &server, &mut chance).await;
    other.signal("CONT");
    let began = Instant::now();
    server.signal("TERM");
    let leases = "SELECT COALESCE(max(fence & 65535), 0) FROM work";
    let taken = persist(async || if books.number(leases).await > 1 { Ok(()) } else { Err(Lost) });
    timeout(END_MAX, taken).await.expect("the other server takes it on");
    println!("taken on after {:?}", began.elapsed());
    let status = server.ended(END_MAX).await;
    assert!(status.success(), "{status}");
    let doors = std::sync::Arc::new(Doors::new(std::slice::from_ref(&other)));
    let admin = Admin::new(Client::new(TENANT, &doors, chance, PATIENCE));
    admin.plan(&id).await;
    books.are_sound().await;
    assert_eq!(books.plans_left_half_made().await, 0);
}

#[test]
fn a_second_server_on_one_sqlite_is_refused_until_the_first_has_gone() {
    let home = Home::on_sqlite(&[]);
    let mut first = Server::start(&home);
    let second = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| Server::start(&home)));
    assert!(second.is_err());
    assert!(home.said().contains("another server has this database"), "{}", home.said());
    first.kill();
    let _third = Server::start(&home);
}
