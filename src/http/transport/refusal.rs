//! What the transport itself refuses, and how it says so.

use std::borrow::Cow;
use std::time::Duration;

use async_graphql::{ErrorExtensionValues, Pos, ServerError};
use poem::http::StatusCode;

use super::RequestId;

/// When it is worth while to ask again for what others are at: nobody knows when they are done.
const AT_ONCE_SECONDS: u64 = 5;
/// Characters of a sentence that names what the client has named.
const MESSAGE_CHARACTERS_MAX: usize = 500;

/// The codes of `extensions.code` that the transport gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    Unauthenticated,
    Forbidden,
    BadUserInput,
    LimitExceeded,
    Unavailable,
    Internal,
    /// Only trusted operations run, and this is none.
    OperationNotTrusted,
    /// No operation has this id. The word is Apollo's: its clients send the text then.
    PersistedQueryNotFound,
    /// No operation has an id. The word is Apollo's: its clients send texts from then on.
    PersistedQueryNotSupported,
}

impl Code {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::LimitExceeded => "LIMIT_EXCEEDED",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
            Self::OperationNotTrusted => "OPERATION_NOT_TRUSTED",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::PersistedQueryNotSupported => "PERSISTED_QUERY_NOT_SUPPORTED",
        }
    }
}

/// A request that was not executed.
#[derive(Debug)]
pub(super) struct Refusal {
    pub code: Code,
    pub message: Cow<'static, str>,
    pub locations: Vec<Pos>,
    /// The status whatever the media type: what was asked is not a GraphQL request, or not one
    /// that may be asked. Without it the specification wants 200 for `application/json`.
    pub status: Option<StatusCode>,
    /// When it is worth while to ask again.
    pub retry_after_seconds: Option<u64>,
}

impl Refusal {
    /// A GraphQL request, well formed, that is refused for what it asks.
    pub fn request(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), locations: Vec::new(), status: None, retry_after_seconds: None }
    }

    /// Something that is refused before it is a GraphQL request.
    pub fn transport(status: StatusCode, code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status: Some(status), ..Self::request(code, message) }
    }

    /// A request that is not formed as one.
    pub fn malformed(message: impl Into<Cow<'static, str>>) -> Self {
        Self::transport(StatusCode::BAD_REQUEST, Code::BadUserInput, message)
    }

    pub fn too_large(message: impl Into<Cow<'static, str>>) -> Self {
        Self::transport(StatusCode::PAYLOAD_TOO_LARGE, Code::LimitExceeded, message)
    }

    /// More of something than may be asked for in a while.
    pub fn too_often(what: &str, wait: Duration) -> Self {
        // It has to be over by then, and 0 would be now.
        let seconds = wait.as_secs() + 1;
        let sentence = format!("Too many {what} lately: try again in {seconds} s.");
        let refusal = Self::transport(StatusCode::TOO_MANY_REQUESTS, Code::LimitExceeded, sentence);
        Self { retry_after_seconds: Some(seconds), ..refusal }
    }

    /// More of something than may be under way at once.
    pub fn too_many_at_once(what: &str) -> Self {
        let sentence = format!("Too many {what} are under way: try again in {AT_ONCE_SECONDS} s.");
        let refusal = Self::transport(StatusCode::TOO_MANY_REQUESTS, Code::LimitExceeded, sentence);
        Self { retry_after_seconds: Some(AT_ONCE_SECONDS), ..refusal }
    }

    /// Our own fault: nothing is said but where to look in the log.
    pub fn internal(id: &RequestId) -> Self {
        let sentence = format!("Something went wrong here. The request was {}.", id.0);
        Self::transport(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, sentence)
    }

    pub fn at(mut self, locations: impl IntoIterator<Item = Pos>) -> Self {
        self.locations.extend(locations);
        self
    }

    pub fn into_error(self) -> ServerError {
        let mut message = self.message.into_owned();
        // Whatever was put into it: names, that is, which are the client's.
        cut(&mut message, MESSAGE_CHARACTERS_MAX);
        let mut error = ServerError::new(message, None);
        error.locations = self.locations;
        set_code(&mut error, self.code);
        error
    }
}

pub(super) fn set_code(error: &mut ServerError, code: Code) {
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code.as_str());
}

/// Cut to `characters_max`, so that an answer is not the client's own text sent back.
pub(super) fn cut(text: &mut String, characters_max: usize) {
    if let Some((at, _)) = text.char_indices().nth(characters_max) {
        text.truncate(at);
        text.push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_short_whatever_it_names() {
        let told = |characters: usize| {
            let refusal = Refusal::malformed("ä".repeat(characters));
            refusal.into_error().message.chars().count()
        };
        assert_eq!(told(MESSAGE_CHARACTERS_MAX), MESSAGE_CHARACTERS_MAX);
        assert_eq!(told(MESSAGE_CHARACTERS_MAX + 1), MESSAGE_CHARACTERS_MAX + 1, "with the dots at its end");
        assert_eq!(told(900_000), MESSAGE_CHARACTERS_MAX + 1);
    }
}
