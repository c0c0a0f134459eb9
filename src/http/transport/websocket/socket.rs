//! One socket: the task that reads it, writes to it, and knows its operations.

use std::{collections::HashMap, pin::Pin, sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use poem::web::websocket::{Message, WebSocketStream};
use tokio::{
    sync::mpsc::{self, Receiver, Sender},
    time::{Instant, Interval, MissedTickBehavior, Sleep, interval_at, sleep, timeout},
};
use tokio_util::task::AbortOnDropHandle;

use super::{
    close::Close,
    operation::{self, Outbox, Outgoing},
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
    mut stream: WebSocketStream,
    header_token: Option<String>,
    origin: String,
    id: RequestId,
) {
    let send_time = Duration::from_secs(core.limits.send_seconds);
    let linger_time = Duration::from_secs(core.limits.linger_seconds);
    let reason_bytes_max = core.limits.close_reason_bytes_max;
    // Its operations end here, before the farewell.
    let end = Socket::new(core, header_token, origin, id).run(&mut stream).await;
    let farewell = async {
        if let Err(close) = end {
            tracing::debug!(code = close.code, reason = %close.reason, "a socket is closed");
            let frame = Message::close_with(close.code, close.reason(reason_bytes_max));
            let _ = timeout(send_time, stream.send(frame)).await;
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
    header_token: Option<String>,
    /// The server as the client addresses it.
    origin: String,
    /// The request that became this socket; each operation has one of its own.
    id: RequestId,
    /// After `connection_init`: who speaks, and the place among the tenant's connections.
    session: Option<(G::Session, Place)>,
    /// Until when `connection_init` must come; then, when the token ends.
    deadline: Pin<Box<Sleep>>,
    operations: HashMap<Arc<str>, Running>,
    operations_begun: u64,
    outbox: Sender<Outgoing>,
    inbox: Receiver<Outgoing>,
    keepalive: Interval,
    /// Whether the client has said anything since the last ping.
    was_heard: bool,
}

struct Running {
    number: u64,
    _task: AbortOnDropHandle<()>,
}

impl<S: Executor, G: Gate> Socket<S, G> {
    fn new(core: Arc<Core<S, G>>, header_token: Option<String>, origin: String, id: RequestId) -> Self {
        let limits = &core.limits;
        let (outbox, inbox) = mpsc::channel(limits.socket_queue_messages_max);
        let mut keepalive = interval_at(Instant::now() + limits.keepalive(), limits.keepalive());
        keepalive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            deadline: Box::pin(sleep(Duration::from_secs(limits.connection_init_seconds))),
            header_token,
            origin,
            id,
            session: None,
            operations: HashMap::new(),
            operations_begun: 0,
            outbox,
            inbox,
            keepalive,
            was_heard: true,
            core,
        }
    }

    /// Until the client closes (`Ok`) or we do.
    async fn run(mut self, stream: &mut WebSocketStream) -> Result<(), Close> {
        let shutdown = self.core.shutdown.clone();
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return Err(Close::going_away()),
                () = &mut self.deadline => return Err(self.too_late()),
                Some(message) = self.inbox.recv() => self.forward(stream, message).await?,
                _ = self.keepalive.tick() => {
                    if !std::mem::take(&mut self.was_heard) {
                        return Err(Close::silent());
                    }
                    self.send(stream, Message::Ping(Vec::new())).await?;
                }
                message = stream.next() => {
                    self.was_heard = true;
                    match message {
                        Some(Ok(Message::Text(text))) => self.hear(stream, &text).await?,
                        Some(Ok(Message::Binary(_))) => return Err(Close::invalid("The message is not text")),
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                        Some(Err(error)) => return Err(Close::unreadable(&error)),
                        Some(Ok(Message::Close(_))) | None => return Ok(()),
                    }
                }
            }
        }
    }

    fn too_late(&self) -> Close {
        if self.session.is_some() { Close::expired() } else { Close::init_timeout() }
    }

    async fn hear(&mut self, stream: &mut WebSocketStream, text: &str) -> Result<(), Close> {
        match ClientMessage::read(text, &self.core.limits)? {
            ClientMessage::ConnectionInit { token } => {
                // In a box, as what finds out who speaks would have its room in each socket as long as that is open.
                Box::pin(self.init(token)).await?;
                self.say(stream, protocol::connection_ack()).await
            }
            ClientMessage::Ping { payload } => self.say(stream, protocol::pong(payload)).await,
            ClientMessage::Pong => Ok(()),
            ClientMessage::Subscribe { id, params } => self.subscribe(stream, id, params).await,
            ClientMessage::Complete { id } => {
                self.operations.remove(id.as_str());
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
        self.deadline = Box::pin(sleep(time_left(self.core.gate.expires_at(&session))));
        self.session = Some((session, place));
        Ok(())
    }

    async fn subscribe(
        &mut self,
        stream: &mut WebSocketStream,
        id: String,
        params: Params,
    ) -> Result<(), Close> {
        let Some((session, _)) = &self.session else { return Err(Close::unauthorized()) };
        if self.operations.contains_key(id.as_str()) {
            return Err(Close::already_exists(&id));
        }
        let bound = self.core.limits.subscriptions_per_socket_max;
        if self.operations.len() >= bound {
            let sentence = format!("More than {bound} operations on one connection.");
            let error = Refusal::request(Code::LimitExceeded, sentence).into_error();
            let (text, _) = protocol::outcome(&id, &Answer::Refused([error].into()));
            return self.say(stream, text).await;
        }
        let id: Arc<str> = id.into();
        self.operations_begun += 1;
        let number = self.operations_begun;
        let outbox = Outbox { queue: self.outbox.clone(), id: id.clone(), number };
        let task = tokio::spawn(operation::run(self.core.clone(), session.clone(), params, outbox));
        self.operations.insert(id, Running { number, _task: AbortOnDropHandle::new(task) });
        Ok(())
    }

    /// Sends a message of an operation, unless the client has stopped that operation.
    async fn forward(&mut self, stream: &mut WebSocketStream, message: Outgoing) -> Result<(), Close> {
        if self.operations.get(&message.id).is_none_or(|running| running.number != message.number) {
            return Ok(());
        }
        if message.is_last {
            self.operations.remove(&message.id);
        }
        self.say(stream, message.text).await
    }

    async fn say(&self, stream: &mut WebSocketStream, text: String) -> Result<(), Close> {
        self.send(stream, Message::Text(text)).await
    }

    async fn send(&self, stream: &mut WebSocketStream, message: Message) -> Result<(), Close> {
        let send_time = Duration::from_secs(self.core.limits.send_seconds);
        match timeout(send_time, stream.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Close::unreadable(&error)),
            Err(_) => Err(Close::too_slow()),
        }
    }
}
