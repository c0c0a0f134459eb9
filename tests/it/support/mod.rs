//! A Muster of one's own: a folder, a database, a clock that stands still, and admins who ask it things.

pub mod admin;
pub mod database;
mod http;
mod imports;
pub mod log;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use muster::app::{App, Settings};
use muster::clock::Clock;
use muster::files::Files;
use muster::graphql::SchemaOptions;
use muster::http::auth::{Rules, Token, TokenGate, Tokens};
use muster::http::pages::Pages;
use muster::http::quotas::{QuotaLimits, Quotas};
use muster::http::transport::TransportLimits;
use muster::http::{Site, routes};
use muster::worker;
use poem::endpoint::BoxEndpoint;
use poem::test::TestClient;
use poem::{EndpointExt, Response};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use database::Database;

pub use admin::{Admin, error_code, mutation, refusal};
pub use http::{Answer, Form};
pub use imports::{field, nodes};

/// When the clock of a new app stands: 2023-11-14T22:13:20Z.
const BEGINNING: i64 = 1_700_000_000_000;
/// Good until 2100: what signs in looks at the machine's clock.
const GOOD_UNTIL: i64 = 4_102_444_800;
pub const SECRET: &[u8] = b"a secret for tests that is long enough to be one";

/// Tests ask faster than anybody does.
const HASTY: QuotaLimits = QuotaLimits {
    user_operations_per_second: 0,
    tenant_operations_per_second: 0,
    tenant_uploads_per_minute: 0,
    uploads_at_once_max: 1_000,
    uploads_at_once_per_tenant_max: 1_000,
    ..QuotaLimits::DEFAULT
};

/// A Muster of one's own.
pub struct TestApp {
    pub app: Arc<App>,
    pub shutdown: CancellationToken,
    tokens: Tokens,
    client: TestClient<BoxEndpoint<'static, Response>>,
    time: Arc<AtomicI64>,
    folder: Arc<TempDir>,
    database: Arc<Database>,
}

impl TestApp {
    pub async fn new() -> Arc<Self> {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings) -> Arc<Self> {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::new(folder.path());
        Self::on(database, folder, settings).await
    }

    /// With these pages.
    #[allow(dead_code, reason = "for the tests of pages, which only one binary has")]
    pub async fn with_pages(pages: Pages) -> Arc<Self> {
        let mut app = Self::new().await;
        let site = Site { pages, ..app.site() };
        Arc::get_mut(&mut app).unwrap().client = TestClient::new(routes(site).boxed());
        app
    }

    pub async fn on_sqlite() -> Arc<Self> {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::on_sqlite(folder.path());
        Self::on(database, folder, Settings::default()).await
    }

    /// On the PostgreSQL that the environment has to name.
    pub async fn on_postgres() -> Arc<Self> {
        Self::on_postgres_at(std::env::var(database::POSTGRES_URL).expect(database::POSTGRES_URL)).await
    }

    pub async fn on_postgres_at(server: String) -> Arc<Self> {
        let folder = tempfile::tempdir().unwrap();
        Self::on(Database::on_postgres(server), folder, Settings::default()).await
    }

    /// With its files elsewhere.
    #[allow(dead_code, reason = "for the tests of such files, which are another binary")]
    pub async fn over(files: Files, folder: TempDir, settings: Settings) -> Arc<Self> {
        let database = Database::new(folder.path());
        Self::build(Arc::new(database), files, Arc::new(folder), settings, by_secret()).await
    }

    /// One more server on the same database and the same files.
    pub async fn beside(&self) -> Arc<Self> {
        let files = local_files(&self.folder);
        let (database, folder) = (self.database.clone(), self.folder.clone());
        Self::build(database, files, folder, self.app.settings.clone(), self.tokens.clone()).await
    }

    /// That lets others in than those whom [`SECRET`] does.
    pub async fn behind(tokens: Tokens) -> Arc<Self> {
        let folder = tempfile::tempdir().unwrap();
        let (database, files) = (Arc::new(Database::new(folder.path())), local_files(&folder));
        Self::build(database, files, Arc::new(folder), Settings::default(), tokens).await
    }

    async fn on(database: Database, folder: TempDir, settings: Settings) -> Arc<Self> {
        let files = local_files(&folder);
        Self::build(Arc::new(database), files, Arc::new(folder), settings, by_secret()).await
    }

    async fn build(
        database: Arc<Database>,
        files: Files,
        folder: Arc<TempDir>,
        settings: Settings,
        tokens: Tokens,
    ) -> Arc<Self> {
        let store = database.open().await;
        let time = Arc::new(AtomicI64::new(BEGINNING));
        let app = Arc::new(App::new(store, files, Clock::Fixed(time.clone()), settings));
        let shutdown = CancellationToken::new();
        let client = TestClient::new(routes(site(&app, &tokens, &shutdown)).boxed());
        Arc::new(Self { app, shutdown, tokens, client, time, folder, database })
    }

    /// Runs a statement past the program, on a PostgreSQL.
    #[allow(dead_code, reason = "for what is between several servers, which is another binary")]
    pub fn psql(&self, statement: &str) {
        database::psql(&self.database.url, statement);
    }

    /// The routes once more, for a server on a port of its own.
    pub fn site(&self) -> Site {
        site(&self.app, &self.tokens, &self.shutdown)
    }

    /// An admin of a tenant. Both come into being when they first ask something.
    pub fn admin(self: &Arc<Self>, tenant: &str, subject: &str) -> Admin {
        self.bearer(tenant, subject, &["tenant_admin"], GOOD_UNTIL)
    }

    /// Somebody with these roles and a token that is good until then.
    pub fn bearer(self: &Arc<Self>, tenant: &str, subject: &str, roles: &[&str], exp: i64) -> Admin {
        let token = Token {
            sub: subject.to_owned(),
            tenant: tenant.to_owned(),
            roles: roles.iter().map(ToString::to_string).collect(),
            exp,
            name: Some(format!("{subject} of {tenant}")),
            email: None,
        };
        Admin::new(self.clone(), Some(token.sign(SECRET).unwrap()))
    }

    /// Whoever comes with this token, or with none.
    pub fn stranger(self: &Arc<Self>, token: Option<&str>) -> Admin {
        Admin::new(self.clone(), token.map(str::to_owned))
    }

    /// Does all the background work that waits.
    pub async fn drain(&self) {
        worker::drain(&self.app).await;
    }

    /// Sets the clock forward.
    pub fn pass_seconds(&self, seconds: i64) {
        self.time.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }

    /// Takes the folder of files away.
    pub fn take_files_away(&self) {
        std::fs::remove_dir_all(self.folder.path().join("files")).unwrap();
    }

    /// A file beside the stored ones.
    pub fn stage(&self, name: &str, content: &[u8]) {
        let folder = std::fs::read_dir(self.folder.path().join("files")).unwrap().next().unwrap().unwrap();
        std::fs::write(folder.path().join(name), content).unwrap();
    }

    /// How many files are stored.
    pub fn stored_files(&self) -> usize {
        fn count(folder: &std::path::Path) -> usize {
            let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
        }
        count(&self.folder.path().join("files"))
    }
}

fn local_files(folder: &TempDir) -> Files {
    Files::open(&format!("file:{}/files", folder.path().display()), &[]).unwrap()
}

fn by_secret() -> Tokens {
    Tokens::by_secret(SECRET, Rules::default())
}

fn site(app: &Arc<App>, tokens: &Tokens, shutdown: &CancellationToken) -> Site {
    Site {
        app: app.clone(),
        gate: TokenGate {
            app: app.clone(),
            tokens: tokens.clone(),
            public_url: None,
            quotas: Quotas::new(&HASTY),
        },
        limits: TransportLimits::default(),
        trusted: None,
        schema: SchemaOptions::default(),
        pages: Pages::default(),
        metrics: None,
        shutdown: shutdown.clone(),
        sockets: TaskTracker::new(),
    }
}
