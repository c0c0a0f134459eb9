//! HTTP: routes, tokens, downloads, and the server itself.

pub mod auth;
mod download;
mod live;
mod operate;
pub mod pages;
mod patience;
pub mod quotas;
pub mod serve;
pub mod transport;
pub mod turns;

use std::sync::Arc;

use poem::http::{HeaderName, HeaderValue, header};
use poem::middleware::{AddData, CatchPanic, SetHeader};
use poem::{Endpoint, EndpointExt, Response, Route, get};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::auth::TokenGate;
use self::live::Live;
use self::transport::{TransportLimits, TrustedOperations};
use crate::app::App;
use crate::graphql::{SchemaOptions, schema};

/// What the routes are made of.
pub struct Site {
    /// The program.
    pub app: Arc<App>,
    /// Who is let in.
    pub gate: TokenGate,
    /// Bounds of the transport.
    pub limits: TransportLimits,
    /// The operations that may run, if not every one may.
    pub trusted: Option<TrustedOperations>,
    /// What of the schema is shown.
    pub schema: SchemaOptions,
    /// What there is of pages.
    pub pages: pages::Pages,
    /// Writes the metrics down.
    pub metrics: Option<metrics_exporter_prometheus::PrometheusHandle>,
    /// Ends what lasts.
    pub shutdown: CancellationToken,
    /// The WebSockets that are open: at the end, whoever serves waits until all are told.
    pub sockets: TaskTracker,
}

/// All paths.
pub fn routes(site: Site) -> impl Endpoint<Output = Response> + 'static {
    let schema = schema(site.app.clone(), site.schema);
    let limits = TransportLimits { introspection: site.schema.introspection, ..site.limits };
    let schema = Live::new(schema, site.app.clone(), site.gate.quotas.turns().clone(), limits.clone());
    let issuer = site.gate.tokens.issuer();
    let gate = Arc::new(site.gate);
    let graphql = transport::endpoint(schema, gate, limits, site.trusted, site.shutdown, site.sockets);
    let header = |name: HeaderName, value: &'static str| {
        SetHeader::new().overriding(name, HeaderValue::from_static(value))
    };
    let routes = Route::new()
        .at("/graphql", graphql)
        .at(
            "/files/:signed",
            get(download::serve)
                .before(download::tidy)
                .with(header(header::CACHE_CONTROL, "private, no-store")),
        )
        .at("/healthz", get(operate::healthz))
        .at("/readyz", get(operate::readyz))
        .at("/metrics", get(operate::metrics));
    pages::add(routes, site.pages)
        // So that what is not found has these headers, too.
        .catch_all_error(|error| async move { error.into_response() })
        .with(AddData::new(site.app))
        .with(AddData::new(operate::Keys(issuer)))
        .with(AddData::new(operate::Verdict::default()))
        .with(AddData::new(operate::Metrics(site.metrics)))
        .with(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .with(header(header::REFERRER_POLICY, "no-referrer"))
        // Outermost: whatever panics, the process lives and the client is answered.
        .with(CatchPanic::new().with_handler(operate::panicked))
        .map_to_response()
}
