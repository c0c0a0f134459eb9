//! One socket: the task that reads it, and does what the client says.

use std::{pin::Pin, sync::Arc, time::Duration};

use futures_util::{StreamExt, stream::SplitStream};
use poem::web::websocket::{Message, WebSocketStream};
use tokio::time::{Instant, Interval, MissedTickBehavior, Sleep, interval_at, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{
    close::Close,
    line::{Line, Refused},
    operation::{self, Outbox},
    protocol::{self, ClientMessage},
};
use crate::http::transport::{
    RequestId,
    executor::{Answer, Executor},
    gate::{Gate, Place},
    operation::Core,
    params::Params,
    refusal::{Code, Refusal},
    token::time_left,
};

/// Serves a socket until it ends.
pub(super) async fn serve<S: Executor, G: Gate>(
    core: Arc<Core<S, G>>,
    stream: WebSocketStream,
    header_token: Option<String>,
    origin: String,
    id: RequestId,
) {
    let send_time = Duration::from_secs(core.limits.send_seconds);
    let linger_time = Duration::from_secs(core.limits.linger_seconds);
    let reason_bytes_max = core.limits.close_reason_bytes_max;
    let (sink, mut stream) = stream.split();
    let line = Arc::new(Line::new(sink, send_time));
    // Its operations end here, before the farewell.
    let end = Socket::new(core, line.clone(), header_token, origin, id).run(&mut stream).await;
    let farewell = async {
        if let Err(close) = end {
            tracing::debug!(code = close.code, reason = %close.reason, "a socket is closed");
            let frame = Message::close_with(close.code, close.reason(reason_bytes_max));
            line.hang_up(frame).await;
        }
        // The connection stays until the client has read why, and closes. What a client has sent
        // and nobody can read would make the kernel reset it, with the reason unread.
        loop {
            match stream.next().await {
                Some(Ok(_)) => {}
                Some(Err(_)) => std::future::pending().await,
                None => return,
            }
        }
    };
    let _ = timeout(linger_time, farewell).await;
}

struct Socket<S, G: Gate> {
    core: Arc<Core<S, G>>,
    line: Arc<Line>,
    header_token: Option<String>,
    /// The server as the client addresses it.
    origin: String,
    /// The request that became this socket; each operation has one of its own.
    id: RequestId,
    /// After `connection_init`: who speaks, and the place among the tenant's connections.
    session: Option<(G::Session, Place)>,
    end: End,
    keepalive: Interval,
    /// Whether the client has said anything since the last ping.
    was_heard: bool,
}

/// When a socket ends, whatever its client does.
struct End {
    /// Until when `connection_init` must come; then, when the token ends.
    deadline: Pin<Box<Sleep>>,
    too_late: Close,
}

impl End {
    /// Until then, or until the server ends or the line is broken: why.
    async fn reached(&mut self, shutdown: &CancellationToken, line: &Line) -> Close {
        tokio::select! {
            () = shutdown.cancelled() => Close::going_away(),
            () = &mut self.deadline => self.too_late.clone(),
            close = line.broken() => close,
        }
    }
}

impl<S, G: Gate> Drop for Socket<S, G> {
    fn drop(&mut self) {
        self.line.stop_all();
    }
}

impl<S: Executor, G: Gate> Socket<S, G> {
    fn new(
        core: Arc<Core<S, G>>,
        line: Arc<Line>,
        header_token: Option<String>,
        origin: String,
        id: RequestId,
    ) -> Self {
        let limits = &core.limits;
        let mut keepalive = interval_at(Instant::now() + limits.keepalive(), limits.keepalive());
        keepalive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            end: End {
                deadline: Box::pin(sleep(Duration::from_secs(limits.connection_init_seconds))),
                too_late: Close::init_timeout(),
            },
            header_token,
            origin,
            id,
            session: None,
            keepalive,
            was_heard: true,
            line,
            core,
        }
    }

    /// Until the client closes (`Ok`) or we do.
    async fn run(mut self, stream: &mut SplitStream<WebSocketStream>) -> Result<(), Close> {
        loop {
            tokio::select! {
                close = self.end.reached(&self.core.shutdown, &self.line) => return Err(close),
                _ = self.keepalive.tick() => {
                    if !std::mem::take(&mut self.was_heard) {
                        return Err(Close::silent());
                    }
                    self.send(Message::Ping(Vec::new())).await?;
                }
                message = stream.next() => {
                    self.was_heard = true;
                    match message {
                        Some(Ok(Message::Text(text))) => self.hear(&text).await?,
                        Some(Ok(Message::Binary(_))) => return Err(Close::invalid("The message is not text")),
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                        Some(Err(error)) => return Err(Close::unreadable(&error)),
                        Some(Ok(Message::Close(_))) | None => return Ok(()),
                    }
                }
            }
        }
    }

    async fn hear(&mut self, text: &str) -> Result<(), Close> {
        match ClientMessage::read(text, &self.core.limits)? {
            ClientMessage::ConnectionInit { token } => {
                // In a box, as what finds out who speaks would have its room in each socket as long as that is open.
                Box::pin(self.init(token)).await?;
                self.say(protocol::connection_ack()).await
            }
            ClientMessage::Ping { payload } => self.say(protocol::pong(payload)).await,
            ClientMessage::Pong => Ok(()),
            ClientMessage::Subscribe { id, params } => self.subscribe(id, params).await,
            ClientMessage::Complete { id } => {
                self.line.stop(&id);
                Ok(())
            }
        }
    }

    async fn init(&mut self, token: Option<String>) -> Result<(), Close> {
        if self.session.is_some() {
            return Err(Close::too_many_inits());
        }
        let token = token.or_else(|| self.header_token.take());
        let found = self.core.authenticate(token.as_deref(), &self.origin).await;
        let session = found.map_err(|refusal| match refusal.code {
            Code::Unavailable => Close::new(1013, refusal.message),
            _ => {
                self.core.gate.refused(None, &self.id, &refusal.message);
                Close::forbidden()
            }
        })?;
        let place = self.core.gate.admit_connection(&session).ok_or_else(Close::too_many)?;
        self.end.deadline = Box::pin(sleep(time_left(self.core.gate.expires_at(&session))));
        self.end.too_late = Close::expired();
        self.session = Some((session, place));
        Ok(())
    }

    async fn subscribe(&mut self, id: String, params: Params) -> Result<(), Close> {
        let Some((session, _)) = &self.session else { return Err(Close::unauthorized()) };
        let max = self.core.limits.subscriptions_per_socket_max;
        let begun = self.line.begin(id.clone(), max, |name| {
            let outbox = Outbox { line: self.line.clone(), name };
            tokio::spawn(operation::run(self.core.clone(), session.clone(), params, outbox))
        });
        match begun {
            Ok(()) => Ok(()),
            Err(Refused::Exists) => Err(Close::already_exists(&id)),
            Err(Refused::TooMany) => {
                let sentence = format!("More than {max} operations on one connection.");
                let refusal = Refusal::request(Code::LimitExceeded, sentence);
                let (text, _) = protocol::outcome(&id, &Answer::refused(refusal));
                self.say(text).await
            }
        }
    }

    async fn say(&mut self, text: String) -> Result<(), Close> {
        self.send(Message::Text(text)).await
    }

    /// Sends a message in its turn: before it, the operations' messages that were there before.
    async fn send(&mut self, message: Message) -> Result<(), Close> {
        tokio::select! {
            close = self.end.reached(&self.core.shutdown, &self.line) => Err(close),
            sent = self.line.send(message) => sent,
        }
    }
}
