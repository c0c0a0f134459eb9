//! One operation of a socket.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql::parser::types::OperationType;
use futures_util::{FutureExt, StreamExt};

use super::{
    line::{Line, Name},
    protocol,
};
use crate::http::transport::{
    RequestId,
    executor::{Answer, Executor},
    gate::Gate,
    operation::Core,
    params::Params,
    refusal::Refusal,
};

/// Where an operation's messages go.
#[derive(Clone)]
pub(super) struct Outbox {
    pub line: Arc<Line>,
    pub name: Name,
}

impl Outbox {
    /// Sends an answer; whether more may follow.
    async fn answer(&self, answer: &Answer) -> bool {
        let (text, is_last) = protocol::outcome(&self.name.id, answer);
        self.line.tell(&self.name, text, is_last).await
    }

    /// Sends the end without an execution.
    async fn refuse(&self, refusal: Refusal) {
        self.answer(&Answer::refused(refusal)).await;
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
    outbox.line.tell(&outbox.name, protocol::complete(&outbox.name.id), true).await;
    Ok(())
}
