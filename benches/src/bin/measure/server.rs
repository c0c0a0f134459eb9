//! The server as a process of its own.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// Known to everybody: the server listens on 127.0.0.1, and its data is gone afterwards.
const SECRET: &str = "measuring-needs-a-secret-that-is-no-secret";
/// How long it may take to create its database and listen.
const START_PATIENCE: Duration = Duration::from_secs(60);
/// Shown of the log when something went wrong.
const LOG_BYTES_SHOWN: usize = 4_000;

/// A running server; it ends with this value.
pub struct Server {
    child: Child,
    program: PathBuf,
    address: String,
    log: PathBuf,
}

impl Server {
    /// Starts the program on a folder and waits until it says where it listens.
    pub async fn start(program: &Path, folder: &Path, database_url: Option<&str>) -> anyhow::Result<Self> {
        // It runs in another folder, so a relative path would lead nowhere.
        let program = fs::canonicalize(program)
            .with_context(|| format!("{}: build it with `cargo build --release`", program.display()))?;
        let log = folder.join("server.log");
        let errors = File::create(&log).context("creating the server's log")?;
        let embedded = format!("sqlite://{}?mode=rwc", folder.join("muster.db").display());
        let mut child = Command::new(&program)
            .args(["serve", "--migrate"])
            .current_dir(folder)
            .env("MUSTER_LISTEN", "127.0.0.1:0")
            .env("MUSTER_JWT_SECRET", SECRET)
            .env("MUSTER_DATABASE_URL", database_url.unwrap_or(&embedded))
            .env("MUSTER_FILES_URL", format!("file:{}", folder.join("files").display()))
            // It asks faster than anybody does.
            .env("MUSTER_USER_OPERATIONS_PER_SECOND", "0")
            .env("MUSTER_TENANT_OPERATIONS_PER_SECOND", "0")
            .env("MUSTER_TENANT_UPLOADS_PER_MINUTE", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting {}", program.display()))?;

        let output = child.stdout.take().context("the server has no stdout")?;
        let mut lines = BufReader::new(output).lines();
        let address = timeout(START_PATIENCE, async {
            while let Some(line) = lines.next_line().await? {
                if let Some(address) = address_in(&line) {
                    return Ok::<_, io::Error>(Some(address));
                }
            }
            Ok(None)
        })
        .await;
        let server = |address| Self { child, program, address, log };
        match address {
            Ok(Ok(Some(address))) => {
                // A pipe that nobody reads would fill up and hold the server.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                Ok(server(address))
            }
            Ok(Ok(None)) => {
                bail!("the server ended at once:\n{}", server(String::new()).end_of_log())
            }
            Ok(Err(error)) => Err(error).context("reading what the server says"),
            Err(_) => {
                let log = server(String::new()).end_of_log();
                bail!("the server did not say within {} s where it listens:\n{log}", START_PATIENCE.as_secs())
            }
        }
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The process.
    pub fn pid(&self) -> anyhow::Result<u32> {
        self.child.id().context("the server has ended")
    }

    /// A token for an admin, from the program itself, good for longer than any measurement.
    pub async fn token(&self) -> anyhow::Result<String> {
        let output = Command::new(&self.program)
            .args(["token", "--tenant", "measure", "--user", "admin", "--ttl", "86400"])
            .env("MUSTER_JWT_SECRET", SECRET)
            .output()
            .await
            .context("running `muster token`")?;
        ensure!(output.status.success(), "`muster token`: {}", String::from_utf8_lossy(&output.stderr));
        let token = String::from_utf8(output.stdout).context("the token")?;
        Ok(token.trim().to_owned())
    }

    /// What it said last.
    pub fn end_of_log(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&log[log.len().saturating_sub(LOG_BYTES_SHOWN)..]).into_owned()
    }

    /// Ends it. Nothing is lost: the folder goes too.
    pub async fn stop(mut self) {
        // It may have ended by itself.
        let _ = self.child.kill().await;
    }
}

/// The address in the line that says that the server is ready.
fn address_in(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("http://")?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || ".:[]".contains(c))).unwrap_or(rest.len());
    let address = rest[..end].trim_end_matches(['.', ':']);
    let (_, port) = address.rsplit_once(':')?;
    port.parse::<u16>().is_ok_and(|port| port != 0).then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found() {
        let found = |line| address_in(line).unwrap_or_default();
        assert_eq!(found("Muster is ready at http://127.0.0.1:40123"), "127.0.0.1:40123");
        assert_eq!(found("Listening on http://127.0.0.1:40123/graphql."), "127.0.0.1:40123");
        assert_eq!(found("http://127.0.0.1:40123."), "127.0.0.1:40123");
        assert_eq!(found("{\"url\":\"http://[::1]:8000\"}"), "[::1]:8000");
        assert_eq!(found("listen = 127.0.0.1:0"), "");
        assert_eq!(found("http://127.0.0.1:0"), "");
        assert_eq!(found("http://localhost"), "");
    }
}
