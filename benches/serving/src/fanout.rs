//! A status change on its way to many subscribers: until the last has it, and what each of them costs in memory.

use std::time::Instant;

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::contender::{Contender, Programs};
use crate::database::Database;
use crate::load::{Connection, request};
use crate::table::Table;
use crate::watchers::Watchers;

pub const SUBSCRIPTION: &str = "subscription { importsChanged {
  change { status step version membershipImport { id file { name } } }
  activeImport { id bannerMessage }
} }";

/// Answers a table of times, and one of memory.
pub async fn measure(
    programs: &Programs,
    server: &str,
    subscribers: usize,
    rounds: u32,
) -> anyhow::Result<[Table; 2]> {
    let database = Database::create(server, "muster_fanout").await?;
    let tables = on(programs, &database, subscribers, rounds).await;
    database.remove().await?;
    tables
}

async fn on(
    programs: &Programs,
    database: &Database,
    subscribers: usize,
    rounds: u32,
) -> anyhow::Result<[Table; 2]> {
    let (url, folder) = (database.url(), tempfile::tempdir()?);
    programs.migrate(&url).await?;
    let mut contenders =
        vec![programs.floor("fanout", &url).await?, programs.serve(&url, folder.path()).await?];
    for peer in ["mercurius", "yoga"] {
        contenders.extend(programs.peer(peer, &url).await?);
    }
    let mut times =
        Table::new(format!("Status change to {subscribers} WebSockets, to the last"), "Milliseconds");
    let mut memory = Table::new(format!("Memory with {subscribers} WebSockets"), "KiB a subscriber");
    for round in 0..rounds {
        for contender in &contenders {
            // For each round anew: all of them at once are more sockets than a process may have.
            let before = contender.resident_kib()?;
            let tokens: Vec<String> = contender.token.iter().cloned().collect();
            let watchers =
                Watchers::open(&contender.address, &tokens, SUBSCRIPTION, subscribers, 1, "INCOMPLETE")
                    .await?;
            times.add(contender.name, change(contender, &watchers, subscribers).await?);
            if round == 0 {
                // Later ones have what the first has left.
                memory.add(contender.name, (contender.resident_kib()? - before) / subscribers as f64);
            }
        }
    }
    Ok([times, memory])
}

/// Makes one change, and answers how many milliseconds it took to the last subscriber.
pub async fn change(contender: &Contender, watchers: &Watchers, subscribers: usize) -> anyhow::Result<f64> {
    let mut connection = Connection::open(&contender.address).await?;
    let discard = match contender.name {
        "Muster" => {
            let import = upload(contender, &mut connection).await?;
            let query = "mutation($input: DiscardImportInput!) { discardImport(input: $input) { userErrors { message } } }";
            json!({ "query": query, "variables": { "input": { "importId": import } } })
        }
        _ => json!({ "query": "mutation { discardImport }" }),
    };
    let request = request(contender, &discard.to_string());
    watchers.expect(subscribers);
    let began = Instant::now();
    connection.ask(&request).await?;
    watchers.all().await?;
    Ok(began.elapsed().as_secs_f64() * 1_000.0)
}

/// Uploads a small roster, waits until it has gone out to all, and answers the id of its import.
async fn upload(contender: &Contender, connection: &mut Connection) -> anyhow::Result<String> {
    let operations = json!({
        "query": "mutation($input: UploadMembershipFileInput!) { uploadMembershipFile(input: $input) { membershipImport { id } userErrors { message } } }",
        "variables": { "input": { "file": null } },
    });
    let part =
        |head: &str, body: &str| format!("--x\r\ncontent-disposition: form-data; {head}\r\n\r\n{body}\r\n");
    let body = [
        part("name=\"operations\"", &operations.to_string()),
        part("name=\"map\"", r#"{"0":["variables.input.file"]}"#),
        part(
            "name=\"0\"; filename=\"roster.csv\"",
            "Member ID,First name,Last name,E-mail\nM-1,Ada,Abara,ada@example.org\n",
        ),
        "--x--\r\n".to_owned(),
    ]
    .concat();
    let request = request(contender, &body)
        .replace("application/json\r\naccept", "multipart/form-data; boundary=x\r\naccept");
    let answer: Value = serde_json::from_slice(connection.ask(&request).await?)?;
    let id = answer["data"]["uploadMembershipFile"]["membershipImport"]["id"].as_str();
    let id = id.with_context(|| answer.to_string())?.to_owned();
    // What is told of it is not measured.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    Ok(id)
}
