//! Writes a roster to stdout, and as JSON to stderr what is in it.

use std::io::{self, ErrorKind, Write as _};

use anyhow::Context as _;
use clap::Parser;
use muster_benches::roster::{Day, Recipe, write};

/// Writes a membership roster as an HR system would export it: the same bytes for the same arguments.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Members on the first day.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(..=8_000_000))]
    rows: u64,
    /// Another seed, other members.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The roster of a later day: 5 % with one to three changed fields, 3 % absent, 2 % new.
    #[arg(long)]
    second: bool,
    /// The roster of a later day on which so many have changed, and nobody is absent or new.
    #[arg(long, conflicts_with = "second")]
    changed: Option<u64>,
}

fn main() -> anyhow::Result<()> {
    let Arguments { rows, seed, second, changed } = Arguments::parse();
    let day = match changed {
        Some(changed) => Day::Changed(changed),
        None if second => Day::Second,
        None => Day::First,
    };
    match write(Recipe { rows, seed, day }, io::stdout().lock()) {
        Ok(counts) => {
            let counts = serde_json::to_string(&counts).context("the counts")?;
            writeln!(io::stderr(), "{counts}").context("writing the counts")
        }
        // `roster | head` is no mistake.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(error).context("writing the roster"),
    }
}
