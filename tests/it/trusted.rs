//! Folders of trusted operations.

use std::fs;
use std::path::Path;

use muster::graphql::validating_schema;
use muster::http::transport::{TransportLimits, TrustedOperations};

const QUERY: &str = "query Viewer { viewer { isTenantAdmin } }";

/// How many operations there are in a folder with these files, or what is wrong with it.
async fn read(files: &[(&str, &str)]) -> Result<usize, String> {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let read =
        TrustedOperations::read(folder.path(), &validating_schema(), &TransportLimits::default()).await;
    let shown = format!("{}/", folder.path().display());
    read.map(|trusted| trusted.count()).map_err(|error| error.to_string().replace(&shown, ""))
}

#[tokio::test]
async fn a_folder_is_read_with_all_its_folders() {
    let again = format!("\n{QUERY}\n\n");
    let files = [
        ("viewer.graphql", QUERY),
        ("a/b/again.graphql", again.as_str()),
        (
            "a/one.graphql",
            "query One($id: ID!) { ...F } fragment F on Query { membershipImport(id: $id) { id } }",
        ),
        (
            "a/two.graphql",
            "query A { viewer { id } } subscription B { importsChanged { change { version } } }",
        ),
        (
            "a/discard.graphql",
            "mutation($id: ID!) { discardImport(input: { importId: $id }) { userErrors { code } } }",
        ),
        ("a/notes.txt", "{"),
        (".hidden/bad.graphql", "{"),
        ("a/.bad.graphql", "{"),
    ];
    assert_eq!(read(&files).await, Ok(4));
}

#[tokio::test]
async fn the_examples_of_the_playground_are_good_ones() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("playground/operations");
    let read = TrustedOperations::read(&folder, &validating_schema(), &TransportLimits::default()).await;
    assert_eq!(read.unwrap().count(), fs::read_dir(&folder).unwrap().count());
}

#[tokio::test]
async fn a_file_that_could_not_run_is_named_with_its_line() {
    let long = format!("{QUERY} # {}", "x".repeat(16 * 1_024));
    let flat = format!("query {{ {} }}", "viewer { isTenantAdmin } ".repeat(2_000));
    for (text, error) in [
        (
            "query {\n  viewer { id }\n  nothing\n}",
            "a/bad.graphql:3: Unknown field \"nothing\" on type \"Query\".",
        ),
        ("query {\n  viewer { id }", "a/bad.graphql:2: Syntax error: expected "),
        (
            "query {\n  members(first: \"ten\") { totalCount }\n}",
            "a/bad.graphql:2: Invalid value for argument",
        ),
        ("fragment F on Query { viewer { id } }", "a/bad.graphql: Syntax error: "),
        ("query A { viewer { id } } { viewer { id } }", "a/bad.graphql:1: "),
        ("", "a/bad.graphql:1: Syntax error: expected "),
        (long.as_str(), "a/bad.graphql: The document is longer than 16384 bytes."),
        (flat.as_str(), "a/bad.graphql: The document "),
    ] {
        let refused = read(&[("good.graphql", QUERY), ("a/bad.graphql", text)]).await.expect_err(text);
        assert!(refused.starts_with(error), "{text:.40}: {refused}");
    }
    let none = read(&[("a/notes.txt", QUERY)]).await.unwrap_err();
    assert!(none.ends_with("there is no file *.graphql, so nothing could run"), "{none}");
}

#[tokio::test]
async fn folders_are_so_deep_and_no_deeper() {
    let deepest = "a/".repeat(16) + "viewer.graphql";
    assert_eq!(read(&[(&deepest, QUERY)]).await, Ok(1));
    let refused = read(&[(&format!("a/{deepest}"), QUERY)]).await.unwrap_err();
    assert!(refused.ends_with("lies deeper than 16 folders"), "{refused}");
}
