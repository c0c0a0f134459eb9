//! What the cells of a row make of its member.

use super::telling::told;
use super::{Case, tell};
use crate::domain::action::FieldChange;
use crate::domain::field::FieldType;
use crate::domain::issue::{RowIssue, RowIssueCode};
use crate::domain::plan::settle::Verdict;
use crate::domain::plan::test_support::*;

fn change(key: &str, before: Option<&str>, after: Option<&str>) -> FieldChange {
    FieldChange(key.into(), before.map(str::to_owned), after.map(str::to_owned))
}

#[test]
fn the_status_names_the_action() {
    let file = |status: &str| format!("unique_id,email,job_title,status\n1,ada@x.org,Boss,{status}\n");
    for (roster, status, plan) in [
        ("1 ada Boss", "active", "1 unchanged"),
        ("1 ada Boss", "Inactive", "1 deactivate status"),
        ("1 ada", "inactive", "1 deactivate status job_title"),
        ("1 ada inactive", "active", "1 reactivate status job_title"),
        ("1 ada inactive", "", "1 update job_title"),
        ("", "inactive", "1 create"),
        ("", "", "1 create"),
        // No value in a file deletes anybody.
        ("1 ada", "deleted", "1 held INVALID_CHOICE"),
        ("1 ada inactive", "N/A", "1 update job_title PLACEHOLDER_VALUE"),
    ] {
        let case = Case { clear: &["status"], ..Case::default() };
        assert_eq!(case.tell_csv(roster, &file(status)), plan, "{roster} <- {status}");
    }
}

#[test]
fn empty_cells_keep_or_clear() {
    let clearing = Case { clear: &["job_title", "email"], ..Case::default() };
    assert_eq!(tell("1 ada Boss", "1 -"), "1 unchanged");
    assert_eq!(clearing.tell("1 ada Boss", "1 -"), "1 update email job_title");
    assert_eq!(
        clearing.tell("1 ada Boss", "[1,NULL,-]"),
        "1 update email job_title PLACEHOLDER_VALUE PLACEHOLDER_VALUE"
    );
    assert_eq!(clearing.tell("1 -", "1 -"), "1 unchanged");
    assert_eq!(clearing.tell("", "1 -"), "1 create");
    // A column that is not in the file is not touched.
    assert_eq!(tell("1 ada Boss, 2 bob", "1 ada, 2 bob"), "1 unchanged, 2 unchanged");
    assert_eq!(Case::default().tell_csv("1 ada Boss", "unique_id\n1\n"), "1 unchanged");
}

#[test]
fn what_is_required_is_judged_on_the_member_as_the_row_would_leave_them() {
    let keeping = Case { required: &["email", "job_title"], ..Case::default() };
    let clearing = Case { clear: &["email", "job_title"], ..keeping.clone() };
    for (roster, file, kept, cleared) in [
        ("", "1 ada Boss", "1 create", "1 create"),
        ("", "1 ada", "1 held MISSING_REQUIRED", "1 held MISSING_REQUIRED"),
        ("1 ada Boss", "1 -", "1 unchanged", "1 held MISSING_REQUIRED"),
        ("1 ada", "1 ada", "1 held MISSING_REQUIRED", "1 held MISSING_REQUIRED"),
        ("1 ada", "1 - Boss", "1 update job_title", "1 held MISSING_REQUIRED"),
        ("- ada Boss", "1 ada", "1 update unique_id", "1 held MISSING_REQUIRED"),
        // One who comes back comes as the row says.
        ("~1 ada Boss", "1 ada", "1 held MISSING_REQUIRED", "1 held MISSING_REQUIRED"),
        // What cannot be read is not missing.
        ("", "[1,ada,Boss]", "1 held INVALID_EMAIL", "1 held INVALID_EMAIL"),
        ("", "[1,ada,]", "1 held INVALID_EMAIL MISSING_REQUIRED", "1 held INVALID_EMAIL MISSING_REQUIRED"),
    ] {
        assert_eq!(keeping.tell(roster, file), kept, "{roster} <- {file}");
        assert_eq!(clearing.tell(roster, file), cleared, "{roster} <- {file}, clearing");
    }
}

#[test]
fn a_change_has_what_was_and_what_will_be() {
    let (_, plan) = Case::default()
        .plan_csv("1 ada, - bob", "unique_id,email,job_title\n1,Eve@X.org,Boss\n2,BOB@x.org,\n");
    let changes: Vec<_> = plan.actions.iter().map(|action| action.changes.clone()).collect();
    let first =
        [change("email", Some("ada@x.org"), Some("Eve@X.org")), change("job_title", None, Some("Boss"))];
    assert_eq!(changes, [first.to_vec(), vec![change("unique_id", None, Some("2"))]]);
    let shown: Vec<_> = plan.actions.iter().map(|action| action.member_unique_id.as_deref()).collect();
    assert_eq!(shown, [Some("1"), Some("2")]);
    assert!(plan.actions[0].frees_email && !plan.actions[1].frees_email);
}

#[test]
fn an_id_that_seems_to_be_given_to_another_person_is_pointed_out() {
    let file = |row: &str| format!("unique_id,email,first_name,last_name\n{row}\n").into_bytes();
    let (mut roster, plan) =
        Case::default().plan_csv("", "unique_id,email,first_name,last_name\n1,ada@x.org,Ada,Abara\n");
    apply_in_memory(&mut roster, &plan.actions);
    let of = |row: &str| {
        let upload = upload_in_memory(&roster, &file(row)).unwrap();
        told(&roster, &plan_in_memory(&roster, &upload))
    };
    assert_eq!(of("1,bob@x.org,Bob,Baker"), "1 update first_name last_name email IDENTITY_CHANGED");
    assert_eq!(of("1,bob@x.org,Ada,Baker"), "1 update last_name email");
}

fn only_issue(plan: &InMemoryPlan, row: usize) -> &RowIssue {
    assert_eq!(plan.settled[row].issues.len(), 1, "{:?}", plan.settled[row]);
    &plan.settled[row].issues[0]
}

#[test]
fn issues_name_row_column_value_and_the_other() {
    let plan = |roster: &str, rows: &str| {
        Case::default().plan_csv(roster, &format!("unique_id,job_title,email\n{rows}")).1
    };
    let taken = plan("1 ada", "1,,ada@x.org\n2,,Ada@x.org\n");
    let issue = only_issue(&taken, 1);
    assert_eq!((issue.row_number, issue.column, issue.value.as_deref()), (2, Some(2), Some("Ada@x.org")));
    assert!(issue.message.contains("Ada@x.org belongs to ada@x.org (1), who keeps it"), "{}", issue.message);

    let message = |plan: &InMemoryPlan, row: usize| plan.settled[row].issues[0].message.clone();
    let held = plan("1 ada", "1,\u{202E},bob@x.org\n2,,ada@x.org\n");
    assert!(message(&held, 1).contains("whose own row 1 is held"), "{}", message(&held, 1));
    let same = plan("1 ada", "1,\u{202E},ada@x.org\n2,,ada@x.org\n");
    assert!(message(&same, 1).contains("who keeps it"), "{}", message(&same, 1));
    let blocked = plan("1 ada", "2,,ada@x.org\n3\n");
    assert!(message(&blocked, 0).contains("this file deletes nobody"), "{}", message(&blocked, 0));
    let named = plan("1 ada", "2,,ada@x.org\n01,,bob@x.org\n");
    assert!(message(&named, 0).contains("may be about them"), "{}", message(&named, 0));
    let file = "email,job_title\nada@x.org,\nAda@x.org,Boss\n";
    let twice = Case::by_email().plan_csv("", file).1;
    assert!(message(&twice, 0).contains("with other values"), "{}", message(&twice, 0));

    let similar = plan("01 ada", "\n1,,bob@x.org\n");
    let issue = only_issue(&similar, 0);
    assert_eq!((issue.row_number, issue.column, issue.value.as_deref()), (2, Some(0), Some("1")));
    assert!(issue.message.contains("ada@x.org (01), who is not in the file"), "{}", issue.message);

    let beside = plan("01 ada, 2 bob", "01,,ada@x.org\n2,,bob@x.org\n1,,bob@x.org\n");
    let codes: Vec<_> = beside.settled[2].issues.iter().map(|issue| issue.code).collect();
    assert_eq!(codes, [RowIssueCode::SimilarUniqueId, RowIssueCode::EmailTaken]);
    assert!(beside.settled[2].issues[0].message.contains("ada@x.org (01)"));

    let duplicate = plan("", "1,Boss,\n2,,\n1,,\n1,,\n");
    assert!(only_issue(&duplicate, 0).message.contains("also in row 3"));
    assert!(only_issue(&duplicate, 2).message.contains("also in row 1"));

    let missing_id = plan("", ",Boss,ada@x.org\n");
    let issue = only_issue(&missing_id, 0);
    assert_eq!((issue.column, issue.value.as_deref()), (Some(0), None));
    assert_eq!(missing_id.settled[0].verdict, Verdict::Held);

    // What is shown of a long value is cut.
    let long = format!("{}@x.org", "x".repeat(60));
    let long_id = "7".repeat(200);
    let cut = plan("", &format!("{long_id},,{long}\n{long_id},Boss,{long}\n"));
    assert!(only_issue(&cut, 0).value.as_deref().unwrap().chars().count() <= 100);
}

#[test]
fn values_are_compared_as_they_are_read() {
    let mut roster = Roster::new().requiring(&[]).segment("born", FieldType::Date);
    let plan = |roster: &Roster, row: &str| {
        let file = format!("unique_id,first_name,born\n{row}\n");
        plan_in_memory(roster, &upload_in_memory(roster, file.as_bytes()).unwrap())
    };
    let seeding = plan(&roster, "1,Zoe\u{308},1967-01-05");
    apply_in_memory(&mut roster, &seeding.actions);
    let same = plan(&roster, "1,  Zo\u{EB} ,1967-01-05T00:00:00Z");
    assert_eq!((same.books.unchanged, same.codes()), (1, [RowIssueCode::ValueCleaned].into()));
    assert_eq!(told(&roster, &plan(&roster, "1,Zo\u{EB},1967-01-06")), "1 update born");
    assert_eq!(plan(&roster, "1,Zo\u{EB},1967-02-30").codes(), [RowIssueCode::InvalidDate].into());
}
