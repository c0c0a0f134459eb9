//! The floors: the least that a server in Rust has to do for the same work. No GraphQL, no tokens, no guards.
//!
//! `floor history DATABASE_URL` serves the history page: poem, one statement by sqlx, serde.
//! `floor fanout` sends the same bytes to all WebSockets: tungstenite with buffers of 4 KiB.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::{SinkExt as _, StreamExt as _};
use poem::http::StatusCode;
use poem::listener::{Acceptor as _, Listener as _, TcpListener};
use poem::web::Data;
use poem::{EndpointExt as _, Response, Route, Server, handler, post};
use serde::Serialize;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow, PgSslMode};
use sqlx::{Row as _, query};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::broadcast;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response as Accepted};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};
use uuid::Uuid;

/// Items on the page.
const PAGE: usize = 20;
/// The tenant of the rows.
const TENANT: Uuid = Uuid::from_u128(1);
const STATEMENT: &str = "
    SELECT i.id, i.status, i.step, i.file_name, i.file_row_count, i.uploaded_at, i.updated_at, u.id, u.name,
           a.id, a.file_name
    FROM imports i
    JOIN users u ON u.tenant_id = i.tenant_id AND u.id = i.uploaded_by
    LEFT JOIN imports a ON a.tenant_id = i.tenant_id AND a.status = 'IN_PROGRESS'
    WHERE i.tenant_id = $1 ORDER BY i.uploaded_at DESC, i.id DESC LIMIT 21";
/// The message that all get.
const CHANGE: &str = r#"{"type":"next","id":"0","payload":{"data":{"importsChanged":{"change":{"status":"INCOMPLETE","step":"MAPPING","version":2,"membershipImport":{"id":"AwGeL-s1PnuToF12oR8RbnE","file":{"name":"roster.csv"}}},"activeImport":null}}}}"#;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["history", database_url, ..] => history(database_url).await,
        ["fanout", ..] => fanout().await,
        _ => bail!("floor history DATABASE_URL, or floor fanout"),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    nodes: Vec<Import>,
    has_next_page: bool,
    end_cursor: Option<String>,
    active_import: Option<Active>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Import {
    id: String,
    status: String,
    step: String,
    action: &'static str,
    uploaded_at: String,
    updated_at: String,
    file: File,
    uploaded_by: User,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File {
    name: String,
    row_count: i32,
    url: String,
}

#[derive(Serialize)]
struct User {
    id: String,
    name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Active {
    id: String,
    banner_message: String,
}

async fn history(database_url: &str) -> anyhow::Result<()> {
    // As Muster speaks to a database on the same machine.
    let options: PgConnectOptions = database_url.parse()?;
    let options = options.ssl_mode(PgSslMode::Disable);
    let pool = PgPoolOptions::new().max_connections(10).connect_with(options).await?;
    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await?;
    println!(
        "ready at http://{}",
        acceptor.local_addr().first().and_then(|a| a.as_socket_addr()).context("no address")?
    );
    let routes = Route::new().at("/graphql", post(page).data(pool));
    Ok(Server::new_with_acceptor(acceptor).run(routes).await?)
}

#[handler]
async fn page(pool: Data<&PgPool>) -> Response {
    match read(pool.0).await {
        Ok(json) => Response::builder().content_type("application/json").body(json),
        Err(error) => {
            eprintln!("{error:#}");
            StatusCode::INTERNAL_SERVER_ERROR.into()
        }
    }
}

async fn read(pool: &PgPool) -> anyhow::Result<Vec<u8>> {
    let rows = query(STATEMENT).bind(TENANT).fetch_all(pool).await?;
    let active = match rows.first() {
        Some(row) => row.try_get::<Option<Uuid>, _>(9)?.map(|id| {
            anyhow::Ok(Active {
                id: opaque(id),
                banner_message: format!(
                    "The import of \"{}\" waits for you to check its mapping.",
                    row.try_get::<&str, _>(10)?
                ),
            })
        }),
        None => None,
    };
    let answer = Answer {
        has_next_page: rows.len() > PAGE,
        end_cursor: rows
            .get(PAGE - 1)
            .map(|row| {
                anyhow::Ok(URL_SAFE_NO_PAD.encode(format!(
                    "t{}:{}",
                    row.try_get::<Uuid, _>(0)?.simple(),
                    row.try_get::<i64, _>(5)?
                )))
            })
            .transpose()?,
        nodes: rows.iter().take(PAGE).map(import).collect::<anyhow::Result<_>>()?,
        active_import: active.transpose()?,
    };
    Ok(serde_json::to_vec(&answer)?)
}

fn import(row: &PgRow) -> anyhow::Result<Import> {
    let id: Uuid = row.try_get(0)?;
    let status: String = row.try_get(1)?;
    Ok(Import {
        id: opaque(id),
        step: row.try_get(2)?,
        action: if status == "IN_PROGRESS" { "RESUME" } else { "VIEW" },
        uploaded_at: time(row.try_get(5)?),
        updated_at: time(row.try_get(6)?),
        file: File {
            name: row.try_get(3)?,
            row_count: row.try_get(4)?,
            url: format!("http://127.0.0.1/files/{}", opaque(id)),
        },
        uploaded_by: User { id: opaque(row.try_get(7)?), name: row.try_get(8)? },
        status,
    })
}

fn opaque(id: Uuid) -> String {
    URL_SAFE_NO_PAD.encode(id.as_bytes())
}

fn time(milliseconds: i64) -> String {
    let time = DateTime::<Utc>::from_timestamp_millis(milliseconds).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

async fn fanout() -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("ready at http://{}", listener.local_addr()?);
    let (changes, _) = broadcast::channel::<Message>(16);
    let changes = Arc::new(changes);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let changes = changes.clone();
        tokio::spawn(async move { connection(stream, &changes).await });
    }
}

/// A POST makes the change; anything else is a WebSocket.
async fn connection(mut stream: TcpStream, changes: &broadcast::Sender<Message>) -> anyhow::Result<()> {
    let mut first = [0; 4];
    stream.peek(&mut first).await?;
    if &first == b"POST" {
        let mut request = [0; 4096];
        while stream.read(&mut request).await? > 0 {
            changes.send(Message::text(CHANGE))?;
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await?;
        }
        return Ok(());
    }
    let config = WebSocketConfig::default().read_buffer_size(4 * 1024).write_buffer_size(0);
    let socket = accept_hdr_async_with_config(stream, protocol, Some(config)).await?;
    watch(socket, changes.subscribe()).await
}

#[allow(clippy::result_large_err, clippy::unnecessary_wraps, reason = "tungstenite's")]
fn protocol(request: &Request, mut response: Accepted) -> Result<Accepted, ErrorResponse> {
    if let Some(protocol) = request.headers().get("sec-websocket-protocol") {
        response.headers_mut().insert("sec-websocket-protocol", protocol.clone());
    }
    Ok(response)
}

async fn watch(
    mut socket: WebSocketStream<TcpStream>,
    mut changes: broadcast::Receiver<Message>,
) -> anyhow::Result<()> {
    loop {
        tokio::select! {
            change = changes.recv() => socket.send(change?).await?,
            message = socket.next() => match message.context("the socket has ended")?? {
                Message::Text(text) if text.contains("connection_init") => {
                    socket.send(Message::text(r#"{"type":"connection_ack"}"#)).await?;
                }
                Message::Text(text) if text.contains("ping") => socket.send(Message::text(r#"{"type":"pong"}"#)).await?,
                _ => {}
            }
        }
    }
}
