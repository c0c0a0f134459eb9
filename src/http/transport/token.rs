//! Bearer tokens, where they come from.

use std::time::Duration;

use poem::http::{HeaderMap, StatusCode, header};

use crate::clock::Clock;

use super::refusal::{Code, Refusal};

/// The token in the `Authorization` header, if there is one.
pub(super) fn from_headers(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let token = value.to_str().ok().and_then(bearer).filter(|_| values.next().is_none());
    let sentence = "The Authorization header must be `Bearer` and one token.";
    token
        .map(Some)
        .ok_or_else(|| Refusal::transport(StatusCode::UNAUTHORIZED, Code::Unauthenticated, sentence))
}

/// What follows `Bearer`.
pub(super) fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim()).filter(|token| !token.is_empty())
}

/// How long it is until `expires_at` (unix milliseconds).
pub(super) fn time_left(expires_at: i64) -> Duration {
    let left = expires_at.saturating_sub(Clock::System.now().0);
    Duration::from_millis(u64::try_from(left).unwrap_or_default())
}
