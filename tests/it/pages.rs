//! Pages for people: what they are served with, and what is there only if it is asked for.

use std::sync::Arc;

use muster::http::pages::{DemoAdmin, DemoAdmins, Pages};
use serde_json::json;

use crate::support::{Answer, TestApp};

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

fn with_playground() -> Pages {
    Pages { playground: true, ..Pages::default() }
}

fn demo() -> Pages {
    let admin = || DemoAdmin {
        name: "Ada".to_owned(),
        tenant: "riverside".to_owned(),
        subject: "ada".to_owned(),
        token: "a token".to_owned(),
    };
    let admins =
        DemoAdmins { address: "127.0.0.1:8000".parse().unwrap(), sign: Box::new(move || vec![admin()]) };
    Pages { demo_admins: Some(Arc::new(admins)), ..with_playground() }
}

/// The sources of one directive of an answer's policy.
fn directive<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let mut directives = answer.header("content-security-policy").split(';').map(str::trim);
    let found = directives.find_map(|directive| directive.strip_prefix(name)?.strip_prefix(' '));
    found.unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_runs_inline_scripts_or_is_framed_or_says_where_one_comes_from() {
    let app = TestApp::with_pages(demo()).await;
    for path in ["/", "/playground", "/muster.css", "/console.json", "/schema.graphql"] {
        let answer = app.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(directive(&answer, "default-src"), "'none'", "{path}");
        assert_eq!(directive(&answer, "script-src"), "'self'", "{path}");
        assert_eq!(directive(&answer, "frame-ancestors"), "'none'", "{path}");
        let text = answer.text();
        let scripts = text.match_indices("<script").map(|(place, _)| &text[place..]);
        for script in scripts {
            assert!(
                script.split_once("></script>").is_some_and(|(tag, _)| !tag.contains('>')),
                "{path}: {script}"
            );
        }
    }
    let nowhere = app.get("/nowhere").await;
    assert_eq!((nowhere.status.as_u16(), nowhere.header("x-content-type-options")), (404, "nosniff"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_playground_is_there_only_if_it_is_wanted() {
    for (pages, status) in [(Pages::default(), 404), (with_playground(), 200)] {
        let app = TestApp::with_pages(pages).await;
        let page = app.get_with("/playground", &[HTML]).await;
        assert_eq!(page.status, status);
        let told = app.get("/console.json").await.json();
        assert_eq!(told, json!({ "demo": false, "embedOrigins": [], "playground": status == 200 }));
        if !web::CONSOLE.is_built() {
            assert_eq!(app.get_with("/", &[HTML]).await.text().contains("\"/playground\""), status == 200);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_named_origins_frame_the_console_and_none_the_playground() {
    let origins = ["https://intranet.example.org", "http://127.0.0.1:9000"];
    let embed_origins = origins.map(|origin| origin.parse().unwrap()).to_vec();
    let app = TestApp::with_pages(Pages { embed_origins, ..with_playground() }).await;
    if web::CONSOLE.is_built() {
        let console = app.get_with("/", &[HTML]).await;
        assert_eq!(directive(&console, "frame-ancestors"), origins.join(" "));
    }
    assert_eq!(directive(&app.get_with("/playground", &[HTML]).await, "frame-ancestors"), "'none'");
    assert_eq!(app.get("/console.json").await.json()["embedOrigins"], json!(origins));
}

#[test]
fn an_origin_to_be_framed_by_is_nothing_but_an_origin() {
    use muster::http::pages::EmbedOrigin;
    for good in ["https://a.example", "https://a.example/", "http://localhost:3000", "https://[::1]:8443"] {
        assert_eq!(good.parse::<EmbedOrigin>().unwrap().as_str(), good.trim_end_matches('/'));
    }
    for bad in [
        "",
        "*",
        "a.example",
        "https://*",
        "https://a.example/page",
        "https://a.example; script-src *",
        "data:,a",
    ] {
        assert!(bad.parse::<EmbedOrigin>().is_err(), "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn admins_sign_in_with_a_click_in_the_demo_alone_and_by_an_address_alone() {
    let app = TestApp::with_pages(demo()).await;
    for host in ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"] {
        let answer = app.get_with("/demo/admins", &[("host", host)]).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
        let ada = json!({ "name": "Ada", "tenant": "riverside", "subject": "ada", "token": "a token" });
        assert_eq!(answer.json(), json!([ada]), "{host}");
    }
    for host in ["muster.example.org:8000", "127.0.0.1.example.org", "10.0.0.1"] {
        assert_eq!(app.get_with("/demo/admins", &[("host", host)]).await.status, 404, "{host}");
    }
    assert_eq!(app.get("/demo/admins").await.status, 404, "without a host");
    let app = TestApp::with_pages(with_playground()).await;
    assert_eq!(app.get_with("/demo/admins", &[("host", "127.0.0.1:8000")]).await.status, 404, "no demo");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_not_a_page_of_the_console_is_not_found() {
    let app = TestApp::with_pages(demo()).await;
    let page = app.get_with("/imports/abc", &[HTML]).await;
    assert_eq!(page.status == 200, web::CONSOLE.is_built());
    assert_eq!(page.status == 200, page.text().contains("<html"));
    let others = ["/assets/none", "/graphiql", "/files/a/b", "/graphql/x", "/healthz/x", "/playground/none"];
    for path in others {
        assert_eq!(app.get_with(path, &[HTML]).await.status, 404, "{path}");
    }
    assert_eq!(app.get_with("/imports/abc", &[("accept", "application/json")]).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_pages_come_packed_and_are_kept() {
    let app = TestApp::with_pages(with_playground()).await;
    let bundles = [("", web::CONSOLE), ("playground/", web::PLAYGROUND)];
    for (mount, file) in
        bundles.iter().flat_map(|(mount, bundle)| bundle.files().map(move |file| (mount, file)))
    {
        let path = match (*mount, file.path()) {
            ("", "index.html") => "/".to_owned(),
            (_, "index.html") => "/playground".to_owned(),
            (mount, path) => format!("/{mount}{path}"),
        };
        let plain = app.get(&path).await;
        assert_eq!((plain.status.as_u16(), plain.header("content-encoding")), (200, ""), "{path}");
        let is_kept = plain.header("cache-control") == "public, max-age=31536000, immutable";
        assert_eq!(is_kept, file.path().starts_with("assets/"), "{path}");
        assert!(is_kept || plain.header("cache-control") == "no-cache", "{path}");
        let packed = app.get_with(&path, &[("accept-encoding", "br, gzip")]).await;
        if packed.header("content-encoding") == "gzip" {
            assert!(packed.body.len() < plain.body.len() && packed.body.starts_with(&[0x1f, 0x8b]), "{path}");
            assert_eq!((packed.header("vary"), plain.header("vary")), ("accept-encoding", "accept-encoding"));
        } else {
            assert_eq!(packed.body, plain.body, "{path}");
        }
        let etag = plain.header("etag");
        let known = app.get_with(&path, &[("if-none-match", etag)]).await;
        assert_eq!((known.status.as_u16(), known.body.len(), known.header("etag")), (304, 0, etag), "{path}");
        // Whoever speaks HTTP leaves the body of this one out.
        let head = app.head(&path).await;
        assert_eq!((head.status.as_u16(), head.header("etag")), (200, etag), "{path}");
    }
}
