//! Pages for people: the console at `/`, the playground, and what both need to know before anybody is signed in.
//!
//! Nothing comes from elsewhere, no script is inline, and nothing of a tenant is in them: what they show they ask for, with
//! a token, as any other client does.

mod console;
mod file;
mod plain;
mod playground;
mod policy;
mod sign_in;

use std::sync::Arc;

use poem::{EndpointExt, Response, Route, get, handler};

pub use self::policy::EmbedOrigin;
pub use self::sign_in::{DemoAdmin, DemoAdmins};

/// What there is of pages, and for whom.
#[derive(Clone, Default)]
pub struct Pages {
    /// Whether there is a playground.
    pub playground: bool,
    /// Pages that may have the console in a frame, and hand it a token.
    pub embed_origins: Vec<EmbedOrigin>,
    /// The demo's admins, who sign in with a click; elsewhere nobody does.
    pub demo_admins: Option<Arc<DemoAdmins>>,
}

/// Adds the pages to the paths of the service, which come first.
pub(super) fn add(mut routes: Route, pages: Pages) -> Route {
    if pages.playground {
        routes = routes.at("/playground", playground::page()).at("/playground/*path", playground::files());
    }
    if let Some(admins) = &pages.demo_admins {
        routes = routes.at("/demo/admins", get(sign_in::admins).data(admins.clone()));
    }
    let console = Arc::new(console::Console::new(&pages));
    routes
        .at("/schema.graphql", get(sdl))
        .at("/muster.css", get(plain::style))
        .at("/console.json", get(console::settings).data(console.clone()))
        .at("/", console.clone())
        .at("/*path", console)
}

/// The schema in the schema definition language.
#[handler]
fn sdl() -> Response {
    policy::under(&policy::console(&[])).content_type("text/plain; charset=utf-8").body(crate::graphql::sdl())
}
