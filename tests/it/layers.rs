//! The house's arrows: who may name whom. A broken one fails the build.

use std::path::{Path, PathBuf};

/// The most lines of a file.
const LINES_MAX: usize = 450;

/// A file of the source, without its comments: what it says of others in words breaks nothing.
struct Source {
    path: String,
    lines: usize,
    code: String,
}

fn sources() -> Vec<Source> {
    fn read(folder: &Path, found: &mut Vec<PathBuf>) {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => read(&path, found),
                false => found.push(path),
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    read(&root.join("src"), &mut paths);
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    paths.sort();
    let sources = paths.iter().map(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        Source {
            path: path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/"),
            lines: text.lines().count(),
            code: code.collect::<Vec<_>>().join("\n"),
        }
    });
    sources.collect()
}

/// Where one of these names (of a crate, with its `::`) stands as a word of its own, in files whose path satisfies `of`.
fn naming(of: impl Fn(&str) -> bool, names: &[&str]) -> Vec<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let names_it = |code: &str, name: &str| {
        code.match_indices(name).any(|(place, _)| {
            let after = &code[place + name.len()..];
            !code[..place].ends_with(is_part) && (name.ends_with("::") || !after.starts_with(is_part))
        })
    };
    let mut found = Vec::new();
    for source in sources().into_iter().filter(|source| of(&source.path)) {
        let named = names.iter().filter(|name| names_it(&source.code, name));
        found.extend(named.map(|name| format!("{} names {name}", source.path)));
    }
    found
}

fn none() -> Vec<String> {
    Vec::new()
}

#[test]
fn the_domain_names_no_framework_and_no_other_layer() {
    let names = [
        "async_graphql::",
        "poem::",
        "sea_orm::",
        "sqlx::",
        "entity::",
        "migration::",
        "tokio::",
        "tokio_util::",
        "futures_util::",
        "object_store::",
        "bytes::",
        "multer::",
        "jsonwebtoken::",
        "clap::",
        "tracing::",
        "metrics::",
        "anyhow::",
        "crate::app",
        "crate::clock",
        "crate::config",
        "crate::demo",
        "crate::events",
        "crate::files",
        "crate::graphql",
        "crate::http",
        "crate::store",
        "crate::telemetry",
        "crate::worker",
        // It waits for nobody, and is told the time, new ids and chance.
        "async",
        "SystemTime",
        "Instant",
        "new_v4",
        "now_v7",
        "std::fs",
        "std::env",
        "std::net",
    ];
    let is_test = |path: &str| path.contains("/tests/") || path.ends_with("tests.rs");
    assert_eq!(naming(|path| path.starts_with("src/domain/") && !is_test(path), &names), none());
}

#[test]
fn only_the_store_names_the_database() {
    let names = ["sea_orm::", "sqlx::", "entity::", "migration::"];
    assert_eq!(naming(|path| !path.starts_with("src/store/"), &names), none());
}

#[test]
fn only_the_files_name_the_object_store() {
    assert_eq!(naming(|path| !path.starts_with("src/files/"), &["object_store::"]), none());
}

#[test]
fn graphql_is_an_adapter_over_use_cases() {
    let names = ["crate::http", "crate::worker", "crate::files::Files", "poem::", "tokio::"];
    assert_eq!(naming(|path| path.starts_with("src/graphql/"), &names), none());
}

#[test]
fn use_cases_know_nothing_of_graphql_and_http() {
    let names =
        ["async_graphql::", "poem::", "crate::graphql", "crate::http", "crate::worker", "crate::config"];
    assert_eq!(naming(|path| path.starts_with("src/app/"), &names), none());
}

#[test]
fn the_store_the_files_and_the_events_know_nothing_of_use_cases() {
    let of =
        |path: &str| ["src/store/", "src/files/", "src/events/"].iter().any(|room| path.starts_with(room));
    let names = ["async_graphql::", "poem::", "crate::app", "crate::graphql", "crate::http", "crate::worker"];
    assert_eq!(naming(of, &names), none());
}

#[test]
fn only_the_configuration_reads_the_environment() {
    assert_eq!(naming(|path| !path.starts_with("src/config/"), &["std::env", "env::var"]), none());
}

#[test]
fn no_failure_is_logged_with_what_the_database_quotes() {
    // `Debug` of what PostgreSQL says has its detail, and that has the row.
    let logs = ["?error", "?failure", "?cause"];
    let is_test = |path: &str| path.contains("/tests/") || path.ends_with("tests.rs");
    let found: Vec<String> = sources()
        .into_iter()
        .filter(|source| !is_test(&source.path))
        .flat_map(|source| {
            logs.iter()
                .filter(|log| source.code.contains(*log))
                .map(|log| format!("{} has {log}", source.path))
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(found, none());
}

#[test]
fn no_file_is_long() {
    let long: Vec<String> =
        sources().into_iter().filter(|source| source.lines > LINES_MAX).map(|source| source.path).collect();
    assert_eq!(long, none());
}

/// The messages of what is logged, in one file.
fn logged(code: &str) -> Vec<String> {
    let mut messages = Vec::new();
    for level in ["debug", "info", "warn", "error"] {
        for (place, call) in code.match_indices(&format!("tracing::{level}!(")) {
            let (mut depth, mut is_text) = (1, false);
            let end = code[place + call.len()..].find(|c| {
                match c {
                    '"' => is_text = !is_text,
                    '(' if !is_text => depth += 1,
                    ')' if !is_text => depth -= 1,
                    _ => {}
                }
                depth == 0
            });
            // The message is the last of the arguments.
            let message = end.and_then(|end| code[place + call.len()..][..end].rsplit('"').nth(1));
            messages.extend(message.map(str::to_owned));
        }
    }
    messages
}

#[test]
fn whatever_is_logged_is_explained_to_operators() {
    let manual = include_str!("../../docs/OPERATIONS.md");
    // The audit log has a chapter of its own.
    let sources = sources().into_iter().filter(|source| source.path != "src/audit.rs");
    let messages: Vec<String> = sources.flat_map(|source| logged(&source.code)).collect();
    assert!(messages.len() > 30, "{messages:?}");
    let unexplained: Vec<_> =
        messages.iter().filter(|message| !manual.contains(&format!("`{message}`"))).collect();
    assert!(unexplained.is_empty(), "{unexplained:?}");
}
