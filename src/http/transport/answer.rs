//! Answers: bodies, media types, statuses.

use async_graphql::{Response, ServerError, Value};
use poem::http::{StatusCode, header};
use serde::Serialize;

use super::{
    limits::TransportLimits,
    media::Media,
    refusal::{Code, Refusal, cut, set_code},
};

/// The errors of a request that was not executed. It has no `data`: the specification wants the
/// entry missing, not null.
#[derive(Serialize)]
struct Failed<'a> {
    errors: &'a [ServerError],
}

/// Writes the outcome of an operation as a body.
pub(super) fn body(response: &Response) -> String {
    match failed_before_execution(response) {
        true => refusal(&response.errors),
        // Directly, not through a `Value`, which would sort the keys.
        false => written_or_not(serde_json::to_string(response)),
    }
}

/// Writes why an operation was not executed, as a body.
pub(super) fn refusal(errors: &[ServerError]) -> String {
    written_or_not(serde_json::to_string(&Failed { errors }))
}

fn written_or_not(json: serde_json::Result<String>) -> String {
    json.unwrap_or_else(|_| r#"{"errors":[{"message":"The answer cannot be written."}]}"#.to_owned())
}

/// An answer over HTTP to an operation that async-graphql had in its hands.
pub(super) fn executed(response: &Response, media: Media) -> poem::Response {
    let status = match (failed_before_execution(response), media) {
        (true, Media::GraphqlResponse) => response.errors.first().map_or(StatusCode::BAD_REQUEST, status_of),
        _ => StatusCode::OK,
    };
    written(status, media, body(response))
}

/// An answer over HTTP to a request that the transport refuses.
pub(super) fn refused(refusal: Refusal, media: Media) -> poem::Response {
    let (forced, code, retry_after) = (refusal.status, refusal.code, refusal.retry_after_seconds);
    let response = Response::from_errors(vec![refusal.into_error()]);
    let mut answer = executed(&response, media);
    if let Some(status) = forced {
        answer.set_status(status);
    }
    if let Some(seconds) = retry_after {
        answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    if code == Code::Unauthenticated {
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
    }
    answer
}

pub(super) fn written(status: StatusCode, media: Media, body: impl Into<poem::Body>) -> poem::Response {
    // What is refused before a stream begins is told as JSON.
    let media = if media == Media::EventStream { Media::Json } else { media };
    poem::Response::builder().status(status).content_type(media.content_type()).body(body)
}

fn status_of(error: &ServerError) -> StatusCode {
    let code = error.extensions.as_ref().and_then(|values| values.get("code"));
    match code {
        Some(Value::String(code)) => match code.as_str() {
            "UNAUTHENTICATED" => StatusCode::UNAUTHORIZED,
            "FORBIDDEN" => StatusCode::FORBIDDEN,
            "UNAVAILABLE" => StatusCode::SERVICE_UNAVAILABLE,
            "INTERNAL" => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        },
        _ => StatusCode::BAD_REQUEST,
    }
}

/// Whether nothing was executed: an error of execution has a path.
pub(super) fn failed_before_execution(response: &Response) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

/// Few errors, each with a code. Errors without one are async-graphql's own (validation, reading of
/// arguments) and may quote the client at any length.
pub(super) fn tidy(response: &mut Response, limits: &TransportLimits) {
    response.errors.truncate(limits.errors_max);
    for error in &mut response.errors {
        error.locations.truncate(4);
        let has_code = error.extensions.as_ref().is_some_and(|values| values.get("code").is_some());
        if !has_code {
            cut(&mut error.message, limits.message_characters_max);
            set_code(error, Code::BadUserInput);
        }
    }
}
