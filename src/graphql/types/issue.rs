//! Row issues.

use async_graphql::{Context, Object, Result, SimpleObject};

use super::file::FileColumn;
use super::{RowIssueCode, Severity};
use crate::app::imports::review;
use crate::domain::id::PlanId;
use crate::domain::issue;
use crate::domain::plan::books;
use crate::graphql::error::Show;
use crate::graphql::loaders::MappingOf;
use crate::graphql::page::connection;
use crate::graphql::session::{app, loaders, requester};
use crate::store::IssueFilter;

/// What is wrong with, or remarkable about, a row of the file.
#[derive(Clone)]
pub struct RowIssue {
    pub(super) issue: issue::RowIssue,
    pub(super) plan: PlanId,
}

/// What is wrong with, or remarkable about, a row of the file.
#[Object]
impl RowIssue {
    /// The record below the header, from 1, blank lines counted, so that it leads to the place in the file.
    async fn row_number(&self) -> u32 {
        self.issue.row_number
    }

    /// Whether it holds the row.
    async fn severity(&self) -> Severity {
        self.issue.severity.into()
    }

    /// Its kind, for programs.
    async fn code(&self) -> RowIssueCode {
        self.issue.code.into()
    }

    /// The column that it is about; null when it is about the whole row.
    async fn column(&self, ctx: &Context<'_>) -> Result<Option<FileColumn>> {
        let Some(index) = self.issue.column else { return Ok(None) };
        let Some(plan) = loaders(ctx).one(self.plan).await.show(ctx)? else { return Ok(None) };
        let mapping = loaders(ctx).one(MappingOf(plan.import)).await.show(ctx)?;
        let column = mapping.and_then(|mapping| mapping.columns.get(index as usize).cloned());
        Ok(column.map(FileColumn::of))
    }

    /// The value as seen, characters that cannot be seen shown, cut to 100 characters.
    async fn value(&self) -> Option<&str> {
        self.issue.value.as_deref()
    }

    /// What is wrong and what to do, for people.
    async fn message(&self) -> &str {
        &self.issue.message
    }
}

/// How many issues of one kind there are, kept or not.
#[derive(SimpleObject)]
pub struct RowIssueCount {
    /// Their kind.
    pub code: RowIssueCode,
    /// Whether they hold their rows.
    pub severity: Severity,
    /// How many.
    pub count: u32,
}

impl RowIssueCount {
    pub(super) fn of(count: books::IssueCount) -> Self {
        Self { code: count.code.into(), severity: count.severity.into(), count: count.count }
    }
}

async fn count(ctx: &Context<'_>, (plan, filter): &(PlanId, IssueFilter)) -> Result<u64> {
    review::issue_count(app(ctx), requester(ctx), *plan, filter).await.show(ctx)
}

connection!(RowIssueConnection, RowIssueEdge, RowIssue, (PlanId, IssueFilter), count, "row issues");
