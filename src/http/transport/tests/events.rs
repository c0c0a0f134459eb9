//! Server-sent events.

use futures_util::StreamExt;
use poem::{http::StatusCode, test::TestResponse};
use serde_json::json;
use tokio::time::Instant;

use super::client;

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

#[tokio::test]
async fn a_subscription_is_a_stream_of_events_and_an_end() {
    let stream = events(subscribe("subscription{count(to:2)}", "a").await).await;
    let expected = "event: next\ndata: {\"data\":{\"count\":1}}\n\nevent: next\ndata: {\"data\":{\"count\":2}}\n\n\
                    event: complete\ndata:\n\n";
    assert_eq!(stream, expected);
}

#[tokio::test]
async fn a_query_is_one_event() {
    let stream = events(subscribe("{hello}", "a").await).await;
    assert_eq!(stream, "event: next\ndata: {\"data\":{\"hello\":\"world\"}}\n\nevent: complete\ndata:\n\n");
}

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
    let stream = events(subscribe("subscription{never}", "brief").await).await;
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
