//! A page of the history with the banner, as a frontend shows it: requests per second.

use std::time::Duration;

use serde_json::json;

use crate::contender::Programs;
use crate::database::Database;
use crate::load;
use crate::table::Table;

/// Imports of the tenant.
const IMPORTS: u32 = 10_000;
/// Imports on the page.
const PAGE: usize = 20;

/// What a frontend asks to show the history page and its banner.
const QUERY: &str = "query HistoryPage($first: Int!) {
  membershipImports(first: $first) {
    nodes {
      id status step action uploadedAt updatedAt
      file { name rowCount download { url } }
      uploadedBy { id name }
    }
    pageInfo { hasNextPage endCursor }
  }
  activeImport { id bannerMessage }
}";

/// Muster's line if no answer is one that was kept.
const EXECUTED: &str = "Muster, each executed";
/// Muster's line if besides no document is one that was seen before.
const COMPILED: &str = "Muster, each a new document";

/// How much is done.
pub struct Effort {
    /// How often each takes its turn.
    pub rounds: u32,
    /// How long a turn is.
    pub time: Duration,
}

/// Answers a table for each number of connections.
pub async fn measure(programs: &Programs, server: &str, effort: &Effort) -> anyhow::Result<Vec<Table>> {
    let database = Database::create(server, "muster_history").await?;
    let tables = on(programs, &database, effort).await;
    database.remove().await?;
    tables
}

async fn on(programs: &Programs, database: &Database, effort: &Effort) -> anyhow::Result<Vec<Table>> {
    let (url, folder) = (database.url(), tempfile::tempdir()?);
    programs.migrate(&url).await?;
    database.seed(IMPORTS).await?;
    let mut contenders =
        vec![programs.floor("history", &url).await?, programs.serve(&url, folder.path()).await?];
    for peer in ["mercurius", "yoga"] {
        contenders.extend(programs.peer(peer, &url).await?);
    }
    let body = json!({ "query": QUERY, "variables": { "first": PAGE } }).to_string();
    // The same page, with a variable that can be another one each time.
    let filtered = QUERY.replace("$first: Int!", "$first: Int!, $from: DateTime!");
    let filtered = filtered.replace("first: $first", "first: $first, filter: { uploadedFrom: $from }");
    let from = "2001-01-01T00:00:00.000000001Z";
    let filtered = json!({ "query": filtered, "variables": { "first": PAGE, "from": from } }).to_string();
    for contender in &contenders {
        load::check(contender, &body, "roster-", PAGE + 1).await?;
        // Until what is compiled, prepared and connected when it is first needed is there.
        load::run(contender, &body, 64, effort.time, None).await?;
    }
    let mut tables = Vec::new();
    for connections in [16, 64] {
        let mut table = Table::new(format!("History page at {connections} connections"), "Requests/s");
        for _ in 0..effort.rounds {
            for contender in &contenders {
                let rate = load::run(contender, &body, connections, effort.time, None).await?;
                table.add(contender.name, rate);
                if contender.name == "Muster" {
                    let (mark, time) = (Some("000000001"), effort.time);
                    table.add(EXECUTED, load::run(contender, &filtered, connections, time, mark).await?);
                    let mark = Some("HistoryPage");
                    table.add(COMPILED, load::run(contender, &body, connections, time, mark).await?);
                }
            }
        }
        tables.push(table);
    }
    Ok(tables)
}
