//! Watching imports, as browsers do: over a real socket, and as server-sent events.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use muster::http::{routes, serve};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::{Admin, TestApp};

pub const ROSTER: &str =
    "Member ID,First name,Last name,E-mail\nM-1,Ada,Abara,ada@example.org\nM-2,Bea,Brandt,bea@example.org\n";
pub const ONE: &str = "subscription($id: ID!) { importChanged(importId: $id) { status step version at membershipImport { id } } }";
const ALL: &str = "subscription { importsChanged {
    change { status step version membershipImport { file { name } } } activeImport { file { name } } } }";

/// A server on a port of its own, with whoever connects to it.
pub async fn server(app: &TestApp) -> SocketAddr {
    let bound = serve::bind("127.0.0.1:0").await.unwrap();
    let address = bound.address;
    tokio::spawn(serve::serve(
        bound,
        routes(app.site()),
        serve::ConnectionLimits::default(),
        app.shutdown.clone(),
    ));
    address
}

pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The request that became this socket.
    pub request_id: String,
}

impl Socket {
    pub async fn open(address: SocketAddr, who: &Admin) -> Self {
        let mut socket = Self::knock(address, who).await;
        assert_eq!(socket.hear().await["type"], "connection_ack");
        socket
    }

    /// Connects, and says who it is.
    pub async fn knock(address: SocketAddr, who: &Admin) -> Self {
        let mut request = format!("ws://{address}/graphql").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (stream, response) = connect_async(request).await.unwrap();
        assert_eq!(response.headers()["sec-websocket-protocol"], "graphql-transport-ws");
        let request_id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let mut socket = Self { stream, request_id };
        let authorization = who.token.as_ref().map(|token| format!("Bearer {token}"));
        socket.say(json!({ "type": "connection_init", "payload": { "authorization": authorization } })).await;
        socket
    }

    pub async fn subscribe(&mut self, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.say(json!({ "type": "subscribe", "id": "1", "payload": payload })).await;
    }

    async fn say(&mut self, message: Value) {
        self.stream.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn hear(&mut self) -> Value {
        loop {
            match self.stream.next().await.unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("not a message: {other:?}"),
            }
        }
    }

    /// The code and the reason that it is closed with, whatever comes before.
    pub async fn closed(mut self) -> (u16, String) {
        loop {
            if let Message::Close(frame) = self.stream.next().await.unwrap().unwrap() {
                let frame = frame.unwrap();
                return (frame.code.into(), frame.reason.to_string());
            }
        }
    }

    /// The next event of the subscription; none when it is complete.
    pub async fn event(&mut self, field: &str) -> Option<Value> {
        let mut message = self.hear().await;
        match message["type"].as_str().unwrap() {
            "next" => {
                assert!(message["payload"].get("errors").is_none(), "{message}");
                Some(message["payload"]["data"][field].take())
            }
            "complete" => None,
            _ => panic!("neither an event nor the end: {message}"),
        }
    }

    /// The next transition to this step, past what else rises the version.
    pub async fn until(&mut self, seen: &mut Vec<Value>, step: &str) {
        loop {
            let event = self.event("importChanged").await.unwrap();
            let found = event["step"] == step;
            seen.push(event);
            if found {
                return;
            }
        }
    }
}

/// Steps in the order in which they were seen, repetitions apart.
pub fn steps(events: &[Value]) -> Vec<(&str, &str)> {
    let mut steps: Vec<(&str, &str)> = events
        .iter()
        .map(|event| (event["status"].as_str().unwrap(), event["step"].as_str().unwrap()))
        .collect();
    steps.dedup();
    steps
}

pub fn versions_never_fall(events: &[Value]) {
    let versions: Vec<i64> = events.iter().map(|event| event["version"].as_i64().unwrap()).collect();
    assert!(versions.is_sorted(), "{versions:?}");
}

/// Takes an import through all its steps, each of which is seen at the socket before the next one is done; answers it as
/// it then is.
pub async fn watch_all_steps(
    admin: &Admin,
    import: &Value,
    socket: &mut Socket,
    mut seen: Vec<Value>,
) -> Value {
    let input = json!({ "importId": import["id"], "ifVersion": import["version"] });
    admin.done("approveMapping", input).await;
    socket.until(&mut seen, "PLANNING").await;
    admin.app.drain().await;
    socket.until(&mut seen, "REVIEW").await;
    let planned = admin.import(&import["id"]).await;
    admin.decide(&planned, "APPROVED", json!({ "all": true })).await;
    let completed = admin.complete(&planned).await;
    while let Some(event) = socket.event("importChanged").await {
        seen.push(event);
    }
    let expected = [
        ("IN_PROGRESS", "MAPPING"),
        ("IN_PROGRESS", "PLANNING"),
        ("IN_PROGRESS", "REVIEW"),
        ("IN_PROGRESS", "APPLYING"),
        ("COMPLETE", "DONE"),
    ];
    assert_eq!(steps(&seen), expected);
    versions_never_fall(&seen);
    assert_eq!(seen.last().unwrap()["version"], completed["version"]);
    completed
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_sees_the_present_state_and_then_every_transition_to_the_end() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.admin("club", "ada"), app.admin("club", "ben"));
    let import = ada.upload("roster.csv", ROSTER).await;
    let mut socket = Socket::open(server(&app).await, &ben).await;
    socket.subscribe(ONE, json!({ "id": import["id"] })).await;
    let seen = vec![socket.event("importChanged").await.unwrap()];
    assert_eq!(seen[0]["version"], import["version"]);
    assert_eq!(seen[0]["membershipImport"]["id"], import["id"]);

    let completed = watch_all_steps(&ada, &import, &mut socket, seen).await;

    // Whoever comes too late sees how it ended.
    socket.subscribe(ONE, json!({ "id": import["id"] })).await;
    let last = socket.event("importChanged").await.unwrap();
    assert_eq!((&last["status"], &last["version"]), (&json!("COMPLETE"), &completed["version"]));
    assert_eq!(socket.event("importChanged").await, None);
    app.shutdown.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_transition_is_left_out_for_a_watcher_who_is_slow() {
    let app = TestApp::new().await;
    let ada = app.admin("club", "ada");
    let import = ada.upload("roster.csv", ROSTER).await;
    let mut socket = Socket::open(server(&app).await, &ada).await;
    socket.subscribe(ONE, json!({ "id": import["id"] })).await;
    let mut seen = vec![socket.event("importChanged").await.unwrap()];
    // Back and forth before anybody listens.
    for _ in 0..2 {
        let planned = ada.plan(&import, json!([])).await;
        ada.done("reopenMapping", json!({ "importId": planned["id"] })).await;
    }
    ada.done("discardImport", json!({ "importId": import["id"] })).await;
    while let Some(event) = socket.event("importChanged").await {
        seen.push(event);
    }
    let round = [("IN_PROGRESS", "PLANNING"), ("IN_PROGRESS", "REVIEW"), ("IN_PROGRESS", "MAPPING")];
    let expected = [&[("IN_PROGRESS", "MAPPING")][..], &round, &round, &[("INCOMPLETE", "MAPPING")]].concat();
    assert_eq!(steps(&seen), expected);
    versions_never_fall(&seen);
    app.shutdown.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_watches_a_tenant_is_told_of_what_goes_before_what_comes() {
    let app = TestApp::new().await;
    let (ada, eve) = (app.admin("club", "ada"), app.admin("other", "eve"));
    let mut socket = Socket::open(server(&app).await, &ada).await;
    socket.subscribe(ALL, json!({})).await;
    let first = socket.event("importsChanged").await.unwrap();
    assert_eq!(first, json!({ "change": null, "activeImport": null }), "the first event always comes");
    // What another tenant does is not told.
    eve.upload("theirs.csv", ROSTER).await;
    ada.upload("older.csv", ROSTER).await;
    let change = |event: &Value| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let change = &event["change"];
        (text(&change["membershipImport"]["file"]["name"]), text(&change["status"]))
    };
    let change_of = |name: &str, status: &str| (name.to_owned(), status.to_owned());
    let event = socket.event("importsChanged").await.unwrap();
    assert_eq!(change(&event), change_of("older.csv", "IN_PROGRESS"));
    assert_eq!(event["activeImport"]["file"]["name"], "older.csv");
    ada.upload("newer.csv", ROSTER).await;
    let (gone, come) =
        (socket.event("importsChanged").await.unwrap(), socket.event("importsChanged").await.unwrap());
    assert_eq!(change(&gone), change_of("older.csv", "INCOMPLETE"));
    assert_eq!(change(&come), change_of("newer.csv", "IN_PROGRESS"));
    assert_eq!(come["activeImport"]["file"]["name"], "newer.csv");

    // After a reconnect the first event comes again.
    let mut again = Socket::open(server(&app).await, &ada).await;
    again.subscribe(ALL, json!({})).await;
    let first = again.event("importsChanged").await.unwrap();
    assert_eq!(first, json!({ "change": null, "activeImport": { "file": { "name": "newer.csv" } } }));
    app.shutdown.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_of_nobody_is_not_watched() {
    let app = TestApp::new().await;
    let (ada, eve) = (app.admin("club", "ada"), app.admin("other", "eve"));
    let import = ada.upload("roster.csv", ROSTER).await;
    let mut socket = Socket::open(server(&app).await, &eve).await;
    socket.subscribe(ONE, json!({ "id": import["id"] })).await;
    let refused = socket.hear().await;
    assert!(["error", "next"].contains(&refused["type"].as_str().unwrap()), "{refused}");
    assert!(refused.to_string().contains("NOT_FOUND"), "{refused}");
    app.shutdown.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn server_sent_events_tell_the_same() {
    let app = TestApp::new().await;
    let ada = app.admin("club", "ada");
    let import = ada.upload("roster.csv", ROSTER).await;
    let mut stream = ada.stream(ONE, json!({ "id": import["id"] })).await.into_bytes_stream();
    let mut text = String::new();
    // The present state has come: it goes on from there.
    while !text.contains("data: {") {
        text.push_str(std::str::from_utf8(&stream.next().await.unwrap().unwrap()).unwrap());
    }
    ada.plan(&import, json!([])).await;
    ada.done("discardImport", json!({ "importId": import["id"] })).await;
    while let Some(bytes) = stream.next().await {
        text.push_str(std::str::from_utf8(&bytes.unwrap()).unwrap());
    }
    let events = text.lines().filter_map(|line| line.strip_prefix("data: {"));
    let events: Vec<Value> = events
        .map(|event| {
            serde_json::from_str::<Value>(&format!("{{{event}")).unwrap()["data"]["importChanged"].take()
        })
        .collect();
    let expected = [
        ("IN_PROGRESS", "MAPPING"),
        ("IN_PROGRESS", "PLANNING"),
        ("IN_PROGRESS", "REVIEW"),
        ("INCOMPLETE", "REVIEW"),
    ];
    assert_eq!(steps(&events), expected);
    versions_never_fall(&events);
    assert!(text.ends_with("event: complete\ndata:\n\n"), "{text}");
}
