//! Row issues and held rows.

use entity::{held_rows, row_issues};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set};

use super::codes::Code;
use super::page::slice;
use super::scope::plans_of;
use super::{Db, Result, Store, Tx};
use crate::domain::id::{PlanId, TenantId};
use crate::domain::issue::{RowIssue, RowIssueCode, Severity};
use crate::domain::page::{Page, PageRequest};

/// Which issues a list shows.
#[derive(Debug, Clone, Default)]
pub struct IssueFilter {
    /// Any of these; none means any.
    pub severity: Option<Vec<Severity>>,
    /// Any of these; none means any.
    pub code: Option<Vec<RowIssueCode>>,
}

/// A held row with its reason, for the download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRow {
    /// Record below the header, from 1, blank lines counted.
    pub row_number: u32,
    /// The kind of its first error.
    pub code: RowIssueCode,
    /// Its errors, for an admin.
    pub message: String,
}

impl HeldRow {
    /// The word for its code in a file.
    #[must_use]
    pub fn code_word(&self) -> &'static str {
        self.code.word()
    }
}

fn issue(row: row_issues::Model) -> Result<(u32, RowIssue)> {
    let issue = RowIssue {
        row_number: row.row_number.unsigned_abs(),
        severity: if row.holds { Severity::Error } else { Severity::Warning },
        code: RowIssueCode::read(&row.code)?,
        column: row.column_index.map(i32::unsigned_abs),
        value: row.cell,
        message: row.message,
    };
    Ok((row.position.unsigned_abs(), issue))
}

#[allow(clippy::disallowed_methods, reason = "the plan is the tenant's: the subquery says so")]
fn filtered(tenant: TenantId, plan: PlanId, filter: &IssueFilter) -> Select<row_issues::Entity> {
    use row_issues::Column;
    let mut select = row_issues::Entity::find()
        .filter(Column::PlanId.eq(plan.0))
        .filter(Column::PlanId.in_subquery(plans_of(tenant, &[plan])));
    if let Some(severity) = &filter.severity {
        select =
            select.filter(Column::Holds.is_in(severity.iter().map(|severity| *severity == Severity::Error)));
    }
    if let Some(code) = &filter.code {
        select = select.filter(Column::Code.is_in(code.iter().map(|code| code.word())));
    }
    select
}

#[allow(clippy::disallowed_methods, reason = "the plan is the tenant's: the subquery says so")]
fn held_of(tenant: TenantId, plan: PlanId) -> Select<held_rows::Entity> {
    held_rows::Entity::find()
        .filter(held_rows::Column::PlanId.eq(plan.0))
        .filter(held_rows::Column::PlanId.in_subquery(plans_of(tenant, &[plan])))
}

impl Store {
    /// One page of a plan's issues, each with its place.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn issue_page(
        &self,
        tenant: TenantId,
        plan: PlanId,
        filter: &IssueFilter,
        request: &PageRequest<u32>,
    ) -> Result<Page<(u32, RowIssue)>> {
        let columns = [row_issues::Column::Position];
        let select = slice(filtered(tenant, plan, filter), &columns, false, request, |place| {
            vec![(*place as i32).into()]
        });
        let found =
            select.all(self.connection()).await?.into_iter().map(issue).collect::<Result<Vec<_>>>()?;
        Ok(Page::from_found(found, request))
    }

    /// How many issues the list has.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn issue_count(&self, tenant: TenantId, plan: PlanId, filter: &IssueFilter) -> Result<u64> {
        Ok(filtered(tenant, plan, filter).count(self.connection()).await?)
    }

    /// The numbers of all held rows, in the order of the file: four bytes each.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn held_row_numbers(&self, tenant: TenantId, plan: PlanId) -> Result<Vec<u32>> {
        let rows = held_of(tenant, plan).select_only().column(held_rows::Column::RowNumber);
        let numbers = rows
            .order_by_asc(held_rows::Column::RowNumber)
            .into_tuple::<i32>()
            .all(self.connection())
            .await?;
        Ok(numbers.into_iter().map(i32::unsigned_abs).collect())
    }

    /// The held rows behind `after`, in the order of the file.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn held_rows(
        &self,
        tenant: TenantId,
        plan: PlanId,
        after: u32,
        limit: u32,
    ) -> Result<Vec<HeldRow>> {
        use held_rows::Column;
        let rows = held_of(tenant, plan)
            .filter(Column::RowNumber.gt(after as i32))
            .order_by_asc(Column::RowNumber)
            .limit(u64::from(limit));
        let rows = rows.all(self.connection()).await?.into_iter().map(|row| {
            Ok(HeldRow {
                row_number: row.row_number.unsigned_abs(),
                code: RowIssueCode::read(&row.code)?,
                message: row.message,
            })
        });
        rows.collect()
    }
}

impl Tx {
    /// Adds issues of a plan, the first one at `position`.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn insert_issues(&self, plan: PlanId, position: u32, issues: &[RowIssue]) -> Result<()> {
        let rows = issues.iter().zip(position..).map(|(issue, position)| row_issues::ActiveModel {
            plan_id: Set(plan.0),
            position: Set(position as i32),
            row_number: Set(issue.row_number as i32),
            holds: Set(issue.severity == Severity::Error),
            code: Set(issue.code.word().to_owned()),
            column_index: Set(issue.column.map(|column| column as i32)),
            cell: Set(issue.value.clone()),
            message: Set(issue.message.clone()),
        });
        super::bulk::insert(&self.inner, rows.collect()).await
    }

    /// Adds held rows of a plan.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn insert_held_rows(&self, plan: PlanId, held: &[HeldRow]) -> Result<()> {
        let rows = held.iter().map(|held| held_rows::ActiveModel {
            plan_id: Set(plan.0),
            row_number: Set(held.row_number as i32),
            code: Set(held.code.word().to_owned()),
            message: Set(held.message.clone()),
        });
        super::bulk::insert(&self.inner, rows.collect()).await
    }
}
