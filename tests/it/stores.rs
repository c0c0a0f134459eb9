//! SQLite and PostgreSQL give the same answers, to the letter.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::odd;
use crate::rosters::states;
use crate::support::{Admin, TestApp};

/// What only says which one: another one on each store.
const IDENTITIES: [&str; 6] = ["id", "url", "endCursor", "sha256", "bannerMessage", "actions"];

/// Without what only says which one.
fn anonymous(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            fields.retain(|name, _| !IDENTITIES.contains(&name.as_str()));
            fields.values_mut().for_each(|field| *field = anonymous(field.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = anonymous(item.take())),
        _ => {}
    }
    value
}

/// Everything that is told of a file, from its upload to the members that it leaves.
async fn told(admin: &Admin, name: &str, content: &[u8], columns: Value) -> Vec<Value> {
    let mut told = Vec::new();
    let payload = admin.upload_with(name, content, json!({})).await;
    told.push(payload.clone());
    if !payload["userErrors"].as_array().unwrap().is_empty() {
        return told;
    }
    let id = &payload["membershipImport"]["id"];
    if columns.as_array().is_some_and(|columns| !columns.is_empty()) {
        told.push(admin.mutate("saveMapping", json!({ "importId": id, "columns": columns })).await);
    }
    let query = "query($id: ID!) { membershipImport(id: $id) { mapping { matchBy droppedHeaders blockers { code message }
        columns { column { header samples blankCount } field { key } source values { value count } } } } }";
    told.push(admin.ask(query, json!({ "id": id })).await);
    let version = admin.import(id).await["version"].clone();
    let approved = admin.mutate("approveMapping", json!({ "importId": id, "ifVersion": version })).await;
    told.push(approved.clone());
    if !approved["userErrors"].as_array().unwrap().is_empty() {
        return told;
    }
    admin.app.drain().await;
    let planned = admin.import(id).await;
    told.push(planned.clone());
    told.push(json!(admin.actions(&planned).await));
    told.push(json!(admin.issues(&planned).await));
    told.push(json!(downloads(admin, id).await));
    told.push(admin.decide(&planned, "APPROVED", json!({ "all": true })).await);
    told.push(admin.complete(&planned).await);
    told.extend(found(admin, id).await);
    told.push(json!(admin.members().await));
    told
}

/// What is found of an import and of the members, and how much that is, by each filter and by some words.
async fn found(admin: &Admin, id: &Value) -> Vec<Value> {
    let actions = "query($id: ID!, $filter: ProfileActionFilter) { membershipImport(id: $id) { plan {
        profileActions(first: 20, filter: $filter) {
            nodes { kind rowNumber memberName memberUniqueId } totalCount pageInfo { hasNextPage } } } } }";
    let issues = "query($id: ID!, $filter: RowIssueFilter) { membershipImport(id: $id) { plan {
        rowIssues(first: 20, filter: $filter) {
            nodes { rowNumber code } totalCount pageInfo { hasNextPage } } } } }";
    let members = "query($filter: MemberFilter) { members(first: 20, filter: $filter) {
        nodes { uniqueId firstName lastName email } totalCount pageInfo { hasNextPage } } }";
    let imports = "query($filter: MembershipImportFilter) { membershipImports(first: 20, filter: $filter) {
        nodes { status file { name } } totalCount pageInfo { hasNextPage } } }";
    // Letters with a case and an accent, what a pattern would give a meaning to, and what nobody has.
    let words = ["a", "É", "ß", "_", "%", "\\", "-0", "nobody at all"];
    let mut asked: Vec<(&str, Value)> = Vec::new();
    for word in words {
        asked.push((actions, json!({ "search": word })));
        asked.push((members, json!({ "search": word })));
        asked.push((imports, json!({ "fileName": word })));
    }
    for filter in [
        json!({}),
        json!({ "kind": ["CREATE"] }),
        json!({ "kind": ["UPDATE", "DELETE"] }),
        json!({ "decision": ["PENDING"] }),
        json!({ "changedField": ["email", "last_name"] }),
        json!({ "hasWarnings": true }),
        json!({ "hasWarnings": false, "search": "e" }),
    ] {
        asked.push((actions, filter));
    }
    for filter in [json!({}), json!({ "severity": ["ERROR"] }), json!({ "code": ["MISSING_REQUIRED"] })] {
        asked.push((issues, filter));
    }
    asked.push((members, json!({ "status": ["ACTIVE"], "search": "o" })));
    asked.push((members, json!({ "status": ["INACTIVE"] })));
    asked.push((imports, json!({ "status": ["COMPLETE"] })));
    let mut found = Vec::new();
    for (query, filter) in asked {
        let answer = admin.ask(query, json!({ "id": id, "filter": filter })).await;
        found.push(json!([filter, answer]));
    }
    found
}

async fn downloads(admin: &Admin, id: &Value) -> Vec<String> {
    let query = "query($id: ID!) { membershipImport(id: $id) {
        plan { planDownload { url } heldRowsDownload { url } } file { download { url } } } }";
    let data = admin.ask(query, json!({ "id": id })).await;
    let import = &data["membershipImport"];
    let addresses =
        [&import["plan"]["planDownload"], &import["plan"]["heldRowsDownload"], &import["file"]["download"]];
    let mut texts = Vec::new();
    for address in addresses.iter().filter_map(|address| address["url"].as_str()) {
        texts.push(admin.app.download(address, None).await.text());
    }
    texts
}

fn same(name: &str, on_sqlite: Vec<Value>, on_postgres: Vec<Value>) {
    assert_eq!(on_sqlite.len(), on_postgres.len(), "{name}");
    for (on_sqlite, on_postgres) in on_sqlite.into_iter().zip(on_postgres) {
        assert_eq!(anonymous(on_sqlite), anonymous(on_postgres), "{name}");
    }
}

async fn both() -> [Arc<TestApp>; 2] {
    [TestApp::on_sqlite().await, TestApp::on_postgres().await]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs MUSTER_TEST_POSTGRES_URL"]
async fn both_stores_say_the_same_of_odd_files() {
    let [on_sqlite, on_postgres] = both().await;
    for case in odd::cases() {
        let (file, shown) = odd::file(&case);
        let (ada, bea) = (odd::seeded(&on_sqlite, &case).await, odd::seeded(&on_postgres, &case).await);
        let on_sqlite = told(&ada, &shown, &file, json!([])).await;
        same(&shown, on_sqlite, told(&bea, &shown, &file, json!([])).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs MUSTER_TEST_POSTGRES_URL"]
async fn both_stores_say_the_same_of_real_rosters() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/us-congress");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "csv"));
    files.sort();
    assert!(files.len() > 5);
    let clerks = both().await.map(|app| app.admin("congress", "clerk"));
    for clerk in &clerks {
        for (key, required) in [("email", false), ("unique_id", true)] {
            let field_type = if key == "email" { "EMAIL" } else { "TEXT" };
            let input = json!({ "key": key, "label": key, "type": field_type, "required": required });
            clerk.done("saveProfileField", input).await;
        }
    }
    for path in files {
        let content = std::fs::read(&path).unwrap();
        let header = String::from_utf8_lossy(&content).lines().next().unwrap().to_owned();
        let column = header.split(',').position(|header| header == "bioguide_id").unwrap();
        let columns = json!([{ "index": column, "fieldKey": "unique_id" }]);
        let name = path.file_name().unwrap().to_string_lossy();
        let [on_sqlite, on_postgres] = &clerks;
        let on_sqlite = told(on_sqlite, &name, &content, columns.clone()).await;
        same(&name, on_sqlite, told(on_postgres, &name, &content, columns).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs MUSTER_TEST_POSTGRES_URL"]
async fn both_stores_say_the_same_of_legislatures() {
    let apps = both().await;
    for tenant in states::tenants() {
        let clerks = apps.clone().map(|app| app.admin(tenant, "clerk"));
        for (date, csv) in states::snapshots(tenant) {
            let start = csv.lines().next().unwrap().split(',').position(|header| header == "start_date");
            let columns = json!([{ "index": start.unwrap(), "dateOrder": "YEAR_FIRST" }]);
            let name = format!("{tenant} {date}.csv");
            let [on_sqlite, on_postgres] = &clerks;
            let on_sqlite = told(on_sqlite, &name, csv.as_bytes(), columns.clone()).await;
            assert!(on_sqlite.len() > 10, "{name} is applied: {on_sqlite:?}");
            same(&name, on_sqlite, told(on_postgres, &name, csv.as_bytes(), columns).await);
        }
    }
}

/// What is in an index has a bound on PostgreSQL, whatever folding makes of a name.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs MUSTER_TEST_POSTGRES_URL"]
async fn both_stores_take_the_longest_values() {
    let longest = |id: &str| {
        // Characters of four bytes, and of three that folding makes five.
        let (id, name) = (format!("{id}{}", "\u{1F600}".repeat(199)), "\u{1FB7}".repeat(200));
        let title = "\u{1F600}".repeat(16 * 1024);
        format!("{id},{name},{name},{}@x.org,{title}\n", "é".repeat(64))
    };
    let file = format!("unique_id,first_name,last_name,email,job_title\n{}", longest("a"));
    let [ada, bea] = both().await.map(|app| app.admin("longest", "ada"));
    let on_sqlite = told(&ada, "longest.csv", file.as_bytes(), json!([])).await;
    assert_eq!(on_sqlite.last().unwrap()[0]["lastName"].as_str().unwrap().chars().count(), 200);
    same("longest", on_sqlite, told(&bea, "longest.csv", file.as_bytes(), json!([])).await);
}
