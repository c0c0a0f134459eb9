//! Eleven snapshots of the US Congress, into one tenant.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Model, Proposed, Rows, Updated, headers, keys, make_text_segments, mapped, proposed, rows};
use crate::support::{Admin, TestApp};

macro_rules! data {
    ($path:literal) => {
        include_str!(concat!("../../data/us-congress/", $path))
    };
}

const CONGRESS: [(&str, &str); 11] = [
    ("2017-12-09", data!("2017-12-09.csv")),
    ("2018-12-07", data!("2018-12-07.csv")),
    ("2019-02-12", data!("2019-02-12.csv")),
    ("2021-02-12", data!("2021-02-12.csv")),
    ("2022-12-13", data!("2022-12-13.csv")),
    ("2023-01-27", data!("2023-01-27.csv")),
    ("2024-12-18", data!("2024-12-18.csv")),
    ("2025-02-02", data!("2025-02-02.csv")),
    ("2025-09-26", data!("2025-09-26.csv")),
    ("2026-03-25", data!("2026-03-25.csv")),
    ("2026-06-11", data!("2026-06-11.csv")),
];
const CONGRESS_NAMES: [(&str, &str); 1] = [("bioguide_id", "unique_id")];
const CONGRESS_PAIRS: &str = data!("expected.json");
const CONGRESS_IDS: &str = data!("expected.ids.json");

fn ids(value: &Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn eleven_snapshots_of_the_us_congress_propose_what_the_oracle_expects() {
    let admin = TestApp::new().await.admin("congress", "clerk");
    for (key, label, field_type, required) in
        [("email", "Email", "EMAIL", false), ("unique_id", "Bioguide", "TEXT", true)]
    {
        let input = json!({ "key": key, "label": label, "type": field_type, "required": required });
        assert_eq!(admin.done("saveProfileField", input).await["required"], required);
    }
    let pairs: Value = serde_json::from_str(CONGRESS_PAIRS).unwrap();
    let expected: Value = serde_json::from_str(CONGRESS_IDS).unwrap();
    let mut model = Model::of("bioguide_id");
    let mut known: BTreeSet<String> = ["first_name", "last_name", "bioguide_id"].map(str::to_owned).into();
    for (place, (date, csv)) in CONGRESS.iter().enumerate() {
        let (headers, file) = (headers(csv), rows(csv, "bioguide_id"));
        let new: Vec<String> =
            headers.iter().filter(|header| known.insert((*header).clone())).cloned().collect();
        make_text_segments(&admin, new.iter().cloned()).await;

        let import = admin.upload(&format!("{date}.csv"), csv).await;
        let column = headers.iter().position(|header| header == "bioguide_id").unwrap();
        let correction = match place {
            0 => json!([{ "index": column, "fieldKey": "unique_id" }]),
            _ => json!([]),
        };
        if place > 0 {
            let mapped = mapped(&admin, &import).await;
            let remembered = (headers[column].clone(), Some("unique_id".to_owned()), "REMEMBERED".to_owned());
            assert_eq!(mapped[column], remembered, "{date}");
        }
        let planned = admin.plan(&import, correction).await;
        assert!(
            mapped(&admin, &import).await.iter().all(|(_, field, _)| field.is_some()),
            "every column counts"
        );
        assert_eq!(planned["plan"]["rowsHeld"], 0, "{date}");
        let proposed = proposed(&admin, &planned, &CONGRESS_NAMES).await;
        let before = std::mem::take(&mut model.members);
        model.members.clone_from(&before);
        assert_eq!(proposed, model.take(&file, &[], &BTreeSet::new()), "{date}");
        if place == 0 {
            assert_eq!(proposed.created, keys(&file));
        } else {
            is_what_the_oracle_says(
                &proposed,
                &expected[place - 1],
                &pairs["pairs"][place - 1],
                &file,
                &before,
                &new,
            );
        }
        admin.decide(&planned, "APPROVED", json!({ "all": true })).await;
        admin.complete(&planned).await;
    }
    model.check(&admin, &CONGRESS_NAMES).await;

    let again = admin.planned("again.csv", CONGRESS[CONGRESS.len() - 1].1).await;
    assert_eq!(Admin::proposed(&again), [0; 5], "the same file again proposes nothing");
}

/// Created and deleted are exactly those of the oracle; each update more or less has its rule.
fn is_what_the_oracle_says(
    proposed: &Proposed,
    expected: &Value,
    pair: &Value,
    file: &Rows,
    before: &Rows,
    new: &[String],
) {
    let date = pair["to"].as_str().unwrap();
    assert_eq!(proposed.created, ids(&expected["created"]), "{date}");
    assert_eq!(proposed.deleted, ids(&expected["deleted"]), "{date}");
    let expected: Updated = expected["updated"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(id, columns)| (id.clone(), ids(columns)))
        .collect();

    // The oracle's `updated` looks at columns that both files have: a new column counts on top.
    let is_new = |column: &String| new.contains(column);
    let mut old_columns = Updated::new();
    for (id, columns) in &proposed.updated {
        for column in columns.iter().filter(|column| !is_new(column)) {
            old_columns.entry(id.clone()).or_default().insert(column.clone());
        }
        for column in columns.iter().filter(|column| is_new(column)) {
            assert!(!before[id].contains_key(column), "{date} {id}: a first value");
        }
    }
    assert_eq!(old_columns.len() as u64, pair["updated_when_blank_keeps"], "{date}");
    if !new.is_empty() {
        let with_new = pair["updated_when_file_is_whole_truth"].as_u64().unwrap();
        assert_eq!(proposed.updated.len() as u64, with_new, "{date}: a new column counts");
    }
    for (id, columns) in &expected {
        let ours = old_columns.remove(id).unwrap_or_default();
        for column in columns.difference(&ours) {
            let cell = &file[id][column];
            let kept = before[id].get(column);
            assert!(
                cell.is_empty() || kept == Some(cell),
                "{date} {id} {column}: a blank keeps the old value"
            );
        }
        assert!(ours.is_subset(columns), "{date} {id}: nothing explains {:?}", ours.difference(columns));
    }
    assert_eq!(old_columns, Updated::new(), "{date}: nothing explains these updates");
}
