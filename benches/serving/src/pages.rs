//! Pages deep in a history of a million imports: the last beside the first.

use std::time::Instant;

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::contender::Programs;
use crate::database::Database;
use crate::load::{Connection, request};
use crate::table::Table;

const QUERY: &str = "query Page($first: Int, $last: Int, $after: String) {
  membershipImports(first: $first, last: $last, after: $after) { nodes { id file { name } uploadedBy { name } } pageInfo { startCursor endCursor } }
}";

/// Answers a table whose first line is the first page.
pub async fn measure(programs: &Programs, server: &str, imports: u32, rounds: u32) -> anyhow::Result<Table> {
    let database = Database::create(server, "muster_pages").await?;
    let table = on(programs, &database, imports, rounds).await;
    database.remove().await?;
    table
}

async fn on(programs: &Programs, database: &Database, imports: u32, rounds: u32) -> anyhow::Result<Table> {
    let (url, folder) = (database.url(), tempfile::tempdir()?);
    programs.migrate(&url).await?;
    database.seed(imports).await?;
    let muster = programs.serve(&url, folder.path()).await?;
    let mut connection = Connection::open(&muster.address).await?;
    // Behind the cursor are the last twenty but one.
    let last = json!({ "query": QUERY, "variables": { "last": 21 } }).to_string();
    let answer: Value = serde_json::from_slice(connection.ask(&request(&muster, &last)).await?)?;
    let cursor = &answer["data"]["membershipImports"]["pageInfo"]["startCursor"];
    let cursor = cursor.as_str().context("no cursor")?;

    let mut table = Table::new(format!("Pages of {imports} imports, 100 in turn"), "Milliseconds");
    let pages = [
        ("the first page", json!({ "first": 20 })),
        ("behind the last cursor", json!({ "first": 20, "after": cursor })),
        ("the last page, from the end", json!({ "last": 20 })),
    ];
    for round in 0..=rounds {
        for (name, variables) in &pages {
            let began = Instant::now();
            for page in 0..100 {
                // Another name each time, so that no answer is one that was kept.
                let query = QUERY.replace("Page", &format!("Page{round}x{page}"));
                let body = json!({ "query": query, "variables": variables }).to_string();
                connection.ask(&request(&muster, &body)).await?;
            }
            // The first one prepares statements and reads from disk.
            if round > 0 {
                table.add(name, began.elapsed().as_secs_f64() * 1_000.0);
            }
        }
    }
    Ok(table)
}
