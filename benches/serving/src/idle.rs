//! One change, while ever so many watch other tenants, beside the same change with nobody else there.

use crate::contender::Programs;
use crate::database::Database;
use crate::fanout::{SUBSCRIPTION, change};
use crate::table::Table;
use crate::watchers::Watchers;

/// Subscriptions on one socket.
const EACH: usize = 100;
/// Tenants whom those watch who have nothing to hear.
const TENANTS: usize = 10;

/// Answers a table whose first line is the change with nobody else there.
pub async fn measure(programs: &Programs, server: &str, idle: usize, rounds: u32) -> anyhow::Result<Table> {
    let database = Database::create(server, "muster_idle").await?;
    let table = on(programs, &database, idle, rounds).await;
    database.remove().await?;
    table
}

async fn on(programs: &Programs, database: &Database, idle: usize, rounds: u32) -> anyhow::Result<Table> {
    let (url, folder) = (database.url(), tempfile::tempdir()?);
    programs.migrate(&url).await?;
    let muster = programs.serve(&url, folder.path()).await?;
    let own: Vec<String> = muster.token.iter().cloned().collect();
    let watcher = Watchers::open(&muster.address, &own, SUBSCRIPTION, 1, 1, "INCOMPLETE").await?;
    let mut table = Table::new("One change, to the one who watches", "Milliseconds");
    change(&muster, &watcher, 1).await?;
    for _ in 0..rounds {
        table.add("nobody else watches", change(&muster, &watcher, 1).await?);
    }
    let mut tokens = Vec::new();
    for tenant in 0..TENANTS {
        tokens.push(programs.token(&format!("tenant-{tenant}")).await?);
    }
    let before = muster.resident_kib()?;
    let others =
        Watchers::open(&muster.address, &tokens, SUBSCRIPTION, idle / EACH, EACH, "INCOMPLETE").await?;
    println!(
        "{:.1} KiB a subscription, {EACH} on a socket\n",
        (muster.resident_kib()? - before) / idle as f64
    );
    for _ in 0..rounds {
        let name = format!("{idle} subscriptions of {TENANTS} other tenants");
        table.add(&name, change(&muster, &watcher, 1).await?);
    }
    drop(others);
    Ok(table)
}
