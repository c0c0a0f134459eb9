//! Servers in processes of their own.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::RwLock;
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::{interval, timeout};

pub const SECRET: &str = "a secret for tests that is long enough to be one";
/// Another build of the program, instead of the one that the tests were built with.
const PROGRAM: &str = "MUSTER_TEST_PROGRAM";
/// Tests ask faster than anybody does.
const HASTY: [(&str, &str); 3] = [
    ("MUSTER_USER_OPERATIONS_PER_SECOND", "0"),
    ("MUSTER_TENANT_OPERATIONS_PER_SECOND", "0"),
    ("MUSTER_TENANT_UPLOADS_PER_MINUTE", "0"),
];
/// Lines of the log that are shown when a test fails.
const SHOWN: usize = 40;

/// Where servers have their data, and how they are set.
pub struct Home {
    pub database_url: String,
    folder: TempDir,
    settings: Vec<(&'static str, String)>,
}

impl Home {
    pub fn on_sqlite(settings: &[(&'static str, u64)]) -> Self {
        let mut home = Self::on(String::new(), settings);
        home.database_url = format!("sqlite://{}/muster.db?mode=rwc", home.folder.path().display());
        home
    }

    pub fn on(database_url: String, settings: &[(&'static str, u64)]) -> Self {
        let settings = settings.iter().map(|(name, value)| (*name, value.to_string())).collect();
        Self { database_url, folder: tempfile::tempdir().unwrap(), settings }
    }

    /// A copy of the SQLite as it lies there, if it is one: whoever opens the database itself would put it in order.
    pub fn copy_of_sqlite(&self) -> Option<Copy> {
        let path = self.database_url.strip_prefix("sqlite://")?.strip_suffix("?mode=rwc")?;
        let folder = tempfile::tempdir().unwrap();
        let to = format!("{}/muster.db", folder.path().display());
        std::fs::copy(path, &to).unwrap();
        // Its log is gone once a server has ended in order.
        let _ = std::fs::copy(format!("{path}-wal"), format!("{to}-wal"));
        Some(Copy { url: format!("sqlite://{to}?mode=rwc"), _folder: folder })
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn log(&self) -> File {
        OpenOptions::new().create(true).append(true).open(self.log_path()).unwrap()
    }

    /// What all servers have said so far.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }
}

/// A copy of a database.
pub struct Copy {
    pub url: String,
    _folder: TempDir,
}

impl Drop for Home {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let said = self.said();
            let lines: Vec<&str> = said.lines().collect();
            println!("the servers said:\n{}", lines[lines.len().saturating_sub(SHOWN)..].join("\n"));
        }
    }
}

/// A server.
pub struct Server {
    process: Child,
    /// Such as `http://127.0.0.1:8000`.
    pub address: String,
}

impl Server {
    /// Starts one, and waits until it says where it is.
    pub fn start(home: &Home) -> Self {
        Self::start_at(home, &home.database_url)
    }

    /// Starts one that comes to the database by another address.
    pub fn start_at(home: &Home, database_url: &str) -> Self {
        let program = std::env::var(PROGRAM).unwrap_or_else(|_| env!("CARGO_BIN_EXE_muster").to_owned());
        let mut process = Command::new(program)
            .args(["serve", "--migrate", "--listen", "127.0.0.1:0"])
            .env("MUSTER_DATABASE_URL", database_url)
            .env("MUSTER_FILES_URL", format!("file:{}/files", home.folder.path().display()))
            .env("MUSTER_JWT_SECRET", SECRET)
            .env("MUSTER_LOG", "warn,muster=info")
            .envs(HASTY)
            .envs(home.settings.iter().map(|(name, value)| (*name, value)))
            .stdout(Stdio::piped())
            .stderr(home.log())
            .spawn()
            .unwrap();
        let said = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let address =
            said.filter_map(|line| line.strip_prefix("Muster is ready at ").map(str::to_owned)).next();
        let address = address.unwrap_or_else(|| panic!("it does not start: {}", home.said()));
        Self { process, address }
    }

    /// The process.
    #[allow(dead_code, reason = "for hostile input, which is another binary")]
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Whether it has not ended.
    #[allow(dead_code, reason = "for hostile input, which is another binary")]
    pub fn lives(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// SIGKILL: nothing is put in order.
    pub fn kill(&mut self) {
        let _ = self.process.kill();
        self.process.wait().unwrap();
    }

    /// Sends a signal, such as `STOP`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.process.id().to_string()).status();
        assert!(sent.unwrap().success());
    }

    /// Waits until the process has ended by itself.
    pub async fn ended(&mut self, within: Duration) -> ExitStatus {
        let look = async {
            let mut look = interval(Duration::from_millis(10));
            loop {
                look.tick().await;
                if let Some(status) = self.process.try_wait().unwrap() {
                    return status;
                }
            }
        };
        timeout(within, look).await.expect("the server ends")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Where servers can be asked; they come back elsewhere.
pub struct Doors(RwLock<Vec<String>>);

impl Doors {
    pub fn new(servers: &[Server]) -> Self {
        Self(RwLock::new(servers.iter().map(|server| server.address.clone()).collect()))
    }

    pub fn count(&self) -> usize {
        self.0.read().unwrap().len()
    }

    pub fn at(&self, place: usize) -> String {
        self.0.read().unwrap()[place].clone()
    }

    pub fn set(&self, place: usize, server: &Server) {
        self.0.write().unwrap()[place].clone_from(&server.address);
    }
}
