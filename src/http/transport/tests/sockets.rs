//! `graphql-transport-ws`, rule by rule.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue},
};

use super::{TestServer, TransportLimits};

pub(super) struct Client {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    pub async fn connect(server: &TestServer) -> Self {
        Self::connect_with(server, &[("sec-websocket-protocol", "graphql-ws, graphql-transport-ws")])
            .await
            .unwrap()
    }

    pub async fn connect_with(
        server: &TestServer,
        headers: &[(&'static str, &'static str)],
    ) -> Result<Self, Error> {
        let mut request = format!("ws://{}/", server.address).into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_static(value));
        }
        let (socket, response) = connect_async(request).await?;
        assert_eq!(response.headers()["sec-websocket-protocol"], "graphql-transport-ws");
        assert!(response.headers().contains_key("x-request-id"));
        Ok(Self { socket })
    }

    /// Connected and let in.
    pub async fn ready(server: &TestServer) -> Self {
        let mut client = Self::connect(server).await;
        client.say(json!({ "type": "connection_init", "payload": { "authorization": "Bearer a" } })).await;
        assert_eq!(client.hear().await, json!({ "type": "connection_ack" }));
        client
    }

    pub async fn say(&mut self, message: Value) {
        self.socket.send(Message::text(message.to_string())).await.unwrap();
    }

    pub async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({ "type": "subscribe", "id": id, "payload": { "query": query } })).await;
    }

    pub async fn hear(&mut self) -> Value {
        loop {
            match self.socket.next().await.unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("not a message: {other:?}"),
            }
        }
    }

    /// The code and the reason that the server closes with.
    pub async fn closed(mut self) -> (u16, String) {
        loop {
            match self.socket.next().await.unwrap().unwrap() {
                Message::Close(Some(frame)) => return (frame.code.into(), frame.reason.to_string()),
                Message::Close(None) => panic!("no reason"),
                _ => {}
            }
        }
    }
}

async fn server() -> TestServer {
    TestServer::start(TransportLimits::default()).await
}

/// PROTOCOL.md, Next, Complete, Single result operation: results, then the end; then the id is free (Subscribe).
#[tokio::test]
async fn a_subscription_is_next_and_complete() {
    let server = server().await;
    let mut client = Client::ready(&server).await;
    client.subscribe("1", "subscription{count(to:2)}").await;
    assert_eq!(
        client.hear().await,
        json!({ "type": "next", "id": "1", "payload": { "data": { "count": 1 } } })
    );
    assert_eq!(
        client.hear().await,
        json!({ "type": "next", "id": "1", "payload": { "data": { "count": 2 } } })
    );
    assert_eq!(client.hear().await, json!({ "type": "complete", "id": "1" }));
    // The id is free again.
    client.subscribe("1", "{who}").await;
    assert_eq!(
        client.hear().await,
        json!({ "type": "next", "id": "1", "payload": { "data": { "who": "a" } } })
    );
    assert_eq!(client.hear().await, json!({ "type": "complete", "id": "1" }));
    client.subscribe("1", "mutation{set(n:3)}").await;
    assert_eq!(
        client.hear().await,
        json!({ "type": "next", "id": "1", "payload": { "data": { "set": 3 } } })
    );
}

/// PROTOCOL.md, Error: before execution; it ends the operation, no Complete follows.
#[tokio::test]
async fn what_is_not_executed_is_an_error_and_nothing_after_it() {
    let server = server().await;
    let mut client = Client::ready(&server).await;
    let brackets = "[".repeat(2_000);
    for query in ["{", "subscription{nothing}", "{echo}", &format!("{{echo(text:{brackets}")] {
        client.subscribe("1", query).await;
        let message = client.hear().await;
        assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("1")), "{message}");
        assert!(message["payload"][0]["extensions"]["code"].is_string(), "{message}");
    }
    client.subscribe("1", "{hello}").await;
    assert_eq!(client.hear().await["type"], "next");
}

/// PROTOCOL.md, Error: during execution.
#[tokio::test]
async fn a_panic_ends_its_operation_alone() {
    let server = server().await;
    let mut client = Client::ready(&server).await;
    for query in ["{panics}", "subscription{panics}"] {
        client.subscribe("1", query).await;
        let message = client.hear().await;
        assert_eq!(message["type"], "error");
        assert_eq!(message["payload"][0]["extensions"]["code"], "INTERNAL");
        assert!(!message.to_string().contains("i32"));
    }
}

/// PROTOCOL.md, Complete, Invalid message: the client has stopped listening; an unknown id is ignored.
#[tokio::test]
async fn complete_stops_and_is_not_echoed() {
    let server = server().await;
    let mut client = Client::ready(&server).await;
    client.subscribe("1", "subscription{once}").await;
    assert_eq!(client.hear().await["type"], "next");
    client.say(json!({ "type": "complete", "id": "1" })).await;
    client.say(json!({ "type": "complete", "id": "unknown" })).await;
    client.say(json!({ "type": "ping" })).await;
    assert_eq!(client.hear().await, json!({ "type": "pong" }));
    client.subscribe("1", "{hello}").await;
    assert_eq!(client.hear().await["payload"]["data"]["hello"], "world");
}

/// PROTOCOL.md, Ping and Pong: before the connection too; a Pong that nobody asked for is taken.
#[tokio::test]
async fn pings_are_answered_at_any_time() {
    let server = server().await;
    let mut client = Client::connect(&server).await;
    client.say(json!({ "type": "ping", "payload": { "a": 1 } })).await;
    assert_eq!(client.hear().await, json!({ "type": "pong", "payload": { "a": 1 } }));
    client.say(json!({ "type": "pong" })).await;
    client.say(json!({ "type": "ping" })).await;
    assert_eq!(client.hear().await, json!({ "type": "pong" }));
}

/// PROTOCOL.md, Communication: the sub-protocol is `graphql-transport-ws`.
#[tokio::test]
async fn other_subprotocols_are_not_upgraded() {
    let server = server().await;
    for headers in [&[][..], &[("sec-websocket-protocol", "graphql-ws")][..]] {
        match Client::connect_with(&server, headers).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 400),
            other => panic!("{:?}", other.err()),
        }
    }
}

/// PROTOCOL.md, ConnectionInit and ConnectionAck: with a payload and without.
#[tokio::test]
async fn tokens_come_with_the_payload_or_with_the_upgrade() {
    let server = server().await;
    for authorization in ["Bearer x", "x", "bearer x"] {
        let mut client = Client::connect(&server).await;
        client.say(json!({ "type": "connection_init", "payload": { "Authorization": authorization } })).await;
        assert_eq!(client.hear().await["type"], "connection_ack");
        client.subscribe("1", "{who}").await;
        assert_eq!(client.hear().await["payload"]["data"]["who"], "x");
    }
    let headers = [("sec-websocket-protocol", "graphql-transport-ws"), ("authorization", "Bearer y")];
    let mut client = Client::connect_with(&server, &headers).await.unwrap();
    client.say(json!({ "type": "connection_init" })).await;
    assert_eq!(client.hear().await["type"], "connection_ack");
    client.subscribe("1", "{who}").await;
    assert_eq!(client.hear().await["payload"]["data"]["who"], "y");
    // A page of another site, through a reverse proxy that knows the browser.
    let headers = [headers[0], headers[1], ("origin", "https://elsewhere.example")];
    let mut client = Client::connect_with(&server, &headers).await.unwrap();
    client.say(json!({ "type": "connection_init" })).await;
    assert_eq!(client.hear().await["type"], "connection_ack");
    client.subscribe("1", "{who}").await;
    assert_eq!(client.hear().await["payload"]["data"]["who"], "nobody");
}

/// PROTOCOL.md, ConnectionInit, Subscribe, Invalid message.
#[tokio::test]
async fn each_rule_has_its_close_code() {
    let server = server().await;
    let init = |token: &str| json!({ "type": "connection_init", "payload": { "authorization": token } });
    let subscribe = json!({ "type": "subscribe", "id": "1", "payload": { "query": "subscription{never}" } });
    let long_id = json!({ "type": "subscribe", "id": "x".repeat(300), "payload": { "query": "{hello}" } });
    let cases = [
        (4401, vec![subscribe.clone()]),
        (4403, vec![init("bad")]),
        (1013, vec![init("down")]),
        (1013, vec![init("crowded")]),
        (4403, vec![init("ended")]),
        (4429, vec![init("a"), init("a")]),
        (4409, vec![init("a"), subscribe.clone(), subscribe.clone()]),
        (4400, vec![json!("text")]),
        (4400, vec![json!(["connection_init", null, null])]),
        (4400, vec![json!({ "type": "unknown" })]),
        (4400, vec![json!({ "id": "1" })]),
        (4400, vec![json!({ "type": "connection_init", "payload": 1 })]),
        (4400, vec![json!({ "type": "connection_init", "payload": { "authorization": 1 } })]),
        (4400, vec![json!({ "type": "ping", "payload": "x" })]),
        (4400, vec![init("a"), json!({ "type": "subscribe", "payload": { "query": "{hello}" } })]),
        (4400, vec![init("a"), json!({ "type": "subscribe", "id": "", "payload": { "query": "{hello}" } })]),
        (4400, vec![init("a"), json!({ "type": "subscribe", "id": "1" })]),
        (4400, vec![init("a"), json!({ "type": "subscribe", "id": "1", "payload": ["{hello}"] })]),
        (4400, vec![init("a"), json!({ "type": "subscribe", "id": "1", "payload": { "query": 1 } })]),
        (4400, vec![init("a"), json!({ "type": "complete" })]),
        (4400, vec![init("a"), long_id]),
        (1009, vec![json!({ "type": "ping", "payload": { "a": "x".repeat(64 * 1024) } })]),
    ];
    for (code, messages) in cases {
        let mut client = Client::connect(&server).await;
        for message in &messages {
            client.say(message.clone()).await;
        }
        let (closed, reason) = client.closed().await;
        assert_eq!(closed, code, "{reason}");
        assert!(reason.len() <= 123, "{reason}");
    }
    let mut client = Client::connect(&server).await;
    client.socket.send(Message::binary("{}")).await.unwrap();
    assert_eq!(client.closed().await.0, 4400);
    let mut client = Client::connect(&server).await;
    client.socket.send(Message::text("{")).await.unwrap();
    assert_eq!(client.closed().await.0, 4400);
    let mut client = Client::ready(&server).await;
    let id = "x".repeat(200);
    client.subscribe(&id, "subscription{never}").await;
    client.subscribe(&id, "subscription{never}").await;
    assert_eq!(client.closed().await.1.len(), 123);
}

/// PROTOCOL.md, ConnectionInit: within the waiting time.
#[tokio::test]
async fn a_socket_must_begin_in_time() {
    let limits = TransportLimits { connection_init_seconds: 0, ..TransportLimits::default() };
    let server = TestServer::start(limits).await;
    assert_eq!(Client::connect(&server).await.closed().await.0, 4408);
}

#[tokio::test]
async fn a_socket_has_so_many_operations_and_no_more() {
    let limits = TransportLimits { subscriptions_per_socket_max: 2, ..TransportLimits::default() };
    let server = TestServer::start(limits).await;
    let mut client = Client::ready(&server).await;
    for id in ["1", "2", "3"] {
        client.subscribe(id, "subscription{never}").await;
    }
    let message = client.hear().await;
    assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("3")));
    assert_eq!(message["payload"][0]["extensions"]["code"], "LIMIT_EXCEEDED");
    client.say(json!({ "type": "complete", "id": "1" })).await;
    client.subscribe("3", "{hello}").await;
    assert_eq!(client.hear().await["type"], "next");
}

#[tokio::test]
async fn a_process_has_so_many_sockets_and_no_more() {
    let limits = TransportLimits { connections_max: 1, ..TransportLimits::default() };
    let server = TestServer::start(limits).await;
    let _first = Client::connect(&server).await;
    let headers = [("sec-websocket-protocol", "graphql-transport-ws")];
    match Client::connect_with(&server, &headers).await {
        Err(Error::Http(response)) => assert_eq!(response.status(), 503),
        other => panic!("{:?}", other.err()),
    }
}

/// PROTOCOL.md, Communication: the server can close the socket at any time.
#[tokio::test]
async fn shutting_down_says_so() {
    let server = server().await;
    let client = Client::ready(&server).await;
    server.shutdown.cancel();
    assert_eq!(client.closed().await.0, 1001);
}

#[tokio::test]
async fn a_client_that_leaves_takes_its_operations_along() {
    let mut server = server().await;
    let mut client = Client::ready(&server).await;
    client.subscribe("1", "subscription{never}").await;
    drop(client);
    server.gone.recv().await.unwrap();
}

#[tokio::test]
async fn a_client_that_answers_no_ping_is_closed() {
    let mut server = server().await;
    let client = Client::ready(&server).await;
    // The clock goes on only when nothing else can, and this client reads nothing.
    tokio::time::pause();
    server.gone.recv().await.unwrap();
    tokio::time::resume();
    assert_eq!(client.closed().await.0, 1001);
}

#[tokio::test]
async fn a_socket_lasts_as_long_as_its_token() {
    // No pings in between: the clock goes on only when nothing else can.
    let limits = TransportLimits { keepalive_seconds: 1_000_000, ..TransportLimits::default() };
    let server = TestServer::start(limits).await;
    let mut client = Client::connect(&server).await;
    client.say(json!({ "type": "connection_init", "payload": { "authorization": "brief" } })).await;
    assert_eq!(client.hear().await["type"], "connection_ack");
    client.subscribe("1", "subscription{once}").await;
    assert_eq!(client.hear().await["type"], "next");
    tokio::time::pause();
    let began = Instant::now();
    let closed = timeout(Duration::from_secs(7_200), client.closed()).await.expect("it ends");
    assert_eq!(closed, (4403, "The token has ended".to_owned()));
    let lasted = began.elapsed().as_secs();
    // It began before the clock stood still.
    assert!((3_000..=3_605).contains(&lasted), "{lasted}");
}

#[tokio::test]
async fn a_client_that_takes_no_messages_is_given_up() {
    let limits = TransportLimits { send_seconds: 0, ..TransportLimits::default() };
    let mut server = TestServer::start(limits).await;
    let mut client = Client::ready(&server).await;
    client.subscribe("1", "subscription{flood}").await;
    // It reads nothing more, until the kernel's buffers are full.
    server.gone.recv().await.unwrap();
}

#[tokio::test]
async fn many_operations_of_such_a_client_wait_no_longer_than_one() {
    let limits = TransportLimits { send_seconds: 10, keepalive_seconds: 1, ..TransportLimits::default() };
    let mut server = TestServer::start(limits).await;
    let mut client = Client::ready(&server).await;
    tokio::time::pause();
    let began = Instant::now();
    for id in 0..50 {
        client.subscribe(&id.to_string(), "subscription{flood}").await;
    }
    // All of them wait for the first, and behind them the ping does.
    server.gone.recv().await.unwrap();
    let lasted = began.elapsed().as_secs();
    assert!(lasted < 30, "{lasted}");
}
