//! Five snapshots of six state legislatures, each a tenant: held rows apart, they propose what the oracle expects.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Model, Rows, Updated, headers, keys, make_text_segments, proposed, read, rows};
use crate::support::{Admin, TestApp};

macro_rules! data {
    ($path:literal) => {
        include_str!(concat!("../../data/us-state-legislators/", $path))
    };
}

const STATES: [(&str, &str); 5] = [
    ("2022-12-02", data!("2022-12-02.csv")),
    ("2023-02-28", data!("2023-02-28.csv")),
    ("2024-05-31", data!("2024-05-31.csv")),
    ("2025-02-28", data!("2025-02-28.csv")),
    ("2026-08-05", data!("2026-08-05.csv")),
];
const STATES_NAMES: [(&str, &str); 3] =
    [("member_id", "unique_id"), ("given_name", "first_name"), ("family_name", "last_name")];
const STATES_REQUIRED: [&str; 3] = ["given_name", "family_name", "email"];
const STATES_PAIRS: &str = data!("expected.json");

/// How many rows are held: without something required, with a shared address, with none that is one.
type Held = (usize, usize, usize);

/// Of each tenant, for each snapshot.
const HELD: [(&str, [Held; 5]); 6] = [
    ("ak", [(0, 0, 0), (0, 0, 0), (0, 0, 0), (14, 0, 0), (0, 0, 0)]),
    ("ca", [(119, 0, 1), (118, 0, 1), (0, 0, 0), (0, 2, 0), (0, 2, 0)]),
    ("ny", [(18, 0, 0), (27, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0)]),
    ("tx", [(180, 0, 1), (180, 0, 1), (1, 0, 0), (12, 0, 0), (1, 0, 0)]),
    ("vt", [(33, 0, 1), (66, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0)]),
    ("wa", [(4, 0, 1), (27, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0)]),
];
const START_DATE: &str = "start_date";

pub fn tenants() -> impl Iterator<Item = &'static str> {
    HELD.iter().map(|(tenant, _)| *tenant)
}

/// The files of one tenant, each with its date.
pub fn snapshots(tenant: &str) -> impl Iterator<Item = (&'static str, String)> {
    STATES.iter().map(move |(date, csv)| (*date, of_tenant(csv, tenant)))
}

/// The rows of one tenant, as a file of its own.
fn of_tenant(csv: &str, tenant: &str) -> String {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let headers = reader.headers().unwrap().clone();
    writer.write_record(&headers).unwrap();
    let column = headers.iter().position(|header| header == "tenant").unwrap();
    for row in reader.records().map(Result::unwrap).filter(|row| &row[column] == tenant) {
        writer.write_record(&row).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// The ids of the held rows, each with a reason that the files bear out.
async fn held(
    admin: &Admin,
    import: &Value,
    csv: &str,
    file: &Rows,
    members: &Rows,
) -> (BTreeSet<String>, Held) {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let in_order: Vec<String> = reader.records().map(|row| row.unwrap()[0].to_owned()).collect();
    let (mut held, mut missing, mut shared, mut invalid) = (BTreeSet::new(), 0, 0, 0);
    let email = |id: &str| read("email", &file[id]["email"]);
    // A member keeps what they have.
    let has = |id: &str, column: &str| members.get(id).is_some_and(|member| member.contains_key(column));
    let lacks =
        |id: &str| STATES_REQUIRED.iter().any(|column| file[id][*column].is_empty() && !has(id, column));
    for issue in admin.issues(import).await.into_iter().filter(|issue| issue["severity"] == "ERROR") {
        let id = &in_order[issue["rowNumber"].as_u64().unwrap() as usize - 1];
        assert!(held.insert(id.clone()), "one reason is enough: {issue}");
        match issue["code"].as_str().unwrap() {
            "MISSING_REQUIRED" => {
                assert!(lacks(id), "{issue}");
                missing += 1;
            }
            "DUPLICATE_EMAIL" => {
                assert!(file.keys().any(|other| other != id && email(other) == email(id)), "{issue}");
                shared += 1;
            }
            "INVALID_EMAIL" => {
                let is_address = email(id).contains('@') && !email(id).contains([',', ';']);
                assert!(!is_address, "{issue}");
                invalid += 1;
            }
            other => panic!("nothing explains this: {other} {issue}"),
        }
    }
    // And the other way round.
    assert_eq!(missing, file.keys().filter(|id| lacks(id)).count());
    assert_eq!(import["plan"]["rowsHeld"], held.len());
    (held, (missing, shared, invalid))
}

#[tokio::test(flavor = "multi_thread")]
async fn five_snapshots_of_six_state_legislatures_propose_what_the_oracle_expects_held_rows_apart() {
    let app = TestApp::new().await;
    let pairs: Value = serde_json::from_str(STATES_PAIRS).unwrap();
    let mut accounted: Vec<(&str, [Held; 5])> = Vec::new();
    for (tenant, _) in HELD {
        let admin = app.admin(tenant, "clerk");
        let segments = ["display_name", "party", "chamber", "district", "birth_date", "phone"];
        make_text_segments(&admin, segments.map(str::to_owned).into_iter()).await;
        let mut model = Model::of("member_id");
        let (mut previous, mut previously_held) = (Rows::new(), BTreeSet::new());
        let mut held_counts = Vec::new();
        for (place, (date, csv)) in STATES.iter().enumerate() {
            let csv = of_tenant(csv, tenant);
            let (headers, file) = (headers(&csv), rows(&csv, "member_id"));
            let start = headers.iter().position(|header| header == START_DATE).unwrap();
            let import = admin.upload(&format!("{tenant} {date}.csv"), &csv).await;
            let planned = admin.plan(&import, json!([{ "index": start, "dateOrder": "YEAR_FIRST" }])).await;
            let before = model.members.clone();
            let (held, counts) = held(&admin, &planned, &csv, &file, &before).await;
            held_counts.push(counts);
            let proposed = proposed(&admin, &planned, &STATES_NAMES).await;
            assert_eq!(proposed, model.take(&file, &["tenant"], &held), "{tenant} {date}");

            if place > 0 {
                let pair = &pairs["pairs"][place - 1];
                assert_eq!((&pair["from"], &pair["to"]), (&json!(STATES[place - 1].0), &json!(date)));
                let pair = &pair["per_tenant"][tenant];
                // What really came and went, which is what the oracle counts …
                let came: BTreeSet<String> = keys(&file).difference(&keys(&previous)).cloned().collect();
                let went: BTreeSet<String> = keys(&previous).difference(&keys(&file)).cloned().collect();
                assert_eq!(
                    (json!(came.len()), json!(went.len())),
                    (pair["created"].clone(), pair["deleted"].clone())
                );
                // … is what is proposed, but for those who are held, and those who were.
                let left_out: BTreeSet<String> =
                    previously_held.difference(&keys(&before)).cloned().collect();
                let late =
                    left_out.intersection(&keys(&file)).filter(|id| !held.contains(*id)).cloned().collect();
                let created: BTreeSet<String> = came.difference(&held).cloned().collect();
                assert_eq!(proposed.created, created.union(&late).cloned().collect(), "{tenant} {date}");
                assert_eq!(
                    proposed.deleted,
                    went.difference(&left_out).cloned().collect(),
                    "{tenant} {date}"
                );
                let changed = changed(&previous, &file);
                assert_eq!(json!(changed.len()), pair["updated"], "{tenant} {date}");
                updates_are_explained(&proposed.updated, &changed, &file, &before);
            }
            admin.decide(&planned, "APPROVED", json!({ "all": true })).await;
            admin.complete(&planned).await;
            previously_held = held;
            previous = file;
        }
        model.check(&admin, &STATES_NAMES).await;
        accounted.push((tenant, held_counts.try_into().unwrap()));
    }
    assert_eq!(accounted, HELD);
}

/// The cells that differ between two files, byte for byte.
fn changed(before: &Rows, after: &Rows) -> Updated {
    let mut changed = Updated::new();
    for (id, row) in after {
        let Some(old) = before.get(id) else { continue };
        let columns: BTreeSet<String> = row
            .iter()
            .filter(|(header, cell)| old.get(*header) != Some(cell))
            .map(|(header, _)| header.clone())
            .collect();
        if !columns.is_empty() {
            changed.insert(id.clone(), columns);
        }
    }
    changed
}

/// Each cell that changed and is no update has its rule, and so has each update of a cell that did not.
fn updates_are_explained(proposed: &Updated, changed: &Updated, file: &Rows, before: &Rows) {
    let none = BTreeSet::new();
    for (id, columns) in changed.iter().filter(|(id, _)| before.contains_key(*id)) {
        for column in columns.difference(proposed.get(id).unwrap_or(&none)) {
            let cell = read(column, &file[id][column]);
            let is_same = before[id].get(column) == Some(&cell);
            assert!(
                cell.is_empty() || is_same,
                "{id} {column}: a blank keeps, case and composition are no change"
            );
        }
    }
    for (id, columns) in proposed {
        assert_eq!(
            columns.difference(changed.get(id).unwrap_or(&none)).next(),
            None,
            "{id}: nothing changed"
        );
    }
}
