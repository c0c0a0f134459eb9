//! The history: filtered, ordered, and read page by page in both directions.

use serde_json::{Value, json};

use crate::support::{Admin, TestApp, error_code, field, nodes};

/// Imports in the history.
const IMPORTS: usize = 25;
/// Does not divide their number, so that the last page is a shorter one.
const PAGE: usize = 7;
const ROSTER: &str = "Member ID,First name,Last name,E-mail\nM-1,Ada,Abara,ada@example.org\n";
const LIST: &str = "
query($first: Int, $after: String, $last: Int, $before: String, $filter: MembershipImportFilter, $orderBy: MembershipImportOrder) {
  membershipImports(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
    nodes { id status uploadedAt updatedAt file { name } }
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
  }
}";

async fn list(admin: &Admin, variables: Value) -> Value {
    admin.ask(LIST, variables).await["membershipImports"].take()
}

/// A history in which names and times repeat; every third import is complete, and the rest is incomplete but for one.
async fn history() -> Admin {
    let app = TestApp::new().await;
    let ada = app.admin("club", "ada");
    app.admin("other", "eve").upload("theirs.csv", ROSTER).await;
    for number in 0..IMPORTS {
        // Two at a time at the same moment.
        app.pass_seconds(if number % 2 == 0 { 60 } else { 0 });
        let name = ["march", "April", "MAY", "Ärger", "june"][number % 5];
        let import = ada.upload(&format!("{name}.csv"), ROSTER).await;
        if number % 3 == 0 {
            let planned = ada.plan(&import, json!([])).await;
            ada.complete(&planned).await;
        }
    }
    ada
}

/// What a list is ordered by, of each import.
fn sort_keys(imports: &[Value], order: &str) -> Vec<String> {
    let key = |import: &Value| match order {
        "UPLOADED_AT" => import["uploadedAt"].as_str().unwrap().to_owned(),
        "UPDATED_AT" => import["updatedAt"].as_str().unwrap().to_owned(),
        _ => import["file"]["name"].as_str().unwrap().to_lowercase(),
    };
    imports.iter().map(key).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_in_every_order_and_both_directions_put_together_are_the_whole_list() {
    let ada = history().await;
    for order in ["UPLOADED_AT", "UPDATED_AT", "FILE_NAME"] {
        let mut by_direction = Vec::new();
        for direction in ["ASC", "DESC"] {
            let order_by = json!({ "field": order, "direction": direction });
            let whole = list(&ada, json!({ "first": 200, "orderBy": order_by })).await;
            let imports = nodes(&whole);
            let ids = field(&imports, "id");
            assert_eq!((ids.len(), &whole["totalCount"]), (IMPORTS, &json!(IMPORTS)));
            let mut sorted = sort_keys(&imports, order);
            sorted.sort();
            if direction == "DESC" {
                sorted.reverse();
            }
            assert_eq!(sort_keys(&imports, order), sorted, "{order} {direction}");
            assert_eq!(walk(&ada, &order_by, false).await, ids, "{order} {direction} forward");
            assert_eq!(walk(&ada, &order_by, true).await, ids, "{order} {direction} backward");
            by_direction.push(ids);
        }
        by_direction[1].reverse();
        assert_eq!(by_direction[0], by_direction[1], "{order}: the one order is the other one reversed");
    }
    let newest_first = list(&ada, json!({ "first": 200 })).await;
    let uploaded =
        list(&ada, json!({ "first": 200, "orderBy": { "field": "UPLOADED_AT", "direction": "DESC" } })).await;
    assert_eq!(newest_first, uploaded);
}

/// The ids of the whole list, read page by page from its start or from its end.
async fn walk(admin: &Admin, order_by: &Value, backward: bool) -> Vec<String> {
    let (count, from, more, other) = match backward {
        false => ("first", "after", "hasNextPage", "hasPreviousPage"),
        true => ("last", "before", "hasPreviousPage", "hasNextPage"),
    };
    let (mut found, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let page = list(admin, json!({ count: PAGE, from: cursor, "orderBy": order_by })).await;
        let (ids, info) = (field(&nodes(&page), "id"), &page["pageInfo"]);
        assert_eq!(info[other], !found.is_empty(), "there is something where we came from");
        assert_eq!(page["edges"][0]["cursor"], info["startCursor"]);
        assert_eq!(page["edges"][ids.len() - 1]["cursor"], info["endCursor"]);
        assert_eq!(page["edges"][0]["node"]["id"], ids[0]);
        let place = if backward { 0 } else { found.len() };
        found.splice(place..place, ids);
        cursor = info[if backward { "startCursor" } else { "endCursor" }].clone();
        if info[more] == false {
            return found;
        }
        assert!(found.len() < IMPORTS, "it comes to an end");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_stays_true_while_imports_come() {
    let ada = history().await;
    let before = field(&nodes(&list(&ada, json!({ "first": 200 })).await), "id");
    let first = list(&ada, json!({ "first": PAGE })).await;
    let newest = ada.upload("newest.csv", ROSTER).await;
    let second = list(&ada, json!({ "first": PAGE, "after": first["pageInfo"]["endCursor"] })).await;
    assert_eq!(field(&nodes(&second), "id"), before[PAGE..2 * PAGE], "nothing twice, nothing missing");
    assert_eq!(second["totalCount"], IMPORTS + 1);
    let ahead = list(&ada, json!({ "last": PAGE, "before": first["pageInfo"]["startCursor"] })).await;
    assert_eq!(field(&nodes(&ahead), "id"), [newest["id"].as_str().unwrap()], "what has come is before");
    let between = list(
        &ada,
        json!({
            "after": first["edges"][1]["cursor"], "before": first["edges"][4]["cursor"], "first": 200,
        }),
    )
    .await;
    assert_eq!(field(&nodes(&between), "id"), before[2..4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_the_list_and_its_count() {
    let ada = history().await;
    let all = nodes(&list(&ada, json!({ "first": 200 })).await);
    let time = all[10]["uploadedAt"].clone();
    let text = |import: &Value, name: &str| import[name].as_str().unwrap().to_owned();
    let is = |status: &'static str| move |import: &Value| import["status"] == status;
    let (complete, incomplete) = (is("COMPLETE"), is("INCOMPLETE"));
    let at = time.as_str().unwrap().to_owned();
    type Matches<'a> = Box<dyn Fn(&Value) -> bool + 'a>;
    let cases: Vec<(Value, Matches<'_>)> = vec![
        (json!({}), Box::new(|_| true)),
        (json!({ "status": ["COMPLETE"] }), Box::new(complete)),
        (
            json!({ "status": ["COMPLETE", "INCOMPLETE"] }),
            Box::new(|import| complete(import) || incomplete(import)),
        ),
        (json!({ "status": [] }), Box::new(|_| false)),
        (json!({ "status": null }), Box::new(|_| true)),
        (json!({ "fileName": "aPRi" }), Box::new(|import| import["file"]["name"] == "April.csv")),
        (json!({ "fileName": "äRGER" }), Box::new(|import| import["file"]["name"] == "Ärger.csv")),
        (json!({ "fileName": "%" }), Box::new(|_| false)),
        (json!({ "fileName": "_" }), Box::new(|_| false)),
        (json!({ "uploadedFrom": time }), Box::new(|import| text(import, "uploadedAt") >= at)),
        (json!({ "uploadedBefore": time }), Box::new(|import| text(import, "uploadedAt") < at)),
        (
            json!({ "uploadedFrom": time, "status": ["COMPLETE"] }),
            Box::new(|import| text(import, "uploadedAt") >= at && complete(import)),
        ),
    ];
    for (filter, matches) in cases {
        let found = list(&ada, json!({ "first": 200, "filter": filter })).await;
        let expected: Vec<Value> = all.iter().filter(|import| matches(import)).cloned().collect();
        assert_eq!(nodes(&found), expected, "{filter}");
        assert_eq!(found["totalCount"], expected.len(), "{filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_has_its_bounds() {
    let ada = TestApp::new().await.admin("club", "ada");
    ada.upload("only.csv", ROSTER).await;
    for allowed in [json!({ "first": 1 }), json!({ "first": 200 }), json!({ "last": 200 }), json!({})] {
        assert_eq!(nodes(&list(&ada, allowed).await).len(), 1);
    }
    for refused in [
        json!({ "first": 0 }),
        json!({ "first": 201 }),
        json!({ "last": 0 }),
        json!({ "last": 201 }),
        json!({ "first": -1 }),
        json!({ "first": 1, "last": 1 }),
        json!({ "after": "nonsense" }),
        json!({ "before": "" }),
    ] {
        let answer = ada.answer(LIST, refused.clone()).await;
        assert_eq!(error_code(&answer.json()), "BAD_USER_INPUT", "{refused}");
    }
    // A cursor of another order leads nowhere.
    for field in ["FILE_NAME", "UPDATED_AT"] {
        let order = json!({ "field": field, "direction": "ASC" });
        let page = list(&ada, json!({ "orderBy": order })).await;
        let stray = json!({ "after": page["pageInfo"]["endCursor"] });
        assert_eq!(ada.error(LIST, stray).await, "BAD_USER_INPUT", "{field}");
    }
}
