//! Runs Muster, its floors and its peers side by side, each in its turn, and prints tables of medians and ratios. Linux,
//! PostgreSQL, and for the peers Node.js.

mod contender;
mod database;
mod fanout;
mod history;
mod idle;
mod load;
mod pages;
mod table;
mod watchers;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::ensure;
use clap::{Parser, ValueEnum};

use crate::contender::Programs;
use crate::history::Effort;
use crate::table::Table;

/// Measures how fast Muster answers and tells.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// What is measured; everything unless given.
    what: Vec<Work>,
    /// Muster's program.
    #[arg(long, default_value = "target/release/muster")]
    muster: PathBuf,
    /// The folder in which the peers are installed; without it they do not take part.
    #[arg(long)]
    peers: Option<PathBuf>,
    /// A PostgreSQL in which databases may be made.
    #[arg(long, default_value = "postgres://postgres@127.0.0.1/postgres")]
    postgres: String,
    /// How often each takes its turn.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Seconds of one turn at the history page.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Subscribers of the fan-out.
    #[arg(long, default_value_t = 5_000)]
    subscribers: usize,
    /// Imports whose pages are read.
    #[arg(long, default_value_t = 1_000_000)]
    imports: u32,
    /// Subscriptions of other tenants.
    #[arg(long, default_value_t = 100_000)]
    idle: usize,
    /// Fail if Muster is far behind its floors: half of what docs/PERFORMANCE.md promises.
    #[arg(long)]
    check: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Work {
    /// The history page.
    History,
    /// Deep pages of a long history.
    Pages,
    /// A change to many subscribers.
    Fanout,
    /// A change beside many who watch other tenants.
    Idle,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let programs = Programs { muster: arguments.muster.canonicalize()?, peers: arguments.peers.clone() };
    let wants = |work| arguments.what.is_empty() || arguments.what.contains(&work);
    if wants(Work::History) {
        let effort = Effort { rounds: arguments.rounds, time: Duration::from_secs(arguments.seconds) };
        for table in history::measure(&programs, &arguments.postgres, &effort).await? {
            println!("{table}");
            check(&arguments, &table, |name, ratio| ratio >= if name == "Muster" { 0.3 } else { 0.1 })?;
        }
    }
    if wants(Work::Pages) {
        let table =
            pages::measure(&programs, &arguments.postgres, arguments.imports, arguments.rounds).await?;
        println!("{table}");
        check(&arguments, &table, |_, ratio| ratio <= 4.0)?;
    }
    if wants(Work::Fanout) {
        let (subscribers, rounds) = (arguments.subscribers, arguments.rounds);
        let [times, memory] = fanout::measure(&programs, &arguments.postgres, subscribers, rounds).await?;
        println!("{times}\n{memory}");
        check(&arguments, &times, |_, ratio| ratio <= 3.0)?;
        check(&arguments, &memory, |_, ratio| ratio <= 3.0)?;
    }
    if wants(Work::Idle) {
        let table =
            idle::measure(&programs, &arguments.postgres, arguments.idle, arguments.rounds * 4).await?;
        println!("{table}");
        check(&arguments, &table, |_, ratio| ratio <= 4.0)?;
    }
    Ok(())
}

/// By ratio, never by time: a busy machine is slow for all.
fn check(arguments: &Arguments, table: &Table, is_good: impl Fn(&str, f64) -> bool) -> anyhow::Result<()> {
    for (name, ratio) in table.ours() {
        ensure!(
            !arguments.check || is_good(name, ratio),
            "{name} is far behind: a ratio of {ratio:.2} in\n{table}"
        );
    }
    Ok(())
}
