//! Who asks too often is told so, whichever way it comes.

use poem::http::StatusCode;
use serde_json::json;

use super::{
    TestServer, TransportLimits, client,
    sockets::Client,
    uploads::{MAP, TYPE, UPLOAD, file, form},
};

/// The status, the header and the body of an answer.
async fn ask(
    token: &str,
    accept: &str,
    content_type: &str,
    body: String,
) -> (StatusCode, Option<String>, String) {
    let client = client();
    let request = client.post("/").content_type(content_type).header("accept", accept);
    let response = request.header("authorization", format!("Bearer {token}")).body(body).send().await.0;
    let retry_after = response.header("retry-after").map(str::to_owned);
    (response.status(), retry_after, response.into_body().into_string().await.unwrap())
}

#[tokio::test]
async fn operations_that_come_too_often_are_refused_with_a_time() {
    // Not even looked at.
    for query in ["{hello}", "mutation{set(n:1)}", "{"] {
        for accept in ["application/json", "application/graphql-response+json"] {
            let body = json!({ "query": query }).to_string();
            let (status, retry_after, body) = ask("eager", accept, "application/json", body).await;
            assert_eq!(
                (status, retry_after.as_deref()),
                (StatusCode::TOO_MANY_REQUESTS, Some("3")),
                "{body}"
            );
            assert!(body.contains("LIMIT_EXCEEDED") && body.contains("3 s"), "{body}");
        }
    }
    let (status, retry_after, _) = ask("eager", "*/*", TYPE, form(UPLOAD, MAP, &file("0", "x"))).await;
    assert_eq!((status, retry_after.as_deref()), (StatusCode::TOO_MANY_REQUESTS, Some("3")));
    let get =
        client().get("/").query("query", &"{hello}").header("authorization", "Bearer eager").send().await;
    get.assert_status(StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn uploads_that_come_too_often_are_refused_and_nothing_else() {
    let (status, retry_after, body) = ask("busy", "*/*", TYPE, form(UPLOAD, MAP, &file("0", "x"))).await;
    assert_eq!((status, retry_after.as_deref()), (StatusCode::TOO_MANY_REQUESTS, Some("1")));
    assert!(body.contains("uploads"), "{body}");
    let (status, _, _) =
        ask("busy", "*/*", "application/json", json!({ "query": "{hello}" }).to_string()).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn more_uploads_at_once_than_may_be_are_refused_and_nothing_else() {
    let (status, retry_after, body) = ask("full", "*/*", TYPE, form(UPLOAD, MAP, &file("0", "x"))).await;
    assert_eq!((status, retry_after.as_deref()), (StatusCode::TOO_MANY_REQUESTS, Some("5")));
    assert!(body.contains("LIMIT_EXCEEDED") && body.contains("uploads are under way"), "{body}");
    let (status, _, _) =
        ask("full", "*/*", "application/json", json!({ "query": "{hello}" }).to_string()).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_stream_of_events_tells_it_in_the_stream() {
    let body = json!({ "query": "subscription{count(to:1)}" }).to_string();
    let (status, _, body) = ask("eager", "text/event-stream", "application/json", body).await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("LIMIT_EXCEEDED") && body.ends_with("event: complete\ndata:\n\n"), "{body}");
}

#[tokio::test]
async fn a_socket_tells_it_as_an_error_of_the_operation() {
    let server = TestServer::start(TransportLimits::default()).await;
    let mut client = Client::connect(&server).await;
    client.say(json!({ "type": "connection_init", "payload": { "authorization": "eager" } })).await;
    assert_eq!(client.hear().await["type"], "connection_ack");
    client.subscribe("1", "subscription{count(to:1)}").await;
    let message = client.hear().await;
    assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("1")), "{message}");
    assert_eq!(message["payload"][0]["extensions"]["code"], "LIMIT_EXCEEDED", "{message}");
}
