//! What Muster writes itself: safe to open in a spreadsheet, and good to upload again.

use muster::app::Settings;
use serde_json::{Value, json};

use crate::support::{Admin, Answer, TestApp, field};

/// How long an address is good, in seconds.
const DOWNLOAD_SECONDS: u32 = 60;
/// Ada is a formula, Bea has no address, Cid is fine, and Dov's status is nonsense.
const ROSTER: &str = "\
Member ID,First name,Last name,E-mail,Status,Job title
M-1,Ada,\"=HYPERLINK(\"\"http://evil.example\"\")\",ada@example.org,active,+1
M-2,Bea,Brandt,,active,@boss
M-3,Cid,Castro,cid@example.org,active,Coach
M-4,Dov,Dahl,dov@example.org,perhaps,-2+3
";

async fn club() -> Admin {
    TestApp::with(Settings { download_seconds: DOWNLOAD_SECONDS, ..Settings::default() })
        .await
        .admin("club", "ada")
}

async fn address(admin: &Admin, import: &Value, what: &str) -> String {
    let query = "query($id: ID!) { membershipImport(id: $id) { file { download { url expiresAt } }
        plan { planDownload { url expiresAt } heldRowsDownload { url expiresAt } } } }";
    let data = admin.ask(query, json!({ "id": import["id"] })).await;
    let download = match what {
        "file" => &data["membershipImport"]["file"]["download"],
        _ => &data["membershipImport"]["plan"][what],
    };
    download["url"].as_str().unwrap().to_owned()
}

fn cells(answer: &Answer) -> Vec<Vec<String>> {
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    let text = answer.text();
    let text = text.strip_prefix('\u{FEFF}').expect("a byte-order mark, so that spreadsheets show accents");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// No cell does anything in a spreadsheet.
fn is_safe(rows: &[Vec<String>]) {
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_can_be_reviewed_in_a_spreadsheet() {
    let ada = club().await;
    ada.import_whole("before.csv", "Member ID,First name,Last name,E-mail\nM-3,Cid,Castro,cid@example.org\nM-9,Gus,Gray,gus@example.org\n").await;
    let planned = ada.planned("März.csv", ROSTER).await;
    ada.decide(&planned, "REJECTED", json!({ "filter": { "kind": ["DELETE"] } })).await;
    let answer = ada.app.download(&address(&ada, &planned, "planDownload").await, None).await;
    assert_eq!(answer.header("content-type"), "text/csv");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"M_rz - plan.csv\"; filename*=UTF-8''M%C3%A4rz%20-%20plan.csv"
    );
    assert_eq!(answer.header("cache-control"), "private, no-store");
    let rows = cells(&answer);
    is_safe(&rows);
    assert_eq!(rows[0][..4], ["action", "decision", "row", "member id"]);
    let summary: Vec<[&str; 4]> =
        rows[1..].iter().map(|row| [&*row[0], &*row[1], &*row[2], &*row[3]]).collect();
    assert_eq!(
        summary,
        [
            ["CREATE", "PENDING", "1", "M-1"],
            ["UPDATE", "PENDING", "3", "M-3"],
            ["DELETE", "REJECTED", "", "M-9"],
        ]
    );
    let title = rows[0].iter().position(|header| header == "Job title (after)").unwrap();
    assert_eq!((rows[1][title].as_str(), rows[2][title].as_str()), ("'+1", "Coach"));
    assert_eq!(answer.text().matches('\n').count(), answer.text().matches("\r\n").count());
}

#[tokio::test(flavor = "multi_thread")]
async fn held_rows_are_mended_and_uploaded_as_a_part_of_the_roster() {
    let ada = club().await;
    let planned = ada.planned("roster.csv", ROSTER).await;
    assert_eq!(planned["plan"]["rowsHeld"], 2);
    ada.decide(&planned, "APPROVED", json!({ "all": true })).await;
    let completed = ada.complete(&planned).await;
    let answer = ada.app.download(&address(&ada, &completed, "heldRowsDownload").await, None).await;
    let mut rows = cells(&answer);
    is_safe(&rows);
    assert_eq!(rows[0][..6], ["Member ID", "First name", "Last name", "E-mail", "Status", "Job title"]);
    assert_eq!(rows[0].len(), 8, "the code and the reason come on top");
    assert_eq!(
        rows[1..].iter().map(|row| (row[0].as_str(), row[6].as_str())).collect::<Vec<_>>(),
        [("M-2", "MISSING_REQUIRED"), ("M-4", "INVALID_CHOICE")]
    );

    // An admin mends them; the two columns stay as they are.
    rows[1][3] = "bea@example.org".to_owned();
    rows[2][4] = "inactive".to_owned();
    let mut writer = csv::Writer::from_writer(Vec::new());
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    let mended = writer.into_inner().unwrap();
    let import = ada.upload("mended.csv", &mended).await;
    ada.done("saveMapping", json!({ "importId": import["id"], "fileScope": "PARTIAL" })).await;
    let planned = ada.plan(&import, json!([])).await;
    assert_eq!(Admin::proposed(&planned), [2, 0, 0, 0, 0]);
    assert_eq!(planned["plan"]["rowsHeld"], 0);
    assert_eq!(planned["plan"]["deletionsBlocked"], Value::Null, "it is PARTIAL already");
    ada.decide(&planned, "APPROVED", json!({ "all": true })).await;
    ada.complete(&planned).await;
    let members = ada.members().await;
    assert_eq!(field(&members, "uniqueId"), ["M-1", "M-2", "M-3", "M-4"]);
    assert_eq!(field(&members, "status"), ["ACTIVE", "ACTIVE", "ACTIVE", "INACTIVE"]);
    // What was escaped for spreadsheets is stored as it was meant.
    for (member, title) in [(0, "+1"), (1, "@boss"), (3, "-2+3")] {
        assert_eq!(members[member]["attributes"], json!([{ "key": "job_title", "value": title }]));
    }
    assert_eq!(members[0]["lastName"], "=HYPERLINK(\"http://evil.example\")");
}

#[tokio::test(flavor = "multi_thread")]
async fn held_rows_that_come_again_as_they_were_are_warned_about_and_delete_nobody() {
    let ada = club().await;
    ada.import_whole(
        "roster.csv",
        ROSTER.replace("perhaps", "active").replace("Brandt,,", "Brandt,b@example.org,"),
    )
    .await;
    let damaged = "Member ID,First name,Last name,E-mail,Status,Job title\n\
                   M-1,Ada,Abara,cut@ex\nM-2,\"Be\"a,Brandt,b@example.org,active,Boss\n";
    let planned = ada.planned("damaged.csv", damaged).await;
    assert_eq!(planned["plan"]["rowsHeld"], 2);
    let held = ada.app.download(&address(&ada, &planned, "heldRowsDownload").await, None).await;
    let again = ada.planned("held.csv", &held.body).await;
    let issues = ada.issues(&again).await;
    for (row, code) in [(1, "ROW_TOO_SHORT"), (2, "MALFORMED_QUOTING")] {
        let warned = |issue: &Value| {
            issue["rowNumber"] == row && issue["code"] == code && issue["severity"] == "WARNING"
        };
        assert!(issues.iter().any(warned), "{issues:?}");
    }
    assert_eq!(Admin::proposed(&again)[4], 0, "it was uploaded as the whole roster");
    assert!(again["plan"]["deletionsBlocked"].as_str().unwrap().contains("PARTIAL"));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_away_are_told_as_such() {
    let ada = club().await;
    let import = ada.upload("roster.csv", ROSTER).await;
    let url = address(&ada, &import, "file").await;
    let ready = ada.app.get("/readyz").await;
    assert_eq!((ready.status.as_u16(), ready.text().as_str()), (200, "database: ready\nfiles: ready\n"));
    ada.app.take_files_away();
    // Whoever asks again within a second is told the same.
    assert_eq!(ada.app.get("/readyz").await.status.as_u16(), 200);
    ada.app.pass_seconds(1);
    let ready = ada.app.get("/readyz").await;
    assert_eq!((ready.status.as_u16(), ready.text().as_str()), (503, "database: ready\nfiles: not ready\n"));
    let answer = ada.app.download(&url, None).await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (404, "There is no such file.\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_good_for_a_while_and_for_nothing_else() {
    let ada = club().await;
    let planned = ada.planned("roster.csv", ROSTER).await;
    for what in ["file", "planDownload", "heldRowsDownload"] {
        let url = address(&ada, &planned, what).await;
        assert_eq!(ada.app.download(&url, None).await.status.as_u16(), 200, "{what}");
        let (base, signed) = url.rsplit_once('/').unwrap();
        for place in 0..signed.len() {
            let mut tampered = signed.as_bytes().to_vec();
            tampered[place] = if tampered[place] == b'B' { b'C' } else { b'B' };
            let tampered = String::from_utf8(tampered).unwrap();
            let answer = ada.app.download(&format!("{base}/{tampered}"), None).await;
            assert_eq!(answer.status.as_u16(), 404, "{what} {place}");
        }
        for nonsense in
            ["A", "%2e%2e", &signed[..signed.len() - 4], &format!("{signed}AAAA"), &"A".repeat(4_000)]
        {
            assert_eq!(
                ada.app.download(&format!("{base}/{nonsense}"), None).await.status.as_u16(),
                404,
                "{nonsense}"
            );
        }
    }
    let url = address(&ada, &planned, "file").await;
    ada.app.pass_seconds(i64::from(DOWNLOAD_SECONDS) - 1);
    assert_eq!(ada.app.download(&url, None).await.status.as_u16(), 200);
    ada.app.pass_seconds(1);
    assert_eq!(ada.app.download(&url, None).await.status.as_u16(), 404, "it has expired");
    // The plan is dropped, and its address leads nowhere.
    let url = address(&ada, &planned, "planDownload").await;
    ada.done("reopenMapping", json!({ "importId": planned["id"] })).await;
    assert_eq!(ada.app.download(&url, None).await.status.as_u16(), 404);
}
