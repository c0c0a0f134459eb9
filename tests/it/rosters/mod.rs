//! Real rosters, one snapshot after the other: Muster proposes what really changed, id for id.
//!
//! The oracle (`tests/data/README.md`) compares files; Muster compares a file with its members. What lies between the
//! two is a rule of its own each time, and each is asserted here: a blank keeps the stored value, a new column counts,
//! a value that was kept can be the same again, text is NFC, the case of an address is none of its differences, and a
//! row that is held changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use icu_normalizer::ComposingNormalizer;
use serde_json::{Value, json};

use crate::support::Admin;

/// A file by its key; of each row, the cells by header.
type Rows = BTreeMap<String, BTreeMap<String, String>>;
/// The fields that change, by id.
type Updated = BTreeMap<String, BTreeSet<String>>;

mod congress;
pub mod states;

fn headers(csv: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    reader.headers().unwrap().iter().map(str::to_owned).collect()
}

fn rows(csv: &str, key: &str) -> Rows {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows = reader.deserialize::<BTreeMap<String, String>>().map(Result::unwrap);
    rows.map(|row| (row[key].clone(), row)).collect()
}

fn keys(rows: &Rows) -> BTreeSet<String> {
    rows.keys().cloned().collect()
}

/// What a plan proposes, by the ids of those whom it is about.
#[derive(Debug, Default, PartialEq, Eq)]
struct Proposed {
    created: BTreeSet<String>,
    deleted: BTreeSet<String>,
    updated: Updated,
}

/// `names` are the headers that have a built-in field.
async fn proposed(admin: &Admin, import: &Value, names: &[(&str, &str)]) -> Proposed {
    let header = |field: &str| {
        names.iter().find(|(_, key)| *key == field).map_or(field, |(header, _)| header).to_owned()
    };
    let mut proposed = Proposed::default();
    for action in admin.actions(import).await {
        let id = action["memberUniqueId"].as_str().unwrap().to_owned();
        let is_new = match action["kind"].as_str().unwrap() {
            "CREATE" => proposed.created.insert(id),
            "DELETE" => proposed.deleted.insert(id),
            "UPDATE" => {
                let changes = action["changes"].as_array().unwrap().iter();
                let fields = changes.map(|change| header(change["field"]["key"].as_str().unwrap()));
                proposed.updated.insert(id, fields.collect()).is_none()
            }
            other => panic!("no file says anything about a status: {other}"),
        };
        assert!(is_new, "one action for a member at most: {action}");
    }
    proposed
}

/// The members as they should be by now: what was not blank in the files so far.
#[derive(Debug, Default)]
struct Model {
    members: Rows,
    key: &'static str,
}

/// Text as it is compared.
fn read(header: &str, cell: &str) -> String {
    let text = ComposingNormalizer::new_nfc().normalize(cell.trim()).into_owned();
    if header == "email" { text.to_lowercase() } else { text }
}

impl Model {
    fn of(key: &'static str) -> Self {
        Self { members: Rows::new(), key }
    }

    /// Takes a whole file in, apart from the rows that are held, and says what changes.
    fn take(&mut self, file: &Rows, ignored: &[&str], held: &BTreeSet<String>) -> Proposed {
        let mut proposed = Proposed::default();
        for (id, row) in file.iter().filter(|(id, _)| !held.contains(*id)) {
            let said =
                row.iter().filter(|(header, cell)| !cell.is_empty() && !ignored.contains(&header.as_str()));
            let said = said.map(|(header, cell)| (header.clone(), read(header, cell)));
            match self.members.get_mut(id) {
                None => {
                    proposed.created.insert(id.clone());
                    self.members.insert(id.clone(), said.collect());
                }
                Some(member) => {
                    for (header, value) in said {
                        if member.get(&header) != Some(&value) {
                            proposed.updated.entry(id.clone()).or_default().insert(header.clone());
                            member.insert(header, value);
                        }
                    }
                }
            }
        }
        proposed.deleted = self.members.keys().filter(|id| !file.contains_key(*id)).cloned().collect();
        self.members.retain(|id, _| file.contains_key(id));
        proposed
    }

    /// Compares with the members that the tenant really has. `names` are the headers that have a built-in field.
    async fn check(&self, admin: &Admin, names: &[(&str, &str)]) {
        let mut found = Rows::new();
        for member in admin.members().await {
            assert_eq!(member["status"], "ACTIVE");
            let mut cells = BTreeMap::new();
            let text = |value: &Value| value.as_str().map(str::to_owned);
            let built_in = [
                ("unique_id", "uniqueId"),
                ("first_name", "firstName"),
                ("last_name", "lastName"),
                ("email", "email"),
            ];
            let built_in = built_in.iter().map(|(key, name)| ((*key).to_owned(), text(&member[*name])));
            let attributes = member["attributes"].as_array().unwrap().iter();
            let attributes =
                attributes.map(|attribute| (text(&attribute["key"]).unwrap(), text(&attribute["value"])));
            for (key, value) in built_in.chain(attributes) {
                let header =
                    names.iter().find(|(_, field)| *field == key).map_or(key.as_str(), |(header, _)| header);
                if let Some(value) = value {
                    cells.insert(header.to_owned(), read(header, &value));
                }
            }
            found.insert(cells[self.key].clone(), cells);
        }
        assert_eq!(keys(&found), keys(&self.members));
        for (id, member) in &self.members {
            assert_eq!(found[id], *member, "{id}");
        }
    }
}

async fn make_text_segments(admin: &Admin, keys: impl Iterator<Item = String>) {
    for key in keys {
        admin.done("saveProfileField", json!({ "key": key, "label": key, "type": "TEXT" })).await;
    }
}

/// How the columns of an import are mapped: header, field, source.
async fn mapped(admin: &Admin, import: &Value) -> Vec<(String, Option<String>, String)> {
    let query = "query($id: ID!) { membershipImport(id: $id) { mapping { matchBy columns { column { header } field { key } source } } } }";
    let data = admin.ask(query, json!({ "id": import["id"] })).await;
    let mapping = &data["membershipImport"]["mapping"];
    let columns = mapping["columns"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    columns
        .map(|column| {
            let field = column["field"]["key"].as_str().map(str::to_owned);
            (text(&column["column"]["header"]), field, text(&column["source"]))
        })
        .collect()
}
