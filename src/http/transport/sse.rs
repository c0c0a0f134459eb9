//! Server-sent events: the protocol of graphql-sse, distinct connections mode.
//!
//! The frames are written by hand, because poem drops the empty `data:` line that must come with
//! `complete`. A stream that ends without `complete` is one to connect to again: that is how it ends
//! with its token and with the server.

use std::{io, pin::Pin, sync::Arc};

use async_graphql::parser::types::OperationType;
use bytes::Bytes;
use futures_util::{
    Stream, StreamExt,
    stream::{self, BoxStream},
};
use poem::{Body, http::StatusCode};
use tokio::{
    sync::{
        OwnedSemaphorePermit,
        mpsc::{self, Receiver},
    },
    time::{Interval, Sleep, interval, sleep},
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use super::{
    RequestId, answer,
    executor::{Answer, Executor},
    gate::{Gate, Place},
    media::Media,
    not_allowed,
    operation::{Core, Operation, unavailable},
    params::Params,
    refusal::{Code, Refusal},
    token,
};

/// Answers with a stream. What is wrong with the document is told in the stream, as the protocol
/// wants it: an `EventSource` cannot read the body of a refusal.
pub(super) fn answer<S: Executor, G: Gate>(
    core: &Arc<Core<S, G>>,
    params: Params,
    session: G::Session,
    id: &RequestId,
    is_get: bool,
) -> Result<poem::Response, Refusal> {
    let permit = core.connections.clone().try_acquire_owned().map_err(|_| unavailable("Try again later."))?;
    let place = core.gate.admit_connection(&session).ok_or_else(|| {
        let sentence = "There are too many open connections.";
        Refusal::transport(StatusCode::TOO_MANY_REQUESTS, Code::LimitExceeded, sentence)
    })?;
    let end = Box::pin(sleep(token::time_left(core.gate.expires_at(&session))));
    let operation = core.admit(params, &session);
    if let (Ok(Operation { kind: OperationType::Mutation, .. }), true) = (&operation, is_get) {
        return Err(not_allowed("A GET request cannot be a mutation."));
    }
    let (answers, task) = apart(answers(core.clone(), operation, session, id.clone()));
    let events = Events {
        answers: Some(answers),
        _task: task,
        heartbeat: interval(core.limits.keepalive()),
        end,
        shutdown: core.shutdown.clone(),
        _places: (permit, place),
    };
    let body = Body::from_bytes_stream(events.into_stream().map(Ok::<_, io::Error>));
    // A proxy that collects the stream would keep the events for itself.
    Ok(poem::Response::builder()
        .content_type(Media::EventStream.content_type())
        .header("x-accel-buffering", "no")
        .body(body))
}

fn answers<S: Executor, G: Gate>(
    core: Arc<Core<S, G>>,
    operation: Result<Operation, Refusal>,
    session: G::Session,
    id: RequestId,
) -> BoxStream<'static, Answer> {
    let operation = match operation {
        Ok(operation) => operation,
        Err(refusal) => return stream::once(async move { Answer::refused(refusal) }).boxed(),
    };
    if operation.kind == OperationType::Subscription {
        return core.schema.subscribe(core.prepare(operation.into_request(), &session, &id));
    }
    let run = async move {
        let response = core.run(operation, &session, &id).await;
        response.map_or_else(Answer::refused, |response| Answer::of(response, &core.limits))
    };
    stream::once(run).boxed()
}

/// Works the answers out in a task of its own, at most one ahead of the client, and `None` behind the last: a client that takes
/// nothing holds nothing up that others wait for.
fn apart(mut answers: BoxStream<'static, Answer>) -> (Receiver<Option<Answer>>, AbortOnDropHandle<()>) {
    let (sender, receiver) = mpsc::channel(1);
    let work = async move {
        loop {
            let answer = answers.next().await;
            let is_last = answer.is_none();
            if sender.send(answer).await.is_err() || is_last {
                return;
            }
        }
    };
    (receiver, AbortOnDropHandle::new(tokio::spawn(work)))
}

struct Events {
    /// `None` after `complete`.
    answers: Option<Receiver<Option<Answer>>>,
    _task: AbortOnDropHandle<()>,
    heartbeat: Interval,
    end: Pin<Box<Sleep>>,
    shutdown: CancellationToken,
    _places: (OwnedSemaphorePermit, Place),
}

impl Events {
    fn into_stream(self) -> impl Stream<Item = Bytes> + Send + 'static {
        stream::unfold(self, |mut events| async move {
            let event = events.next().await?;
            Some((event, events))
        })
    }

    async fn next(&mut self) -> Option<Bytes> {
        let answers = self.answers.as_mut()?;
        tokio::select! {
            () = self.shutdown.cancelled() => None,
            () = &mut self.end => None,
            answer = answers.recv() => Some(match answer? {
                Some(Answer::Executed(json)) => next(json.get()),
                Some(Answer::Refused(errors)) => next(&answer::refusal(&errors)),
                None => {
                    self.answers = None;
                    Bytes::from_static(b"event: complete\ndata:\n\n")
                }
            }),
            // The first one comes at once, so that the client sees that it is connected.
            _ = self.heartbeat.tick() => Some(Bytes::from_static(b":\n\n")),
        }
    }
}

fn next(json: &str) -> Bytes {
    format!("event: next\ndata: {json}\n\n").into()
}
