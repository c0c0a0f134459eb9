//! A client that sends anything, by any way in.

use futures_util::{SinkExt, StreamExt};
use muster::http::auth::Token;
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::server::{SECRET, Server};

/// Good until 2100.
const GOOD_UNTIL: i64 = 4_102_444_800;
/// What an answer to a refused request is no longer than.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Errors of an answer.
const ERRORS_MAX: usize = 10;
/// What no answer has in it: SQL, paths, stacks, and what the program is made of.
const SECRETS: [&str; 22] = [
    "SELECT",
    "select ",
    "INSERT",
    "sqlite",
    "SQLITE",
    "postgres",
    "sqlx",
    "sea_orm",
    "sea-orm",
    "async_graphql",
    "async-graphql",
    "poem",
    "multer",
    "serde",
    "tokio",
    "hyper",
    "panicked",
    "unwrap",
    "RUST_",
    "/tmp",
    ".rs:",
    "src/",
];

pub const UPLOAD: &str =
    "mutation($input: UploadMembershipFileInput!) { uploadMembershipFile(input: $input) {
    membershipImport { id } userErrors { code } } }";

/// The ways in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Post,
    Get,
    Multipart,
    Events,
    Socket,
}

pub const WAYS: [Way; 5] = [Way::Post, Way::Get, Way::Multipart, Way::Events, Way::Socket];

/// Somebody with a good token.
#[derive(Clone)]
pub struct Asker {
    pub http: reqwest::Client,
    pub address: String,
    pub token: String,
}

impl Asker {
    pub fn new(server: &Server) -> Self {
        let token = Token {
            sub: "ada".into(),
            tenant: "club".into(),
            roles: vec!["tenant_admin".into()],
            exp: GOOD_UNTIL,
            name: None,
            email: None,
        };
        let token = token.sign(SECRET.as_bytes()).unwrap();
        Self { http: reqwest::Client::new(), address: server.address.clone(), token }
    }

    pub fn url(&self) -> String {
        format!("{}/graphql", self.address)
    }

    /// A POST with the token, and nothing else yet.
    pub fn post(&self) -> RequestBuilder {
        self.http.post(self.url()).bearer_auth(&self.token)
    }

    /// What an ordinary query is answered.
    pub async fn query(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        self.post().json(&body).send().await.unwrap().json().await.unwrap()
    }

    /// Sends an operation by one of the ways in; answers the errors that it gets back, and no error is an empty list.
    pub async fn errors(&self, way: Way, query: &str, variables: &Value) -> Vec<Value> {
        let body = json!({ "query": query, "variables": variables });
        let get = || {
            let parameters = [("query", query), ("variables", &variables.to_string())];
            let url = reqwest::Url::parse_with_params(&self.url(), parameters).unwrap();
            self.http.get(url).bearer_auth(&self.token)
        };
        let response = match way {
            Way::Socket => return self.over_a_socket(body).await,
            Way::Post => self.post().json(&body).send().await,
            Way::Get => get().send().await,
            Way::Multipart => {
                let form = Form::new().text("operations", body.to_string()).text("map", "{}");
                self.post().multipart(form).send().await
            }
            Way::Events => self.post().header("accept", "text/event-stream").json(&body).send().await,
        };
        errors_in(&told(response.unwrap()).await.1)
    }

    async fn over_a_socket(&self, payload: Value) -> Vec<Value> {
        let mut request = self.url().replace("http:", "ws:").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (mut socket, _) = connect_async(request).await.unwrap();
        let init = json!({ "type": "connection_init", "payload": { "authorization": self.token } });
        for message in [init, json!({ "type": "subscribe", "id": "1", "payload": payload })] {
            socket.send(Message::text(message.to_string())).await.unwrap();
        }
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    let mut message: Value = serde_json::from_str(&text).unwrap();
                    match message["type"].as_str().unwrap() {
                        "error" => return errors_in(&json!({ "errors": message["payload"] }).to_string()),
                        "next" => return errors_in(&message["payload"].take().to_string()),
                        _ => {}
                    }
                }
                Some(Ok(Message::Close(Some(frame)))) => {
                    assert!(frame.reason.len() <= 123, "{frame:?}");
                    return vec![json!({ "extensions": { "code": u16::from(frame.code) } })];
                }
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

/// The status and the text of an answer, which tells nothing of the inside.
pub async fn told(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    tells_nothing(&text);
    (status, text)
}

pub fn tells_nothing(text: &str) {
    let told: Vec<_> = SECRETS.iter().filter(|secret| text.contains(**secret)).collect();
    assert!(told.is_empty(), "{told:?}: {text}");
    assert!(text.len() <= ANSWER_BYTES_MAX, "{} bytes", text.len());
}

/// The errors of an answer, be it JSON or a stream of one event.
pub fn errors_in(text: &str) -> Vec<Value> {
    tells_nothing(text);
    let json = text.lines().find_map(|line| line.strip_prefix("data: ").filter(|data| data.starts_with('{')));
    let body: Value =
        serde_json::from_str(json.unwrap_or(text)).unwrap_or_else(|_| panic!("not JSON: {text}"));
    let errors = body["errors"].as_array().cloned().unwrap_or_default();
    assert!(errors.len() <= ERRORS_MAX, "{text}");
    assert!(errors.iter().all(|error| !error["extensions"]["code"].is_null()), "{text}");
    errors
}

/// The code of the first error.
pub fn code(errors: &[Value]) -> &str {
    errors.first().and_then(|error| error["extensions"]["code"].as_str()).unwrap_or_default()
}

/// The parts of a form with a file, each of which can be replaced.
pub fn form(operations: Part, map: &str, files: &[(&'static str, &str)]) -> Form {
    let form = Form::new().part("operations", operations).text("map", map.to_owned());
    files.iter().fold(form, |form, (name, content)| {
        form.part(*name, Part::text((*content).to_owned()).file_name("roster.csv"))
    })
}

/// The operation of an upload, with this in the variable of the file.
pub fn upload(file: Value) -> String {
    json!({ "query": UPLOAD, "variables": { "input": { "file": file } } }).to_string()
}
