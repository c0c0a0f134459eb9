//! Writing a plan, batch by batch, each in a transaction of its own.

use crate::app::{App, Result};
use crate::domain::action::PlannedAction;
use crate::domain::id::PlanId;
use crate::domain::issue::{RowIssue, Severity};
use crate::domain::plan::books::Books;
use crate::domain::plan::settle::{Settled, Verdict};
use crate::store::{HeldRow, Lease};

/// Writes what is found, batch by batch, and keeps the books.
pub(super) struct Writer<'a> {
    app: &'a App,
    lease: &'a Lease,
    plan: PlanId,
    /// What was written so far.
    pub books: Books,
    /// How many actions.
    pub position: u32,
    issue_position: u32,
}

impl<'a> Writer<'a> {
    pub fn new(app: &'a App, lease: &'a Lease, plan: PlanId) -> Self {
        Self { app, lease, plan, books: Books::default(), position: 0, issue_position: 0 }
    }

    /// Writes what became of some rows.
    pub async fn write(&mut self, batch: Vec<Settled>) -> Result<()> {
        let mut actions: Vec<PlannedAction> = Vec::new();
        let mut issues: Vec<RowIssue> = Vec::new();
        let mut held: Vec<HeldRow> = Vec::new();
        for settled in batch {
            self.books.read += 1;
            match settled.verdict {
                Verdict::Unchanged => self.books.unchanged += 1,
                Verdict::Repeated => self.books.repeated += 1,
                Verdict::Held => {
                    self.books.held += 1;
                    held.extend(held_row(settled.row_number, &settled.issues));
                }
                Verdict::Action(action) => {
                    self.books.with_actions += 1;
                    actions.push(*action);
                }
            }
            issues.extend(settled.issues.into_iter().filter(|issue| self.books.count_issue(issue)));
        }
        if !issues.is_empty() || !held.is_empty() {
            let tx = self.app.store.begin_leased(self.lease).await?;
            tx.insert_issues(self.plan, self.issue_position, &issues).await?;
            tx.insert_held_rows(self.plan, &held).await?;
            self.app.tell(&tx.commit().await?);
            self.issue_position += issues.len() as u32;
        }
        self.write_actions(actions).await
    }

    /// Writes actions, which come behind those that are written.
    pub async fn write_actions(&mut self, actions: Vec<PlannedAction>) -> Result<()> {
        if actions.is_empty() {
            return Ok(());
        }
        self.app.events.beat(self.lease.import);
        for action in &actions {
            self.books.count_action(action.kind);
        }
        let tx = self.app.store.begin_leased(self.lease).await?;
        tx.insert_actions(self.plan, self.position, &actions).await?;
        self.app.tell(&tx.commit().await?);
        self.position += actions.len() as u32;
        Ok(())
    }
}

fn held_row(row_number: u32, issues: &[RowIssue]) -> Option<HeldRow> {
    let errors = || issues.iter().filter(|issue| issue.severity == Severity::Error);
    let message = errors().map(|issue| issue.message.as_str()).collect::<Vec<_>>().join(" ");
    errors().next().map(|first| HeldRow { row_number, code: first.code, message })
}
