//! The twelve tests of graphql-cop, each by its name: against `serve`, by somebody with a good token where that makes a
//! difference for the worse.

use serde_json::{Value, json};

use crate::ask::{Asker, Way, code, told};
use crate::server::{Home, Server};

/// A server and somebody who asks it.
struct Target {
    server: Server,
    ada: Asker,
    _home: Home,
}

impl Target {
    fn new() -> Self {
        let home = Home::on_sqlite(&[]);
        let server = Server::start(&home);
        Self { ada: Asker::new(&server), server, _home: home }
    }

    async fn refuses(mut self, query: &str, expected: &str) {
        let errors = self.ada.errors(Way::Post, query, &json!({})).await;
        assert_eq!(code(&errors), expected, "{errors:?}");
        assert!(self.server.lives());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn alias_overloading() {
    let aliases: String = (0..101).map(|n| format!("alias{n}:__typename ")).collect();
    Target::new().refuses(&format!("query cop {{{aliases}}}"), "LIMIT_EXCEEDED").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn array_based_query_batching() {
    let target = Target::new();
    let batch = vec![json!({ "query": "query cop { __typename }" }); 10];
    let (status, body) = told(target.ada.post().json(&batch).send().await.unwrap()).await;
    assert_eq!(status, 400, "{body}");
    assert!(body.contains("BAD_USER_INPUT") && !body.contains("__typename"), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn directive_overloading() {
    Target::new()
        .refuses(&format!("query cop {{ __typename {} }}", "@aa".repeat(10)), "LIMIT_EXCEEDED")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn circular_query_introspection() {
    let circle = "query cop { __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }";
    Target::new().refuses(circle, "BAD_USER_INPUT").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn field_duplication() {
    Target::new().refuses(&format!("query cop {{ {} }}", "__typename ".repeat(500)), "LIMIT_EXCEEDED").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn field_suggestions() {
    let target = Target::new();
    for query in ["query cop { viewr { isTenantAdmin } }", "query cop { viewer { isTenantAdmn } }"] {
        let errors = target.ada.errors(Way::Post, query, &json!({})).await;
        let sentence = errors[0]["message"].as_str().unwrap();
        assert!(!sentence.contains("Did you mean"), "{sentence}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn introspection() {
    Target::new()
        .refuses("query cop { __schema { types { name fields { name } } } }", "BAD_USER_INPUT")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn get_based_queries_of_another_site() {
    // A query by GET is answered, as GraphQL over HTTP has it, to whoever sends a token in a header. No other site can make a
    // browser do that, but a reverse proxy may add one to whatever the browser sends: it does not count then.
    let target = Target::new();
    let url = format!("{}?query={{__typename}}", target.ada.url());
    let ask = async |headers: &[(&str, &str)]| {
        let request = target.ada.http.get(&url).bearer_auth(&target.ada.token);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        told(request.send().await.unwrap()).await
    };
    let origin = ("origin", "https://elsewhere.example");
    let site = ("sec-fetch-site", "cross-site");
    let events = ("accept", "text/event-stream");
    for headers in [&[origin][..], &[site], &[("sec-fetch-site", "same-site")], &[site, events]] {
        let (status, body) = ask(headers).await;
        assert_eq!(status, 401, "{headers:?}: {body}");
    }
    // Who types the address, our own pages, whatever is no browser, and who could only send this if we had let them.
    let preflight = ("graphql-require-preflight", "1");
    for headers in [
        &[][..],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "same-origin")],
        &[origin, site, preflight],
    ] {
        let (status, body) = ask(headers).await;
        assert_eq!((status, body.as_str()), (200, r#"{"data":{"__typename":"Query"}}"#), "{headers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mutation_over_get() {
    let target = Target::new();
    let errors = target.ada.errors(Way::Get, "mutation cop { __typename }", &json!({})).await;
    assert_eq!(code(&errors), "BAD_USER_INPUT");
}

#[tokio::test(flavor = "multi_thread")]
async fn post_of_urlencoded_forms() {
    let target = Target::new();
    for content_type in ["application/x-www-form-urlencoded", "text/plain", ""] {
        let request =
            target.ada.post().header("content-type", content_type).body("query=query%20cop%7B__typename%7D");
        let (status, body) = told(request.send().await.unwrap()).await;
        assert_eq!(status, 415, "{content_type}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tracing_and_debug_modes() {
    let target = Target::new();
    let request = target.ada.post().header("x-apollo-tracing", "1").header("debug", "1");
    let body: Value = request
        .json(&json!({ "query": "query cop { __typename }" }))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(body, json!({ "data": { "__typename": "Query" } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn graphiql_and_playgrounds() {
    let target = Target::new();
    for path in
        ["/graphql", "/graphiql", "/playground", "/playground.js", "/v1/graphiql", "/altair", "/explorer"]
    {
        let request =
            target.ada.http.get(format!("{}{path}", target.ada.address)).header("accept", "text/html");
        let response = request.send().await.unwrap();
        assert!(response.status().is_client_error(), "{path}: {}", response.status());
        let text = response.text().await.unwrap().to_lowercase();
        assert!(!text.contains("graphi") && !text.contains("playground"), "{path}: {text}");
    }
}
