//! Lists of operations, where they are taken.

use poem::{http::StatusCode, test::TestClient};
use serde_json::{Value, json};

use super::{TransportLimits, transport};

async fn send(limits: &TransportLimits, token: &str, accept: &str, requests: Value) -> (StatusCode, Value) {
    let client = TestClient::new(transport(limits.clone()));
    let request = client.post("/").content_type("application/json").header("accept", accept);
    let request = request.header("authorization", format!("Bearer {token}"));
    let response = request.body(requests.to_string()).send().await.0;
    let status = response.status();
    (status, serde_json::from_str(&response.into_body().into_string().await.unwrap()).unwrap())
}

async fn ask(limits: &TransportLimits, requests: Value) -> (StatusCode, Value) {
    send(limits, "a", "application/json", requests).await
}

fn taken() -> TransportLimits {
    TransportLimits { batch_operations_max: 3, ..TransportLimits::default() }
}

fn hello(count: usize) -> Value {
    vec![json!({ "query": "{hello}" }); count].into()
}

fn code(answer: &Value) -> &Value {
    &answer["errors"][0]["extensions"]["code"]
}

#[tokio::test]
async fn a_list_is_refused_unless_it_is_wanted() {
    let (status, body) = ask(&TransportLimits::default(), hello(1)).await;
    assert_eq!((status, code(&body)), (StatusCode::BAD_REQUEST, &json!("BAD_USER_INPUT")));
}

#[tokio::test]
async fn a_list_has_so_many_operations_and_no_more() {
    let world = json!({ "data": { "hello": "world" } });
    assert_eq!(ask(&taken(), hello(3)).await, (StatusCode::OK, json!([world, world, world])));
    let (status, body) = ask(&taken(), hello(4)).await;
    assert_eq!((status, code(&body)), (StatusCode::BAD_REQUEST, &json!("LIMIT_EXCEEDED")));
    for wrong in [json!([]), json!("[")] {
        assert_eq!(ask(&taken(), wrong).await.0, StatusCode::BAD_REQUEST);
    }
    assert_eq!(send(&taken(), "a", "text/event-stream", hello(1)).await.0, StatusCode::BAD_REQUEST);
    // One request is no list.
    let one = json!({ "query": "{hello}" });
    assert_eq!(ask(&taken(), one).await, (StatusCode::OK, world));
}

#[tokio::test]
async fn one_that_is_refused_is_answered_in_its_place() {
    let deep = "{again".repeat(13) + &"}".repeat(13);
    for refused in [json!({}), json!(1), json!({ "query": deep }), json!({ "query": "subscription{never}" })]
    {
        let requests = json!([{ "query": "mutation{set(n:1)}" }, refused, { "query": "{hello}" }]);
        let (status, body) = ask(&taken(), requests).await;
        assert_eq!((status, &body[0]["data"]["set"]), (StatusCode::OK, &json!(1)), "{body}");
        assert!(code(&body[1]).is_string(), "{body}");
        assert_eq!(body[2]["data"]["hello"], "world", "{body}");
    }
    let (_, body) = send(&taken(), "eager", "application/json", hello(2)).await;
    assert_eq!((code(&body[0]), code(&body[1])), (&json!("LIMIT_EXCEEDED"), &json!("LIMIT_EXCEEDED")));
}

#[tokio::test]
async fn together_they_cost_no_more_than_one_may() {
    let limits = TransportLimits { nodes_max: 10, selections_max: 7, ..taken() };
    let of = |texts: [&str; 2]| texts.map(|text| json!({ "query": text }));
    let (five, six) = ("{things(first:5){name}}", "{things(first:6){name}}");
    let (three, five_fields) = ("{a b c}", "{a b c d e}");
    for (requests, is_over) in [
        (of([five, five]), false),
        (of([five, six]), true),
        (of([three, three]), false),
        (of([three, five_fields]), true),
    ] {
        let (_, body) = ask(&limits, json!(requests)).await;
        assert_ne!(code(&body[0]), "LIMIT_EXCEEDED", "{body}");
        assert_eq!(code(&body[1]) == "LIMIT_EXCEEDED", is_over, "{requests:?} {body}");
    }
}

#[tokio::test(start_paused = true)]
async fn together_they_take_no_longer_than_one_may() {
    let wait = |milliseconds: u64| json!({ "query": format!("{{wait(milliseconds:{milliseconds})}}") });
    let (_, body) = ask(&taken(), json!([wait(5_000), wait(4_999)])).await;
    assert_eq!(body[1]["data"]["wait"], 4_999);
    let (_, body) = ask(&taken(), json!([wait(5_000), wait(5_001)])).await;
    assert_eq!((&body[0]["data"]["wait"], code(&body[1])), (&json!(5_000), &json!("LIMIT_EXCEEDED")));
}
