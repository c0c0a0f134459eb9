//! One operation: admitted, prepared, run.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::{
    Request, Response,
    parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType},
};
use poem::http::StatusCode;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use super::{
    RequestId, answer,
    documents::{Documents, Parsed},
    executor::Executor,
    gate::{Denied, Gate, Place},
    guard,
    kept::Answers,
    limits::TransportLimits,
    params::Params,
    refusal::{Code, Refusal},
    trusted::TrustedOperations,
};

/// What every way in shares.
pub(super) struct Core<S, G> {
    pub schema: S,
    pub gate: Arc<G>,
    pub limits: TransportLimits,
    /// If there are any, nothing else runs.
    pub trusted: Option<TrustedOperations>,
    pub shutdown: CancellationToken,
    /// The WebSockets that are open.
    pub sockets: TaskTracker,
    /// Places for WebSockets and event streams.
    pub connections: Arc<Semaphore>,
    pub answers: Answers,
    pub documents: Documents,
}

/// An operation that passed the guards.
pub(super) struct Operation {
    pub request: Request,
    parsed: Arc<Parsed>,
    pub kind: OperationType,
    /// The most that it may be answered with.
    pub nodes: u64,
    /// Whether a file comes with it: then it lasts as long as the file takes, and most of that is waiting.
    pub has_file: bool,
}

impl Operation {
    /// What it comes to once its fragments are spread.
    pub fn selections(&self) -> usize {
        self.parsed.selections
    }

    /// What is to run.
    pub fn into_request(mut self) -> Request {
        self.request.set_parsed_query(self.parsed.document.clone());
        self.request
    }
}

/// The operation that will run.
fn chosen<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<&'a OperationDefinition, Refusal> {
    let found = match (&document.operations, name) {
        (DocumentOperations::Single(only), None) => Some(only),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(many), Some(name)) => many.get(name),
        (DocumentOperations::Multiple(many), None) if many.len() == 1 => many.values().next(),
        (DocumentOperations::Multiple(_), None) => {
            let sentence = "The document has several operations: name one in `operationName`.";
            return Err(Refusal::request(Code::BadUserInput, sentence));
        }
    };
    let sentence = "The document has no operation of the name in `operationName`.";
    found.map(|found| &found.node).ok_or_else(|| Refusal::request(Code::BadUserInput, sentence))
}

impl<S: Executor, G: Gate> Core<S, G> {
    /// Looks at what is asked, unless too much has been asked lately: then not even that. The one way in of whatever runs.
    pub fn admit(&self, mut params: Params, session: &G::Session) -> Result<Operation, Refusal> {
        self.gate.admit_operation(session).map_err(|wait| Refusal::too_often("operations", wait))?;
        let text = match &self.trusted {
            Some(trusted) => trusted.text(params.document)?,
            None => params.document.into_text()?,
        };
        let parsed = self.documents.parse(&text, &self.limits)?;
        let document = &parsed.document;
        let operation = chosen(document, params.operation_name.as_deref())?;
        // What the operation does not declare it cannot use; nobody looks at it, and nobody keeps it.
        let declared: HashSet<&str> =
            operation.variable_definitions.iter().map(|variable| variable.node.name.node.as_str()).collect();
        params.variables.retain(|name, _| declared.contains(name.as_str()));
        guard::variables::check(document, operation, &params.variables, &self.limits)?;
        let nodes = guard::nodes::check(document, operation, &params.variables, &self.limits)?;
        let kind = operation.ty;
        if kind == OperationType::Subscription {
            guard::variables::check_lasting(&params.variables, &self.limits)?;
        }
        let mut request = Request::new(text).variables(params.variables);
        request.operation_name = params.operation_name;
        Ok(Operation { request, parsed, kind, nodes, has_file: false })
    }

    /// Who asks.
    pub async fn authenticate(&self, token: Option<&str>, origin: &str) -> Result<G::Session, Refusal> {
        let found = self.gate.authenticate(token, origin);
        let answer = tokio::time::timeout(self.limits.request_time(), found).await;
        answer.unwrap_or(Err(Denied::Unavailable)).map_err(|denied| match denied {
            Denied::Unauthenticated(sentence) => {
                Refusal::transport(StatusCode::UNAUTHORIZED, Code::Unauthenticated, sentence)
            }
            Denied::Unavailable => unavailable("It cannot be found out now who you are."),
        })
    }

    /// What goes along with the operation.
    pub fn prepare(&self, request: Request, session: &G::Session, id: &RequestId) -> Request {
        self.gate.prepare(session, request.data(id.clone()))
    }

    /// Runs a query or a mutation, in a task of its own: a client that leaves cancels its handler,
    /// and a mutation must not end half-way, nor a database transaction stay open in a pooled
    /// connection. A query that takes too long is left alone, not cut: a statement that the database works on goes on there
    /// whoever waits for it. It keeps its tenant's turn until it has ended.
    pub async fn run(
        &self,
        operation: Operation,
        session: &G::Session,
        id: &RequestId,
    ) -> Result<Response, Refusal> {
        self.run_within(operation, session, id, self.limits.request_time()).await
    }

    /// The same for a query that has less time.
    pub async fn run_within(
        &self,
        operation: Operation,
        session: &G::Session,
        id: &RequestId,
        time: Duration,
    ) -> Result<Response, Refusal> {
        let (kind, began) = (operation.kind, Instant::now());
        let until = tokio::time::Instant::now() + time;
        let turn = match operation.has_file {
            true => None,
            false => Some(self.turn(session, kind, until).await?),
        };
        let request = self.prepare(operation.into_request(), session, id);
        let schema = self.schema.clone();
        let work = async move {
            let response = schema.execute(request).await;
            drop(turn);
            response
        };
        let task = tokio::spawn(work.in_current_span());
        let outcome = match kind {
            OperationType::Query => tokio::time::timeout_at(until, task).await.map_err(|_| {
                count(kind, "timeout", began);
                let sentence = format!("The query took longer than {} seconds.", self.limits.request_seconds);
                Refusal::transport(StatusCode::SERVICE_UNAVAILABLE, Code::LimitExceeded, sentence)
            })?,
            OperationType::Mutation | OperationType::Subscription => task.await,
        };
        let mut response = outcome.map_err(|error| {
            count(kind, "panic", began);
            tracing::error!(request_id = %id.0, %error, "an operation ended without an answer");
            Refusal::internal(id)
        })?;
        count(kind, if response.is_ok() { "ok" } else { "error" }, began);
        answer::tidy(&mut response, &self.limits);
        Ok(response)
    }
}

impl<S: Executor, G: Gate> Core<S, G> {
    /// Waits until it is the tenant's turn. Nothing has been done yet, so that also a mutation is refused when it takes too long.
    async fn turn(
        &self,
        session: &G::Session,
        kind: OperationType,
        until: tokio::time::Instant,
    ) -> Result<Place, Refusal> {
        let began = Instant::now();
        tokio::time::timeout_at(until, self.gate.turn(session, kind)).await.map_err(|_| {
            count(kind, "timeout", began);
            let sentence =
                "Other operations of your tenant took all the time that there was: ask for less at once.";
            Refusal::transport(StatusCode::SERVICE_UNAVAILABLE, Code::LimitExceeded, sentence)
        })
    }
}

pub(super) fn count(kind: OperationType, outcome: &'static str, began: Instant) {
    let kind = match kind {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    };
    metrics::histogram!("muster_operation_seconds", "kind" => kind, "outcome" => outcome)
        .record(began.elapsed());
}

pub(super) fn unavailable(sentence: &'static str) -> Refusal {
    Refusal::transport(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, sentence)
}
