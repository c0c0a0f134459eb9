//! The books of a plan: they balance.

use std::collections::BTreeMap;

use crate::domain::action::ActionKind;
use crate::domain::issue::{RowIssue, RowIssueCode, Severity};
use crate::domain::limits::ISSUES_KEPT_PER_CODE_MAX;

/// How many issues of one kind there are, kept or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct IssueCount {
    /// Their kind.
    pub code: RowIssueCode,
    /// Whether they hold their rows.
    pub severity: Severity,
    /// How many.
    pub count: u32,
}

/// The books of a plan, in rows: `read = unchanged + held + repeated + with_actions`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Books {
    /// Rows in the file.
    pub read: u32,
    /// Rows that change nothing.
    pub unchanged: u32,
    /// Rows with an error.
    pub held: u32,
    /// Rows that are identical to an earlier one.
    pub repeated: u32,
    /// Rows that imply an action.
    pub with_actions: u32,
    /// Actions of each kind.
    pub proposed: BTreeMap<ActionKind, u32>,
    issues: BTreeMap<(Severity, RowIssueCode), u32>,
}

impl Books {
    /// Counts an issue; answers whether it is to be kept.
    pub fn count_issue(&mut self, issue: &RowIssue) -> bool {
        let count = self.issues.entry((issue.severity, issue.code)).or_default();
        *count += 1;
        *count <= ISSUES_KEPT_PER_CODE_MAX
    }

    /// Counts rows that change nothing.
    pub fn count_unchanged(&mut self, rows: u32) {
        self.read += rows;
        self.unchanged += rows;
    }

    /// Counts what the books of other rows have counted.
    pub fn join(&mut self, others: Self) {
        self.read += others.read;
        self.unchanged += others.unchanged;
        self.held += others.held;
        self.repeated += others.repeated;
        self.with_actions += others.with_actions;
        for (kind, count) in others.proposed {
            *self.proposed.entry(kind).or_default() += count;
        }
        for (issue, count) in others.issues {
            *self.issues.entry(issue).or_default() += count;
        }
    }

    /// Counts an action of `kind`.
    pub fn count_action(&mut self, kind: ActionKind) {
        *self.proposed.entry(kind).or_default() += 1;
    }

    /// All issues, errors first.
    #[must_use]
    pub fn issue_counts(&self) -> Vec<IssueCount> {
        let counts = self.issues.iter();
        counts
            .map(|((severity, code), count)| IssueCount { code: *code, severity: *severity, count: *count })
            .collect()
    }

    /// Whether every row is accounted for, exactly once.
    #[must_use]
    pub fn balance(&self) -> bool {
        self.read == self.unchanged + self.held + self.repeated + self.with_actions
    }
}
