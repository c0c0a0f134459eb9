//! Refusals that a person can act on.

use async_graphql::{Context, Object, Result};

use super::{ProfileAction, UserErrorCode};
use crate::app::imports::review;
use crate::domain::user_error;
use crate::graphql::error::Show;
use crate::graphql::scalars::Long;
use crate::graphql::session::{app, requester};

/// A refusal that a person can act on: what is wrong, where, and what to do.
#[derive(Clone)]
pub struct UserError(pub user_error::UserError);

impl UserError {
    pub(crate) fn all(errors: Vec<user_error::UserError>) -> Vec<Self> {
        errors.into_iter().map(Self).collect()
    }
}

/// A refusal that a person can act on: what is wrong, where, and what to do.
#[Object]
impl UserError {
    /// Its kind, for programs.
    async fn code(&self) -> UserErrorCode {
        self.0.code.into()
    }

    /// What is wrong and what to do, for people.
    async fn message(&self) -> &str {
        &self.0.message
    }

    /// The way from `input` to the culprit, indices as strings; null when no input is to blame.
    async fn field(&self) -> Option<&[String]> {
        Some(self.0.field.as_slice()).filter(|path| !path.is_empty())
    }

    /// The row that it is about, counted as in `RowIssue.rowNumber`.
    async fn row_number(&self) -> Option<u32> {
        self.0.row_number
    }

    /// The byte of the file that it is about, from 0.
    async fn byte_offset(&self) -> Option<Long> {
        self.0.byte_offset.map(Long)
    }

    /// The actions that it is about, 20 at most.
    async fn actions(&self, ctx: &Context<'_>) -> Result<Vec<ProfileAction>> {
        if self.0.actions.is_empty() {
            return Ok(Vec::new());
        }
        let found = review::actions_by_id(app(ctx), requester(ctx), &self.0.actions).await.show(ctx)?;
        Ok(found.into_iter().map(ProfileAction).collect())
    }
}
