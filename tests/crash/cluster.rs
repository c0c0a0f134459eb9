//! A PostgreSQL of a test's own, which can be stopped and started.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A cluster; it goes with the test.
pub struct Cluster {
    folder: TempDir,
    port: u16,
}

impl Cluster {
    pub fn start_new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        if is_root() {
            // PostgreSQL does not run as root.
            run(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let cluster = Self { folder, port };
        let settings = format!(
            "port={port}\nlisten_addresses='127.0.0.1'\nunix_socket_directories='{}'\nfsync=on\n",
            cluster.folder.path().display()
        );
        run(cluster
            .program("initdb")
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "-D"])
            .arg(cluster.data()));
        let path = cluster.data().join("postgresql.conf");
        let written = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, written + &settings).unwrap();
        cluster.start();
        cluster
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The address of its database, for this user.
    pub fn url(&self, user: &str) -> String {
        format!("postgres://{user}@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts it, and waits until it answers.
    pub fn start(&self) {
        let log = self.folder.path().join("log");
        run(self
            .program("pg_ctl")
            .args(["start", "-w", "-t", "120", "-D"])
            .arg(self.data())
            .arg("-l")
            .arg(log));
    }

    /// Stops it: `fast` as one does, `immediate` as if the power went.
    pub fn stop(&self, mode: &str) {
        run(self.program("pg_ctl").args(["stop", "-m", mode, "-w", "-D"]).arg(self.data()));
    }

    /// Looks through every table and every index.
    pub fn check(&self) {
        let port = self.port.to_string();
        run(self.program("pg_amcheck").args([
            "--install-missing",
            "--heapallindexed",
            "--parent-check",
            "-h",
            "127.0.0.1",
            "-U",
            "postgres",
            "-p",
            &port,
            "postgres",
        ]));
    }

    /// One of PostgreSQL's programs, run by whoever may.
    fn program(&self, name: &str) -> Command {
        let path = programs().join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir(self.folder.path());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl");
        let _ = stop
            .args(["stop", "-m", "immediate", "-D"])
            .arg(self.data())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

/// Where Debian has them, or else where `pg_config` says.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let folders = versions.map(|version| version.unwrap().path().join("bin"));
    folders.filter(|folder| folder.join("initdb").exists()).max().unwrap_or_else(|| {
        let said = Command::new("pg_config").arg("--bindir").output().expect("the programs of PostgreSQL");
        String::from_utf8(said.stdout).unwrap().trim().into()
    })
}

/// A server goes on holding what it is started with: pipes would never end.
fn run(command: &mut Command) {
    let status = command.stdout(Stdio::null()).status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}
