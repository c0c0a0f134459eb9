//! GraphQL over HTTP, multipart requests, server-sent events and WebSockets: our own thin way from
//! poem to async-graphql.
//!
//! A request comes in here, is looked at (`guard`), is run in a task of its own
//! (`operation`) and is answered (`answer`). What a client sends is bounded before it is read,
//! and read before it is trusted; every bound is in [`TransportLimits`]. Who asks is found out
//! before a body is read. No cookies are looked at, so that the only requests that another site can
//! make a browser send are anonymous ones.

mod answer;
mod batch;
mod documents;
mod executor;
mod gate;
mod guard;
mod kept;
mod limits;
mod media;
mod multipart;
mod operation;
mod origin;
mod params;
mod refusal;
mod request_id;
mod sse;
mod token;
mod trusted;
mod websocket;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use poem::{
    Body, Endpoint, Request, Response,
    error::ReadBodyError,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use self::{
    executor::{Answer, Executor},
    gate::{Denied, Edition, Gate, Place},
    kept::Fleeting,
    limits::TransportLimits,
    request_id::RequestId,
    trusted::{TrustedError, TrustedOperations},
};
use self::{
    media::{Media, Sent},
    operation::{Core, Operation},
    params::Params,
    refusal::{Code, Refusal},
};

/// Serves `schema` on one path: POST, GET, and the WebSocket upgrade. With `trusted` operations, nothing else runs.
/// `shutdown` ends what lasts, and `sockets` knows which WebSockets are open.
pub fn endpoint<S: Executor, G: Gate>(
    schema: S,
    gate: Arc<G>,
    limits: TransportLimits,
    trusted: Option<TrustedOperations>,
    shutdown: CancellationToken,
    sockets: TaskTracker,
) -> impl Endpoint<Output = Response> + 'static {
    let connections = Arc::new(Semaphore::new(limits.connections_max));
    let (answers, documents) = (kept::Answers::default(), documents::Documents::default());
    let core = Core { schema, gate, limits, trusted, shutdown, sockets, connections, answers, documents };
    Transport { core: Arc::new(core) }
}

struct Transport<S, G> {
    core: Arc<Core<S, G>>,
}

impl<S: Executor, G: Gate> Endpoint for Transport<S, G> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let id = request.data::<RequestId>().cloned().unwrap_or_default();
        let mut response = self.respond(request, &id).await;
        let headers = response.headers_mut();
        if let Ok(value) = HeaderValue::from_str(&id.0) {
            headers.insert("x-request-id", value);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response.extensions_mut().insert(id);
        Ok(response)
    }
}

impl<S: Executor, G: Gate> Transport<S, G> {
    async fn respond(&self, request: Request, id: &RequestId) -> Response {
        let upgrade = request.headers().get(header::UPGRADE);
        // Others may stand there: curl offers h2c, and is content to be ignored.
        if upgrade.is_some_and(|protocol| protocol.as_bytes().eq_ignore_ascii_case(b"websocket")) {
            return websocket::upgrade(&self.core, request, id)
                .await
                .unwrap_or_else(|refusal| self.refuse(refusal, id, Media::Json));
        }
        let Some(media) = Media::accepted(request.headers()) else {
            let sentence = "Only application/graphql-response+json, application/json and text/event-stream \
                            can be given.";
            let refusal = Refusal::transport(StatusCode::NOT_ACCEPTABLE, Code::BadUserInput, sentence);
            return answer::refused(refusal, Media::Json);
        };
        let outcome = match *request.method() {
            Method::GET => self.get(request, id, media).await,
            Method::POST => self.post(request, id, media).await,
            _ => Err(not_allowed("Use POST, or GET for queries.")),
        };
        outcome.unwrap_or_else(|refusal| {
            let not_allowed = refusal.status == Some(StatusCode::METHOD_NOT_ALLOWED);
            let mut response = self.refuse(refusal, id, media);
            if not_allowed {
                response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST, GET"));
            }
            response
        })
    }

    fn refuse(&self, refusal: Refusal, id: &RequestId, media: Media) -> Response {
        if refusal.code == Code::Unauthenticated {
            self.core.gate.refused(None, id, &refusal.message);
        }
        answer::refused(refusal, media)
    }

    async fn get(&self, request: Request, id: &RequestId, media: Media) -> Result<Response, Refusal> {
        let headers = request.headers();
        let token = token::from_headers(headers)?;
        // Any page can have a browser send a GET here, and what it answers be seen in how long it takes: a token that comes
        // along then is a reverse proxy's.
        let token = token.filter(|_| !origin::is_foreign_get(headers) || has_preflight_header(headers));
        let session = self.core.authenticate(token, &origin::of(headers)).await?;
        let params = Params::from_query(request.uri().query().unwrap_or_default())?;
        if media == Media::EventStream {
            return sse::answer(&self.core, params, session, id, true);
        }
        let operation = self.core.admit(params, &session)?;
        only_queries(&operation)?;
        self.execute(operation, &session, id, media).await
    }

    async fn post(&self, mut request: Request, id: &RequestId, media: Media) -> Result<Response, Refusal> {
        let sent = media::sent(request.headers());
        if sent == Sent::Other {
            // A form can send these from any site; they are not executed whatever else comes along.
            let sentence = "Send application/json in UTF-8, or multipart/form-data with a file.";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Refusal::transport(status, Code::BadUserInput, sentence));
        }
        if media::is_encoded(request.headers()) {
            let sentence = "A body with a Content-Encoding is not read: send it uncompressed.";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Refusal::transport(status, Code::BadUserInput, sentence));
        }
        if sent == Sent::Multipart && !is_preflighted(request.headers()) {
            let sentence =
                "Send a multipart request with an Authorization or a GraphQL-Require-Preflight header.";
            return Err(Refusal::malformed(sentence));
        }
        let headers = request.headers();
        let session = self.core.authenticate(token::from_headers(headers)?, &origin::of(headers)).await?;
        let body = request.take_body();
        if sent == Sent::Multipart {
            let content_type = request.content_type().unwrap_or_default();
            return multipart::answer(&self.core, &session, id, media, content_type, body).await;
        }
        let body = self.read(body).await?;
        if self.core.limits.batch_operations_max > 1 && params::is_list(&body) {
            return batch::answer(&self.core, &body, &session, id, media).await;
        }
        let params = Params::from_json(&body)?;
        if media == Media::EventStream {
            return sse::answer(&self.core, params, session, id, false);
        }
        let operation = self.core.admit(params, &session)?;
        self.execute(operation, &session, id, media).await
    }

    async fn read(&self, body: Body) -> Result<bytes::Bytes, Refusal> {
        let limits = &self.core.limits;
        let reading = body.into_bytes_limit(limits.body_bytes_max);
        match tokio::time::timeout(limits.request_time(), reading).await {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(ReadBodyError::PayloadTooLarge)) => {
                Err(Refusal::too_large(format!("The body is longer than {} bytes.", limits.body_bytes_max)))
            }
            Ok(Err(_)) => Err(Refusal::malformed("The body broke off.")),
            Err(_) => Err(too_slow()),
        }
    }

    async fn execute(
        &self,
        operation: Operation,
        session: &G::Session,
        id: &RequestId,
        media: Media,
    ) -> Result<Response, Refusal> {
        if operation.kind == OperationType::Subscription {
            let sentence = "Subscriptions come over a WebSocket or as text/event-stream.";
            return Err(Refusal::request(Code::BadUserInput, sentence));
        }
        kept::answer(&self.core, operation, session, id, media).await
    }
}

/// A GET must change nothing, and must not last.
fn only_queries(operation: &Operation) -> Result<(), Refusal> {
    match operation.kind {
        OperationType::Query => Ok(()),
        OperationType::Mutation | OperationType::Subscription => {
            Err(not_allowed("A GET request can only be a query."))
        }
    }
}

fn not_allowed(sentence: &'static str) -> Refusal {
    Refusal::transport(StatusCode::METHOD_NOT_ALLOWED, Code::BadUserInput, sentence)
}

fn too_slow() -> Refusal {
    let sentence = "The request took too long to arrive.";
    Refusal::transport(StatusCode::REQUEST_TIMEOUT, Code::LimitExceeded, sentence)
}

/// Whether there is a header that no form and no link can send: a browser would have asked us first, had another site wanted
/// it to send this.
fn has_preflight_header(headers: &HeaderMap) -> bool {
    let named = ["graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name"];
    named.iter().any(|name| headers.contains_key(*name))
}

/// The same for a POST, for which a token does as well if it comes from no other site. (It may be a reverse proxy's.)
fn is_preflighted(headers: &HeaderMap) -> bool {
    has_preflight_header(headers)
        || (headers.contains_key(header::AUTHORIZATION) && !origin::is_foreign(headers))
}
