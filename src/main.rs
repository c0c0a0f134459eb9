//! Parses the command line, builds the program, serves.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Parser;
use muster::app::App;
use muster::clock::{Clock, new_id, secret_number};
use muster::config::{
    AuthArgs, Cli, Command, DatabaseArgs, DemoArgs, MigrateArgs, MigrateDirection, PagesArgs, ServeArgs,
    ServerArgs, TokenArgs, TuningArgs, s3_variables,
};
use muster::files::Files;
use muster::http::auth::{Issuer, Rules, Source, Token, TokenGate, Tokens};
use muster::http::pages::{DemoAdmin, DemoAdmins};
use muster::http::quotas::Quotas;
use muster::http::transport::TrustedOperations;
use muster::http::{Site, routes, serve};
use muster::store::Store;
use muster::{demo, events, telemetry, worker};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Bytes of a secret that is taken: what HS256 asks for (RFC 7518, 3.2).
const SECRET_BYTES_MIN: usize = 32;
/// How long WebSockets may take to close, once no request is under way any more.
const FAREWELL: Duration = Duration::from_secs(1);
/// How long background work, which was told to end long before, may still take to.
const CLOSE_WORK: Duration = Duration::from_secs(1);
/// How long the database may take to be closed.
const CLOSE: Duration = Duration::from_secs(1);
/// How long what the process still is at then may take, such as a file that is being written through to a slow disk.
const LEAVE: Duration = Duration::from_secs(1);

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(obey(Cli::parse().command));
    // Dropped, it would wait for as long as that takes.
    runtime.shutdown_timeout(LEAVE);
    ended
}

async fn obey(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve(args) => serve_forever(*args).await,
        Command::Demo(args) => serve_demo(*args).await,
        Command::Migrate(args) => migrate(args).await,
        Command::Token(args) => print_token(args),
        Command::Schema => {
            print!("{}", muster::graphql::sdl());
            Ok(())
        }
    }
}

async fn serve_forever(args: ServeArgs) -> anyhow::Result<()> {
    let server = args.server;
    telemetry::log(&server.tuning.log, server.tuning.log_format)?;
    let secret = args.auth.secret.jwt_secret.as_deref().map(checked).transpose()?;
    let tokens = tokens(&args.auth, secret)?;
    let trusted = trusted(args.trusted_operations.as_deref(), &server).await?;
    let store = connect(&args.database).await?;
    let secret = download_secret(secret, &store)?;
    prepare(&store, args.migrate).await?;
    let app = open(store, &args.files_url, &server.tuning, &secret)?;
    run(app, &server, tokens, trusted, |_| Ok(None)).await
}

async fn serve_demo(args: DemoArgs) -> anyhow::Result<()> {
    // It is there to be explored.
    let tuning = TuningArgs { introspection: true, suggestions: true, ..args.server.tuning };
    let pages = PagesArgs { playground: true, ..args.server.pages };
    let server = ServerArgs { tuning, pages, ..args.server };
    telemetry::log(&server.tuning.log, server.tuning.log_format)?;
    let secret = demo::secret(&args.folder)
        .with_context(|| format!("cannot keep the demo's secret in {}", args.folder))?;
    let store = Store::connect(&format!("sqlite://{}/muster.db?mode=rwc", args.folder), 0, new_id()).await;
    let store = store.with_context(|| format!("cannot open the demo's database in {}", args.folder))?;
    prepare(&store, true).await?;
    let app = open(store, &format!("file:{}/files", args.folder), &server.tuning, &secret)?;
    let admins =
        demo::seed(&app).await.map_err(|failure| anyhow::anyhow!("cannot seed the demo: {failure:?}"))?;
    let tokens = Tokens::by_secret(&secret, Rules::default());
    run(app, &server, tokens, None, |address| {
        println!("\nConsole     http://{address}/");
        println!("Playground  http://{address}/playground");
        println!("GraphQL     http://{address}/graphql   (also ws://, graphql-transport-ws)");
        println!("Schema      http://{address}/schema.graphql\n");
        for admin in signed(&admins, &secret)? {
            let path = format!("{}/{}.token", args.folder, admin.subject);
            std::fs::write(&path, &admin.token).with_context(|| format!("cannot write {path}"))?;
            println!(
                "{}, an admin of {}; good for a day, also in {path}:\n{}\n",
                admin.name, admin.tenant, admin.token
            );
        }
        println!("The data is in {}; remove the folder to start anew.", args.folder);
        // Where others than this machine can ask, nobody is signed in with a click.
        let sign = Box::new(move || signed(&admins, &secret).unwrap_or_default());
        Ok(address.ip().is_loopback().then(|| Arc::new(DemoAdmins { address, sign })))
    })
    .await
}

fn signed(admins: &[demo::Admin], secret: &[u8]) -> anyhow::Result<Vec<DemoAdmin>> {
    let sign = |admin: &demo::Admin| {
        let token = demo::token(admin, Clock::System.now()).sign(secret)?;
        let (name, tenant, subject) = (admin.name.into(), admin.tenant.into(), admin.subject.into());
        Ok(DemoAdmin { name, tenant, subject, token })
    };
    admins.iter().map(sign).collect()
}

fn checked(secret: &str) -> anyhow::Result<&[u8]> {
    if secret.len() < SECRET_BYTES_MIN {
        bail!("MUSTER_JWT_SECRET has {} bytes; it needs {SECRET_BYTES_MIN} at least", secret.len());
    }
    Ok(secret.as_bytes())
}

/// Who is let in.
fn tokens(auth: &AuthArgs, secret: Option<&[u8]>) -> anyhow::Result<Tokens> {
    let Some(jwks_url) = &auth.jwks_url else {
        let Some(secret) = secret else {
            bail!(
                "set MUSTER_JWT_SECRET (`openssl rand -hex 32` makes a good one), or MUSTER_JWKS_URL: without either \
                 nobody can sign in"
            );
        };
        return Ok(Tokens::by_secret(secret, auth.rules()));
    };
    if auth.jwt_issuer.is_none() || auth.jwt_audience.is_none() {
        bail!(
            "set MUSTER_JWT_ISSUER and MUSTER_JWT_AUDIENCE along with MUSTER_JWKS_URL: without them, tokens that were \
             made for other services would be good here"
        );
    }
    let source = Source::of(jwks_url).context("--jwks-url (MUSTER_JWKS_URL)")?;
    Ok(Tokens::by_issuer(Issuer::new(source, auth.pace()), auth.rules()))
}

/// The operations that may run, if not every one may.
async fn trusted(folder: Option<&Path>, server: &ServerArgs) -> anyhow::Result<Option<TrustedOperations>> {
    let Some(folder) = folder else { return Ok(None) };
    let schema = muster::graphql::validating_schema();
    let read = TrustedOperations::read(folder, &schema, &server.transport()).await;
    let trusted = read.context("--trusted-operations (MUSTER_TRUSTED_OPERATIONS)")?;
    tracing::info!(count = trusted.count(), "only trusted operations run");
    Ok(Some(trusted))
}

/// What signs download addresses. A server that is alone can do without one that is set: an address is good for minutes.
fn download_secret(secret: Option<&[u8]>, store: &Store) -> anyhow::Result<Vec<u8>> {
    match secret {
        Some(secret) => Ok(secret.to_vec()),
        None if store.is_embedded() => Ok(secret_number().to_be_bytes().to_vec()),
        None => bail!(
            "set MUSTER_JWT_SECRET, the same for all servers of this database: download addresses are signed with it"
        ),
    }
}

async fn connect(args: &DatabaseArgs) -> anyhow::Result<Store> {
    let store = Store::connect(&args.database_url, args.database_connections_max, new_id()).await;
    store.context("cannot open the database that --database-url (MUSTER_DATABASE_URL) names")
}

/// Makes sure that the schema is the one that this program knows.
async fn prepare(store: &Store, migrate: bool) -> anyhow::Result<()> {
    if store.is_embedded() {
        alone(store)?;
        store.migrate_up().await.context("bringing the database up to date")?;
        // An embedded database has one server: whoever held a lease is gone.
        return store.free_leases().await.context("freeing the work of a server that is gone");
    }
    if migrate {
        store.migrate_up().await.context("bringing the database up to date")?;
    }
    let changes = store.migrations().await.context("reading which migrations the database has")?;
    if let Some(change) = changes.iter().find(|change| !change.applied) {
        bail!(
            "the database is not up to date: {} is missing. Run `muster migrate up`, or serve with --migrate",
            change.name
        );
    }
    Ok(())
}

/// Refuses if another server has the embedded database: it would take over the work that the other one is at. The lock goes
/// with the process, however it ends.
fn alone(store: &Store) -> anyhow::Result<()> {
    let Some(path) = store.file() else { return Ok(()) };
    let path = format!("{path}.lock");
    let lock = std::fs::File::create(&path).with_context(|| format!("cannot create {path}"))?;
    match lock.try_lock() {
        Ok(()) => {
            std::mem::forget(lock);
            Ok(())
        }
        Err(std::fs::TryLockError::WouldBlock) => bail!(
            "another server has this database ({path} is locked): stop it, or use PostgreSQL for several servers"
        ),
        Err(std::fs::TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {path}")),
    }
}

fn open(store: Store, files: &str, tuning: &TuningArgs, secret: &[u8]) -> anyhow::Result<Arc<App>> {
    let opened = Files::open(files, &s3_variables());
    let files = opened.with_context(|| format!("cannot keep files in {files}"))?;
    Ok(Arc::new(App::new(store, files, Clock::System, tuning.settings(secret))))
}

async fn run(
    app: Arc<App>,
    server: &ServerArgs,
    tokens: Tokens,
    trusted: Option<TrustedOperations>,
    greet: impl FnOnce(std::net::SocketAddr) -> anyhow::Result<Option<Arc<DemoAdmins>>>,
) -> anyhow::Result<()> {
    let (shutdown, sockets) = (CancellationToken::new(), TaskTracker::new());
    let listen = &server.listen.listen;
    let bound = serve::bind(listen)
        .await
        .with_context(|| format!("cannot listen at {listen}: choose another HOST:PORT with --listen"))?;
    let metrics = telemetry::metrics()?;
    if let Some(issuer) = tokens.issuer() {
        tokio::spawn(issuer.keep(shutdown.clone()));
    }
    let worker = tokio::spawn(worker::run(app.clone(), shutdown.clone()));
    tokio::spawn(events::relay(app.store.clone(), app.events.clone(), shutdown.clone()));
    let stop = shutdown.clone();
    tokio::spawn(async move {
        ended().await;
        tracing::info!("ending");
        stop.cancel();
    });
    println!("Muster is ready at http://{}", bound.address);
    let demo_admins = greet(bound.address)?;
    let public_url = server.listen.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned());
    let site = Site {
        app: app.clone(),
        gate: TokenGate {
            app: app.clone(),
            tokens,
            public_url,
            quotas: Quotas::new(&server.limits.quotas()),
        },
        limits: server.transport(),
        trusted,
        schema: server.tuning.schema(),
        pages: server.pages.pages(demo_admins),
        metrics: Some(metrics),
        shutdown: shutdown.clone(),
        sockets: sockets.clone(),
    };
    serve::serve(bound, routes(site), server.limits.connections(), shutdown.clone()).await;
    shutdown.cancel();
    sockets.close();
    if timeout(FAREWELL, sockets.wait()).await.is_err() {
        tracing::warn!(sockets = sockets.len(), "clients that take no farewell are left");
    }
    match timeout(CLOSE_WORK, worker).await {
        Ok(ended) => ended?,
        Err(_) => tracing::warn!("background work is left where it is: the database does not answer"),
    }
    match timeout(CLOSE, app.store.close()).await {
        Ok(closed) => closed.context("closing the database")?,
        // Whatever still is in a transaction is rolled back.
        Err(_) => tracing::warn!("the database is left without waiting for what is under way"),
    }
    Ok(())
}

/// Until the process is asked to end.
async fn ended() {
    let interrupted = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupted.await;
        }
    }
}

async fn migrate(args: MigrateArgs) -> anyhow::Result<()> {
    let store = connect(&args.database).await?;
    match args.direction {
        MigrateDirection::Up => store.migrate_up().await?,
        MigrateDirection::Down => store.migrate_down().await?,
        MigrateDirection::Status => {}
    }
    for change in store.migrations().await? {
        println!("{:<8} {}", if change.applied { "applied" } else { "pending" }, change.name);
    }
    store.close().await?;
    Ok(())
}

fn print_token(args: TokenArgs) -> anyhow::Result<()> {
    let Some(secret) = &args.secret.jwt_secret else { bail!("set MUSTER_JWT_SECRET to what the server has") };
    let exp = Clock::System.now().0 / 1_000 + i64::from(args.ttl);
    let token = Token {
        sub: args.user,
        tenant: args.tenant,
        roles: args.role,
        exp,
        name: args.name,
        email: args.email,
    };
    println!("{}", token.sign(checked(secret)?)?);
    Ok(())
}
