//! What `graphql-transport-ws` says besides what [`super::sockets`] tests, in the order of its
//! [PROTOCOL.md](https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md). Each test names the section.

use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::{CloseFrame, frame::coding::CloseCode},
};

use super::{
    TestServer, TransportLimits,
    schema::{AT_THE_DOOR, DOOR},
    sockets::Client,
};

async fn server() -> TestServer {
    TestServer::start(TransportLimits::default()).await
}

fn init(payload: &Value) -> Value {
    json!({ "type": "connection_init", "payload": payload })
}

fn subscribe(payload: &Value) -> Value {
    json!({ "type": "subscribe", "id": "1", "payload": payload })
}

/// What the socket is closed with after these messages.
async fn closed_after(server: &TestServer, messages: &[Value]) -> (u16, String) {
    let mut client = Client::connect(server).await;
    for message in messages {
        client.say(message.clone()).await;
    }
    client.closed().await
}

/// Whether nothing more comes: the answer to a ping is the next message.
async fn is_quiet(client: &mut Client) -> bool {
    client.say(json!({ "type": "ping" })).await;
    client.hear().await == json!({ "type": "pong" })
}

/// Communication: operations of different ids are active at once, and their messages are interleaved.
#[tokio::test]
async fn operations_take_turns() {
    let server = server().await;
    let mut client = Client::ready(&server).await;
    client.subscribe("1", "subscription{flood}").await;
    client.subscribe("2", "subscription{flood}").await;
    while client.hear().await["id"] != "2" {}
    let mut ids = Vec::new();
    for _ in 0..100 {
        ids.push(client.hear().await["id"].take());
    }
    ids.dedup();
    assert!(ids.len() >= 4, "{ids:?}");
}

/// Communication: the client ends with 1000, and its operations with it.
#[tokio::test]
async fn a_client_that_closes_is_answered_and_forgotten() {
    let mut server = server().await;
    let mut client = Client::ready(&server).await;
    client.subscribe("1", "subscription{never}").await;
    let farewell = CloseFrame { code: CloseCode::Normal, reason: "Normal Closure".into() };
    client.socket.send(Message::Close(Some(farewell))).await.unwrap();
    assert_eq!(client.closed().await.0, 1000);
    server.gone.recv().await.unwrap();
}

/// ConnectionInit, Subscribe: the reasons are those of the document, word for word.
#[tokio::test]
async fn close_codes_come_with_their_reasons() {
    let server = server().await;
    let (good, bad) = (init(&json!({ "authorization": "a" })), init(&json!({ "authorization": "bad" })));
    let never = subscribe(&json!({ "query": "subscription{never}" }));
    for (code, reason, messages) in [
        (4401, "Unauthorized", vec![never.clone()]),
        (4403, "Forbidden", vec![bad]),
        (4409, "Subscriber for 1 already exists", vec![good.clone(), never.clone(), never.clone()]),
        (4429, "Too many initialisation requests", vec![good.clone(), never, good]),
    ] {
        assert_eq!(closed_after(&server, &messages).await, (code, reason.to_owned()));
    }
    let limits = TransportLimits { connection_init_seconds: 0, ..TransportLimits::default() };
    let server = TestServer::start(limits).await;
    let timeout = (4408, "Connection initialisation timeout".to_owned());
    assert_eq!(closed_after(&server, &[]).await, timeout);
}

/// ConnectionInit: no other message will do.
#[tokio::test]
async fn pings_are_no_beginning() {
    let server = server().await;
    let mut client = Client::connect(&server).await;
    assert!(is_quiet(&mut client).await);
    // The clock goes on only when nothing else can.
    tokio::time::pause();
    assert_eq!(client.closed().await.0, 4408);
}

/// ConnectionInit, Ping, Pong: a payload may be absent, null or an object, and nothing else.
#[tokio::test]
async fn payloads_are_objects_or_nothing() {
    let server = server().await;
    for kind in ["connection_init", "ping", "pong"] {
        for payload in [json!("text"), json!(1), json!(true), json!([])] {
            let message = json!({ "type": kind, "payload": payload });
            assert_eq!(closed_after(&server, &[message]).await.0, 4400, "{kind}: {payload}");
        }
        for message in [
            json!({ "type": kind }),
            json!({ "type": kind, "payload": null }),
            json!({ "type": kind, "payload": {} }),
        ] {
            let mut client = Client::connect(&server).await;
            client.say(message.clone()).await;
            if kind != "pong" {
                let answered = client.hear().await["type"].take();
                assert_eq!(answered, if kind == "ping" { "pong" } else { "connection_ack" }, "{message}");
            }
            assert!(is_quiet(&mut client).await, "{message}");
        }
    }
}

/// Pong: it is sent as soon as the Ping comes, whatever else goes on.
#[tokio::test]
async fn a_ping_does_not_wait_for_operations() {
    let server = server().await;
    let mut client = Client::ready(&server).await;
    client.subscribe("1", "{never}").await;
    client.subscribe("2", "subscription{never}").await;
    assert!(is_quiet(&mut client).await);
}

/// Subscribe: an id that is in use closes the socket, whatever kind of operation has it or wants it.
#[tokio::test]
async fn an_id_is_for_one_operation_of_any_kind() {
    let server = server().await;
    for running in ["{never}", "subscription{never}"] {
        for next in ["{hello}", "mutation{set(n:1)}", "subscription{once}", "{"] {
            let mut client = Client::ready(&server).await;
            client.subscribe("1", running).await;
            client.subscribe("1", next).await;
            assert_eq!(client.closed().await.0, 4409, "{running} {next}");
        }
    }
}

/// Subscribe: the parts of the payload and their types; what may be null may be absent too.
#[tokio::test]
async fn an_operation_comes_with_its_name_and_variables() {
    let server = server().await;
    let query = "query A($text:String!){echo(text:$text)} query B{hello}";
    for (payload, data) in [
        (
            json!({ "query": query, "operationName": "A", "variables": { "text": "x" }, "extensions": { "a": 1 } }),
            json!({ "echo": "x" }),
        ),
        (
            json!({ "query": query, "operationName": "B", "variables": null, "extensions": null }),
            json!({ "hello": "world" }),
        ),
        (json!({ "query": "{hello}", "operationName": null }), json!({ "hello": "world" })),
    ] {
        let mut client = Client::ready(&server).await;
        client.say(subscribe(&payload)).await;
        assert_eq!(client.hear().await["payload"], json!({ "data": data }));
        assert_eq!(client.hear().await, json!({ "type": "complete", "id": "1" }));
    }
    let good = init(&json!({ "authorization": "a" }));
    for payload in [
        json!(null),
        json!({}),
        json!({ "query": null }),
        json!({ "query": ["{hello}"] }),
        json!({ "query": "{hello}", "operationName": 1 }),
        json!({ "query": "{hello}", "variables": [] }),
        json!({ "query": "{hello}", "variables": "{}" }),
        json!({ "query": "{hello}", "extensions": 1 }),
    ] {
        let closed = closed_after(&server, &[good.clone(), subscribe(&payload)]).await;
        assert_eq!(closed.0, 4400, "{payload}: {}", closed.1);
    }
}

/// Subscribe: nothing is executed before the acknowledgement, also for a client that does not wait for it.
#[tokio::test]
async fn the_acknowledgement_comes_first() {
    let server = server().await;
    let mut client = Client::connect(&server).await;
    client.say(init(&json!({ "authorization": "a" }))).await;
    client.subscribe("1", "{hello}").await;
    assert_eq!(client.hear().await, json!({ "type": "connection_ack" }));
    assert_eq!(client.hear().await["type"], "next");
}

/// Next: errors of a field are part of a result, and no Error.
#[tokio::test]
async fn what_fails_while_it_runs_is_a_result() {
    let server = server().await;
    let mut client = Client::ready(&server).await;
    client.subscribe("1", "{forbidden}").await;
    let message = client.hear().await;
    assert_eq!((&message["type"], &message["payload"]["data"]), (&json!("next"), &Value::Null));
    assert_eq!(message["payload"]["errors"][0]["path"], json!(["forbidden"]));
    assert_eq!(client.hear().await, json!({ "type": "complete", "id": "1" }));
}

/// Complete: no event of the operation is sent any more once the client's message was taken.
#[tokio::test]
async fn a_stream_that_was_stopped_is_silent() {
    let server = server().await;
    let mut client = Client::ready(&server).await;
    client.subscribe("1", "subscription{flood}").await;
    assert_eq!(client.hear().await["type"], "next");
    client.say(json!({ "type": "complete", "id": "1" })).await;
    client.say(json!({ "type": "ping" })).await;
    while client.hear().await != json!({ "type": "pong" }) {}
    for _ in 0..3 {
        assert!(is_quiet(&mut client).await);
    }
}

/// Complete: the result of an operation that was stopped before it resolved is not sent once it does.
#[tokio::test]
async fn a_result_that_nobody_waits_for_is_not_sent() {
    let server = server().await;
    let mut client = Client::ready(&server).await;
    client.subscribe("1", "mutation{wait}").await;
    AT_THE_DOOR.acquire().await.unwrap().forget();
    client.say(json!({ "type": "complete", "id": "1" })).await;
    assert!(is_quiet(&mut client).await);
    // The second one ends after the first one.
    client.subscribe("2", "mutation{wait}").await;
    DOOR.add_permits(2);
    assert_eq!(client.hear().await["id"], "2");
    assert_eq!(client.hear().await, json!({ "type": "complete", "id": "2" }));
    assert!(is_quiet(&mut client).await);
}

/// Complete, Invalid message: what has ended already may be ended again, by its result or by its error.
#[tokio::test]
async fn what_has_ended_may_be_ended_again() {
    let server = server().await;
    let mut client = Client::connect(&server).await;
    // Nor does it take a connection.
    client.say(json!({ "type": "complete", "id": "1" })).await;
    assert!(is_quiet(&mut client).await);
    let mut client = Client::ready(&server).await;
    for (query, messages) in [("{hello}", 2), ("{nothing}", 1)] {
        client.subscribe("1", query).await;
        for _ in 0..messages {
            client.hear().await;
        }
        client.say(json!({ "type": "complete", "id": "1" })).await;
        assert!(is_quiet(&mut client).await, "{query}");
    }
}

/// Invalid message: what only a server says, and what is no message, closes the socket with a reason.
#[tokio::test]
async fn a_client_says_what_a_client_may() {
    let server = server().await;
    for message in [
        json!({ "type": "connection_ack" }),
        json!({ "type": "next", "id": "1", "payload": { "data": null } }),
        json!({ "type": "error", "id": "1", "payload": [] }),
        json!({ "type": "Subscribe", "id": "1", "payload": { "query": "{hello}" } }),
        json!({ "type": ["ping"] }),
        json!({ "type": null }),
        json!({ "type": "complete", "id": 1 }),
        json!({ "type": "complete", "id": null }),
        json!({}),
        json!(null),
    ] {
        let good = init(&json!({ "authorization": "a" }));
        let (code, reason) = closed_after(&server, &[good, message.clone()]).await;
        assert_eq!((code, reason.is_empty()), (4400, false), "{message}");
    }
}
