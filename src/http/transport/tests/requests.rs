//! POST and GET: statuses, media types, codes.

use poem::{
    http::{Method, StatusCode, header},
    test::TestResponse,
};
use serde_json::{Value, json};

use super::{TransportLimits, client, transport};

const MODERN: &str = "application/graphql-response+json";
const LEGACY: &str = "application/json";

async fn post(accept: &str, body: impl Into<String>) -> (StatusCode, String) {
    let response = client()
        .post("/")
        .content_type("application/json")
        .header("accept", accept)
        .body(body.into())
        .send()
        .await;
    read(response).await
}

async fn read(response: TestResponse) -> (StatusCode, String) {
    let status = response.0.status();
    (status, response.0.into_body().into_string().await.unwrap())
}

async fn ask(accept: &str, query: &str) -> (StatusCode, String) {
    post(accept, json!({ "query": query }).to_string()).await
}

fn code(body: &str) -> String {
    let body: Value = serde_json::from_str(body).unwrap();
    assert!(body.get("data").is_none(), "{body}");
    body["errors"][0]["extensions"]["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_query_is_answered_in_the_order_of_its_fields() {
    let (status, body) = ask(MODERN, "{hello b:hello a:hello}").await;
    assert_eq!(
        (status, body.as_str()),
        (StatusCode::OK, r#"{"data":{"hello":"world","b":"world","a":"world"}}"#)
    );
}

#[tokio::test]
async fn an_answer_says_what_it_is_and_which_request_it_answers() {
    let response = client()
        .post("/")
        .content_type("application/json; charset=utf-8")
        .body(r#"{"query":"{requestId}"}"#)
        .send()
        .await;
    response.assert_content_type("application/json; charset=utf-8");
    response.assert_header("cache-control", "private, no-store");
    response.assert_header("x-content-type-options", "nosniff");
    let id = response.0.header("x-request-id").unwrap().to_owned();
    let (_, body) = read(response).await;
    assert_eq!(body, json!({ "data": { "requestId": id } }).to_string());
}

#[tokio::test]
async fn what_fails_before_execution_has_no_data_and_a_status_by_media_type() {
    for query in [
        "{",
        "{nothing}",
        "query($id: ID!){__typename}",
        "{a",
        "query a{hello} query b{hello}",
        "subscription{never}",
    ] {
        let (status, body) = ask(MODERN, query).await;
        assert_eq!((status, code(&body).as_str()), (StatusCode::BAD_REQUEST, "BAD_USER_INPUT"), "{query}");
        let (status, body) = ask(LEGACY, query).await;
        assert_eq!((status, code(&body).as_str()), (StatusCode::OK, "BAD_USER_INPUT"), "{query}");
    }
    let null = r#"{"query":"query($id: ID!){__typename}","variables":{"id":null}}"#;
    assert_eq!(post(MODERN, null).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(post(LEGACY, null).await.0, StatusCode::OK);
}

#[tokio::test]
async fn what_fails_while_it_runs_has_data_and_200() {
    let (status, body) = ask(MODERN, "{forbidden}").await;
    assert_eq!(status, StatusCode::OK);
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["data"], Value::Null);
    assert_eq!(body["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(body["errors"][0]["path"], json!(["forbidden"]));
}

#[tokio::test]
async fn what_is_no_request_is_refused_whatever_the_media_type() {
    for body in ["", "{ \"not a JSON", "null", "[]", r#"[{"query":"{hello}"}]"#, r#"{"qeury":"{hello}"}"#] {
        for accept in [MODERN, LEGACY] {
            let (status, answer) = post(accept, body).await;
            assert_eq!(
                (status, code(&answer).as_str()),
                (StatusCode::BAD_REQUEST, "BAD_USER_INPUT"),
                "{body}"
            );
        }
    }
    let (status, answer) = post(LEGACY, format!("{{\"query\":\"{}\"}}", "x".repeat(1024 * 1024))).await;
    assert_eq!((status, code(&answer).as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "LIMIT_EXCEEDED"));
}

#[tokio::test]
async fn what_would_end_or_hold_the_process_is_refused() {
    let brackets = format!("{{echo(text:{}{})}}", "[".repeat(2_000), "]".repeat(2_000));
    let mut fragments = String::from("{...f0}");
    for i in 0..24 {
        fragments += &format!("fragment f{i} on Query{{...f{0} ...f{0}}}", i + 1);
    }
    fragments += "fragment f24 on Query{__typename}";
    let deep = format!("{}hello{}", "{again".repeat(13) + "{", "}".repeat(14));
    for query in [brackets, fragments, deep] {
        let (status, body) = ask(MODERN, &query).await;
        assert_eq!((status, code(&body).as_str()), (StatusCode::BAD_REQUEST, "LIMIT_EXCEEDED"));
        assert!(body.len() < 300, "{body}");
    }
    let (_, body) = ask(MODERN, "{...a} fragment a on Query{...b} fragment b on Query{...a}").await;
    assert_eq!(code(&body), "BAD_USER_INPUT");
    // Deep, and never reached from an operation.
    let chain: String = (0..240).map(|i| format!("fragment f{i} on Query{{...f{}}}", i + 1)).collect();
    assert_eq!(code(&ask(MODERN, &format!("{{hello}}{chain}")).await.1), "BAD_USER_INPUT");
}

#[tokio::test]
async fn an_answer_does_not_give_much_of_the_question_back() {
    let unknown: String = (0..900).map(|i| format!("unknown{i} ")).collect();
    let (_, body) = ask(MODERN, &format!("{{{unknown}}}")).await;
    let errors: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(errors["errors"].as_array().unwrap().len(), 10);
    assert!(body.len() < 4 * 1024);
    for query in [format!("{{{}}}", "\u{1}".repeat(5_000)), format!("{{{}}}", "x".repeat(15_000))] {
        let (_, body) = ask(MODERN, &query).await;
        assert!(body.len() < 2 * 1024, "{body}");
    }
}

#[tokio::test]
async fn the_introspection_of_tools_passes() {
    let mut of_type = String::from("kind name");
    for _ in 0..9 {
        of_type = format!("kind name ofType{{{of_type}}}");
    }
    let query = format!(
        "query IntrospectionQuery{{__schema{{queryType{{name}}mutationType{{name}}subscriptionType{{name}}types{{...FullType}}\
         directives{{name description locations args{{...InputValue}}}}}}}}\
         fragment FullType on __Type{{kind name description fields(includeDeprecated:true){{name description \
         args{{...InputValue}}type{{...TypeRef}}isDeprecated deprecationReason}}inputFields{{...InputValue}}\
         interfaces{{...TypeRef}}enumValues(includeDeprecated:true){{name description isDeprecated deprecationReason}}\
         possibleTypes{{...TypeRef}}}}\
         fragment InputValue on __InputValue{{name description type{{...TypeRef}}defaultValue}}\
         fragment TypeRef on __Type{{{of_type}}}"
    );
    let (status, body) = ask(MODERN, &query).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert!(!body.contains("\"errors\""), "{body}");
}

#[tokio::test]
async fn a_get_can_be_a_query_and_nothing_else() {
    let get = |query: &'static str| async move {
        let response = client().get("/").query("query", &query).header("accept", MODERN).send().await;
        let allow = response.0.header("allow").map(str::to_owned);
        let (status, body) = read(response).await;
        (status, allow, body)
    };
    let (status, _, body) = get("{hello}").await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, r#"{"data":{"hello":"world"}}"#));
    for query in ["mutation{set(n:1)}", "subscription{never}"] {
        let (status, allow, body) = get(query).await;
        assert_eq!((status, allow.as_deref()), (StatusCode::METHOD_NOT_ALLOWED, Some("POST, GET")));
        assert_eq!(code(&body), "BAD_USER_INPUT");
    }
    let query = "query a($a:Int!){add(a:$a,b:2)} mutation b{set(n:1)}";
    let response = client()
        .get("/")
        .query("query", &query)
        .query("variables", &r#"{"a":1}"#)
        .query("operationName", &"a")
        .send()
        .await;
    assert_eq!(read(response).await, (StatusCode::OK, r#"{"data":{"add":3}}"#.to_owned()));
    assert_eq!(read(client().get("/").send().await).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_a_form_can_send_is_never_executed() {
    let mutation = r#"{"query":"mutation{set(n:1)}"}"#;
    for content_type in
        [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("application/graphql")]
    {
        let client = client();
        let mut request = client.post("/").header("graphql-require-preflight", "1").body(mutation);
        if let Some(content_type) = content_type {
            request = request.content_type(content_type);
        }
        let (status, body) = read(request.send().await).await;
        assert_eq!((status, code(&body).as_str()), (StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_USER_INPUT"));
    }
    let client = client();
    let form = || client.post("/").content_type("multipart/form-data; boundary=x");
    // The other comes from a page of another site, through a reverse proxy that knows the browser.
    let proxied = form().header("authorization", "Bearer a").header("origin", "https://elsewhere.example");
    for request in [form(), proxied] {
        let (status, body) = read(request.send().await).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(body.contains("GraphQL-Require-Preflight"), "{body}");
    }
}

#[tokio::test]
async fn a_compressed_body_is_refused_by_name() {
    let of = async |coding: &'static str| {
        let client = client();
        let request = client.post("/").content_type("application/json").header("content-encoding", coding);
        read(request.body(r#"{"query":"{hello}"}"#).send().await).await
    };
    let (status, body) = of("gzip").await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(body.to_string().contains("uncompressed"), "{body}");
    assert_eq!(of("identity").await.0, StatusCode::OK);
}

#[tokio::test]
async fn methods_and_media_types_that_are_not_ours_are_refused() {
    for method in [Method::PUT, Method::DELETE, Method::OPTIONS, Method::HEAD] {
        let response = client().request(method, "/").send().await;
        response.assert_status(StatusCode::METHOD_NOT_ALLOWED);
        response.assert_header("allow", "POST, GET");
    }
    assert_eq!(ask("text/html", "{hello}").await.0, StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn tokens_are_looked_at_before_anything_else() {
    let ask = |authorization: &'static str| async move {
        let client = client();
        let request =
            client.post("/").content_type("application/json").header("authorization", authorization);
        let response = request.body(r#"{"query":"{who}"}"#).send().await;
        let challenge = response.0.headers().get(header::WWW_AUTHENTICATE).cloned();
        let (status, body) = read(response).await;
        (status, challenge.is_some(), body)
    };
    let (_, _, body) = ask("bearer somebody").await;
    assert_eq!(body, r#"{"data":{"who":"somebody"}}"#);
    for wrong in ["Bearer bad", "Basic abc", "Bearer", "Bearer "] {
        let (status, challenge, body) = ask(wrong).await;
        assert_eq!((status, challenge), (StatusCode::UNAUTHORIZED, true), "{wrong}");
        assert_eq!(code(&body), "UNAUTHENTICATED");
    }
    let (status, _, body) = ask("Bearer down").await;
    assert_eq!((status, code(&body).as_str()), (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"));
    let client = client();
    let twice = client.post("/").content_type("application/json").header("authorization", "Bearer a");
    let twice = twice.header("authorization", "Bearer b").body(r#"{"query":"{who}"}"#).send().await;
    twice.assert_status(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_panic_is_answered_and_tells_nothing() {
    let (status, body) = ask(LEGACY, "{panics}").await;
    assert_eq!((status, code(&body).as_str()), (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"));
    assert!(!body.contains("i32"));
}

#[tokio::test(start_paused = true)]
async fn a_query_that_takes_too_long_is_answered() {
    let (status, body) = ask(LEGACY, "{never}").await;
    assert_eq!((status, code(&body).as_str()), (StatusCode::SERVICE_UNAVAILABLE, "LIMIT_EXCEEDED"));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let body =
        poem::Body::from_bytes_stream(futures_util::stream::pending::<std::io::Result<bytes::Bytes>>());
    let client = poem::test::TestClient::new(transport(TransportLimits::default()));
    let response = client.post("/").content_type("application/json").body(body).send().await;
    let (status, body) = read(response).await;
    assert_eq!((status, code(&body).as_str()), (StatusCode::REQUEST_TIMEOUT, "LIMIT_EXCEEDED"));
}
