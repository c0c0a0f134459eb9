//! Imports two rosters into a server as a client would, prints what each phase took, and checks the
//! server's books against the generator's.
//!
//! The server is a process of its own on a folder of its own, so that its memory is its own too. Linux
//! only: the peak of its memory comes from `/proc`.

mod books;
mod client;
mod run;
mod server;
mod table;

use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::Parser;
use muster_benches::memory::Memory;
use muster_benches::roster::{Counts, Day, Recipe, write};

use crate::client::Client;
use crate::server::Server;
use crate::table::Table;

/// Imports a roster and the one of a later day into a fresh server; prints seconds and peak memory of
/// each phase, and fails if the server counted anything else than the generator.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The server's program.
    #[arg(long, default_value = "target/release/muster")]
    server: PathBuf,
    /// An empty database, `postgres://…`, to be imported into; a new SQLite in the folder unless given.
    #[arg(long)]
    database_url: Option<String>,
    /// Members of the first roster, if no files are given.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..=1_900_000))]
    rows: u64,
    /// The rosters' seed, if no files are given.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Rosters to import instead, one after the other.
    #[arg(long, requires = "books")]
    csv: Vec<PathBuf>,
    /// What is in each of those rosters: the JSON that `roster` printed to stderr.
    #[arg(long, requires = "csv")]
    books: Vec<PathBuf>,
    /// Where the folder for the server's data is made; it is removed at the end.
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
    /// Keep that folder: the rosters, the database, the files and the server's log.
    #[arg(long)]
    keep: bool,
    /// Seconds that a phase may take.
    #[arg(long, default_value_t = 3_600)]
    patience: u64,
}

/// A roster and what is in it.
struct Roster {
    name: String,
    path: PathBuf,
    counts: Counts,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match measure(Arguments::parse()).await {
        Ok(mistakes) if mistakes.is_empty() => {
            println!("\nThe books are right.");
            ExitCode::SUCCESS
        }
        Ok(mistakes) => {
            eprintln!("\nThe books are wrong:");
            for mistake in mistakes {
                eprintln!("  {mistake}");
            }
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Answers what the server counted wrongly.
async fn measure(arguments: Arguments) -> anyhow::Result<Vec<String>> {
    let mut folder = tempfile::Builder::new()
        .prefix("muster-measure-")
        .tempdir_in(&arguments.folder)
        .with_context(|| format!("making a folder in {}", arguments.folder.display()))?;
    folder.disable_cleanup(arguments.keep);
    if arguments.keep {
        println!("The data is in {}", folder.path().display());
    }

    let rosters = rosters(&arguments, folder.path())?;
    let server = Server::start(&arguments.server, folder.path(), arguments.database_url.as_deref()).await?;
    let result = import_all(&server, &rosters, Duration::from_secs(arguments.patience)).await;
    if result.is_err() {
        eprintln!("The end of the server's log:\n{}", server.end_of_log());
    }
    server.stop().await;
    result
}

async fn import_all(server: &Server, rosters: &[Roster], patience: Duration) -> anyhow::Result<Vec<String>> {
    let client = Client::new(server.address(), server.token().await?)?;
    let memory = Memory::of(server.pid()?);
    let mut table = Table::new(memory.can_reset());
    table.idle(memory.peak_mib()?);

    let mut mistakes = Vec::new();
    for roster in rosters {
        let mut import = run::Run { client: &client, memory: &memory, table: &mut table, patience };
        mistakes.extend(import.import(roster).await.with_context(|| format!("the {} roster", roster.name))?);
    }
    println!("\n{table}");
    Ok(mistakes)
}

fn rosters(arguments: &Arguments, folder: &Path) -> anyhow::Result<Vec<Roster>> {
    if arguments.csv.is_empty() {
        let (rows, seed) = (arguments.rows, arguments.seed);
        return [("first", Day::First), ("second", Day::Second)]
            .into_iter()
            .map(|(name, day)| generated(name, Recipe { rows, seed, day }, folder))
            .collect();
    }
    ensure!(arguments.csv.len() == arguments.books.len(), "each --csv needs its --books, in the same order");
    arguments
        .csv
        .iter()
        .zip(&arguments.books)
        .enumerate()
        .map(|(n, (csv, books))| given(n, csv, books))
        .collect()
}

fn generated(name: &str, recipe: Recipe, folder: &Path) -> anyhow::Result<Roster> {
    let path = folder.join(format!("{name}.csv"));
    let mut file = BufWriter::new(File::create(&path).context("creating a roster")?);
    let counts = write(recipe, &mut file).context("writing a roster")?;
    file.flush().context("writing a roster")?;
    Ok(Roster { name: name.to_owned(), path, counts })
}

fn given(number: usize, csv: &Path, books: &Path) -> anyhow::Result<Roster> {
    let file = File::open(books).with_context(|| format!("opening {}", books.display()))?;
    let counts = serde_json::from_reader(BufReader::new(file))
        .with_context(|| format!("reading {}", books.display()))?;
    Ok(Roster { name: (number + 1).to_string(), path: csv.to_owned(), counts })
}
