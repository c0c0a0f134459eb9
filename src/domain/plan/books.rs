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
    issues: IssueCounts,
}

type IssueCounts = BTreeMap<(Severity, RowIssueCode), u32>;

/// Counts an issue; answers whether it is one of the first ones of its kind.
fn is_kept(counts: &mut IssueCounts, issue: &RowIssue) -> bool {
    let count = counts.entry((issue.severity, issue.code)).or_default();
    *count += 1;
    *count <= ISSUES_KEPT_PER_CODE_MAX
}

impl Books {
    /// Counts an issue; answers whether it is to be kept.
    pub fn count_issue(&mut self, issue: &RowIssue) -> bool {
        is_kept(&mut self.issues, issue)
    }

    /// Counts rows that change nothing.
    pub fn count_unchanged(&mut self, rows: u32) {
        self.read += rows;
        self.unchanged += rows;
    }

    /// Counts what the books of rows further down have counted, and lets go of those of their issues that are not to be kept.
    pub fn join(&mut self, below: Self, issues: &mut Vec<RowIssue>) {
        let mut counted = self.issues.clone();
        issues.retain(|issue| is_kept(&mut counted, issue));
        self.read += below.read;
        self.unchanged += below.unchanged;
        self.held += below.held;
        self.repeated += below.repeated;
        self.with_actions += below.with_actions;
        for (kind, count) in below.proposed {
            *self.proposed.entry(kind).or_default() += count;
        }
        for (kind, count) in below.issues {
            *self.issues.entry(kind).or_default() += count;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn issue(row_number: u32, code: RowIssueCode) -> RowIssue {
        RowIssue {
            row_number,
            severity: Severity::Warning,
            code,
            column: None,
            value: None,
            message: String::new(),
        }
    }

    #[test]
    fn joined_books_keep_the_first_issues_of_each_kind_and_count_all() {
        let codes = [RowIssueCode::ValueCleaned, RowIssueCode::FormulaLike];
        let issues: Vec<RowIssue> = (1..=2 * ISSUES_KEPT_PER_CODE_MAX + 700)
            .map(|row| issue(row, codes[usize::from(row % 3 == 0)]))
            .collect();
        let mut whole = Books { read: 7, held: 7, ..Books::default() };
        let mut expected = issues.clone();
        expected.retain(|issue| whole.count_issue(issue));
        let (mut books, mut kept) = (Books::default(), Vec::new());
        for part in issues.chunks(900) {
            let mut below = Books { read: 2, held: 2, ..Books::default() };
            let mut part: Vec<RowIssue> =
                part.iter().filter(|issue| below.count_issue(issue)).cloned().collect();
            books.join(below, &mut part);
            kept.extend(part);
        }
        assert_eq!((&kept, books.issue_counts()), (&expected, whole.issue_counts()));
        assert_eq!((books.read, books.held, books.balance()), (6, 6, true));
    }
}
