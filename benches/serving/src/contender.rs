//! Whoever takes part, as a process of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::database::{SLUG, TENANT};

/// Known to everybody: the server listens on 127.0.0.1, and its data is gone afterwards.
const SECRET: &str = "measuring-needs-a-secret-that-is-no-secret";
/// How long a server may take to listen.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the programs are.
pub struct Programs {
    /// Muster.
    pub muster: PathBuf,
    /// The peers, installed; none takes part unless given.
    pub peers: Option<PathBuf>,
}

/// A running server; it ends with this value.
pub struct Contender {
    /// What the table calls it.
    pub name: &'static str,
    /// Host and port.
    pub address: String,
    /// Sent with each request.
    pub token: Option<String>,
    child: Child,
}

impl Programs {
    fn muster(&self) -> Command {
        let mut command = Command::new(&self.muster);
        command.env("MUSTER_JWT_SECRET", SECRET).env("MUSTER_LOG", "error");
        // The rates are counted, and never reached.
        for rate in
            ["USER_OPERATIONS_PER_SECOND", "TENANT_OPERATIONS_PER_SECOND", "TENANT_UPLOADS_PER_MINUTE"]
        {
            command.env(format!("MUSTER_{rate}"), "1000000");
        }
        command.env("MUSTER_CONNECTIONS_PER_TENANT_MAX", "20000");
        command
    }

    /// Makes Muster's tables.
    pub async fn migrate(&self, database_url: &str) -> anyhow::Result<()> {
        let output = self
            .muster()
            .args(["migrate", "up", "--database-url", database_url])
            .output()
            .await
            .with_context(|| format!("{}: build it with `cargo build --release`", self.muster.display()))?;
        ensure!(output.status.success(), "`muster migrate`: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    /// A token of the tenant's first admin.
    pub async fn token(&self, slug: &str) -> anyhow::Result<String> {
        let output = self
            .muster()
            .args(["token", "--tenant", slug, "--user", "admin-0", "--name", "Admin 0", "--ttl", "86400"])
            .output()
            .await?;
        ensure!(output.status.success(), "`muster token`: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Muster itself, with its files in `folder`.
    pub async fn serve(&self, database_url: &str, folder: &Path) -> anyhow::Result<Contender> {
        let mut command = self.muster();
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--database-url", database_url])
            .env("MUSTER_FILES_URL", format!("file:{}", folder.display()));
        let token = Some(self.token(SLUG).await?);
        Ok(Contender { token, ..start("Muster", command).await? })
    }

    /// A floor: `history` or `fanout`.
    pub async fn floor(&self, which: &str, database_url: &str) -> anyhow::Result<Contender> {
        let floor = std::env::current_exe()?.with_file_name("floor");
        let mut command = Command::new(floor);
        command.args([which, database_url]);
        let name = if which == "history" { "floor: poem + sqlx" } else { "floor: tungstenite" };
        start(name, command).await
    }

    /// A peer: the name of its script.
    pub async fn peer(&self, name: &'static str, database_url: &str) -> anyhow::Result<Option<Contender>> {
        let Some(folder) = &self.peers else { return Ok(None) };
        let mut command = Command::new("node");
        command.current_dir(folder).env("NODE_ENV", "production").env("GRAPHILE_ENV", "production").args([
            &format!("{name}.mjs"),
            database_url,
            &TENANT.to_string(),
        ]);
        Ok(Some(start(name, command).await?))
    }
}

impl Contender {
    /// The process.
    pub fn pid(&self) -> anyhow::Result<u32> {
        self.child.id().with_context(|| format!("{} has ended", self.name))
    }

    /// What it keeps in memory now, in KiB.
    pub fn resident_kib(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()?))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().trim_end_matches("kB").trim().parse()?)
    }
}

async fn start(name: &'static str, mut command: Command) -> anyhow::Result<Contender> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("starting {name}"))?;
    let mut lines = BufReader::new(child.stdout.take().context("no stdout")?).lines();
    let address = timeout(PATIENCE, async {
        while let Some(line) = lines.next_line().await? {
            if let Some((_, address)) = line.split_once("ready at http://") {
                return anyhow::Ok(address.trim().to_owned());
            }
        }
        bail!("{name} ended at once")
    })
    .await
    .with_context(|| format!("{name} does not say where it listens"))??;
    // A pipe that nobody reads would fill up and hold the server.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok(Contender { name, address, token: None, child })
}
