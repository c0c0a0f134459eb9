//! A server that is killed in the middle of its work: after a restart the work goes on by itself, and the books balance.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test that is surprised is to fail")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use muster::http::auth::{Token, Tokens};
use reqwest::multipart::{Form, Part};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::{Value, json};
use tokio::time::{interval, timeout};

const SECRET: &str = "a secret for tests that is long enough to be one";
/// Rows of the roster: planning and applying take long enough to be met in the middle.
const ROWS: u32 = 20_000;
/// Of the second roster: some leave, some change, some come.
const LEAVERS: u32 = 1_500;
const CHANGED: u32 = 4_000;
const NEWCOMERS: u32 = 2_500;
/// How often the server is asked how far it has come.
const LOOK: Duration = Duration::from_millis(2);
/// Far longer than any of the work takes; only a server that is stuck needs it.
const PATIENCE: Duration = Duration::from_secs(240);
/// Good until 2100.
const GOOD_UNTIL: i64 = 4_102_444_800;
const IMPORT: &str = "id status step version problem { message } progress { processed total }
    plan { id rowsRead rowsUnchanged rowsHeld rowsRepeated rowsWithActions deletionsToConfirm
           counts { kind proposed approved } }";

/// A server in a process of its own.
struct Server {
    process: Child,
    url: String,
    client: reqwest::Client,
    token: String,
}

impl Server {
    /// Starts one over the data in `folder`, and waits until it says where it is.
    fn start(folder: &Path) -> Self {
        let folder = folder.display();
        let mut process = Command::new(env!("CARGO_BIN_EXE_muster"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("MUSTER_DATABASE_URL", format!("sqlite://{folder}/muster.db?mode=rwc"))
            .env("MUSTER_FILES_URL", format!("file:{folder}/files"))
            .env("MUSTER_JWT_SECRET", SECRET)
            .env("MUSTER_LEASE_SECONDS", "1")
            .env("MUSTER_LOG", "warn")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let address =
            said.filter_map(|line| line.strip_prefix("Muster is ready at ").map(str::to_owned)).next();
        let token = Token {
            sub: "ada".into(),
            tenant: "club".into(),
            roles: vec!["tenant_admin".into()],
            exp: GOOD_UNTIL,
            name: None,
            email: None,
        };
        let token = Tokens::new(SECRET.as_bytes()).sign(&token).unwrap();
        Self { process, url: format!("{}/graphql", address.unwrap()), client: reqwest::Client::new(), token }
    }

    /// SIGKILL: nothing is put in order.
    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    async fn ask(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let request = self.client.post(&self.url).bearer_auth(&self.token);
        let mut answer: Value = request.json(&body).send().await.unwrap().json().await.unwrap();
        assert!(answer.get("errors").is_none(), "{answer}");
        answer["data"].take()
    }

    async fn mutate(&self, name: &str, input: Value) -> Value {
        let type_name = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        let query = format!(
            "mutation($input: {type_name}Input!) {{ {name}(input: $input) {{ membershipImport {{ {IMPORT} }} userErrors {{ code message }} }} }}"
        );
        let mut data = self.ask(&query, json!({ "input": input })).await;
        assert_eq!(data[name]["userErrors"], json!([]), "{name}");
        data[name]["membershipImport"].take()
    }

    async fn upload(&self, content: String) -> Value {
        let query = "mutation($input: UploadMembershipFileInput!) { uploadMembershipFile(input: $input) {
            membershipImport { id version } userErrors { code message } } }";
        let operations = json!({ "query": query, "variables": { "input": { "file": null } } }).to_string();
        let form = Form::new()
            .text("operations", operations)
            .text("map", r#"{"0":["variables.input.file"]}"#)
            .part("0", Part::text(content).file_name("roster.csv"));
        let request = self.client.post(&self.url).bearer_auth(&self.token).multipart(form);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        let payload = &answer["data"]["uploadMembershipFile"];
        assert_eq!(payload["userErrors"], json!([]), "{answer}");
        payload["membershipImport"].clone()
    }

    async fn import(&self, id: &Value) -> Value {
        let query = format!("query($id: ID!) {{ membershipImport(id: $id) {{ {IMPORT} }} }}");
        self.ask(&query, json!({ "id": id })).await["membershipImport"].take()
    }

    /// Looks at the import until `reached` says so.
    async fn until(&self, id: &Value, reached: impl Fn(&Value) -> bool) -> Value {
        let look = async {
            let mut look = interval(LOOK);
            loop {
                look.tick().await;
                let import = self.import(id).await;
                assert_eq!(import["problem"], Value::Null, "{import}");
                if reached(&import) {
                    return import;
                }
            }
        };
        timeout(PATIENCE, look).await.expect("the work comes to its end")
    }

    /// The members by id: the address and the location of each.
    async fn members(&self) -> BTreeMap<String, (String, String)> {
        let query = "query($after: String) { members(first: 200, after: $after) {
            nodes { uniqueId email attributes { key value } } pageInfo { hasNextPage endCursor } totalCount } }";
        let (mut members, mut after) = (BTreeMap::new(), Value::Null);
        loop {
            let data = self.ask(query, json!({ "after": after })).await;
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
                return members;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }
}

/// Members `from` to `to`; those below `changed` work elsewhere.
fn roster(from: u32, to: u32, changed: u32) -> String {
    let mut csv = "Member ID,First name,Last name,E-mail,Location\n".to_owned();
    for number in from..to {
        let location = if number < changed { "New hall" } else { "Old hall" };
        writeln!(csv, "M-{number:06},First{number},Last{number},m{number}@example.org,{location}").unwrap();
    }
    csv
}

fn expected(from: u32, to: u32, changed: u32) -> BTreeMap<String, (String, String)> {
    let member = |number: u32| {
        let location = if number < changed { "New hall" } else { "Old hall" };
        (format!("M-{number:06}"), (format!("m{number}@example.org"), location.to_owned()))
    };
    (from..to).map(member).collect()
}

/// Kills the server while it is at the step, and starts another one: at its beginning, or when some of it is done.
async fn kill_during(server: Server, folder: &Path, id: &Value, step: &str, done_min: u64) -> Server {
    let before = if step == "PLANNING" { "MAPPING" } else { "REVIEW" };
    let is_there = |import: &Value| {
        let done = import["progress"]["processed"].as_u64().unwrap_or_default();
        match import["step"].as_str().unwrap() {
            now if now == step => done >= done_min,
            // Beyond it; then it was missed.
            now => now != before,
        }
    };
    let seen = server.until(id, is_there).await;
    assert_eq!(seen["step"], step, "the work was met under way");
    server.kill();
    let server = Server::start(folder);
    let found = server.import(id).await;
    // Nothing that was acknowledged is lost, and the step has not gone back.
    assert_eq!(found["id"], *id);
    assert!(found["version"].as_i64() >= seen["version"].as_i64(), "{seen} {found}");
    server
}

/// Plans, decides and applies a roster. The server is killed while it plans, and again while it applies, once for each
/// of `kills`: as soon as so much is done.
async fn import(mut server: Server, folder: &Path, csv: String, kills: &[u64]) -> (Server, Value) {
    let uploaded = server.upload(csv).await;
    let id = &uploaded["id"];
    server.mutate("approveMapping", json!({ "importId": id, "ifVersion": uploaded["version"] })).await;
    for done_min in kills {
        server = kill_during(server, folder, id, "PLANNING", *done_min).await;
    }
    let planned = server.until(id, |import| import["step"] == "REVIEW").await;
    let plan = &planned["plan"];
    let rows = |name: &str| plan[name].as_u64().unwrap();
    let accounted = ["rowsUnchanged", "rowsHeld", "rowsRepeated", "rowsWithActions"].map(rows);
    assert_eq!(rows("rowsRead"), accounted.iter().sum::<u64>(), "the books balance: {plan}");

    let decision = json!({ "planId": plan["id"], "decision": "APPROVED", "target": { "all": true } });
    let decided = server.mutate("decideProfileActions", decision).await;
    let confirm = &decided["plan"]["deletionsToConfirm"];
    server
        .mutate(
            "completeImport",
            json!({ "importId": id, "ifVersion": decided["version"], "confirmDeletions": confirm }),
        )
        .await;
    for done_min in kills {
        server = kill_during(server, folder, id, "APPLYING", *done_min).await;
    }
    let completed = server.until(id, |import| import["step"] == "DONE").await;
    assert_eq!(completed["status"], "COMPLETE");
    assert_eq!(
        completed["plan"],
        decided["plan"]
            .as_object()
            .map(|plan| {
                let mut plan = plan.clone();
                // What has been applied asks for nothing any more.
                plan.insert("deletionsToConfirm".into(), completed["plan"]["deletionsToConfirm"].clone());
                Value::Object(plan)
            })
            .unwrap(),
        "what was reviewed is what is applied"
    );
    (server, completed)
}

fn proposed(import: &Value) -> Vec<u64> {
    let counts = import["plan"]["counts"].as_array().unwrap().iter();
    counts.map(|count| count["proposed"].as_u64().unwrap()).collect()
}

async fn the_database_is_sound(folder: &Path) {
    let url = format!("sqlite://{}/muster.db", folder.display());
    let database = Database::connect(url).await.unwrap();
    let ask = |sql: &'static str| database.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql));
    let found = ask("PRAGMA integrity_check").await.unwrap();
    let found: Vec<String> = found.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    assert_eq!(found, ["ok"]);
    assert!(ask("PRAGMA foreign_key_check").await.unwrap().is_empty());
    // Nothing is left of work that was begun and not ended: neither the work itself nor half a plan.
    assert!(ask("SELECT 1 FROM work").await.unwrap().is_empty());
    let plans = ask("SELECT count(*), count(DISTINCT import_id) FROM plans").await.unwrap();
    let count = |column: usize| plans[0].try_get_by_index::<i64>(column).unwrap();
    assert_eq!((count(0), count(1)), (3, 3), "one plan for each import");
    database.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_while_planning_and_applying_goes_on_after_its_restart() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let (server, first) = import(server, folder.path(), roster(0, ROWS, 0), &[0, 1]).await;
    assert_eq!(proposed(&first), [u64::from(ROWS), 0, 0, 0, 0]);
    assert_eq!(server.members().await, expected(0, ROWS, 0));

    let (to, changed) = (ROWS + NEWCOMERS, LEAVERS + CHANGED);
    let (server, second) = import(server, folder.path(), roster(LEAVERS, to, changed), &[1]).await;
    assert_eq!(proposed(&second), [NEWCOMERS, CHANGED, 0, 0, LEAVERS].map(u64::from));
    let members = server.members().await;
    assert_eq!(members, expected(LEAVERS, to, changed));
    let emails: BTreeSet<&String> = members.values().map(|(email, _)| email).collect();
    assert_eq!(emails.len(), members.len());

    // The same file again finds nothing to do: every action was applied, and once.
    let (server, again) = import(server, folder.path(), roster(LEAVERS, to, changed), &[]).await;
    assert_eq!(proposed(&again), [0; 5]);
    server.kill();

    the_database_is_sound(folder.path()).await;
}
