//! What operators look at.

use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use poem::http::StatusCode;
use poem::web::Data;
use poem::{IntoResponse, Response, handler};
use tokio::sync::Mutex;

use super::auth::Issuer;
use crate::app::App;
use crate::domain::timestamp::Timestamp;

/// Writes the metrics down, if they are kept.
#[derive(Clone)]
pub(super) struct Metrics(pub Option<PrometheusHandle>);

/// Whose keys tokens are checked with, if they are not signed with a secret.
#[derive(Clone)]
pub(super) struct Keys(pub Option<Arc<Issuer>>);

/// What the database and the store of files answered last.
#[derive(Clone, Default)]
pub(super) struct Verdict(Arc<Mutex<Option<Answered>>>);

#[derive(Clone, Copy)]
struct Answered {
    at: Timestamp,
    are_ready: [bool; 2],
}

/// For how long an answer of theirs holds: anybody may ask, and as often as they like.
const VERDICT_MILLISECONDS: i64 = 1_000;

impl Verdict {
    /// The answers of the database and of the files. Whoever comes while they are asked waits for the same ones.
    async fn of(&self, app: &App) -> [bool; 2] {
        let mut last = self.0.lock().await;
        let now = app.clock.now();
        if let Some(Answered { at, are_ready }) = *last
            && (0..VERDICT_MILLISECONDS).contains(&(now.0 - at.0))
        {
            return are_ready;
        }
        let (database, files) = tokio::join!(app.store.ping(), app.files.ping());
        let are_ready = [is_ready("database", database), is_ready("files", files)];
        *last = Some(Answered { at: now, are_ready });
        are_ready
    }
}

/// The process lives.
#[handler]
pub(super) fn healthz() -> &'static str {
    "ok\n"
}

/// The process can serve: its database and its store of files answer, and it has keys if it needs any. Each is named,
/// with no more than that.
#[handler]
pub(super) async fn readyz(app: Data<&Arc<App>>, keys: Data<&Keys>, last: Data<&Verdict>) -> Response {
    let [database, files] = last.of(&app).await;
    let mut parts = vec![("database", database), ("files", files)];
    // Why they cannot be read is in the log already.
    parts.extend(keys.0.0.as_ref().map(|issuer| ("keys", issuer.is_ready())));
    let is_ready = parts.iter().all(|(_, is_ready)| *is_ready);
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let line = |(part, is_ready)| format!("{part}: {}\n", if is_ready { "ready" } else { "not ready" });
    parts.into_iter().map(line).collect::<String>().with_status(status).into_response()
}

fn is_ready(part: &str, answer: Result<(), impl std::error::Error + 'static>) -> bool {
    if let Err(error) = &answer {
        tracing::warn!(part, error = error as &dyn std::error::Error, "not ready");
    }
    answer.is_ok()
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
