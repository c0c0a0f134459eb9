//! Errors that are no data: one sentence and a code.

use std::sync::Arc;

use async_graphql::{Context, Error, ErrorExtensions};

use super::session::session;
use crate::app::AppError;
use crate::audit::Line;

/// `extensions.code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The requester may not do this.
    Forbidden,
    /// There is no such thing for this requester.
    NotFound,
    /// The input makes no sense.
    BadUserInput,
    /// It is more than is answered at once.
    LimitExceeded,
    /// Something outside is away for the moment.
    Unavailable,
    /// Our mistake.
    Internal,
}

impl Code {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::LimitExceeded => "LIMIT_EXCEEDED",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }
}

pub(super) fn error(code: Code, message: impl Into<String>) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code.word()))
}

/// What is shown of a use case's failure. What we caused is logged here, once, with its chain; the answer has no
/// more of it than the request's id. Who may not do what they ask is in the audit log.
pub(super) fn shown(ctx: &Context<'_>, failure: &AppError) -> Error {
    let request_id = &session(ctx).request_id;
    match failure {
        AppError::Refused(errors) => {
            let message = errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join(" ");
            error(Code::BadUserInput, message)
        }
        AppError::Forbidden => {
            let (action, outcome) = (ctx.field().name(), Code::Forbidden.word());
            Line { action, outcome, request_id, ..Line::default() }.by(&session(ctx).requester).write();
            error(Code::Forbidden, "This takes the role tenant_admin.")
        }
        AppError::NotFound(what) => error(Code::NotFound, format!("There is no such {what}.")),
        AppError::BadInput(sentence) => error(Code::BadUserInput, sentence.clone()),
        AppError::Unavailable(cause) => {
            tracing::error!(%request_id, error = &**cause as &dyn std::error::Error, "a part of the service is away");
            error(Code::Unavailable, "The service is not available right now. Try again in a moment.")
                .extend_with(|_, extensions| extensions.set("requestId", request_id.clone()))
        }
        AppError::Internal(cause) => {
            tracing::error!(%request_id, error = &**cause as &dyn std::error::Error, "a request failed");
            error(Code::Internal, format!("Something went wrong on our side. The request is {request_id}."))
                .extend_with(|_, extensions| extensions.set("requestId", request_id.clone()))
        }
    }
}

/// Shows the failure of a use case, if it failed.
pub(super) trait Show<T> {
    fn show(self, ctx: &Context<'_>) -> Result<T, Error>;
}

impl<T> Show<T> for Result<T, AppError> {
    fn show(self, ctx: &Context<'_>) -> Result<T, Error> {
        self.map_err(|failure| shown(ctx, &failure))
    }
}

impl<T> Show<T> for Result<T, Arc<AppError>> {
    fn show(self, ctx: &Context<'_>) -> Result<T, Error> {
        self.map_err(|failure| shown(ctx, &failure))
    }
}
