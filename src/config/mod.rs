//! The command line and the settings: read here, and nowhere else.

mod auth;
mod limits;
mod pages;
#[cfg(test)]
mod settings_tests;
mod tuning;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use self::auth::{AuthArgs, SecretArgs};
pub use self::limits::LimitsArgs;
pub use self::pages::PagesArgs;
pub use self::tuning::{LogFormat, TuningArgs};
use crate::http::auth::is_claim;
use crate::http::transport::TransportLimits;

/// A GraphQL service for membership file imports.
#[derive(Debug, Parser)]
#[command(name = "muster", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve. An embedded database is migrated first.
    Serve(Box<ServeArgs>),
    /// Serve from a folder of its own, with a sample tenant, two admins and a little history; prints a token for each
    /// admin.
    Demo(Box<DemoArgs>),
    /// Bring the database's schema up to date, take its newest change back, or show where it stands.
    Migrate(MigrateArgs),
    /// Print a token that is signed with MUSTER_JWT_SECRET.
    Token(TokenArgs),
    /// Print the GraphQL schema.
    Schema,
}

/// Where the data is.
#[derive(Debug, Clone, Args)]
pub struct DatabaseArgs {
    /// The database: `sqlite://FILE?mode=rwc` or `postgres://USER:PASSWORD@HOST/DATABASE`.
    #[arg(
        long,
        env = "MUSTER_DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite://muster-data/muster.db?mode=rwc"
    )]
    pub database_url: String,
    /// The most connections of this server to a PostgreSQL: a third of them write, and background work leaves two of those to
    /// requests.
    #[arg(long, env = "MUSTER_DATABASE_CONNECTIONS_MAX", default_value_t = 24,
        value_parser = limits::within::<u32>(6..=10_000))]
    pub database_connections_max: u32,
}

/// Where to listen.
#[derive(Debug, Clone, Args)]
pub struct ListenArgs {
    /// The address to listen at; port 0 picks one, and the address is printed when the server is ready.
    #[arg(long, env = "MUSTER_LISTEN", default_value = "127.0.0.1:8000", value_parser = host_and_port)]
    pub listen: String,
    /// Base of download addresses, such as `https://muster.example.org`; taken from each request unless set.
    #[arg(long, env = "MUSTER_PUBLIC_URL", value_parser = web_address)]
    pub public_url: Option<String>,
}

/// What every server is told.
#[derive(Debug, Clone, Args)]
pub struct ServerArgs {
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would print them")]
    pub listen: ListenArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would print them")]
    pub pages: PagesArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would print them")]
    pub tuning: TuningArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would print them")]
    pub limits: LimitsArgs,
}

impl ServerArgs {
    /// As the transport needs it.
    #[must_use]
    pub fn transport(&self) -> TransportLimits {
        self.limits.transport(self.tuning.file_size_bytes_max)
    }
}

/// Settings of `muster serve`.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would print them")]
    pub database: DatabaseArgs,
    /// Bring the schema of a PostgreSQL up to date first. (That of an embedded database always is.)
    #[arg(long, env = "MUSTER_MIGRATE", default_value_t = false)]
    pub migrate: bool,
    /// The files: `file:FOLDER`, or `s3://BUCKET/PREFIX`, set up by `AWS_ENDPOINT`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY` and so on.
    #[arg(long, env = "MUSTER_FILES_URL", default_value = "file:muster-data/files")]
    pub files_url: String,
    /// A folder of operations (`*.graphql`, in folders of it as well): with it, nothing else runs.
    #[arg(long, env = "MUSTER_TRUSTED_OPERATIONS")]
    pub trusted_operations: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would print them")]
    pub auth: AuthArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would print them")]
    pub server: ServerArgs,
}

/// Settings of `muster demo`.
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// The folder; it is made if it is not there, and goes on being used if it is.
    #[arg(long, default_value = "muster-demo")]
    pub folder: String,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would print them")]
    pub server: ServerArgs,
}

/// What `muster migrate` does.
#[derive(Debug, Clone, Args)]
pub struct MigrateArgs {
    /// Which way.
    #[arg(value_enum)]
    pub direction: MigrateDirection,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would print them")]
    pub database: DatabaseArgs,
}

/// Which way `muster migrate` goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum MigrateDirection {
    /// Apply every change that the database does not have.
    Up,
    /// Take the newest change back.
    Down,
    /// Show all changes and whether the database has them.
    Status,
}

/// What a token is to carry.
#[derive(Debug, Clone, Args)]
pub struct TokenArgs {
    /// The tenant's slug.
    #[arg(long, value_parser = claim)]
    pub tenant: String,
    /// Who, in the tenant.
    #[arg(long, value_parser = claim)]
    pub user: String,
    /// For people.
    #[arg(long, value_parser = claim)]
    pub name: Option<String>,
    /// For people.
    #[arg(long, value_parser = claim)]
    pub email: Option<String>,
    /// What they may do; can be given several times.
    #[arg(long, default_value = "tenant_admin")]
    pub role: Vec<String>,
    /// How long it is good, in seconds.
    #[arg(long, default_value_t = 3_600, value_parser = limits::within::<u32>(1..=u32::MAX.into()))]
    pub ttl: u32,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would print them")]
    pub secret: SecretArgs,
}

/// What the environment says of S3-compatible stores, by the names that their other clients know.
#[must_use]
pub fn s3_variables() -> Vec<(String, String)> {
    // One that is no text is none of these.
    let texts =
        std::env::vars_os().filter_map(|(name, value)| name.into_string().ok().zip(value.into_string().ok()));
    texts.filter(|(name, _)| name.starts_with("AWS_")).collect()
}

/// Takes what a token can carry: with anything else, no server would take the token.
fn claim(text: &str) -> Result<String, &'static str> {
    is_claim(text).then(|| text.to_owned()).ok_or("it has to have 1 to 255 characters, no control characters")
}

/// Takes an address to listen at; whether it is one of this machine is found out when it is bound.
fn host_and_port(text: &str) -> Result<String, &'static str> {
    let is_good =
        text.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
    is_good.then(|| text.to_owned()).ok_or("it has to be HOST:PORT, such as 127.0.0.1:8000")
}

/// Takes the address of a place in the web.
fn web_address(text: &str) -> Result<String, &'static str> {
    let address =
        url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    address.map(|_| text.to_owned()).ok_or("it has to be an address such as https://muster.example.org")
}
