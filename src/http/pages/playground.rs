//! The playground: Altair, with examples for the whole story. See `playground/`.

use poem::error::NotFoundError;
use poem::{Endpoint, Request, Response, Result, get, handler};
use web::PLAYGROUND;

use super::{file, plain, policy};

pub(super) fn page() -> impl Endpoint {
    get(serve_page)
}

pub(super) fn files() -> impl Endpoint {
    get(serve_file)
}

#[handler]
fn serve_page(request: &Request) -> Response {
    match PLAYGROUND.find("index.html") {
        Some(page) => file::answer(page, request, policy::PLAYGROUND),
        None => plain::no_playground(),
    }
}

#[handler]
fn serve_file(request: &Request) -> Result<Response> {
    let path = request.uri().path().trim_start_matches("/playground/");
    let found = PLAYGROUND.find(path).ok_or(NotFoundError)?;
    Ok(file::answer(found, request, policy::PLAYGROUND))
}
