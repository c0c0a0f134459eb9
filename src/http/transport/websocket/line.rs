//! What a socket and its operations share: the way to the client, and which operations there are.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{SinkExt, stream::SplitSink};
use poem::web::websocket::{Message, WebSocketStream};
use tokio::{sync::SetOnce, task::JoinHandle, time::timeout};
use tokio_util::task::AbortOnDropHandle;

use super::close::Close;

/// The way to the client. Each operation sends its messages itself, so that the task that reads the socket sleeps on; a slow
/// client makes them wait for each other.
pub(super) struct Line {
    sink: tokio::sync::Mutex<SplitSink<WebSocketStream, Message>>,
    send_time: Duration,
    operations: Mutex<Operations>,
    /// Why an operation could not send.
    broken: SetOnce<Close>,
}

#[derive(Default)]
struct Operations {
    running: HashMap<Arc<str>, Running>,
    begun: u64,
}

struct Running {
    number: u64,
    task: AbortOnDropHandle<()>,
}

/// Names an operation of a socket.
#[derive(Debug, Clone)]
pub(super) struct Name {
    /// What the client calls it.
    pub id: Arc<str>,
    /// Which operation of this id: the client may have stopped it and used the id again.
    number: u64,
}

/// Why an operation is not begun.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Exists,
    TooMany,
}

impl Line {
    pub fn new(sink: SplitSink<WebSocketStream, Message>, send_time: Duration) -> Self {
        Self { sink: sink.into(), send_time, operations: Mutex::default(), broken: SetOnce::new() }
    }

    fn operations(&self) -> MutexGuard<'_, Operations> {
        self.operations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins an operation, as long as there are fewer than `max`.
    pub fn begin(
        &self,
        id: String,
        max: usize,
        spawn: impl FnOnce(Name) -> JoinHandle<()>,
    ) -> Result<(), Refused> {
        let mut operations = self.operations();
        if operations.running.contains_key(id.as_str()) {
            return Err(Refused::Exists);
        }
        if operations.running.len() >= max {
            return Err(Refused::TooMany);
        }
        operations.begun += 1;
        let name = Name { id: id.into(), number: operations.begun };
        let running = Running { number: name.number, task: AbortOnDropHandle::new(spawn(name.clone())) };
        operations.running.insert(name.id, running);
        Ok(())
    }

    /// Stops an operation: nothing more of it is sent.
    pub fn stop(&self, id: &str) {
        self.operations().running.remove(id);
    }

    /// Stops all operations.
    pub fn stop_all(&self) {
        self.operations().running.clear();
    }

    /// Sends a message of the socket itself.
    pub async fn send(&self, message: Message) -> Result<(), Close> {
        let mut sink = self.sink.lock().await;
        self.write(&mut sink, message).await
    }

    /// Sends a message of an operation, unless the client has stopped it. If it cannot be sent, the socket ends.
    pub async fn tell(&self, name: &Name, text: String, is_last: bool) {
        let mut sink = self.sink.lock().await;
        // Only now, as it may have been stopped while others were sending.
        if !self.is_running(name, is_last) {
            return;
        }
        if let Err(close) = self.write(&mut sink, Message::Text(text)).await {
            // Whoever was first has said why.
            let _ = self.broken.set(close);
        }
    }

    /// Until an operation could not send: why.
    pub async fn broken(&self) -> Close {
        self.broken.wait().await.clone()
    }

    /// Whether it is running. With its last message it is not any more, so that the client may use the id again as soon as it
    /// has that.
    fn is_running(&self, name: &Name, is_last: bool) -> bool {
        let mut operations = self.operations();
        if operations.running.get(&name.id).is_none_or(|running| running.number != name.number) {
            return false;
        }
        if is_last && let Some(running) = operations.running.remove(&name.id) {
            // It is the one that is sending.
            running.task.detach();
        }
        true
    }

    async fn write(
        &self,
        sink: &mut SplitSink<WebSocketStream, Message>,
        message: Message,
    ) -> Result<(), Close> {
        match timeout(self.send_time, sink.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Close::unreadable(&error)),
            Err(_) => Err(Close::too_slow()),
        }
    }
}
