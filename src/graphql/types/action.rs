//! Profile actions.

use async_graphql::{Context, ID, Object, Result};

use super::issue::RowIssue;
use super::{Decision, Member, ProfileActionKind, ProfileField, User};
use crate::app::imports::review;
use crate::domain::action;
use crate::domain::id::PlanId;
use crate::graphql::error::Show;
use crate::graphql::ids::encode_action;
use crate::graphql::loaders::AllFields;
use crate::graphql::page::connection;
use crate::graphql::scalars::DateTime;
use crate::graphql::session::{app, list, loaders, requester};
use crate::store::ActionFilter;

/// What the plan proposes for one member.
#[derive(Clone)]
pub struct ProfileAction(pub action::ProfileAction);

/// What the plan proposes for one member.
#[Object]
impl ProfileAction {
    /// Opaque, globally unique, stable.
    pub async fn id(&self) -> ID {
        encode_action(self.0.id)
    }

    /// What it does.
    async fn kind(&self) -> ProfileActionKind {
        self.0.planned.kind.into()
    }

    /// What was decided about it.
    async fn decision(&self) -> Decision {
        self.0.decision.into()
    }

    /// The member as they stand; null for a CREATE that is not applied and for an applied DELETE.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        let Some(id) = self.0.member() else { return Ok(None) };
        Ok(loaders(ctx).one(id).await.show(ctx)?.map(Member))
    }

    /// The member's name when the plan was made.
    async fn member_name(&self) -> &str {
        &self.0.planned.member_name
    }

    /// The member's email address when the plan was made; of a CREATE, the one in the file.
    async fn member_email(&self) -> Option<&str> {
        self.0.planned.member_email.as_deref()
    }

    /// The id by which the customer knows the member.
    async fn member_unique_id(&self) -> Option<&str> {
        self.0.planned.member_unique_id.as_deref()
    }

    /// The fields that change, in the order of `profileFields`; empty for a DELETE.
    async fn changes(&self, ctx: &Context<'_>) -> Result<Vec<FieldChange>> {
        list(ctx, self.0.planned.changes.len())?;
        Ok(self.0.planned.changes.iter().cloned().map(FieldChange).collect())
    }

    /// What is remarkable about its row.
    async fn warnings(&self) -> Vec<RowIssue> {
        let issue =
            |issue: &crate::domain::issue::RowIssue| RowIssue { issue: issue.clone(), plan: self.0.id.plan };
        self.0.planned.warnings.iter().map(issue).collect()
    }

    /// The row that implies it, counted as in `RowIssue.rowNumber`; null for a DELETE.
    async fn row_number(&self) -> Option<u32> {
        self.0.planned.row_number
    }

    /// Who decided about it; null while it is PENDING.
    async fn decided_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let Some((by, _)) = self.0.decided else { return Ok(None) };
        Ok(loaders(ctx).one(by).await.show(ctx)?.map(User))
    }

    /// When it was decided; null while it is PENDING.
    async fn decided_at(&self) -> Option<DateTime> {
        self.0.decided.map(|(_, at)| DateTime(at))
    }
}

/// A field that an action changes.
pub struct FieldChange(action::FieldChange);

/// A field that an action changes.
#[Object]
impl FieldChange {
    /// The field.
    async fn field(&self, ctx: &Context<'_>) -> Result<ProfileField> {
        let fields = loaders(ctx).one(AllFields).await.show(ctx)?.unwrap_or_default();
        let found = fields.iter().find(|field| field.key == self.0.0).cloned();
        found.map(ProfileField).ok_or(crate::app::AppError::NotFound("profile field")).show(ctx)
    }

    /// The value before; null when there is none.
    async fn before(&self) -> Option<&str> {
        self.0.1.as_deref()
    }

    /// The value after; null when it is cleared.
    async fn after(&self) -> Option<&str> {
        self.0.2.as_deref()
    }
}

async fn count(ctx: &Context<'_>, (plan, filter): &(PlanId, ActionFilter)) -> Result<u64> {
    review::action_count(app(ctx), requester(ctx), *plan, filter).await.show(ctx)
}

connection!(
    ProfileActionConnection,
    ProfileActionEdge,
    ProfileAction,
    (PlanId, ActionFilter),
    count,
    "profile actions"
);
