//! What the transport asks of a schema.

use std::sync::Arc;

use async_graphql::{Request, Response, ServerError};
use futures_util::stream::BoxStream;
use serde_json::value::{RawValue, to_raw_value};

use super::answer::{failed_before_execution, tidy};
use super::limits::TransportLimits;
use super::refusal::{Code, Refusal};

/// Executes operations.
pub trait Executor: Clone + Send + Sync + 'static {
    /// Executes a query or a mutation.
    fn execute(&self, request: Request) -> impl Future<Output = Response> + Send;

    /// Executes a subscription: each of its events is an answer.
    fn subscribe(&self, request: Request) -> BoxStream<'static, Answer>;
}

/// An answer as it is sent in a stream. A clone is the same: it is written once for all whom it is given to.
#[derive(Debug, Clone)]
pub enum Answer {
    /// The response, as JSON.
    Executed(Arc<RawValue>),
    /// What was asked could not be executed.
    Refused(Arc<[ServerError]>),
}

impl Answer {
    /// Writes a response within the bounds of an answer.
    #[must_use]
    pub fn of(mut response: Response, limits: &TransportLimits) -> Self {
        tidy(&mut response, limits);
        if failed_before_execution(&response) {
            return Self::Refused(response.errors.into());
        }
        match to_raw_value(&response) {
            Ok(json) => Self::Executed(json.into()),
            Err(_) => Self::refused(Refusal::request(Code::Internal, "The answer cannot be written.")),
        }
    }

    pub(super) fn refused(refusal: Refusal) -> Self {
        Self::Refused([refusal.into_error()].into())
    }

    /// Whether it is of so many bytes at most.
    #[must_use]
    pub fn is_within(&self, bytes: usize) -> bool {
        matches!(self, Self::Executed(json) if json.get().len() <= bytes)
    }
}
