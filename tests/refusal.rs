//! A roster whose first quote never closes is refused for less than reading a clean one takes: a real server is asked
//! over HTTP, and looked at from outside. Linux alone tells what a process has taken.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, missing_docs, reason = "a test that is surprised is to fail")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use muster::http::auth::Token;
use muster_benches::memory::Memory;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

const SECRET: &str = "a secret for tests that is long enough to be one";
const HEADER: &str = "Member ID,First name,Last name,E-mail,Location\n";
const FILE_BYTES: usize = 10 * 1024 * 1024;
/// How often each file is uploaded; the upload of each that took least counts.
const ROUNDS: usize = 3;
/// By how much a refused upload may raise the server's peak memory.
const GROWTH_MIB_MAX: f64 = 16.0;
/// Good until 2100.
const GOOD_UNTIL: i64 = 4_102_444_800;

/// A server in a process of its own; it ends with this value.
struct Server {
    process: Child,
    url: String,
    client: reqwest::Client,
    token: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
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
        let token = token.sign(SECRET.as_bytes()).unwrap();
        Self { process, url: format!("{}/graphql", address.unwrap()), client: reqwest::Client::new(), token }
    }

    /// The time that processors have spent on it, in ticks (proc(5), `utime` and `stime`): what else the machine
    /// does is not in it.
    fn ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap();
        let after_name = stat.rsplit_once(") ").unwrap().1;
        after_name.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum()
    }

    /// What the server answers, and the ticks that it took.
    async fn upload(&self, file: &str) -> (Value, u64) {
        let query = "mutation($input: UploadMembershipFileInput!) { uploadMembershipFile(input: $input) {
            membershipImport { file { rowCount } } userErrors { code rowNumber byteOffset } } }";
        let operations = json!({ "query": query, "variables": { "input": { "file": null } } }).to_string();
        let form = Form::new()
            .text("operations", operations)
            .text("map", r#"{"0":["variables.input.file"]}"#)
            .part("0", Part::text(file.to_owned()).file_name("roster.csv"));
        let request = self.client.post(&self.url).bearer_auth(&self.token).multipart(form);
        let before = self.ticks();
        let mut answer: Value = request.send().await.unwrap().json().await.unwrap();
        let took = self.ticks() - before;
        assert!(answer.get("errors").is_none(), "{answer}");
        (answer["data"]["uploadMembershipFile"].take(), took)
    }
}

/// A clean roster and how many rows it has; and rosters alike whose first quote never closes.
struct Rosters {
    clean: String,
    row_count: u32,
    broken: Vec<Broken>,
}

struct Broken {
    opens: &'static str,
    file: String,
    /// Of the quote.
    byte_offset: usize,
}

fn clean(row: impl Fn(u32) -> String) -> (String, u32) {
    let mut file = HEADER.to_owned();
    let mut row_count = 0;
    while file.len() < FILE_BYTES {
        file += &row(row_count);
        row_count += 1;
    }
    (file, row_count)
}

/// Members; the quote opens in their first row.
fn members() -> Rosters {
    let (clean, row_count) = clean(|n| format!("M-{n:06},First{n},Last{n},m{n}@example.org,Old hall\n"));
    let broken = [("in the second cell", 0), ("in the last cell", 3)].map(|(opens, commas)| {
        let byte_offset = HEADER.len() + clean[HEADER.len()..].match_indices(',').nth(commas).unwrap().0 + 1;
        let (before, after) = clean.split_at(byte_offset);
        Broken { opens, file: format!("{before}\"{after}"), byte_offset }
    });
    Rosters { broken: broken.into(), clean, row_count }
}

/// Quotes and commas and little else; of those that follow the first quote each is one of a pair.
fn quotes_and_commas() -> Rosters {
    let (clean, row_count) = clean(|n| format!("{n},\"\",\"\",\"\",\"\"\n"));
    let start = format!("{HEADER}0,\"");
    let file = format!("{start}{}", ",\"\"".repeat(FILE_BYTES / 3));
    let broken = vec![Broken { opens: "before pairs of quotes", file, byte_offset: start.len() - 1 }];
    Rosters { clean, row_count, broken }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_that_never_closes_is_refused_for_less_than_a_clean_file_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let memory = Memory::of(server.process.id());
    assert!(memory.can_reset(), "the peak of a process's memory can be reset");
    for Rosters { clean, row_count, broken } in [members(), quotes_and_commas()] {
        let mut read_in = u64::MAX;
        let mut refused_in = vec![u64::MAX; broken.len()];
        for _ in 0..ROUNDS {
            let (taken, ticks) = server.upload(&clean).await;
            assert_eq!(taken["membershipImport"]["file"]["rowCount"], row_count);
            read_in = ticks.min(read_in);
            for (Broken { opens, file, byte_offset }, least) in broken.iter().zip(&mut refused_in) {
                memory.reset();
                let before = memory.peak_mib().unwrap();
                let (refused, ticks) = server.upload(file).await;
                let growth = memory.peak_mib().unwrap() - before;
                let error = json!({ "code": "FILE_MALFORMED", "rowNumber": 1, "byteOffset": byte_offset });
                assert_eq!(refused, json!({ "membershipImport": null, "userErrors": [error] }), "{opens}");
                println!("{opens}: {growth:.1} MiB more");
                assert!(growth < GROWTH_MIB_MAX, "{opens}: {growth:.1} MiB more");
                *least = ticks.min(*least);
            }
        }
        for (Broken { opens, .. }, refused_in) in broken.iter().zip(refused_in) {
            println!("{opens}: refused in {refused_in} ticks, a clean one is read in {read_in}");
            assert!(refused_in < read_in, "{opens}: {refused_in} ticks, a clean one {read_in}");
        }
    }
}
