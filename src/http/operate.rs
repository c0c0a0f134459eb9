//! What operators look at.

use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use poem::http::StatusCode;
use poem::web::Data;
use poem::{IntoResponse, Response, handler};

use crate::app::App;

/// Writes the metrics down, if they are kept.
#[derive(Clone)]
pub(super) struct Metrics(pub Option<PrometheusHandle>);

/// The process lives.
#[handler]
pub(super) fn healthz() -> &'static str {
    "ok\n"
}

/// The process can serve: its database answers.
#[handler]
pub(super) async fn readyz(app: Data<&Arc<App>>) -> Response {
    match app.store.ping().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "not ready");
            "the database does not answer\n".with_status(StatusCode::SERVICE_UNAVAILABLE).into_response()
        }
    }
}

/// Counters, as Prometheus reads them.
#[handler]
pub(super) fn metrics(metrics: Data<&Metrics>) -> String {
    metrics.0.0.as_ref().map(PrometheusHandle::render).unwrap_or_default()
}

/// A panic is our mistake, and says nothing but that.
pub(super) fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    let body =
        r#"{"errors":[{"message":"Something went wrong on our side.","extensions":{"code":"INTERNAL"}}]}"#;
    Response::builder().status(StatusCode::INTERNAL_SERVER_ERROR).content_type("application/json").body(body)
}
