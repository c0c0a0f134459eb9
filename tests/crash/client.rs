//! An admin who asks servers that may be gone.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use muster::http::auth::Token;
use reqwest::multipart::{Form, Part};
use reqwest::{Body, RequestBuilder};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::chance::Chance;
use crate::roster::Members;
use crate::server::{Doors, SECRET};

/// Good until 2100.
const GOOD_UNTIL: i64 = 4_102_444_800;
/// Far longer than any of the work takes; only a server that is stuck needs it.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two tries.
const AGAIN: Duration = Duration::from_millis(20);
/// Of an upload: so many pieces, so far apart, so that it can be met half-way.
const PIECES: usize = 16;
const APART: Duration = Duration::from_millis(2);
/// Refusals that tell of somebody who was faster, be it oneself in a request whose answer was lost.
const OVERTAKEN: [&str; 5] =
    ["STALE_VERSION", "WRONG_STEP", "IMPORT_BUSY", "IMPORT_NOT_IN_PROGRESS", "PLAN_STALE"];
const IMPORT: &str = "id status step version problem { code message } file { sha256 download { url } }
    plan { id rowsRead rowsUnchanged rowsHeld rowsRepeated rowsWithActions deletionsToConfirm
           counts { kind proposed approved rejected } }";

/// No answer came: whether it was done is not known. Or one that says to look again.
#[derive(Debug)]
pub struct Lost;

/// An admin.
pub struct Client {
    http: reqwest::Client,
    token: String,
    doors: Arc<Doors>,
    chance: Mutex<Chance>,
}

/// A token that is good for a long time.
pub fn token(tenant: &str) -> String {
    let token = Token {
        sub: "ada".into(),
        tenant: tenant.into(),
        roles: vec!["tenant_admin".into()],
        exp: GOOD_UNTIL,
        name: None,
        email: None,
    };
    token.sign(SECRET.as_bytes()).unwrap()
}

/// Does it until it is done.
pub async fn persist<T>(attempt: impl AsyncFn() -> Result<T, Lost>) -> T {
    let trying = async {
        loop {
            match attempt().await {
                Ok(done) => return done,
                Err(Lost) => sleep(AGAIN).await,
            }
        }
    };
    timeout(PATIENCE, trying).await.expect("it comes to its end")
}

impl Client {
    /// Who waits for an answer for no longer than `patience`.
    pub fn new(tenant: &str, doors: &Arc<Doors>, chance: Chance, patience: Duration) -> Self {
        let http = reqwest::Client::builder().timeout(patience).build().unwrap();
        Self { http, token: token(tenant), doors: doors.clone(), chance: Mutex::new(chance) }
    }

    fn door(&self) -> String {
        self.doors.at(self.chance.lock().unwrap().below(self.doors.count() as u64) as usize)
    }

    async fn send(&self, request: RequestBuilder) -> Result<Value, Lost> {
        let response = request.bearer_auth(&self.token).send().await.map_err(|_| Lost)?;
        let mut answer: Value = response.json().await.map_err(|_| Lost)?;
        match answer["errors"][0]["extensions"]["code"].as_str() {
            None => Ok(answer["data"].take()),
            // What is away comes back; what took too long may be faster another time.
            Some("UNAVAILABLE" | "LIMIT_EXCEEDED") => Err(Lost),
            // The bytes did not come to their end.
            Some("BAD_USER_INPUT") if answer.to_string().contains("broke off") => Err(Lost),
            Some(_) => panic!("{answer}"),
        }
    }

    pub async fn ask(&self, query: &str, variables: Value) -> Result<Value, Lost> {
        let body = json!({ "query": query, "variables": variables });
        self.send(self.http.post(format!("{}/graphql", self.door())).json(&body)).await
    }

    /// The import that a mutation answers; lost if somebody was faster.
    pub async fn mutate(&self, name: &str, input: Value) -> Result<Value, Lost> {
        let type_name = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        let query = format!(
            "mutation($input: {type_name}Input!) {{ {name}(input: $input) {{ membershipImport {{ {IMPORT} }} userErrors {{ code message }} }} }}"
        );
        let data = self.ask(&query, json!({ "input": input })).await?;
        accepted(&data[name])
    }

    /// Uploads a roster, piece by piece.
    pub async fn upload(&self, csv: &str, key: &str) -> Result<Value, Lost> {
        let query = format!(
            "mutation($input: UploadMembershipFileInput!) {{ uploadMembershipFile(input: $input) {{
            membershipImport {{ {IMPORT} }} userErrors {{ code message }} }} }}"
        );
        let input = json!({ "file": null, "idempotencyKey": key });
        let operations = json!({ "query": query, "variables": { "input": input } }).to_string();
        let size = csv.len().div_ceil(PIECES).max(1);
        let pieces: Vec<Bytes> = csv.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect();
        let pieces = stream::unfold(pieces.into_iter(), async |mut pieces| {
            sleep(APART).await;
            pieces.next().map(|piece| (Ok::<_, std::io::Error>(piece), pieces))
        });
        let form = Form::new()
            .text("operations", operations)
            .text("map", r#"{"0":["variables.input.file"]}"#)
            .part("0", Part::stream(Body::wrap_stream(pieces)).file_name("roster.csv"));
        let data = self.send(self.http.post(format!("{}/graphql", self.door())).multipart(form)).await?;
        accepted(&data["uploadMembershipFile"])
    }

    pub async fn import(&self, id: &str) -> Result<Value, Lost> {
        let query = format!("query($id: ID!) {{ membershipImport(id: $id) {{ {IMPORT} }} }}");
        Ok(self.ask(&query, json!({ "id": id })).await?["membershipImport"].take())
    }

    /// The bytes of an import's file.
    pub async fn download(&self, import: &Value) -> Result<Bytes, Lost> {
        let url = import["file"]["download"]["url"].as_str().unwrap();
        let response = self.http.get(url).send().await.map_err(|_| Lost)?;
        if !response.status().is_success() {
            return Err(Lost);
        }
        response.bytes().await.map_err(|_| Lost)
    }

    /// All members, page by page.
    pub async fn members(&self) -> Result<Members, Lost> {
        let query = "query($after: String) { members(first: 200, after: $after) {
            nodes { uniqueId email attributes { key value } } pageInfo { hasNextPage endCursor } totalCount } }";
        let (mut members, mut after) = (Members::new(), Value::Null);
        loop {
            let data = self.ask(query, json!({ "after": after })).await?;
            let page = &data["members"];
            for member in page["nodes"].as_array().unwrap() {
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                let location = text(&member["attributes"][0]["value"]);
                let is_new =
                    members.insert(text(&member["uniqueId"]), (text(&member["email"]), location)).is_none();
                assert!(is_new, "nobody twice: {member}");
            }
            if page["pageInfo"]["hasNextPage"] == false {
                assert_eq!(page["totalCount"], members.len());
                return Ok(members);
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }
}

/// What a payload is about, if it was done.
fn accepted(payload: &Value) -> Result<Value, Lost> {
    let errors = payload["userErrors"].as_array().unwrap();
    match errors.first().and_then(|error| error["code"].as_str()) {
        None => Ok(payload["membershipImport"].clone()),
        Some(code) if OVERTAKEN.contains(&code) => Err(Lost),
        Some(_) => panic!("{payload}"),
    }
}
