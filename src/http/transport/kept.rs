//! Answers that are kept: whoever asks the same again is given the same, as long as nothing of it has changed.
//!
//! An answer is kept with the edition of the data (see [`Gate::edition`]) that was found before it was worked out, and is
//! given only while that is still the edition: one number is read then, and nothing else. What an edition knows
//! nothing of is [`Fleeting`] and never kept. Nothing is kept of what is asked once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use async_graphql::{Request, parser::types::OperationType};
use bytes::Bytes;
use poem::http::StatusCode;

use super::{
    RequestId, answer,
    executor::Executor,
    gate::{Edition, Gate},
    media::Media,
    operation::{Core, Operation, count, unavailable},
    refusal::Refusal,
};

/// Answers that are kept; more, and all are worked out again.
const KEPT_MAX: usize = 1_000;
/// Bytes of an answer that is kept.
const ANSWER_BYTES_MAX: usize = 32 * 1024;
/// Bytes of what was asked, if its answer is kept.
const ASKED_BYTES_MAX: usize = 8 * 1024;

/// In the data of each query: set as soon as something is read that may change while the edition stays the same.
#[derive(Debug, Clone, Default)]
pub struct Fleeting(pub Arc<AtomicBool>);

/// What was asked, and what the answer depends on besides the data.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Asked {
    audience: String,
    query: String,
    operation_name: Option<String>,
    /// As JSON.
    variables: String,
}

impl Asked {
    fn of(audience: String, request: &Request) -> Option<Self> {
        let variables = serde_json::to_string(&request.variables).ok()?;
        let is_short = request.query.len() + variables.len() <= ASKED_BYTES_MAX;
        let (query, operation_name) = (request.query.clone(), request.operation_name.clone());
        is_short.then_some(Self { audience, query, operation_name, variables })
    }
}

/// The answers that are kept; none yet of what was asked once.
#[derive(Debug, Default)]
pub(super) struct Answers(Mutex<HashMap<Asked, Option<(Edition, Bytes)>>>);

impl Answers {
    fn lock(&self) -> MutexGuard<'_, HashMap<Asked, Option<(Edition, Bytes)>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn was_asked(&self, asked: &Asked) -> bool {
        self.lock().contains_key(asked)
    }

    fn find(&self, asked: &Asked, edition: Edition) -> Option<Bytes> {
        let kept = self.lock();
        let (of, body) = kept.get(asked)?.as_ref()?;
        (*of == edition).then(|| body.clone())
    }

    fn keep(&self, asked: Asked, answer: Option<(Edition, Bytes)>) {
        let mut kept = self.lock();
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(asked, answer);
    }
}

/// Answers an operation over HTTP: with what was kept, if that is still right.
pub(super) async fn answer<S: Executor, G: Gate>(
    core: &Core<S, G>,
    mut operation: Operation,
    session: &G::Session,
    id: &RequestId,
    media: Media,
) -> Result<poem::Response, Refusal> {
    let (kind, began) = (operation.kind, Instant::now());
    let audience = if kind == OperationType::Query { core.gate.audience(session) } else { None };
    let asked = audience.and_then(|audience| Asked::of(audience, &operation.request));
    let mut edition = None;
    if let Some(asked) = asked.as_ref().filter(|asked| core.answers.was_asked(asked)) {
        let found = core.gate.edition(session);
        // In an outage that takes as long as anything that reads may wait: the query would wait as long once more.
        edition = match tokio::time::timeout(core.limits.request_time(), found).await {
            Ok(Ok(edition)) => edition,
            Ok(Err(_)) | Err(_) => {
                count(kind, "error", began);
                return Err(unavailable("The service is not available right now. Try again in a moment."));
            }
        };
        if let Some(body) = edition.and_then(|edition| core.answers.find(asked, edition)) {
            count(kind, "ok", began);
            return Ok(answer::written(StatusCode::OK, media, body));
        }
    }
    let fleeting = Fleeting::default();
    operation.request = operation.request.data(fleeting.clone());
    let response = core.run(operation, session, id).await?;
    if let Some(asked) = asked.filter(|_| response.is_ok() && !fleeting.0.load(Ordering::Relaxed)) {
        let body = Bytes::from(answer::body(&response));
        let is_kept = body.len() <= ANSWER_BYTES_MAX;
        core.answers.keep(asked, edition.filter(|_| is_kept).map(|edition| (edition, body.clone())));
        return Ok(answer::written(StatusCode::OK, media, body));
    }
    Ok(answer::executed(&response, media))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(audience: &str) -> Asked {
        let request = Request::new("{ a }");
        Asked::of(audience.to_owned(), &request).expect("it is short")
    }

    #[test]
    fn an_answer_is_given_to_the_same_audience_as_long_as_the_edition_is_the_same() {
        let answers = Answers::default();
        answers.keep(asked("ada"), None);
        assert!(answers.was_asked(&asked("ada")) && answers.find(&asked("ada"), Edition(1, 1)).is_none());
        answers.keep(asked("ada"), Some((Edition(1, 1), Bytes::from_static(b"yes"))));
        assert_eq!(answers.find(&asked("ada"), Edition(1, 1)).as_deref(), Some(&b"yes"[..]));
        assert_eq!(answers.find(&asked("ada"), Edition(2, 1)), None);
        assert_eq!(answers.find(&asked("ada"), Edition(1, 2)), None);
        assert!(!answers.was_asked(&asked("ben")));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let answers = Answers::default();
        for number in 0..KEPT_MAX * 2 {
            answers.keep(asked(&number.to_string()), None);
        }
        assert!(answers.lock().len() <= KEPT_MAX);
        let long = Request::new("x".repeat(ASKED_BYTES_MAX + 1));
        assert_eq!(Asked::of(String::new(), &long), None);
    }
}
