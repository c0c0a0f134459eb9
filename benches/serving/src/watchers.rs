//! Subscribers over WebSockets, the same for everybody.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail};
use futures_util::stream::FuturesUnordered;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// How long subscribers may take to hear of a change.
const PATIENCE: Duration = Duration::from_secs(120);
/// Connections that are opened at once.
const AT_ONCE: usize = 50;

/// Sockets that watch; they end with this value.
pub struct Watchers {
    heard: Arc<Heard>,
    _tasks: JoinSet<()>,
}

#[derive(Default)]
struct Heard {
    /// Messages with the word that is waited for.
    count: AtomicUsize,
    wanted: AtomicUsize,
    all: Notify,
}

impl Watchers {
    /// Opens `sockets` sockets with `each` subscriptions, and counts the messages that have `word` in them.
    pub async fn open(
        address: &str,
        tokens: &[String],
        subscription: &str,
        sockets: usize,
        each: usize,
        word: &'static str,
    ) -> anyhow::Result<Self> {
        let heard = Arc::new(Heard::default());
        let mut tasks = JoinSet::new();
        let mut opening = FuturesUnordered::new();
        for socket in 0..sockets {
            let token = tokens.get(socket % tokens.len().max(1));
            opening.push(subscribe(address, token, subscription, each));
            if opening.len() >= AT_ONCE
                && let Some(stream) = opening.next().await
            {
                tasks.spawn(listen(stream?, word, heard.clone()));
            }
        }
        while let Some(stream) = opening.next().await {
            tasks.spawn(listen(stream?, word, heard.clone()));
        }
        Ok(Self { heard, _tasks: tasks })
    }

    /// From now on, `wanted` messages are waited for.
    pub fn expect(&self, wanted: usize) {
        self.heard.count.store(0, Ordering::SeqCst);
        self.heard.wanted.store(wanted, Ordering::SeqCst);
    }

    /// Until they have come.
    pub async fn all(&self) -> anyhow::Result<()> {
        let heard = timeout(PATIENCE, self.heard.all.notified()).await;
        heard.with_context(|| format!("{} have heard of the change", self.heard.count.load(Ordering::SeqCst)))
    }
}

/// A socket whose subscriptions are all at work: those that say something at once have said it.
async fn subscribe(
    address: &str,
    token: Option<&String>,
    subscription: &str,
    each: usize,
) -> anyhow::Result<WebSocketStream<TcpStream>> {
    let mut request = format!("ws://{address}/graphql").into_client_request()?;
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse()?);
    let stream = TcpStream::connect(address).await?;
    let config = WebSocketConfig::default().read_buffer_size(4 * 1024).write_buffer_size(0);
    let (mut socket, _) = client_async_with_config(request, stream, Some(config)).await?;
    let authorization = token.map(|token| format!("Bearer {token}"));
    say(&mut socket, json!({ "type": "connection_init", "payload": { "authorization": authorization } }))
        .await?;
    until(&mut socket, |message| message["type"] == "connection_ack").await?;
    for id in 0..each {
        let payload = json!({ "query": subscription });
        say(&mut socket, json!({ "type": "subscribe", "id": id.to_string(), "payload": payload })).await?;
    }
    // Whoever answers in turn has by then begun what it was asked before.
    say(&mut socket, json!({ "type": "ping" })).await?;
    let (mut begun, mut is_answered) = (0, false);
    until(&mut socket, |message| {
        begun += usize::from(message["type"] == "next");
        is_answered |= message["type"] == "pong";
        // Many of them are only opened where each says at once that it has begun.
        is_answered && (each == 1 || begun >= each)
    })
    .await?;
    Ok(socket)
}

async fn say(socket: &mut WebSocketStream<TcpStream>, message: Value) -> anyhow::Result<()> {
    Ok(socket.send(Message::text(message.to_string())).await?)
}

async fn until(
    socket: &mut WebSocketStream<TcpStream>,
    mut is_it: impl FnMut(&Value) -> bool,
) -> anyhow::Result<()> {
    loop {
        match timeout(PATIENCE, socket.next()).await?.context("the socket has ended")?? {
            Message::Text(text) => {
                let message: Value = serde_json::from_str(&text)?;
                if message["type"] == "error" {
                    bail!("{message}");
                }
                if is_it(&message) {
                    return Ok(());
                }
            }
            Message::Close(frame) => bail!("closed: {frame:?}"),
            _ => {}
        }
    }
}

async fn listen(mut socket: WebSocketStream<TcpStream>, word: &'static str, heard: Arc<Heard>) {
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Text(text) = message
            && text.contains(word)
            && heard.count.fetch_add(1, Ordering::SeqCst) + 1 == heard.wanted.load(Ordering::SeqCst)
        {
            heard.all.notify_one();
        }
    }
}
