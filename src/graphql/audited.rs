//! Mutations end here: each leaves its line in the audit log.

use async_graphql::resolver_utils::EnumType;
use async_graphql::{Context, Result, Value};

use super::error::Code;
use super::session::session;
use super::types::{Decision, UserErrorCode};
use crate::app::fields::SavedField;
use crate::app::imports::Outcome;
use crate::app::imports::decide::Decided;
use crate::app::imports::upload::Uploaded;
use crate::audit::{DONE, Line};
use crate::domain::user_error::UserError;

/// What a use case tells of how it ended.
pub(super) trait Ended {
    /// Why nothing was done; empty on success.
    fn errors(&self) -> &[UserError];

    /// Adds what it was about.
    fn tell<'a>(&'a self, line: Line<'a>) -> Line<'a>;
}

impl Ended for Outcome {
    fn errors(&self) -> &[UserError] {
        &self.errors
    }

    fn tell<'a>(&'a self, line: Line<'a>) -> Line<'a> {
        Line { import: self.import.as_ref().map(|import| import.id), ..line }
    }
}

impl Ended for Uploaded {
    fn errors(&self) -> &[UserError] {
        &self.errors
    }

    fn tell<'a>(&'a self, line: Line<'a>) -> Line<'a> {
        Line { import: self.import.as_ref().map(|import| import.id), ..line }
    }
}

impl Ended for Decided {
    fn errors(&self) -> &[UserError] {
        &self.errors
    }

    fn tell<'a>(&'a self, line: Line<'a>) -> Line<'a> {
        let import = self.import.as_ref().map(|import| import.id);
        Line { import, about: Some(word(Decision::from(self.decision))), count: Some(self.count), ..line }
    }
}

impl Ended for SavedField {
    fn errors(&self) -> &[UserError] {
        &self.errors
    }

    fn tell<'a>(&'a self, line: Line<'a>) -> Line<'a> {
        // Of one that was refused, the key is whatever the client wrote.
        Line { about: self.field.as_ref().map(|field| field.key.as_str()), ..line }
    }
}

/// The end of a mutation: its line in the audit log, and its payload.
pub(super) fn ended<T: Ended, P>(
    ctx: &Context<'_>,
    done: Result<T>,
    payload: impl FnOnce(T) -> P,
) -> Option<Result<P>> {
    let session = session(ctx);
    let line = Line { action: ctx.field().name(), request_id: &session.request_id, ..Line::default() };
    let line = line.by(&session.requester);
    match &done {
        Ok(ended) => {
            let refused = ended.errors().first();
            let outcome = refused.map_or(DONE, |error| word(UserErrorCode::from(error.code)));
            ended.tell(Line { outcome, ..line }).write();
        }
        Err(error) => match error.extensions.as_ref().and_then(|values| values.get("code")) {
            // Its line was written where it was refused.
            Some(Value::String(code)) if code == Code::Forbidden.word() => {}
            Some(Value::String(code)) => Line { outcome: code, ..line }.write(),
            _ => Line { outcome: Code::Internal.word(), ..line }.write(),
        },
    }
    Some(done.map(payload))
}

/// As the schema has it.
fn word<T: EnumType>(value: T) -> &'static str {
    T::items().iter().find(|item| item.value == value).map_or("", |item| item.name)
}
