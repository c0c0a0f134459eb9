//! Trusted operations: they run, and nothing else does.

use poem::{Endpoint, Response, http::StatusCode, test::TestClient};
use serde_json::{Value, json};

use super::{TestServer, TransportLimits, TrustedOperations, sockets::Client, transport, transport_of};

const QUERY: &str = "query Who { who }";
const WATCH: &str = "subscription { count(to: 1) }";
const UPLOAD: &str = "mutation($input: UploadInput!) { upload(input: $input) { bytes } }";
/// As good as the others, and not written down.
const STRANGE: &str = "query Who { who  }";
/// `printf %s 'query Who { who }' | sha256sum`
const QUERY_ID: &str = "7986f35042b03eaeb7189e581d8ed74d1f322b31cb9b902079981cebd29f4329";
const UNKNOWN_ID: &str = "7dba4bd717b41f10434822356a93c32b1fb4907b983e854300ad839f84cdcd6e";

fn trusted() -> TrustedOperations {
    [QUERY, WATCH, UPLOAD].map(str::to_owned).into_iter().collect()
}

async fn post(
    client: &TestClient<impl Endpoint<Output = Response>>,
    accept: &str,
    body: &Value,
) -> (StatusCode, String) {
    let request = client.post("/").content_type("application/json").header("accept", accept);
    let response = request.header("authorization", "Bearer a").body(body.to_string()).send().await;
    let status = response.0.status();
    (status, response.0.into_body().into_string().await.unwrap())
}

#[tokio::test]
async fn what_is_written_down_runs_by_its_text_and_by_its_id() {
    let client = TestClient::new(transport_of(TransportLimits::default(), Some(trusted())));
    let prefixed = format!("sha256:{QUERY_ID}");
    for body in [
        json!({ "query": QUERY }),
        json!({ "query": format!("\n{QUERY}\n") }),
        json!({ "documentId": prefixed }),
        json!({ "documentId": QUERY_ID, "operationName": "Who", "variables": {} }),
        json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": QUERY_ID } } }),
        json!({ "query": QUERY, "extensions": { "persistedQuery": { "version": 1, "sha256Hash": UNKNOWN_ID } } }),
    ] {
        let answer = post(&client, "application/json", &body).await;
        assert_eq!(answer, (StatusCode::OK, r#"{"data":{"who":"a"}}"#.to_owned()), "{body}");
    }
    let get = client.get("/").query("documentId", &prefixed).header("authorization", "Bearer a");
    get.send().await.assert_text(r#"{"data":{"who":"a"}}"#).await;
}

#[tokio::test]
async fn nothing_else_runs_on_any_way_in() {
    let limits = TransportLimits::default;
    let client = TestClient::new(transport_of(limits(), Some(trusted())));
    let brackets = format!("{{echo(text:{}", "[".repeat(2_000));
    let mutation = "mutation { set(n: 1) }";
    let asked = [
        (json!({ "query": STRANGE }), "OPERATION_NOT_TRUSTED"),
        (json!({ "query": "{ hello }", "documentId": QUERY_ID }), "OPERATION_NOT_TRUSTED"),
        (json!({ "query": mutation }), "OPERATION_NOT_TRUSTED"),
        (json!({ "query": "{ __schema { types { name } } }" }), "OPERATION_NOT_TRUSTED"),
        (json!({ "query": "" }), "OPERATION_NOT_TRUSTED"),
        // What is not written down is not even looked at.
        (json!({ "query": "{" }), "OPERATION_NOT_TRUSTED"),
        (json!({ "query": brackets }), "OPERATION_NOT_TRUSTED"),
        (json!({ "documentId": format!("sha256:{UNKNOWN_ID}") }), "PERSISTED_QUERY_NOT_FOUND"),
        (json!({ "documentId": format!("md5:{QUERY_ID}") }), "PERSISTED_QUERY_NOT_FOUND"),
        (json!({ "documentId": QUERY_ID.to_uppercase() }), "PERSISTED_QUERY_NOT_FOUND"),
        (json!({ "documentId": "../../secret" }), "PERSISTED_QUERY_NOT_FOUND"),
        (json!({ "documentId": "" }), "PERSISTED_QUERY_NOT_FOUND"),
        (
            json!({ "extensions": { "persistedQuery": { "sha256Hash": UNKNOWN_ID } } }),
            "PERSISTED_QUERY_NOT_FOUND",
        ),
    ];
    let server = TestServer::start_of(limits(), Some(trusted())).await;
    let mut socket = Client::ready(&server).await;
    for (body, code) in &asked {
        let expected = format!("\"code\":\"{code}\"");
        for (accept, expected_status) in [
            ("application/json", StatusCode::OK),
            ("application/graphql-response+json", StatusCode::BAD_REQUEST),
            ("text/event-stream", StatusCode::OK),
        ] {
            let (status, text) = post(&client, accept, body).await;
            assert!(
                status == expected_status && text.contains(&expected),
                "{body}, {accept}: {status} {text}"
            );
            assert!(!text.contains("\"data\""), "{text}");
        }
        socket.say(json!({ "type": "subscribe", "id": "1", "payload": body })).await;
        let message = socket.hear().await;
        assert_eq!(
            (&message["type"], &message["payload"][0]["extensions"]["code"]),
            (&json!("error"), &json!(code))
        );
        let form = format!(
            "--cut\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{body}\r\n\
             --cut\r\nContent-Disposition: form-data; name=\"map\"\r\n\r\n{{}}\r\n--cut--\r\n"
        );
        let request = client.post("/").content_type("multipart/form-data; boundary=cut");
        let response = request.header("authorization", "Bearer admin").body(form).send().await;
        assert!(response.0.into_body().into_string().await.unwrap().contains(&expected), "{body}");
    }
    for query in [STRANGE, mutation] {
        let get = client.get("/").query("query", &query).header("authorization", "Bearer a").send().await;
        assert!(get.0.into_body().into_string().await.unwrap().contains("OPERATION_NOT_TRUSTED"), "{query}");
    }
    // And what is written down does, there too.
    socket.subscribe("1", WATCH).await;
    assert_eq!(socket.hear().await["payload"], json!({ "data": { "count": 1 } }));
}

#[tokio::test]
async fn without_any_an_id_is_refused_as_apollos_clients_expect() {
    let client = TestClient::new(transport(TransportLimits::default()));
    for body in [
        json!({ "documentId": format!("sha256:{QUERY_ID}") }),
        json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": QUERY_ID } } }),
    ] {
        let (status, text) = post(&client, "application/graphql-response+json", &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(text.contains("\"code\":\"PERSISTED_QUERY_NOT_SUPPORTED\""), "{text}");
        assert!(text.contains("send the text of the operation in `query`"), "{text}");
    }
    let both = json!({ "query": QUERY, "documentId": UNKNOWN_ID });
    assert_eq!(post(&client, "application/json", &both).await.0, StatusCode::OK);
}
