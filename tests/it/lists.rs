//! Lists without pages, one inside of another: nobody can ask for less of them, so the answer as a whole has a bound.

use serde_json::{Value, json};

use crate::support::TestApp;

/// Columns of the file, each of which is mapped to a field with so many choices.
const COLUMNS: usize = 120;
const CHOICES: usize = 499;

#[tokio::test]
async fn an_answer_has_so_many_items_in_lists_without_pages() {
    let test = TestApp::new().await;
    let ada = test.admin("club", "ada");
    let choices: Vec<String> = (0..CHOICES).map(|number| format!("team {number}")).collect();
    let field = json!({ "key": "team", "label": "Team", "type": "CHOICE", "choices": choices });
    ada.done("saveProfileField", field).await;
    let header: Vec<String> = (0..COLUMNS).map(|number| format!("Column {number}")).collect();
    let file = format!("Member ID,{}\nM-1{}\n", header.join(","), ",x".repeat(COLUMNS));
    let import = ada.upload("wide.csv", file).await["id"].clone();
    let columns: Vec<Value> =
        (1..=COLUMNS).map(|index| json!({ "index": index, "fieldKey": "team" })).collect();
    ada.done("saveMapping", json!({ "importId": import, "columns": columns })).await;

    let ask = async |times: usize| {
        let mapping = "{ mapping { columns { field { choices } } } }";
        let fields: String =
            (0..times).map(|number| format!("a{number}: membershipImport(id: $id) {mapping} ")).collect();
        ada.answer(&format!("query($id: ID!) {{ {fields} }}"), json!({ "id": import })).await.json()
    };
    // 60,001 each.
    let (two, three) = (ask(2).await, ask(3).await);
    assert_eq!(two["errors"], Value::Null);
    assert_eq!(two["data"]["a1"]["mapping"]["columns"].as_array().unwrap().len(), COLUMNS + 1);
    assert_eq!(three["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED");
    assert!(three["errors"][0]["message"].as_str().unwrap().contains("150000 items"));
}
