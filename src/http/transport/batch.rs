//! Several operations in one request, as a list: taken only if an operator wants it.
//!
//! They run one after the other, each is counted and guarded as if it had come alone, and together they may cost as much
//! as one may, and take as long. One that is refused is answered in its place.

use std::{sync::Arc, time::Duration};

use async_graphql::{Response, Value, parser::types::OperationType};
use poem::http::StatusCode;
use tokio::time::Instant;

use super::{
    RequestId, answer,
    executor::Executor,
    gate::Gate,
    guard::expansion::within,
    media::Media,
    operation::{Core, Operation},
    params::Params,
    refusal::{Code, Refusal},
};

/// Answers a list of operations with the list of their answers.
pub(super) async fn answer<S: Executor, G: Gate>(
    core: &Arc<Core<S, G>>,
    json: &[u8],
    session: &G::Session,
    id: &RequestId,
    media: Media,
) -> Result<poem::Response, Refusal> {
    if media == Media::EventStream {
        return Err(Refusal::malformed("A list of requests is not answered as a stream of events."));
    }
    let most = core.limits.batch_operations_max;
    let requests: Vec<Value> = serde_json::from_slice(json)
        .map_err(|_| Refusal::malformed("The list of requests cannot be read as JSON."))?;
    if requests.is_empty() {
        return Err(Refusal::malformed("The list of requests is empty."));
    }
    if requests.len() > most {
        let sentence = format!("The list has more than {most} requests.");
        return Err(Refusal::transport(StatusCode::BAD_REQUEST, Code::LimitExceeded, sentence));
    }
    let mut batch =
        Batch { core, until: Instant::now() + core.limits.request_time(), selections: 0, nodes: 0 };
    let mut bodies = Vec::with_capacity(requests.len());
    for request in requests {
        let response = batch.one(request, session, id).await;
        let response = response.unwrap_or_else(|refusal| Response::from_errors(vec![refusal.into_error()]));
        bodies.push(answer::body(&response));
    }
    Ok(answer::written(StatusCode::OK, media, format!("[{}]", bodies.join(","))))
}

/// What the operations of a list have cost so far.
struct Batch<'a, S, G> {
    core: &'a Arc<Core<S, G>>,
    until: Instant,
    selections: usize,
    nodes: u64,
}

impl<S: Executor, G: Gate> Batch<'_, S, G> {
    async fn one(
        &mut self,
        request: Value,
        session: &G::Session,
        id: &RequestId,
    ) -> Result<Response, Refusal> {
        let operation = self.core.admit(Params::from_value(request)?, session)?;
        if operation.kind == OperationType::Subscription {
            return Err(Refusal::malformed("A subscription does not come in a list of requests."));
        }
        self.charge(&operation)?;
        let left: Duration = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            let sentence = "The requests before this one took all the time that their list has.";
            return Err(Refusal::transport(StatusCode::SERVICE_UNAVAILABLE, Code::LimitExceeded, sentence));
        }
        self.core.run_within(operation, session, id, left).await
    }

    fn charge(&mut self, operation: &Operation) -> Result<(), Refusal> {
        let limits = &self.core.limits;
        self.selections += operation.selections();
        self.nodes += operation.nodes;
        within(self.selections, limits.selections_max, "selections")?;
        within(self.nodes, limits.nodes_max, "nodes")
    }
}
