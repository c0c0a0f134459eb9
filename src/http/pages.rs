//! Pages for people. Nothing comes from elsewhere, and no script is inline.

use poem::http::header;
use poem::{Response, handler};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

fn page(content_type: &str, body: &'static str) -> Response {
    Response::builder()
        .content_type(content_type)
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .header(header::CACHE_CONTROL, "no-cache")
        .body(body)
}

#[handler]
pub(super) fn home() -> Response {
    page("text/html; charset=utf-8", include_str!("pages/home.html"))
}

#[handler]
pub(super) fn style() -> Response {
    page("text/css; charset=utf-8", include_str!("pages/muster.css"))
}

#[handler]
pub(super) fn playground() -> Response {
    page("text/html; charset=utf-8", include_str!("pages/playground.html"))
}

#[handler]
pub(super) fn playground_script() -> Response {
    page("text/javascript; charset=utf-8", include_str!("pages/playground.js"))
}

/// The schema in the schema definition language.
#[handler]
pub(super) fn sdl() -> Response {
    Response::builder().content_type("text/plain; charset=utf-8").body(crate::graphql::sdl())
}
