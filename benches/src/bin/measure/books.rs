//! Whether the server counted what the generator wrote.

use muster_benches::roster::Counts;
use serde::Deserialize;

/// The plan of an import, as counted by the server.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    pub id: String,
    rows_read: u64,
    rows_unchanged: u64,
    rows_held: u64,
    rows_repeated: u64,
    rows_with_actions: u64,
    deletions_blocked: Option<String>,
    counts: Vec<ActionCount>,
    issue_counts: Vec<IssueCount>,
}

/// The plan after everything was approved.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decided {
    pub deletions_to_confirm: Option<u64>,
    counts: Vec<ActionCount>,
}

#[derive(Debug, Clone, Deserialize)]
struct ActionCount {
    kind: String,
    proposed: u64,
    approved: u64,
    rejected: u64,
}

#[derive(Debug, Deserialize)]
struct IssueCount {
    code: String,
    severity: String,
    count: u64,
}

/// Whether the file came whole.
pub fn check_upload(counts: &Counts, size_bytes: u64, rows_found: u64, size_bytes_found: u64) -> Vec<String> {
    differences(&[("rowCount", counts.rows, rows_found), ("sizeBytes", size_bytes, size_bytes_found)])
}

/// Whether the plan says what the file implies: no more, no less, nothing held.
pub fn check_plan(counts: &Counts, plan: &Plan) -> Vec<String> {
    let proposed = |kind| count_of(&plan.counts, kind).proposed;
    let updated = counts.updated.saturating_sub(counts.deactivated + counts.reactivated);
    let balance = plan.rows_unchanged + plan.rows_held + plan.rows_repeated + plan.rows_with_actions;
    let mut mistakes = differences(&[
        ("rowsRead", counts.rows, plan.rows_read),
        ("rowsUnchanged", counts.unchanged(), plan.rows_unchanged),
        ("rowsHeld", 0, plan.rows_held),
        ("rowsRepeated", 0, plan.rows_repeated),
        ("rowsWithActions", counts.updated + counts.created, plan.rows_with_actions),
        ("the sum of the rows' fates", plan.rows_read, balance),
        ("proposed CREATE", counts.created, proposed("CREATE")),
        ("proposed UPDATE", updated, proposed("UPDATE")),
        ("proposed DEACTIVATE", counts.deactivated, proposed("DEACTIVATE")),
        ("proposed REACTIVATE", counts.reactivated, proposed("REACTIVATE")),
        ("proposed DELETE", counts.absent, proposed("DELETE")),
    ]);
    if let Some(reason) = &plan.deletions_blocked {
        mistakes.push(format!("deletionsBlocked should be null and is: {reason}"));
    }
    for issue in &plan.issue_counts {
        if issue.severity == "ERROR" && issue.count > 0 {
            mistakes.push(format!("{} rows are held for {}; none should be", issue.count, issue.code));
        }
    }
    mistakes
}

/// Whether approving all approved all.
pub fn check_decided(plan: &Plan, decided_count: u64, decided: &Decided) -> Vec<String> {
    let all = plan.counts.iter().map(|count| count.proposed).sum();
    let mut mistakes = differences(&[("decidedCount", all, decided_count)]);
    for count in &decided.counts {
        let proposed = count_of(&plan.counts, &count.kind).proposed;
        mistakes.extend(differences(&[
            (&format!("approved {}", count.kind), proposed, count.approved),
            (&format!("rejected {}", count.kind), 0, count.rejected),
        ]));
    }
    mistakes
}

/// Whether the members are the ones in the file.
pub fn check_members(counts: &Counts, members: u64) -> Vec<String> {
    differences(&[("memberCount", counts.rows, members)])
}

/// A kind that the answer does not name has no actions.
fn count_of(counts: &[ActionCount], kind: &str) -> ActionCount {
    let none = || ActionCount { kind: kind.to_owned(), proposed: 0, approved: 0, rejected: 0 };
    counts.iter().find(|count| count.kind == kind).cloned().unwrap_or_else(none)
}

fn differences(numbers: &[(&str, u64, u64)]) -> Vec<String> {
    let wrong = numbers.iter().filter(|(_, expected, found)| expected != found);
    wrong.map(|(name, expected, found)| format!("{name} should be {expected} and is {found}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const COUNTS: Counts =
        Counts { rows: 99, updated: 5, deactivated: 1, reactivated: 1, absent: 3, created: 2 };

    fn counts(approved: bool) -> Value {
        let count = |kind: &str, proposed: u64| {
            let approved = if approved { proposed } else { 0 };
            json!({ "kind": kind, "proposed": proposed, "approved": approved, "rejected": 0 })
        };
        json!([
            count("CREATE", 2),
            count("UPDATE", 3),
            count("DEACTIVATE", 1),
            count("REACTIVATE", 1),
            count("DELETE", 3),
        ])
    }

    fn plan() -> Value {
        json!({
            "id": "p", "rowsRead": 99, "rowsUnchanged": 92, "rowsHeld": 0, "rowsRepeated": 0,
            "rowsWithActions": 7, "deletionsBlocked": null, "counts": counts(false),
            "issueCounts": [{ "code": "CONFUSABLE_CHARACTERS", "severity": "WARNING", "count": 4 }],
        })
    }

    fn mistakes(plan: Value) -> Vec<String> {
        check_plan(&COUNTS, &serde_json::from_value(plan).unwrap())
    }

    #[test]
    fn right_books_have_no_mistakes() {
        assert_eq!(mistakes(plan()), Vec::<String>::new());
        let decided =
            serde_json::from_value(json!({ "deletionsToConfirm": 4, "counts": counts(true) })).unwrap();
        let plan = serde_json::from_value(plan()).unwrap();
        assert_eq!(check_decided(&plan, 10, &decided), Vec::<String>::new());
        assert_eq!(check_members(&COUNTS, 99), Vec::<String>::new());
        assert_eq!(check_upload(&COUNTS, 1_000, 99, 1_000), Vec::<String>::new());
    }

    #[test]
    fn each_wrong_number_is_a_mistake() {
        for name in ["rowsRead", "rowsUnchanged", "rowsHeld", "rowsRepeated", "rowsWithActions"] {
            let mut plan = plan();
            plan[name] = json!(1);
            assert!(mistakes(plan).iter().any(|mistake| mistake.starts_with(name)), "{name}");
        }
        for kind in 0..5 {
            let mut plan = plan();
            plan["counts"][kind]["proposed"] = json!(50);
            assert_eq!(mistakes(plan).len(), 1);
        }
        let mut blocked = plan();
        blocked["deletionsBlocked"] = json!("short rows");
        assert_eq!(mistakes(blocked), ["deletionsBlocked should be null and is: short rows"]);
        let mut held = plan();
        held["issueCounts"][0]["severity"] = json!("ERROR");
        assert_eq!(mistakes(held), ["4 rows are held for CONFUSABLE_CHARACTERS; none should be"]);
        assert_eq!(check_members(&COUNTS, 98), ["memberCount should be 99 and is 98"]);
    }

    #[test]
    fn what_was_not_approved_is_a_mistake() {
        let undecided =
            serde_json::from_value(json!({ "deletionsToConfirm": null, "counts": counts(false) })).unwrap();
        let plan = serde_json::from_value(plan()).unwrap();
        assert_eq!(check_decided(&plan, 9, &undecided).len(), 6);
    }
}
