//! Whether somebody who sends costly requests slows others down: 64 connections ask for history pages (wrk does), alone and
//! beside a second client that sends the probes as fast as they are answered, in turn.
//!
//! The server is a process of its own, and counts no rates here: what holds then holds all the more with them.

#[allow(dead_code, reason = "what is measured there does more with it")]
#[path = "../measure/client.rs"]
mod client;
mod load;
mod probes;
#[allow(dead_code, reason = "what is measured there does more with it")]
#[path = "../measure/server.rs"]
mod server;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::Parser;
use serde_json::Value;

use crate::client::Client;
use crate::load::History;
use crate::probes::Prober;
use crate::server::Server;

const UPLOAD: &str = "mutation($input: UploadMembershipFileInput!) { uploadMembershipFile(input: $input) {
    membershipImport { id } userErrors { code message } } }";
const ROSTER: &str =
    "Member ID,First name,Last name,E-mail\nM-1,Ada,Abara,ada@example.org\nM-2,Ben,Brandt,ben@example.org\n";

/// Asks for history pages over many connections, alone and beside a client that sends costly requests, in turn; prints the
/// medians, and fails if those beside are too many times those alone.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The server's program.
    #[arg(long, default_value = "target/release/muster")]
    server: PathBuf,
    /// Connections that ask for history pages.
    #[arg(long, default_value_t = 64)]
    connections: u32,
    /// Connections of the client that sends the probes.
    #[arg(long, default_value_t = 1)]
    probers: usize,
    /// Imports in the history.
    #[arg(long, default_value_t = 100)]
    imports: u32,
    /// How often both are measured.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How long each measurement takes.
    #[arg(long, default_value_t = 8)]
    seconds: u32,
    /// The greatest ratio that is good.
    #[arg(long, default_value_t = 1.5)]
    at_most: f64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    ensure!(arguments.rounds > 0, "there has to be a round");
    let folder = tempfile::tempdir().context("a folder for the server's data")?;
    let server = Server::start(&arguments.server, folder.path(), None).await?;
    let token = server.token().await?;
    prepare(&Client::new(server.address(), token.clone())?, folder.path(), arguments.imports).await?;
    let history = History::new(folder.path(), server.address(), &token, &arguments)?;

    history.median_ms().await.context("warming up")?;
    let mut ratios = Vec::new();
    for round in 1..=arguments.rounds {
        let alone = history.median_ms().await?;
        let prober = Prober::start(server.address(), &token, arguments.probers)?;
        let beside = history.median_ms().await?;
        let (probes, slowest) = prober.stop().await?;
        println!(
            "round {round}: {alone:.2} ms alone, {beside:.2} ms beside {probes} probes, the slowest of which took {slowest:.0} ms"
        );
        ratios.push(beside / alone);
    }
    server.stop().await;
    // Of neighbours in time, as the machine may do other things too.
    let ratio = median(ratios);
    println!("beside over alone: {ratio:.2}, at most {}", arguments.at_most);
    Ok(if ratio <= arguments.at_most { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Uploads small rosters: a history.
async fn prepare(client: &Client, folder: &Path, imports: u32) -> anyhow::Result<()> {
    let file = folder.join("roster.csv");
    std::fs::write(&file, ROSTER).context("writing a roster")?;
    for _ in 0..imports {
        let _: Value = client.upload("uploadMembershipFile", UPLOAD, &file).await?;
    }
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![1.0]), 1.0);
    }
}
