//! Who did what: one line of the log for each, of the target `muster::audit`.
//!
//! A line says what was done, by whom, to which import, and how it ended. It never has a cell, what a file is called, what a
//! client wrote, or a token.

use crate::domain::id::{ImportId, TenantId, UserId};
use crate::domain::requester::Requester;

/// How something ended that was done.
pub const DONE: &str = "DONE";

/// What a line says. What is not known is left out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Line<'a> {
    /// What was done: a mutation by its name, `download`, or another field that somebody may not ask for.
    pub action: &'a str,
    /// How it ended: [`DONE`], or the code that the client was given.
    pub outcome: &'a str,
    /// The request's name, as in its `x-request-id`.
    pub request_id: &'a str,
    /// Whose data it is about.
    pub tenant: Option<TenantId>,
    /// Who did it.
    pub user: Option<UserId>,
    /// The import that it is about.
    pub import: Option<ImportId>,
    /// More about it, in words of our own: what was decided, the key of a field, what was downloaded, why a token is not
    /// good.
    pub about: Option<&'a str>,
    /// How many actions were decided.
    pub count: Option<u64>,
}

impl Line<'_> {
    /// The same by somebody.
    #[must_use]
    pub fn by(mut self, requester: &Requester) -> Self {
        self.tenant = Some(requester.tenant);
        self.user = Some(requester.user);
        self
    }

    /// Writes it.
    pub fn write(self) {
        let Self { action, outcome, request_id, about, count, .. } = self;
        tracing::info!(
            target: "muster::audit",
            action,
            outcome,
            request_id,
            tenant = self.tenant.map(|id| tracing::field::display(id.0)),
            user = self.user.map(|id| tracing::field::display(id.0)),
            import = self.import.map(|id| tracing::field::display(id.0)),
            about,
            count,
        );
    }
}
