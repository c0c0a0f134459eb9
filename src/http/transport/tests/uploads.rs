//! Files: what is refused, what reaches the resolver, and what is held in memory meanwhile. What the multipart request
//! specification says of the form is in [`super::upload_rules`].

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use poem::{Body, http::StatusCode, test::TestClient};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{TestServer, TransportLimits, client, transport};

pub(super) const UPLOAD: &str = r#"{"query":"mutation($input:UploadInput!,$most:Int){upload(input:$input,most:$most){name bytes sum interrupted}}","variables":{"input":{"file":null,"note":"x"},"most":null}}"#;
pub(super) const MAP: &str = r#"{"0":["variables.input.file"]}"#;
pub(super) const TYPE: &str = "multipart/form-data; boundary=cut";

pub(super) fn part(name: &str, extra: &str, content: &str) -> String {
    format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"{extra}\r\n\r\n{content}\r\n")
}

pub(super) fn file(name: &str, content: &str) -> String {
    part(name, "; filename=\"members.csv\"\r\nContent-Type: text/csv", content)
}

pub(super) fn form(operations: &str, map: &str, rest: &str) -> String {
    part("operations", "", operations) + &part("map", "", map) + rest + "--cut--\r\n"
}

pub(super) async fn send(token: &str, body: impl Into<Body>) -> (StatusCode, Value) {
    let client = client();
    let request = client.post("/").content_type(TYPE).header("authorization", format!("Bearer {token}"));
    let response = request.body(body.into()).send().await;
    let status = response.0.status();
    let body = response.0.into_body().into_string().await.unwrap();
    (status, serde_json::from_str(&body).unwrap())
}

/// A body that begins with everything before the file's bytes.
pub(super) fn streamed(rest: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Body {
    let begin = part("operations", "", UPLOAD) + &part("map", "", MAP) + &file("0", "");
    let begin = begin.strip_suffix("\r\n").unwrap().to_owned();
    Body::from_bytes_stream(stream::once(async move { Ok(Bytes::from(begin)) }).chain(rest))
}

#[tokio::test]
async fn a_file_reaches_the_resolver_whole() {
    let content = "a,b\r\n--cu\r\n--cu-t\r\n\r\n";
    let sum = content.bytes().map(u64::from).sum::<u64>();
    let uploaded = json!({ "name": "members.csv", "bytes": content.len(), "sum": sum, "interrupted": false });
    let whole = form(UPLOAD, MAP, &file("0", content));
    assert_eq!(
        send("admin", whole.clone()).await,
        (StatusCode::OK, json!({ "data": { "upload": uploaded } }))
    );
    // In any portions.
    for size in [1, 7, 64] {
        let chunks: Vec<_> = whole.as_bytes().chunks(size).map(Bytes::copy_from_slice).map(Ok).collect();
        let body = Body::from_bytes_stream(stream::iter::<Vec<io::Result<Bytes>>>(chunks));
        assert_eq!(send("admin", body).await.1["data"]["upload"], uploaded);
    }
    let extra = form(UPLOAD, MAP, &(file("0", content) + &file("stray", "nobody reads this")));
    assert_eq!(send("admin", extra).await.1["data"]["upload"], uploaded);
}

#[tokio::test]
async fn a_name_is_read_as_it_was_meant() {
    for (declared, name) in [
        ("filename=\"a\x07b\0c\x1B\x7F.csv\"", "a\u{200B}b\u{200B}c\u{200B}\u{200B}.csv"),
        ("filename=\"a%22b%0D%0A%41.csv\"", "a\"b\r\n%41.csv"),
        ("filename=\"a\\\"b.csv\"", "a\"b.csv"),
        ("filename=\"März.csv\"", "März.csv"),
        ("filename*=utf-8''M%C3%A4rz.csv", "März.csv"),
        ("filename=\"Marz.csv\"; filename*=UTF-8''M%C3%A4rz.csv", "März.csv"),
    ] {
        // Nothing is taken off the content.
        let content = "a\0\x07\x7F\r\n\x1B";
        let file = part("0", &format!("; {declared}\r\nContent-Type: text/csv"), content);
        let (status, body) = send("admin", form(UPLOAD, MAP, &file)).await;
        let uploaded = &body["data"]["upload"];
        assert_eq!((status, &uploaded["name"]), (StatusCode::OK, &json!(name)), "{declared:?}: {body}");
        assert_eq!(uploaded["sum"], content.bytes().map(u64::from).sum::<u64>());
    }
}

#[tokio::test]
async fn a_form_without_a_file_is_an_ordinary_request() {
    let (status, body) = send("nobody", form(r#"{"query":"{hello}"}"#, "{}", "")).await;
    assert_eq!((status, body), (StatusCode::OK, json!({ "data": { "hello": "world" } })));
}

#[tokio::test]
async fn what_is_not_one_file_in_one_variable_is_refused() {
    let zero = file("0", "x");
    let many: serde_json::Map<_, _> =
        (0..1_000).map(|i| (i.to_string(), json!(["variables.input.file"]))).collect();
    let filled = UPLOAD.replace(r#""file":null"#, r#""file":"upload""#);
    let query = r#"{"query":"query($file:String){hello}","variables":{"file":null}}"#;
    let nested = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"operations\"\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n{UPLOAD}\r\n--cut--\r\n"
    );
    let cases = [
        ("no map", part("operations", "", UPLOAD) + &zero + "--cut--\r\n"),
        ("no map, no file", part("operations", "", UPLOAD) + "--cut--\r\n"),
        ("map first", part("map", "", MAP) + &part("operations", "", UPLOAD) + &zero + "--cut--\r\n"),
        ("no file", form(UPLOAD, MAP, "")),
        ("another file", form(UPLOAD, MAP, &file("1", "x"))),
        ("two files", form(UPLOAD, r#"{"0":["variables.input.file"],"1":["variables.input.note"]}"#, &zero)),
        ("two variables", form(UPLOAD, r#"{"0":["variables.input.file","variables.input.note"]}"#, &zero)),
        ("unknown path", form(UPLOAD, r#"{"0":["variables.file"]}"#, &zero)),
        ("batch path", form(UPLOAD, r#"{"0":["0.variables.input.file"]}"#, &zero)),
        ("a batch", form(&format!("[{UPLOAD}]"), MAP, &zero)),
        ("a thousand", form(UPLOAD, &Value::Object(many).to_string(), &zero)),
        ("not null", form(&filled, MAP, &zero)),
        ("a query", form(query, r#"{"0":["variables.file"]}"#, &zero)),
        ("nested", nested),
        ("no JSON", form("{", MAP, &zero)),
        ("nothing", String::new()),
        ("cut", part("operations", "", UPLOAD)),
        ("subscription", form(r#"{"query":"subscription{never}"}"#, "{}", "")),
    ];
    for (case, body) in cases {
        let (status, body) = send("admin", body).await;
        let code = &body["errors"][0]["extensions"]["code"];
        assert_eq!((status, code), (StatusCode::BAD_REQUEST, &json!("BAD_USER_INPUT")), "{case}: {body}");
    }
}

#[tokio::test]
async fn what_comes_before_the_file_is_bounded() {
    let long = "x".repeat(70 * 1024);
    let headers = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"operations\"\r\nx: {}\r\n\r\n",
        "y".repeat(200 * 1024)
    );
    for body in [form(&long, MAP, ""), form(UPLOAD, &long, ""), headers, "z".repeat(200 * 1024)] {
        let (status, body) = send("admin", body).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{body}");
        assert_eq!(body["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED");
    }
}

#[tokio::test]
async fn who_may_not_upload_is_refused_before_the_file_is_read() {
    let never = || stream::pending::<io::Result<Bytes>>();
    let (status, body) = send("reader", streamed(never())).await;
    assert_eq!(
        (status, &body["errors"][0]["extensions"]["code"]),
        (StatusCode::FORBIDDEN, &json!("FORBIDDEN"))
    );
    let (status, _) = send("bad", Body::from_bytes_stream(never())).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_upload_of_the_clients_own_making_has_no_file() {
    let forged = UPLOAD.replace(r#""file":null"#, r#""file":"upload""#);
    let response = client().post("/").content_type("application/json").body(forged).send().await;
    let body = response.0.into_body().into_string().await.unwrap();
    assert!(body.contains("no file came"), "{body}");
}

#[tokio::test]
async fn a_file_that_breaks_off_is_not_taken_for_a_shorter_one() {
    let many = || (0..100).map(|_| Ok("half".into()));
    let broken = [
        many().chain([Err(io::Error::other("gone"))]).collect::<Vec<_>>(),
        many().collect(),
        vec![Ok("half".into())],
        vec![Ok("half\r\n--cu".into())],
    ];
    for rest in broken {
        let (_, body) = send("admin", streamed(stream::iter(rest))).await;
        assert_eq!(body["data"]["upload"]["interrupted"], true, "{body}");
    }
    // Broken off before the file has begun.
    let (status, _) = send("admin", streamed(stream::iter([Err(io::Error::other("gone"))]))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_upload_has_its_place_until_it_has_ended() {
    let mut server = TestServer::start(TransportLimits::default()).await;
    let mut connection = TcpStream::connect(server.address).await.unwrap();
    let body = form(UPLOAD, MAP, &file("0", &"x".repeat(1_000)));
    let (begin, end) = body.split_at(body.len() - 100);
    let head = format!(
        "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: Bearer admin\r\ncontent-type: {TYPE}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    connection.write_all((head + begin).as_bytes()).await.unwrap();
    let early = tokio::time::timeout(Duration::from_millis(50), server.gone.recv()).await;
    assert!(early.is_err(), "it is on its way");
    connection.write_all(end.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    server.gone.recv().await.expect("its place is free");
}

#[tokio::test(start_paused = true)]
async fn a_file_that_stands_still_is_interrupted() {
    let still = stream::iter([Ok("half".into())]).chain(stream::pending());
    let (_, body) = send("admin", streamed(still)).await;
    assert_eq!(body["data"]["upload"]["interrupted"], true);
}

#[tokio::test]
async fn a_file_beyond_the_bound_is_cut_when_the_resolver_does_not() {
    let limits = TransportLimits { file_bytes_max: 1024, ..TransportLimits::default() };
    let endless = stream::repeat_with(|| Ok(Bytes::from_static(&[7; 64 * 1024])));
    let client = TestClient::new(transport(limits));
    let request = client.post("/").content_type(TYPE);
    let response = request.header("authorization", "Bearer admin").body(streamed(endless)).send().await;
    let body = response.0.into_body().into_string().await.unwrap();
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["data"]["upload"]["interrupted"], true);
    assert!(body["data"]["upload"]["bytes"].as_u64().unwrap() <= 1024 * 1024 + 1024);
}

#[tokio::test(start_paused = true)]
async fn a_resolver_that_does_not_read_makes_the_sender_wait() {
    let given = Arc::new(AtomicUsize::new(0));
    let counted = given.clone();
    let endless = stream::repeat_with(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok::<_, io::Error>(Bytes::from_static(&[7; 64 * 1024]))
    });
    let hold =
        UPLOAD.replace("upload(input:$input,most:$most){name bytes sum interrupted}", "hold(input:$input)");
    let hold = hold.replace(",$most:Int", "").replace(r#","most":null"#, "");
    let begin = part("operations", "", &hold) + &part("map", "", MAP) + &file("0", "");
    let body = Body::from_bytes_stream(stream::once(async move { Ok(Bytes::from(begin)) }).chain(endless));
    let sending = tokio::spawn(async move { send("admin", body).await });
    // The clock stands, and goes on only when nothing else can.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!sending.is_finished());
    assert!(given.load(Ordering::Relaxed) <= 12, "{given:?}");
}

#[tokio::test]
async fn a_client_that_writes_everything_first_can_read_an_early_refusal() {
    let server = TestServer::start(TransportLimits::default()).await;
    let mut connection = TcpStream::connect(server.address).await.unwrap();
    let operations = UPLOAD.replace(r#""most":null"#, r#""most":1"#);
    let body = form(&operations, MAP, &file("0", &"x".repeat(8 << 20)));
    let head = format!(
        "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: Bearer admin\r\ncontent-type: {TYPE}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains(r#""interrupted":false"#), "{answer}");
}
