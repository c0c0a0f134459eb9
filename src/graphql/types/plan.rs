//! Plans.

use async_graphql::{Context, ID, Object, Result};

use super::file::SignedDownload;
use super::issue::{RowIssue, RowIssueConnection, RowIssueCount};
use super::{ProfileAction, ProfileActionConnection, ProfileActionKind, User};
use crate::app::download::Download;
use crate::app::imports::review;
use crate::graphql::error::Show;
use crate::graphql::ids::{Kind, encode};
use crate::graphql::inputs::{ProfileActionFilter, RowIssueFilter};
use crate::graphql::loaders::{ApprovalsOf, CountsOf, OwnTenant};
use crate::graphql::page::{self, PageArgs, Paged};
use crate::graphql::scalars::DateTime;
use crate::graphql::session::{app, loaders, requester};
use crate::{domain, store};

/// What a file implies for the members, frozen when planning is done. A new plan has a new id. The books balance:
/// `rowsRead = rowsUnchanged + rowsHeld + rowsRepeated + rowsWithActions`.
#[derive(Clone)]
pub struct ImportPlan(pub store::Plan);

/// What a file implies for the members, frozen when planning is done. A new plan has a new id. The books balance:
/// `rowsRead = rowsUnchanged + rowsHeld + rowsRepeated + rowsWithActions`.
#[Object]
impl ImportPlan {
    /// Opaque, globally unique, stable.
    pub async fn id(&self) -> ID {
        encode(Kind::Plan, self.0.id.0)
    }

    /// Rows in the file, blank lines not counted.
    async fn rows_read(&self) -> u32 {
        self.0.rows_read
    }

    /// Rows that say what is known already.
    async fn rows_unchanged(&self) -> u32 {
        self.0.rows_unchanged
    }

    /// Rows with an ERROR: neither applied nor deleted.
    async fn rows_held(&self) -> u32 {
        self.0.rows_held
    }

    /// Rows that are identical to an earlier one.
    async fn rows_repeated(&self) -> u32 {
        self.0.rows_repeated
    }

    /// Rows that imply an action.
    async fn rows_with_actions(&self) -> u32 {
        self.0.rows_with_actions
    }

    /// How many actions there are: one entry for each kind, zero included.
    async fn counts(&self, ctx: &Context<'_>) -> Result<Vec<ProfileActionCount>> {
        let counts = loaders(ctx).one(CountsOf(self.0.id)).await.show(ctx)?.unwrap_or_default();
        Ok(counts.into_iter().map(ProfileActionCount).collect())
    }

    /// Why this file may not delete anybody; null when it may. It then proposes no DELETE.
    async fn deletions_blocked(&self) -> Option<&str> {
        self.0.deletions_blocked.as_deref()
    }

    /// The number that `confirmDeletions` has to name; null when none is needed. It is needed when approved DELETE and
    /// DEACTIVATE actions are more than a tenth of the active members, and more than five.
    async fn deletions_to_confirm(&self, ctx: &Context<'_>) -> Result<Option<u32>> {
        let counts = loaders(ctx).one(CountsOf(self.0.id)).await.show(ctx)?.unwrap_or_default();
        let import = loaders(ctx).one(self.0.import).await.show(ctx)?;
        let tenant = loaders(ctx).one(OwnTenant).await.show(ctx)?;
        let Some((import, tenant)) = import.zip(tenant) else { return Ok(None) };
        review::deletions_asked(app(ctx), requester(ctx), &tenant, &import, &counts).show(ctx)
    }

    /// How many issues there are: every one is counted here, kept or not.
    async fn issue_counts(&self) -> Vec<RowIssueCount> {
        self.0.issue_counts.iter().map(|count| RowIssueCount::of(*count)).collect()
    }

    /// The issues in the order of the file: the first 1,000 of each code; `totalCount` counts these.
    #[allow(clippy::too_many_arguments, reason = "the contract's")]
    async fn row_issues(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start: 1 to 200, 50 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only items behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only items before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones; all unless given.")] filter: Option<RowIssueFilter>,
    ) -> Result<RowIssueConnection> {
        let request = PageArgs { first, after, last, before }.request::<u32>()?;
        let filter = filter.unwrap_or_default().into_store();
        let found = review::issues(app(ctx), requester(ctx), self.0.id, &filter, &request).await.show(ctx)?;
        let page =
            Paged::of(found, |(place, issue)| (page::encode(&place), RowIssue { issue, plan: self.0.id }));
        Ok(RowIssueConnection { page, filter: (self.0.id, filter) })
    }

    /// The proposed actions in the order of the file, then the DELETEs by name; a decision moves none.
    #[allow(clippy::too_many_arguments, reason = "the contract's")]
    async fn profile_actions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start: 1 to 200, 50 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only items behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only items before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones; all unless given.")] filter: Option<ProfileActionFilter>,
    ) -> Result<ProfileActionConnection> {
        let request = PageArgs { first, after, last, before }.request::<u32>()?;
        let filter = filter.unwrap_or_default().into_store()?;
        let found =
            review::actions(app(ctx), requester(ctx), self.0.id, &filter, &request).await.show(ctx)?;
        let page = Paged::of(found, |action| (page::encode(&action.id.position), ProfileAction(action)));
        Ok(ProfileActionConnection { page, filter: (self.0.id, filter) })
    }

    /// Who approved how many of what: the record that the history keeps.
    async fn approvals(&self, ctx: &Context<'_>) -> Result<Vec<Approval>> {
        let found = loaders(ctx).one(ApprovalsOf(self.0.id)).await.show(ctx)?.unwrap_or_default();
        Ok(found.into_iter().map(Approval).collect())
    }

    /// The plan as CSV, for people who review in a spreadsheet; safe to open there.
    async fn plan_download(&self, ctx: &Context<'_>) -> SignedDownload {
        SignedDownload::of(ctx, Download::Plan(self.0.id))
    }

    /// The held rows as CSV with two more columns, the code and the reason. Mend them, and upload the file with the
    /// scope PARTIAL; safe to open in a spreadsheet.
    async fn held_rows_download(&self, ctx: &Context<'_>) -> SignedDownload {
        SignedDownload::of(ctx, Download::HeldRows(self.0.id))
    }
}

/// How many actions of one kind a plan has.
pub struct ProfileActionCount(domain::action::ActionCount);

/// How many actions of one kind a plan has.
#[Object]
impl ProfileActionCount {
    /// The kind.
    async fn kind(&self) -> ProfileActionKind {
        self.0.kind.into()
    }

    /// All of them.
    async fn proposed(&self) -> u32 {
        self.0.proposed
    }

    /// Those that are approved.
    async fn approved(&self) -> u32 {
        self.0.approved
    }

    /// Those that are rejected.
    async fn rejected(&self) -> u32 {
        self.0.rejected
    }
}

/// How many actions of one kind somebody approved.
pub struct Approval(domain::action::Approval);

/// How many actions of one kind somebody approved.
#[Object]
impl Approval {
    /// The kind.
    async fn kind(&self) -> ProfileActionKind {
        self.0.kind.into()
    }

    /// Who approved them.
    async fn decided_by(&self, ctx: &Context<'_>) -> Result<User> {
        let found = loaders(ctx).one(self.0.by).await.show(ctx)?;
        found.map(User).ok_or(crate::app::AppError::NotFound("user")).show(ctx)
    }

    /// How many.
    async fn count(&self) -> u32 {
        self.0.count
    }

    /// When the last of them was approved.
    async fn last_decided_at(&self) -> DateTime {
        DateTime(self.0.last_decided_at)
    }
}
