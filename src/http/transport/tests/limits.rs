//! Every bound of the transport: what is at it passes, and what is one over it does not.

use poem::{http::StatusCode, test::TestClient};
use serde_json::{Value, json};

use super::{
    TestServer, TransportLimits,
    sockets::Client,
    transport,
    uploads::{MAP, TYPE, UPLOAD, form, part},
};

/// A bound of requests, set to something small.
struct Row {
    limit: &'static str,
    limits: TransportLimits,
    at: Sent,
    over: Sent,
}

enum Sent {
    Json(String),
    Form(String),
}

/// Bounds whose two sides are a matter of time, of a connection or of the answer, and the test that has them.
const ELSEWHERE: [(&str, &str); 21] = [
    ("subscription_variables_bytes_max", "the_variables_of_a_subscription_are_so_long"),
    ("introspection", "introspection_that_is_off_is_refused_wherever_it_hides"),
    ("file_bytes_max", "a_file_beyond_the_bound_is_cut_when_the_resolver_does_not"),
    ("file_idle_seconds", "a_file_may_stand_still_for_so_long"),
    ("file_seconds_max", "a_file_may_take_so_long_altogether"),
    ("drain_bytes_max", "so_much_is_read_of_what_nobody_wants"),
    ("drain_seconds_max", "what_nobody_wants_is_read_for_so_long"),
    ("request_seconds", "a_query_may_take_so_long"),
    ("errors_max", "an_answer_has_so_many_errors"),
    ("message_characters_max", "a_sentence_that_quotes_is_so_long"),
    ("frame_bytes_max", "a_message_is_so_long"),
    ("socket_buffer_bytes", "a_message_is_so_long"),
    ("subscriptions_per_socket_max", "a_socket_has_so_many_operations_and_no_more"),
    ("operation_id_bytes_max", "an_id_is_so_long"),
    ("connections_max", "a_process_has_so_many_sockets_and_no_more"),
    ("connection_init_seconds", "a_socket_must_begin_in_time"),
    ("keepalive_seconds", "a_client_that_answers_no_ping_is_closed"),
    ("send_seconds", "a_client_that_takes_no_messages_is_given_up"),
    ("linger_seconds", "a_client_that_takes_no_messages_is_given_up"),
    ("close_reason_bytes_max", "a_reason_fits_and_is_not_cut_inside_a_character"),
    ("batch_operations_max", "a_list_has_so_many_operations_and_no_more"),
];
/// Where those tests are.
const TESTS: [&str; 8] = [
    include_str!("limits.rs"),
    include_str!("times.rs"),
    include_str!("batches.rs"),
    include_str!("sockets.rs"),
    include_str!("uploads.rs"),
    include_str!("requests.rs"),
    include_str!("../websocket/close.rs"),
    include_str!("../guard/expansion.rs"),
];

fn query(text: &str) -> Sent {
    Sent::Json(json!({ "query": text }).to_string())
}

/// Text that is `bytes` long with this at its beginning.
fn filled(begin: &str, bytes: usize) -> String {
    format!("{begin}{}", " ".repeat(bytes - begin.len()))
}

fn rows() -> Vec<Row> {
    let none = TransportLimits::default;
    let row = |limit, limits, at, over| Row { limit, limits, at, over };
    let documents = [
        (
            "document_bytes_max",
            TransportLimits { document_bytes_max: 90, ..none() },
            filled("{hello}", 90),
            filled("{hello}", 91),
        ),
        (
            "open_brackets_max",
            TransportLimits { open_brackets_max: 2, ..none() },
            "{again{hello}}".into(),
            "{again{again{hello}}}".into(),
        ),
        (
            "document_tokens_max",
            TransportLimits { document_tokens_max: 5, ..none() },
            "{hello who hello}".into(),
            "{hello who hello who}".into(),
        ),
        (
            "selections_max",
            TransportLimits { selections_max: 4, ..none() },
            "{...f ...f} fragment f on Query{hello}".into(),
            "{...f ...f who} fragment f on Query{hello}".into(),
        ),
        (
            "depth_fields_max",
            TransportLimits { depth_fields_max: 2, ..none() },
            "{again{hello}}".into(),
            "{again{again{hello}}}".into(),
        ),
        (
            "nested_selections_max",
            TransportLimits { nested_selections_max: 3, ..none() },
            "{...f} fragment f on Query{again{hello}}".into(),
            "{...f} fragment f on Query{again{...{hello}}}".into(),
        ),
        (
            "aliases_max",
            TransportLimits { aliases_max: 1, ..none() },
            "{a:hello}".into(),
            "{a:hello b:hello}".into(),
        ),
        (
            "directives_at_one_place_max",
            TransportLimits { directives_at_one_place_max: 1, ..none() },
            "{hello @skip(if:false)}".into(),
            "{hello @skip(if:false) @include(if:true)}".into(),
        ),
        (
            "directives_max",
            TransportLimits { directives_max: 1, ..none() },
            "{hello @skip(if:false)}".into(),
            "{hello @skip(if:false) who @skip(if:false)}".into(),
        ),
        (
            "nodes_max",
            TransportLimits { nodes_max: 12, ..none() },
            "{things(first:3){things(first:3){name}}}".into(),
            "{things(first:1) {name} things(first:3){things(first:3){name}}}".into(),
        ),
    ];
    let mut rows: Vec<Row> = documents
        .into_iter()
        .map(|(limit, limits, at, over): (_, _, String, String)| row(limit, limits, query(&at), query(&over)))
        .collect();
    let using = |text: &str| {
        let query = "query($a:String!){echo(text:$a)}";
        Sent::Json(json!({ "query": query, "variables": { "a": text, "b": "is not used" } }).to_string())
    };
    let limits = TransportLimits { variables_bytes_max: 10, ..none() };
    rows.push(row("variables_bytes_max", limits, using("123456789"), using("1234567890")));
    let body = r#"{"query":"{hello}"}"#;
    let limits = TransportLimits { body_bytes_max: 90, ..none() };
    rows.push(row("body_bytes_max", limits, Sent::Json(filled(body, 90)), Sent::Json(filled(body, 91))));
    let of_part = |name: &str, bytes: usize| {
        let [operations, map] = [("operations", body), ("map", "{}")]
            .map(|(part, json)| filled(json, if part == name { bytes } else { json.len() }));
        Sent::Form(form(&operations, &map, ""))
    };
    let limits = TransportLimits { operations_part_bytes_max: 90, ..none() };
    rows.push(row("operations_part_bytes_max", limits, of_part("operations", 90), of_part("operations", 91)));
    let limits = TransportLimits { map_part_bytes_max: 90, ..none() };
    rows.push(row("map_part_bytes_max", limits, of_part("map", 90), of_part("map", 91)));
    rows
}

/// The answer to a request within these limits.
async fn answer(limits: &TransportLimits, sent: &Sent) -> (StatusCode, Value) {
    let client = TestClient::new(transport(limits.clone()));
    let (content_type, body) = match sent {
        Sent::Json(body) => ("application/json", body),
        Sent::Form(body) => (TYPE, body),
    };
    let request = client.post("/").content_type(content_type).header("authorization", "Bearer admin");
    let response = request.body(body.clone()).send().await.0;
    let status = response.status();
    (status, serde_json::from_str(&response.into_body().into_string().await.unwrap()).unwrap())
}

/// The names of all bounds: one more does not compile until it is named here.
macro_rules! names {
    ($($field:ident)*) => {{
        let TransportLimits { $($field: _),* } = TransportLimits::default();
        [$(stringify!($field)),*]
    }};
}

#[test]
fn every_bound_is_tested_at_it_and_over_it() {
    let names = names!(
        introspection document_bytes_max open_brackets_max document_tokens_max selections_max depth_fields_max
        nested_selections_max         aliases_max directives_at_one_place_max directives_max nodes_max variables_bytes_max
        subscription_variables_bytes_max batch_operations_max body_bytes_max
        operations_part_bytes_max map_part_bytes_max file_bytes_max file_idle_seconds file_seconds_max drain_bytes_max
        drain_seconds_max request_seconds errors_max message_characters_max frame_bytes_max socket_buffer_bytes
        subscriptions_per_socket_max operation_id_bytes_max connections_max
        connection_init_seconds keepalive_seconds send_seconds linger_seconds close_reason_bytes_max
    );
    let rows = rows();
    let tested = |name: &&str| {
        rows.iter().any(|row| row.limit == *name) || ELSEWHERE.iter().any(|(limit, _)| limit == name)
    };
    assert_eq!(names.iter().filter(|name| !tested(name)).collect::<Vec<_>>(), Vec::<&&str>::new());
    for (limit, test) in ELSEWHERE {
        let is_there = TESTS.iter().any(|source| source.contains(&format!("fn {test}()")));
        assert!(is_there && names.contains(&limit), "{limit}: {test}");
    }
}

#[tokio::test]
async fn what_is_at_a_bound_passes_and_what_is_over_it_is_refused() {
    for Row { limit, limits, at, over } in rows() {
        let (status, body) = answer(&limits, &at).await;
        assert_eq!((status, body.get("errors")), (StatusCode::OK, None), "{limit}: {body}");
        let (_, body) = answer(&limits, &over).await;
        assert_eq!(body["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED", "{limit}: {body}");
        assert_eq!(body.get("data"), None, "{limit}: {body}");
    }
}

#[tokio::test]
async fn the_greatest_depth_that_can_be_set_is_answered() {
    let none = TransportLimits::default();
    let depth = none.nested_selections_max / 2;
    let limits = TransportLimits { depth_fields_max: depth, ..none };
    // Each field is in a fragment.
    let deep = |depth: usize| {
        let around = "{...on Query{again".repeat(depth - 1);
        query(&format!("{around}{{...on Query{{hello}}}}{}", "}}".repeat(depth - 1)))
    };
    let (status, body) = answer(&limits, &deep(depth)).await;
    assert_eq!((status, body.get("errors")), (StatusCode::OK, None), "{body}");
    let (_, body) = answer(&limits, &deep(depth + 1)).await;
    assert_eq!(body["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED", "{body}");
}

#[tokio::test]
async fn an_answer_has_so_many_errors() {
    let limits = TransportLimits { errors_max: 2, ..TransportLimits::default() };
    for (text, count) in [("{a}", 1), ("{a b}", 2), ("{a b c}", 2)] {
        let (_, body) = answer(&limits, &query(text)).await;
        assert_eq!(body["errors"].as_array().unwrap().len(), count, "{body}");
    }
}

#[tokio::test]
async fn a_sentence_that_quotes_is_so_long() {
    let unknown = async |limits| {
        let (_, body) = answer(&limits, &query(&format!("{{{}}}", "x".repeat(300)))).await;
        body["errors"][0]["message"].as_str().unwrap().to_owned()
    };
    let whole = TransportLimits { message_characters_max: 1_000, ..TransportLimits::default() };
    let whole = unknown(whole).await;
    let count = whole.chars().count();
    let at = TransportLimits { message_characters_max: count, ..TransportLimits::default() };
    assert_eq!(unknown(at).await, whole);
    let over = TransportLimits { message_characters_max: count - 1, ..TransportLimits::default() };
    let cut = unknown(over).await;
    assert_eq!(cut, format!("{}…", whole.chars().take(count - 1).collect::<String>()));
}

#[tokio::test]
async fn a_message_is_so_long() {
    // Both beyond the buffer.
    let limits = TransportLimits { frame_bytes_max: 8 * 1024, ..TransportLimits::default() };
    let server = TestServer::start(limits.clone()).await;
    let ping = |bytes: usize| {
        let rest = json!({ "type": "ping", "payload": { "a": "" } }).to_string().len();
        json!({ "type": "ping", "payload": { "a": "x".repeat(bytes - rest) } })
    };
    let mut client = Client::ready(&server).await;
    client.say(ping(limits.frame_bytes_max)).await;
    assert_eq!(client.hear().await["type"], "pong");
    client.say(ping(limits.frame_bytes_max + 1)).await;
    assert_eq!(client.closed().await.0, 1009);
}

#[tokio::test]
async fn the_variables_of_a_subscription_are_so_long() {
    let limits = TransportLimits { subscription_variables_bytes_max: 20, ..TransportLimits::default() };
    let client = TestClient::new(transport(limits));
    // Its name is "text", 4 bytes; it is a value, which counts 1.
    for (bytes, is_taken) in [(15, true), (16, false)] {
        let body = json!({
            "query": "subscription($text:String!){say(text:$text)}",
            "variables": { "text": "x".repeat(bytes), "other": "x".repeat(1_000) },
        });
        let request = client.post("/").content_type("application/json").header("accept", "text/event-stream");
        let response = request.body(body.to_string()).send().await.0;
        let told = response.into_body().into_string().await.unwrap();
        assert_eq!(told.contains("LIMIT_EXCEEDED"), !is_taken, "{bytes}: {told}");
        assert_eq!(told.contains(&"x".repeat(bytes)), is_taken, "{bytes}: {told}");
    }
}

#[tokio::test]
async fn an_id_is_so_long() {
    let server =
        TestServer::start(TransportLimits { operation_id_bytes_max: 8, ..TransportLimits::default() }).await;
    let mut client = Client::ready(&server).await;
    client.subscribe("12345678", "{hello}").await;
    assert_eq!(client.hear().await["type"], "next");
    client.subscribe("123456789", "{hello}").await;
    assert_eq!(client.closed().await.0, 4400);
}

#[tokio::test]
async fn a_part_that_is_no_json_is_refused_whatever_it_says_it_is() {
    for kind in ["multipart/mixed; boundary=x", "multipart/form-data; boundary=cut", "multipart/x"] {
        let nested = part("operations", &format!("\r\nContent-Type: {kind}"), UPLOAD);
        let body = Sent::Form(nested + &part("map", "", MAP) + "--cut--\r\n");
        let (status, body) = answer(&TransportLimits::default(), &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{kind}: {body}");
    }
}
