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
    /// Why a message could not be sent.
    broken: SetOnce<Close>,
}

#[derive(Default)]
struct Operations {
    running: HashMap<Arc<str>, Running>,
    begun: u64,
    /// The one that is sending: there is one at a time.
    sending: Option<u64>,
    /// One that is not running any more, and ends with what it is sending.
    ending: Option<AbortOnDropHandle<()>>,
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

impl Operations {
    fn is_running(&self, name: &Name) -> bool {
        self.running.get(&name.id).is_some_and(|running| running.number == name.number)
    }
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

    /// Stops an operation: nothing more of it is sent than a message that it is sending.
    pub fn stop(&self, id: &str) {
        let mut operations = self.operations();
        let stopped = operations.running.remove(id);
        if let Some(stopped) = stopped.filter(|stopped| operations.sending == Some(stopped.number)) {
            // Cut, it would leave its message to whoever sends next.
            operations.ending = Some(stopped.task);
        }
    }

    /// Stops all operations.
    pub fn stop_all(&self) {
        let mut operations = self.operations();
        operations.running.clear();
        operations.ending = None;
    }

    /// Sends a message of the socket itself.
    pub async fn send(&self, message: Message) -> Result<(), Close> {
        let mut sink = self.sink.lock().await;
        self.write(&mut sink, message).await
    }

    /// Sends a message of an operation, unless the client has stopped it. If it cannot be sent, the socket ends. Whether the
    /// operation goes on.
    pub async fn tell(&self, name: &Name, text: String, is_last: bool) -> bool {
        let mut sink = self.sink.lock().await;
        // Only now, as it may have been stopped while others were sending.
        if !self.begin_sending(name, is_last) {
            return false;
        }
        let written = self.write(&mut sink, Message::Text(text)).await;
        let mut operations = self.operations();
        operations.sending = None;
        written.is_ok() && operations.is_running(name)
    }

    /// Sends the last message there is, if the client takes it after all.
    pub async fn hang_up(&self, farewell: Message) {
        let _ = timeout(self.send_time, self.sink.lock().await.send(farewell)).await;
    }

    /// Until a message cannot be sent: why.
    pub async fn broken(&self) -> Close {
        self.broken.wait().await.clone()
    }

    /// Whether it may send. With its last message it is not running any more, so that the client may use the id again as soon
    /// as it has that.
    fn begin_sending(&self, name: &Name, is_last: bool) -> bool {
        let mut operations = self.operations();
        if !operations.is_running(name) {
            return false;
        }
        operations.sending = Some(name.number);
        if is_last {
            operations.ending = operations.running.remove(&name.id).map(|running| running.task);
        }
        true
    }

    async fn write(
        &self,
        sink: &mut SplitSink<WebSocketStream, Message>,
        message: Message,
    ) -> Result<(), Close> {
        // Whoever waited for the others does not wait for the client as well.
        if let Some(close) = self.broken.get() {
            return Err(close.clone());
        }
        let close = match timeout(self.send_time, sink.send(message)).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => Close::unreadable(&error),
            Err(_) => Close::too_slow(),
        };
        let _ = self.broken.set(close.clone());
        Err(close)
    }
}
