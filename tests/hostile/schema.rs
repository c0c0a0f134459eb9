//! What is written down for people to ask passes all limits.

use serde_json::json;

use crate::ask::{Asker, Way, code};
use crate::server::{Home, Server};

const README: &str = include_str!("../../README.md");
/// The examples of the playground.
const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/playground/operations");

/// The documents in a text, each between two marks.
fn between<'a>(text: &'a str, begin: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(begin).skip(1).filter_map(move |rest| rest.split(end).next())
}

fn operations() -> Vec<String> {
    let mut operations: Vec<String> = between(README, "```graphql\n", "```").map(str::to_owned).collect();
    let in_json =
        between(README, "{\\\"query\\\":\\\"", "\\\"}\"").map(|text| text.replace("\\\\\\\"", "\""));
    operations.extend(in_json);
    operations.extend(between(README, "{\"query\":\"", "\"").map(str::to_owned));
    let examples = std::fs::read_dir(EXAMPLES).unwrap();
    operations.extend(examples.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()));
    operations.retain(|text| text.contains('{') && !text.contains("`"));
    operations
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operations_of_the_readme_and_the_playground_pass() {
    let home = Home::on_sqlite(&[]);
    let server = Server::start(&home);
    let ada = Asker::new(&server);
    let operations = operations();
    assert!(operations.len() > 15, "{operations:#?}");
    for operation in operations {
        let errors = ada.errors(Way::Post, &operation, &json!({})).await;
        assert_ne!(code(&errors), "LIMIT_EXCEEDED", "{operation}: {errors:?}");
    }
}
