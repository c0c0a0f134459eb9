//! One operation of a socket.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql::parser::types::OperationType;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::mpsc::Sender;

use super::protocol;
use crate::http::transport::{
    RequestId,
    executor::{Answer, Executor},
    gate::Gate,
    operation::Core,
    params::Params,
    refusal::Refusal,
};

/// A message of an operation on its way to the socket.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub id: Arc<str>,
    /// Which operation of this id: the client may have stopped it and used the id again.
    pub number: u64,
    pub text: String,
    pub is_last: bool,
}

/// Where an operation's messages go. The queue is short: a slow socket makes its operations wait.
#[derive(Debug, Clone)]
pub(super) struct Outbox {
    pub queue: Sender<Outgoing>,
    pub id: Arc<str>,
    pub number: u64,
}

impl Outbox {
    async fn send(&self, text: String, is_last: bool) {
        let message = Outgoing { id: self.id.clone(), number: self.number, text, is_last };
        // A socket that is gone ends this task as well.
        let _ = self.queue.send(message).await;
    }

    /// Sends an answer; whether more may follow.
    async fn answer(&self, answer: &Answer) -> bool {
        let (text, is_last) = protocol::outcome(&self.id, answer);
        self.send(text, is_last).await;
        !is_last
    }

    /// Sends the end without an execution.
    pub async fn refuse(&self, refusal: Refusal) {
        self.answer(&Answer::Refused([refusal.into_error()].into())).await;
    }
}

/// Runs an operation to its end, also if a resolver panics.
pub(super) async fn run<S: Executor, G: Gate>(
    core: Arc<Core<S, G>>,
    session: G::Session,
    params: Params,
    outbox: Outbox,
) {
    let id = RequestId::new();
    match AssertUnwindSafe(execute(&core, session, params, &outbox, &id)).catch_unwind().await {
        Ok(Ok(())) => {}
        Ok(Err(refusal)) => outbox.refuse(refusal).await,
        Err(_) => {
            tracing::error!(request_id = %id.0, "an operation of a socket ended without an answer");
            outbox.refuse(Refusal::internal(&id)).await;
        }
    }
}

async fn execute<S: Executor, G: Gate>(
    core: &Core<S, G>,
    session: G::Session,
    params: Params,
    outbox: &Outbox,
    id: &RequestId,
) -> Result<(), Refusal> {
    let operation = core.admit(params, &session)?;
    if operation.kind == OperationType::Subscription {
        let request = core.prepare(operation.into_request(), &session, id);
        let mut answers = core.schema.subscribe(request);
        while let Some(answer) = answers.next().await {
            if !outbox.answer(&answer).await {
                return Ok(());
            }
        }
    } else {
        // In a box, as a subscription would have room for it as long as it lasts.
        let response = Box::pin(core.run(operation, &session, id)).await?;
        if !outbox.answer(&Answer::of(response, &core.limits)).await {
            return Ok(());
        }
    }
    outbox.send(protocol::complete(&outbox.id), true).await;
    Ok(())
}
