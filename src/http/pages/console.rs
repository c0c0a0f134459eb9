//! The console, at `/` and wherever else it chooses.

use std::sync::Arc;

use poem::error::NotFoundError;
use poem::http::{Method, StatusCode, header};
use poem::web::Data;
use poem::{Endpoint, Request, Response, Result, handler};
use serde_json::{Value, json};
use web::CONSOLE;

use super::{EmbedOrigin, Pages, file, plain, policy};

/// What the paths of the console's own pages begin with, as its routes say.
const PAGES: [&str; 2] = ["imports", "members"];

/// The console's pages.
pub(super) struct Console {
    policy: String,
    playground: bool,
    settings: Value,
}

impl Console {
    pub(super) fn new(pages: &Pages) -> Self {
        let origins: Vec<&str> = pages.embed_origins.iter().map(EmbedOrigin::as_str).collect();
        let demo = pages.demo_admins.is_some();
        Self {
            policy: policy::console(&pages.embed_origins),
            playground: pages.playground,
            settings: json!({ "embedOrigins": origins, "demo": demo, "playground": pages.playground }),
        }
    }
}

impl Endpoint for Console {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(NotFoundError.into());
        }
        let path = request.uri().path().trim_start_matches('/');
        if path.is_empty() && !CONSOLE.is_built() {
            return Ok(plain::home(self.playground));
        }
        let is_page = path.is_empty() || (is_for_people(&request) && is_one_of_ours(path));
        let path = if is_page { "index.html" } else { path };
        if let Some(found) = CONSOLE.find(path) {
            return Ok(file::answer(found, &request, &self.policy));
        }
        // The console says so, too.
        let page = CONSOLE.find("index.html").filter(|_| is_for_people(&request)).ok_or(NotFoundError)?;
        let mut answer = file::answer(page, &request, &self.policy);
        answer.set_status(StatusCode::NOT_FOUND);
        Ok(answer)
    }
}

/// Whether `path` leads to a page of the console, which then shows what belongs there.
fn is_one_of_ours(path: &str) -> bool {
    path.split('/').next().is_some_and(|first| PAGES.contains(&first))
}

/// Whether a browser is to show the answer.
fn is_for_people(request: &Request) -> bool {
    let accepted = request.headers().get(header::ACCEPT).and_then(|accepted| accepted.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}

/// What the console has to know before anybody is signed in.
#[handler]
pub(super) fn settings(console: Data<&Arc<Console>>) -> Response {
    policy::under(&console.policy)
        .content_type("application/json")
        .header(header::CACHE_CONTROL, "no-cache")
        .body(console.settings.to_string())
}
