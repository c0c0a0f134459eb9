//! Pages of one's own, where there are no others: the program can be built without Node.js.

use poem::http::header;
use poem::{Response, handler};

use super::policy;

/// How to get the pages that are missing.
const HOW: &str = "To get it, install Node.js 20 or later with npm, and build Muster again; \
                   cargo says so if anything else is missing.";

/// The page at `/` of a program without a console.
pub(super) fn home(playground: bool) -> Response {
    let try_it = if playground {
        "<li><a href=\"/playground\">Playground</a>: try the API, uploads and subscriptions included.</li>"
    } else {
        ""
    };
    let content = format!(
        "<p>A GraphQL service for membership file imports. This program was built without its console. {HOW}</p>
      <ul>
        {try_it}
        <li><a href=\"/schema.graphql\">Schema</a>: every type, field and argument, described.</li>
        <li><a href=\"/readyz\">Readiness</a> and <a href=\"/metrics\">metrics</a>, for operators.</li>
      </ul>"
    );
    page("Muster", &content)
}

/// The page in the place of a playground that was not built.
pub(super) fn no_playground() -> Response {
    page("Muster playground", &format!("<p>This program was built without its playground. {HOW}</p>"))
}

#[handler]
pub(super) fn style() -> Response {
    policy::under(&policy::console(&[]))
        .content_type("text/css; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-cache")
        .body(include_str!("muster.css"))
}

fn page(title: &str, content: &str) -> Response {
    policy::under(&policy::console(&[]))
        .content_type("text/html; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-cache")
        .body(format!(
            "<!doctype html>
<html lang=\"en\">
  <head>
    <meta charset=\"utf-8\" />
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />
    <title>{title}</title>
    <link rel=\"stylesheet\" href=\"/muster.css\" />
  </head>
  <body>
    <main>
      <h1>{title}</h1>
      {content}
    </main>
  </body>
</html>
"
        ))
}
