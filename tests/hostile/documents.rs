//! Documents that cost much, or that would have ended the process.

use serde_json::{Value, json};

use crate::ask::{Asker, WAYS, Way, code};
use crate::server::{Home, Server};

pub struct Document {
    pub name: &'static str,
    pub query: String,
    pub variables: Value,
    /// The code that it is refused with; none if it is answered.
    pub code: &'static str,
}

/// Pages of 200 inside of pages of 200.
const NESTED: &str =
    "query($n: Int = 200) { membershipImports(first: 200) { nodes { plan { profileActions(first: $n) {
    nodes { id } } } } } }";

pub fn documents() -> Vec<Document> {
    let limit = |name, query: String| Document { name, query, variables: json!({}), code: "LIMIT_EXCEEDED" };
    let wrong = |name, query: String| Document { name, query, variables: json!({}), code: "BAD_USER_INPUT" };
    let brackets =
        |open: &str, close: &str| format!("{{node(id:{}{}){{id}}}}", open.repeat(2_000), close.repeat(2_000));
    let circle: String =
        (0..100).map(|n| format!("fragment f{n} on Query{{...f{} ...f{0}}}", n + 1)).collect();
    let levels = |count: usize| format!("{}id{}", "{viewer".repeat(count) + "{", "}".repeat(count + 1));
    let list = |count: usize, of: &dyn Fn(usize) -> String| {
        format!("{{{}}}", (0..count).map(of).collect::<String>())
    };
    vec![
        limit("2,000 brackets", brackets("[", "]")),
        limit("2,000 braces", brackets("{a:", "}")),
        limit("2,000 brackets that never close", format!("{{node(id:{}", "[".repeat(2_000))),
        limit("fragments that double", format!("{{...f0}}{circle}fragment f100 on Query{{__typename}}")),
        wrong(
            "a circle of fragments",
            "{...a} fragment a on Query{...b ...b} fragment b on Query{...a ...a}".into(),
        ),
        limit("13 levels", levels(13)),
        limit("31 aliases", list(31, &|n| format!("a{n}:__typename "))),
        limit("500 times the same", list(500, &|_| "__typename ".into())),
        limit(
            "480 times the same, by a fragment",
            format!(
                "{{{}}} fragment f on Query {{ members(filter: {{ search: \"zz\" }}) {{ totalCount }} }}",
                "...f ".repeat(480)
            ),
        ),
        limit("10 directives at one place", format!("{{__typename {}}}", "@skip(if:false)".repeat(10))),
        limit(
            "60 directives",
            list(60, &|n| format!("a{n}:__typename @skip(if:false) ")).replacen("a0:", "", 1),
        ),
        limit("40,000 nodes", NESTED.into()),
        Document {
            variables: json!({ "n": 100_000_000 }),
            ..limit("200 times a hundred million nodes", NESTED.into())
        },
        Document {
            variables: json!({ "v": vec![json!({ "a": 0 }); 1_000] }),
            ..limit(
                "a large variable, 900 times in a list",
                format!(
                    "query($v: Int) {{ membershipImports(first: [{}]) {{ totalCount }} }}",
                    "$v ".repeat(900)
                ),
            )
        },
        wrong(
            "a variable of a long name without a value",
            format!("query(${}: Int!) {{ viewer {{ id }} }}", "x".repeat(9_000)),
        ),
        Document {
            variables: json!({ "n".repeat(20_000): "\0" }),
            ..wrong("a long name of a variable that nobody knows", "{ nothing }".into())
        },
        limit("60 kB of unknown fields", list(5_000, &|n| format!("unknown{n} "))),
        limit("3,000 tokens", list(3_000, &|_| "a ".into())),
        wrong("1,000 unknown fields", list(1_000, &|n| format!("u{n} "))),
        wrong("a word of 15 kB", format!("{{{}}}", "x".repeat(15_000))),
        limit("15 kB that is no GraphQL", format!("{{{}", "$".repeat(15_000))),
        wrong("1 kB that is no GraphQL", format!("{{{}", "\u{1}".repeat(1_000))),
        wrong("U+0000", "{node(id:\"\\u0000\"){id}}".into()),
        wrong("half of a character", "{node(id:\"\\uD800\"){id}}".into()),
        wrong("no operation", "fragment a on Query{viewer{isTenantAdmin}}".into()),
        wrong("nothing", String::new()),
        Document { code: "", ..wrong("an id that is none", "{node(id:\"' OR 1=1 --\"){id}}".into()) },
        wrong("first over 200", "{membershipImports(first:201){nodes{id}}}".into()),
        wrong("introspection", "{__schema{types{name}}}".into()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn costly_documents_are_refused_by_every_way_in() {
    let home = Home::on_sqlite(&[]);
    let mut server = Server::start(&home);
    let ada = Asker::new(&server);
    for document in documents() {
        for way in WAYS {
            // No address is as long as that.
            if way == Way::Get && document.query.len() > 20_000 {
                continue;
            }
            let errors = ada.errors(way, &document.query, &document.variables).await;
            assert_eq!(code(&errors), document.code, "{} by {way:?}: {errors:?}", document.name);
        }
    }
    assert!(server.lives());
    let sentence = &ada.errors(Way::Post, NESTED, &json!({})).await[0]["message"];
    assert!(
        sentence.as_str().unwrap().contains("200 in `membershipImports`, for each 200 in `profileActions`"),
        "{sentence}"
    );
}
