//! Odd files: what each does to a club of twenty members, as `expect.json` allows.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::support::{Admin, TestApp};

fn data(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/odd");
    std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A club of the case's own that has imported the seed, and nothing since.
pub async fn seeded(app: &Arc<TestApp>, case: &Value) -> Admin {
    let ada = app.admin(case["case"].as_str().unwrap(), "ada");
    for (key, kind) in [("date_of_birth", "DATE"), ("department", "TEXT"), ("phone", "TEXT")] {
        ada.done("saveProfileField", json!({ "key": key, "label": key, "type": kind })).await;
    }
    ada.import_whole("seed.csv", data("00-seed.csv")).await;
    ada
}

/// All cases but the seed itself.
pub fn cases() -> Vec<Value> {
    let mut expected: Value = serde_json::from_slice(&data("expect.json")).unwrap();
    let cases = expected["cases"].as_array_mut().unwrap();
    cases.drain(..).filter(|case| case["case"] != "00-seed").collect()
}

/// The bytes of a case, and the name that they are uploaded with.
pub fn file(case: &Value) -> (Vec<u8>, String) {
    let file = case["file"].as_str().unwrap();
    (data(file), case["upload_file_name"].as_str().unwrap_or(file).to_owned())
}

fn codes(errors: &Value) -> BTreeSet<String> {
    let errors = errors.as_array().unwrap().iter();
    errors.map(|error| error["code"].as_str().unwrap().to_owned()).collect()
}

fn is_one_of(found: &BTreeSet<String>, outcome: &Value) -> bool {
    let allowed = outcome["codes"].as_array().unwrap();
    !found.is_empty() && found.iter().all(|code| allowed.contains(&json!(code)))
}

fn outcome_at<'a>(case: &'a Value, at: &str) -> Vec<&'a Value> {
    case["outcomes"].as_array().unwrap().iter().filter(|outcome| outcome["at"] == at).collect()
}

/// What the file led to, if that is not what it may lead to.
async fn differs(app: &Arc<TestApp>, case: &Value) -> Option<String> {
    let ada = seeded(app, case).await;
    let (content, shown) = file(case);
    let payload = ada.upload_with(&shown, content, json!({})).await;
    let refused = codes(&payload["userErrors"]);
    if !refused.is_empty() {
        let fits = outcome_at(case, "upload").iter().any(|outcome| is_one_of(&refused, outcome));
        return (!fits).then(|| format!("refused with {refused:?}"));
    }
    let import = &payload["membershipImport"];
    let approve = json!({ "importId": import["id"], "ifVersion": import["version"] });
    let approved = ada.mutate("approveMapping", approve).await;
    let blocked = codes(&approved["userErrors"]);
    if !blocked.is_empty() {
        let fits = outcome_at(case, "mapping").iter().any(|outcome| is_one_of(&blocked, outcome));
        return (!fits).then(|| format!("not approved: {blocked:?}"));
    }
    ada.app.drain().await;
    let planned = ada.import(&import["id"]).await;
    let found = review(&ada, &planned).await;
    let fits = outcome_at(case, "review").iter().any(|outcome| {
        let books =
            ["create", "update", "unchanged", "held", "repeated", "delete", "deletionsBlocked", "guard"];
        let carried = outcome["codes"].as_array().unwrap().iter();
        books.iter().all(|name| outcome[*name] == found[*name])
            && carried.clone().all(|code| found["codes"].as_array().unwrap().contains(code))
    });
    (!fits).then(|| format!("{found}"))
}

/// The books of a plan in the words of `expect.json`; completing with everything approved shows the guard.
async fn review(ada: &Admin, planned: &Value) -> Value {
    let plan = &planned["plan"];
    let counts = plan["counts"].as_array().unwrap();
    let proposed = |kinds: &[&str]| -> u64 {
        let of = counts.iter().filter(|count| kinds.contains(&count["kind"].as_str().unwrap()));
        of.map(|count| count["proposed"].as_u64().unwrap()).sum()
    };
    let issues = codes(&json!(ada.issues(planned).await));
    ada.decide(planned, "APPROVED", json!({ "all": true })).await;
    let decided = ada.import(&planned["id"]).await;
    let complete = json!({ "importId": decided["id"], "ifVersion": decided["version"] });
    let completed = ada.mutate("completeImport", complete).await;
    json!({
        "create": proposed(&["CREATE"]),
        "update": proposed(&["UPDATE", "DEACTIVATE", "REACTIVATE"]),
        "delete": proposed(&["DELETE"]),
        "unchanged": plan["rowsUnchanged"],
        "held": plan["rowsHeld"],
        "repeated": plan["rowsRepeated"],
        "deletionsBlocked": !plan["deletionsBlocked"].is_null(),
        "guard": codes(&completed["userErrors"]).contains("DELETIONS_NOT_CONFIRMED"),
        "codes": issues,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_files_do_what_they_may_and_nothing_else() {
    let cases = cases();
    let app = TestApp::new().await;
    let mut wrong = Vec::new();
    for case in &cases {
        if let Some(found) = differs(&app, case).await {
            wrong.push(format!("{}: {found}\n  expected {}", case["case"], case["outcomes"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
