//! What a large file costs in memory: a server in a process of its own, whose files are in a bucket.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use bytes::Bytes;
use futures_util::stream::{self, Stream, TryStreamExt};
use muster::http::auth::Token;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::server::S3;

const MIB: u64 = 1024 * 1024;
/// The most that the server's peak may grow, whatever the size of the file.
const GROWTH_MIB_MAX: u64 = 64;
/// What the file has: more than the peak may grow.
const FILE_MIB: u64 = 96;
/// Set, the file has 1 GiB.
const LARGE: &str = "MUSTER_TEST_LARGE";
const SECRET: &str = "a secret for tests that is long enough to be one";
/// Good until 2100.
const GOOD_UNTIL: i64 = 4_102_444_800;
const HEADER: &str = "Member ID,First name,Last name,E-mail,Note\n";
/// As wide as a cell may be, or nearly: what is looked at is bytes, not rows.
const NOTE_BYTES: u64 = 60 * 1024;

struct Server(Child);

impl Server {
    /// Starts one, and waits until it says where it is.
    fn start(s3: &S3, folder: &std::path::Path, file_bytes_max: u64) -> (Self, String) {
        let mut process = Command::new(env!("CARGO_BIN_EXE_muster"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("MUSTER_DATABASE_URL", format!("sqlite://{}/muster.db?mode=rwc", folder.display()))
            .env("MUSTER_FILES_URL", s3.url())
            .env("MUSTER_FILE_SIZE_BYTES_MAX", file_bytes_max.to_string())
            .env("MUSTER_JWT_SECRET", SECRET)
            .env("MUSTER_LOG", "warn")
            .envs(s3.variables())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let address =
            said.filter_map(|line| line.strip_prefix("Muster is ready at ").map(str::to_owned)).next();
        (Self(process), address.unwrap())
    }

    /// The most memory that the process has had so far, in MiB.
    fn peak_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn row(number: u64) -> Bytes {
    let note = "n".repeat(NOTE_BYTES as usize);
    Bytes::from(format!("M-{number},Ada,Abara,m{number}@example.org,{note}\n"))
}

/// A roster as it is sent: nobody holds all of it.
fn roster(rows: u64) -> impl Stream<Item = std::io::Result<Bytes>> {
    let header = std::iter::once(Bytes::from_static(HEADER.as_bytes()));
    stream::iter(header.chain((1..=rows).map(row)).map(Ok))
}

async fn hash(mut bytes: impl Stream<Item = Result<Bytes, impl std::fmt::Debug>> + Unpin) -> (u64, String) {
    let (mut size, mut hash) = (0, Sha256::new());
    while let Some(chunk) = bytes.try_next().await.unwrap() {
        size += chunk.len() as u64;
        hash.update(&chunk);
    }
    (size, hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

async fn upload(client: &reqwest::Client, address: &str, rows: u64) -> Value {
    let token = Token {
        sub: "ada".into(),
        tenant: "club".into(),
        roles: vec!["tenant_admin".into()],
        exp: GOOD_UNTIL,
        name: None,
        email: None,
    };
    let query = "mutation($input: UploadMembershipFileInput!) { uploadMembershipFile(input: $input) {
        membershipImport { file { sizeBytes sha256 rowCount download { url } } } userErrors { code message } } }";
    let operations = json!({ "query": query, "variables": { "input": { "file": null } } }).to_string();
    let file = Part::stream(reqwest::Body::wrap_stream(roster(rows))).file_name("roster.csv");
    let form = Form::new()
        .text("operations", operations)
        .text("map", r#"{"0":["variables.input.file"]}"#)
        .part("0", file);
    let request = client.post(format!("{address}/graphql"));
    let request = request.bearer_auth(token.sign(SECRET.as_bytes()).unwrap()).multipart(form);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    let payload = &answer["data"]["uploadMembershipFile"];
    assert_eq!(payload["userErrors"], json!([]), "{answer}");
    payload["membershipImport"]["file"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_does_not_grow_with_a_file() {
    if !cfg!(target_os = "linux") {
        // Elsewhere a process does not say what it has had.
        return;
    }
    let mib = if std::env::var_os(LARGE).is_some() { 1024 } else { FILE_MIB };
    let rows = mib * MIB / NOTE_BYTES;
    let (size, sha256) = hash(roster(rows)).await;
    let (s3, folder) = (S3::start().await, tempfile::tempdir().unwrap());
    let (server, address) = Server::start(&s3, folder.path(), size);
    let idle = server.peak_mib();

    let client = reqwest::Client::new();
    let file = upload(&client, &address, rows).await;
    assert_eq!((&file["sizeBytes"], &file["sha256"]), (&json!(size), &json!(sha256)));
    let uploaded = server.peak_mib();

    let url = file["download"]["url"].as_str().unwrap();
    let answer = client.get(url).send().await.unwrap().error_for_status().unwrap();
    assert_eq!(hash(answer.bytes_stream()).await, (size, sha256));
    let downloaded = server.peak_mib();
    println!(
        "{} MiB: peak {idle} MiB idle, {uploaded} MiB uploaded, {downloaded} MiB downloaded",
        size / MIB
    );
    assert!(downloaded - idle < GROWTH_MIB_MAX, "{idle} {uploaded} {downloaded}");
}
