//! Server-sent events: the distinct connections mode of graphql-sse's
//! [PROTOCOL.md](https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md). There is no single connection mode.

use std::time::Duration;

use futures_util::StreamExt;
use poem::{
    http::{Method, StatusCode},
    test::TestResponse,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout},
};

use super::{TestServer, TransportLimits, client};

async fn subscribe(query: &str, token: &str) -> TestResponse {
    client()
        .post("/")
        .content_type("application/json")
        .header("accept", "text/event-stream")
        .header("authorization", format!("Bearer {token}"))
        .body(json!({ "query": query }).to_string())
        .send()
        .await
}

/// The stream without its heartbeats.
async fn events(response: TestResponse) -> String {
    response.assert_status_is_ok();
    response.assert_content_type("text/event-stream; charset=utf-8");
    let stream = response.0.into_body().into_string().await.unwrap();
    stream.split_inclusive("\n\n").filter(|event| *event != ":\n\n").collect()
}

/// `next` event, `complete` event: all results, then the end, which has an empty `data:` for an `EventSource`.
#[tokio::test]
async fn a_subscription_is_a_stream_of_events_and_an_end() {
    let stream = events(subscribe("subscription{count(to:2)}", "a").await).await;
    let expected = "event: next\ndata: {\"data\":{\"count\":1}}\n\nevent: next\ndata: {\"data\":{\"count\":2}}\n\n\
                    event: complete\ndata:\n\n";
    assert_eq!(stream, expected);
}

/// Distinct connections mode: any operation is answered by a stream.
#[tokio::test]
async fn a_query_is_one_event() {
    let stream = events(subscribe("{hello}", "a").await).await;
    assert_eq!(stream, "event: next\ndata: {\"data\":{\"hello\":\"world\"}}\n\nevent: complete\ndata:\n\n");
}

/// Distinct connections mode: validation reports its errors as `next` events of an accepted connection.
#[tokio::test]
async fn what_is_wrong_with_the_document_is_told_in_the_stream() {
    for query in ["{", "subscription{nothing}", "subscription{count}"] {
        let stream = events(subscribe(query, "a").await).await;
        assert!(stream.starts_with("event: next\ndata: {\"errors\":[{\"message\":"), "{stream}");
        assert!(stream.ends_with("event: complete\ndata:\n\n"), "{stream}");
        assert!(stream.contains("BAD_USER_INPUT"), "{stream}");
    }
}

#[tokio::test]
async fn who_may_not_come_in_gets_no_stream() {
    subscribe("subscription{never}", "bad").await.assert_status(StatusCode::UNAUTHORIZED);
    subscribe("subscription{never}", "crowded").await.assert_status(StatusCode::TOO_MANY_REQUESTS);
    let client = client();
    let mutation =
        client.get("/").query("query", &"mutation{set(n:1)}").header("accept", "text/event-stream");
    mutation.send().await.assert_status(StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_stream_ends_with_its_token_and_without_complete() {
    let stream = events(subscribe("subscription{never}", "ended").await).await;
    assert_eq!(stream, "");
}

#[tokio::test(start_paused = true)]
async fn a_stream_lasts_as_long_as_its_token() {
    let began = Instant::now();
    let stream = events(subscribe("subscription{never}", "brief").await);
    let stream = timeout(Duration::from_secs(7_200), stream).await.expect("it ends");
    assert_eq!(stream, "");
    let lasted = began.elapsed().as_secs();
    assert!((3_595..=3_605).contains(&lasted), "{lasted}");
}

#[tokio::test(start_paused = true)]
async fn a_quiet_stream_has_a_heartbeat() {
    let response = subscribe("subscription{never}", "a").await;
    let mut body = response.0.into_body().into_bytes_stream();
    for _ in 0..3 {
        assert_eq!(body.next().await.unwrap().unwrap(), ":\n\n");
    }
}

/// Distinct connections mode: a request is as in GraphQL over HTTP, so an `EventSource`, which can only GET, has a stream.
#[tokio::test]
async fn a_stream_can_be_got() {
    let client = client();
    let request = client
        .get("/")
        .query("query", &"subscription B($to:Int!){count(to:$to)} query A{hello}")
        .query("operationName", &"B")
        .query("variables", &r#"{"to":1}"#)
        .header("accept", "text/event-stream");
    let stream = events(request.send().await).await;
    assert_eq!(stream, "event: next\ndata: {\"data\":{\"count\":1}}\n\nevent: complete\ndata:\n\n");
}

/// Distinct connections mode: what fails while it runs is a result as well.
#[tokio::test]
async fn the_error_of_a_field_is_an_event() {
    let stream = events(subscribe("{forbidden}", "a").await).await;
    let data = stream.strip_prefix("event: next\ndata: ").unwrap();
    let result: Value =
        serde_json::from_str(data.strip_suffix("\n\nevent: complete\ndata:\n\n").unwrap()).unwrap();
    assert_eq!((&result["data"], &result["errors"][0]["path"]), (&Value::Null, &json!(["forbidden"])));
    assert!(data.contains("\"data\":null"), "{data}");
}

/// Event stream: each result is one line of data, whatever line ends are in it.
#[tokio::test]
async fn a_result_is_one_line() {
    let stream = events(subscribe(r#"{echo(text:"a\r\n\ndata: b\u2028")}"#, "a").await).await;
    let (next, complete) = stream.split_once("\n\n").unwrap();
    assert_eq!(complete, "event: complete\ndata:\n\n");
    let data = next.strip_prefix("event: next\ndata: ").unwrap();
    assert!(!data.contains(['\r', '\n']), "{data:?}");
    let result: Value = serde_json::from_str(data).unwrap();
    assert_eq!(result["data"]["echo"], "a\r\n\ndata: b\u{2028}");
}

/// Distinct connections mode: the client ends a stream by closing it.
#[tokio::test]
async fn a_client_that_leaves_takes_its_stream_along() {
    let mut server = TestServer::start(TransportLimits::default()).await;
    let mut connection = TcpStream::connect(server.address).await.unwrap();
    let body = r#"{"query":"subscription{never}"}"#;
    let request = format!(
        "POST / HTTP/1.1\r\nhost: a\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    connection.read_u8().await.unwrap();
    drop(connection);
    server.gone.recv().await.unwrap();
}

/// Single connection mode: no stream is reserved, and a client that wants one is told so.
#[tokio::test]
async fn streams_are_not_shared() {
    for method in [Method::PUT, Method::DELETE] {
        let client = client();
        let request = client.request(method, "/").header("accept", "text/event-stream");
        request.send().await.assert_status(StatusCode::METHOD_NOT_ALLOWED);
    }
}
