//! Requests that are wrong as requests: forms, files, headers, sockets and bytes.

use std::sync::LazyLock;

use futures_util::{SinkExt, StreamExt};
use reqwest::RequestBuilder;
use reqwest::multipart::Part;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::ask::{Asker, UPLOAD, errors_in, form, tells_nothing, told, upload};
use crate::server::{Home, Server};

const ROSTER: &str = "Member ID,First name,Last name,E-mail\nM-1,Ada,Abara,ada@example.org\n";
const MAP: &str = r#"{"0":["variables.input.file"]}"#;
const ONE: [(&str, &str); 1] = [("0", ROSTER)];

/// A request, and the statuses that it may be answered with.
pub struct Probe {
    pub name: &'static str,
    pub status: u16,
    pub request: fn(&Asker) -> RequestBuilder,
}

fn operations(json: impl Into<String>) -> Part {
    Part::text(json.into())
}

/// JSON, as the operation of a form, with a file that fits.
fn with_file(ada: &Asker, json: Value) -> RequestBuilder {
    ada.post().multipart(form(operations(json.to_string()), MAP, &ONE))
}

static THOUSAND: LazyLock<String> = LazyLock::new(|| {
    let map: serde_json::Map<_, _> =
        (0..1_000).map(|n| (n.to_string(), json!(["variables.input.file"]))).collect();
    Value::Object(map).to_string()
});
/// One file for a thousand variables.
static MANY_PATHS: LazyLock<String> = LazyLock::new(|| {
    json!({ "0": (0..1_000).map(|n| format!("variables.f.{n}")).collect::<Vec<_>>() }).to_string()
});

fn json_body(ada: &Asker, body: impl Into<reqwest::Body>) -> RequestBuilder {
    ada.post().header("content-type", "application/json").body(body)
}

pub fn probes() -> Vec<Probe> {
    let probe = |name, status, request| Probe { name, status, request };
    vec![
        probe("operations typed multipart/mixed", 400, |ada| {
            let part = operations(upload(Value::Null)).mime_str("multipart/mixed; boundary=x").unwrap();
            ada.post().multipart(form(part, MAP, &ONE))
        }),
        probe("operations typed multipart/form-data", 400, |ada| {
            let part = operations(upload(Value::Null)).mime_str("multipart/form-data").unwrap();
            ada.post().multipart(form(part, MAP, &ONE))
        }),
        probe("two files for two variables", 400, |ada| {
            let map = r#"{"0":["variables.input.file"],"1":["variables.input.other"]}"#;
            ada.post().multipart(form(operations(upload(Value::Null)), map, &[ONE[0], ("1", ROSTER)]))
        }),
        probe("no file", 400, |ada| ada.post().multipart(form(operations(upload(Value::Null)), MAP, &[]))),
        probe("no map", 400, |ada| {
            let form = reqwest::multipart::Form::new().part("operations", operations(upload(Value::Null)));
            ada.post().multipart(form.part("0", Part::text(ROSTER).file_name("roster.csv")))
        }),
        probe("1,000 files in the map", 400, |ada| {
            ada.post().multipart(form(operations(upload(Value::Null)), &THOUSAND, &ONE))
        }),
        probe("1,000 variables for one file", 400, |ada| {
            ada.post().multipart(form(operations(upload(Value::Null)), &MANY_PATHS, &ONE))
        }),
        probe("a file where none is wanted", 400, |ada| {
            with_file(ada, json!({ "query": "{__typename}", "variables": { "input": { "file": null } } }))
        }),
        probe("operations over 64 KiB", 413, |ada| {
            with_file(ada, json!({ "query": UPLOAD, "variables": { "x": "x".repeat(65_536) } }))
        }),
        probe("a boundary of 200 characters", 400, |ada| {
            let content_type = format!("multipart/form-data; boundary={}", "x".repeat(200));
            ada.post().header("content-type", content_type).body("--x")
        }),
        probe("no boundary", 400, |ada| ada.post().header("content-type", "multipart/form-data").body("x")),
        probe("a form that never begins", 400, |ada| {
            ada.post().header("content-type", "multipart/form-data; boundary=x").body("x".repeat(10_000))
        }),
        probe("an upload of its own making", 200, |ada| json_body(ada, upload(json!("#__graphql_file__:0")))),
        probe("a list", 400, |ada| json_body(ada, "[{\"query\":\"{__typename}\"}]")),
        probe("brackets of JSON", 400, |ada| json_body(ada, "[".repeat(100_000))),
        probe("brackets in the variables", 400, |ada| {
            let deep =
                format!("{{\"query\":\"{{__typename}}\",\"variables\":{}}}", "{\"a\":".repeat(100_000));
            json_body(ada, deep)
        }),
        probe("a body over 1 MiB", 413, |ada| json_body(ada, "x".repeat(1_048_577))),
        probe("200 kB of unknown fields", 200, |ada| {
            let fields: String = (0..20_000).map(|n| format!("unknown{n} ")).collect();
            json_body(ada, json!({ "query": format!("{{{fields}}}") }).to_string())
        }),
        probe("no JSON", 400, |ada| json_body(ada, "{\"query\":")),
        probe("no UTF-8", 400, |ada| json_body(ada, b"{\"query\":\"\xFF\"}".to_vec())),
        probe("a body that says it is compressed", 415, |ada| {
            json_body(ada, "{\"query\":\"{__typename}\"}").header("content-encoding", "gzip")
        }),
        probe("a text", 415, |ada| {
            ada.post().header("content-type", "text/plain").body("{\"query\":\"{__typename}\"}")
        }),
        probe("no content type", 415, |ada| ada.post().body("{\"query\":\"{__typename}\"}")),
        probe("a form of another site", 400, |ada| {
            ada.http.post(ada.url()).multipart(form(operations(upload(Value::Null)), MAP, &ONE))
        }),
        probe("a mutation by GET", 405, |ada| {
            ada.http.get(format!("{}?query=mutation%7B__typename%7D", ada.url())).bearer_auth(&ada.token)
        }),
        probe("a method", 405, |ada| ada.http.delete(ada.url()).bearer_auth(&ada.token)),
        probe("a token of 16 KiB", 401, |ada| {
            ada.http.post(ada.url()).bearer_auth("x".repeat(16_384)).json(&json!({ "query": "{__typename}" }))
        }),
        probe("no token", 401, |ada| ada.http.post(ada.url()).json(&json!({ "query": "{__typename}" }))),
        probe("headers of 200 kB", 431, |ada| ada.post().header("x-much", "x".repeat(200_000)).body("{}")),
        probe("an address that is no text", 400, |ada| ada.http.get(format!("{}/files/%00%ff", ada.address))),
        probe("an address out of the folder", 404, |ada| {
            ada.http.get(format!("{}/files/..%2f..%2fetc%2fpasswd", ada.address))
        }),
    ]
}

impl Probe {
    /// Sends it, and looks at the answer.
    pub async fn send(&self, ada: &Asker) {
        let response =
            (self.request)(ada).send().await.unwrap_or_else(|error| panic!("{}: {error}", self.name));
        let media = response.headers().get("content-type").map_or("", |media| media.to_str().unwrap());
        let has_errors = media.contains("json") || media.contains("event-stream");
        let (status, text) = told(response).await;
        assert_eq!(status, self.status, "{}: {text}", self.name);
        if has_errors {
            assert!(!errors_in(&text).is_empty(), "{}: {text}", self.name);
        }
    }
}

/// Bytes that are no HTTP, or half of it.
const BYTES: [&[u8]; 6] = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
    b"GET / HTTP/9.9\r\n\r\n",
    b"POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
    b"POST /graphql HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-type: application/json\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
    b"\r\n\r\n\0\0\0\0\r\n\r\n",
];

/// Sends bytes, and reads until the server ends it.
pub async fn bytes(ada: &Asker) {
    for sent in BYTES {
        let mut stream = TcpStream::connect(ada.address.strip_prefix("http://").unwrap()).await.unwrap();
        stream.write_all(sent).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        // It may be reset: what it says then is lost.
        let _ = stream.read_to_end(&mut answer).await;
        tells_nothing(&String::from_utf8_lossy(&answer));
    }
}

/// What closes a socket, and with which code.
pub async fn sockets(ada: &Asker) {
    let init = json!({ "type": "connection_init", "payload": { "authorization": ada.token } });
    let never = json!({ "type": "subscribe", "id": "1", "payload": { "query": "subscription{importsChanged{change{version}}}" } });
    let nonsense = json!({ "type": "connection_init", "payload": { "authorization": "nonsense" } });
    let cases = [
        (vec![json!({ "type": "ping", "payload": { "a": "x".repeat(65_536) } })], 1009),
        (vec![json!({ "type": "unknown" })], 4400),
        (vec![never.clone()], 4401),
        (vec![nonsense], 4403),
        (vec![init.clone(), never.clone(), never.clone()], 4409),
        (vec![init.clone(), init.clone()], 4429),
    ];
    for (messages, code) in cases {
        let mut request = ada.url().replace("http:", "ws:").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (mut socket, _) = connect_async(request).await.unwrap();
        for message in messages {
            socket.send(Message::text(message.to_string())).await.unwrap();
        }
        let closed = loop {
            match socket.next().await {
                Some(Ok(Message::Close(Some(frame)))) => break frame,
                Some(Ok(_)) => {}
                other => panic!("{code}: {other:?}"),
            }
        };
        assert_eq!(u16::from(closed.code), code, "{closed:?}");
        assert!(closed.reason.len() <= 123);
        tells_nothing(&closed.reason);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_comes_is_answered_in_few_words() {
    let home = Home::on_sqlite(&[]);
    let mut server = Server::start(&home);
    let ada = Asker::new(&server);
    for probe in probes() {
        probe.send(&ada).await;
    }
    bytes(&ada).await;
    sockets(&ada).await;
    assert!(server.lives());
}
