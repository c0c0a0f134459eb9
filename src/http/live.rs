//! Many subscribers, told alike: what an event comes to is worked out once for all who have asked the same in the same
//! tenant and role, however many they are.
//!
//! Each subscriber has a watcher, which knows what they have been told. When a watcher has an event, the first one
//! executes the subscription for it, and the others take that answer. It is executed for nobody in particular, so that
//! there is nothing of one user in what another one gets.

use std::any::TypeId;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use async_graphql::{Data, Executor, Request, Response, Variables};
use futures_util::future::FutureExt as _;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use tokio::sync::OnceCell;

use super::transport::RequestId;
use crate::app::App;
use crate::app::imports::watch::{Occasion, Told, Watcher};
use crate::domain::id::UserId;
use crate::domain::requester::Requester;
use crate::graphql::{MusterSchema, Opened, Session, Turn};

/// Events whose answers are kept for those who come to them later; whoever is further behind works them out again.
const ANSWERS_MAX: usize = 16;
/// Bytes of an answer that is kept, as JSON.
const ANSWER_BYTES_MAX: usize = 32 * 1024;
/// Audiences that are always kept in mind; beyond them, those that have gone are forgotten now and then.
const AUDIENCES_MIN: usize = 64;

/// The schema, with subscriptions that are worked out once for many.
#[derive(Clone)]
pub(super) struct Live {
    schema: MusterSchema,
    app: Arc<App>,
    audiences: Arc<Mutex<Audiences>>,
}

#[derive(Default)]
struct Audiences {
    known: HashMap<Asked, Weak<Audience>>,
    /// How many there may be until the gone ones are forgotten.
    full: usize,
}

/// What was asked, and all that the answers depend on besides.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Asked {
    query: String,
    operation_name: Option<String>,
    /// As JSON.
    variables: String,
    requester: Requester,
    public_url: String,
}

/// Those who asked the same.
struct Audience {
    asked: Asked,
    variables: Variables,
    answers: Mutex<VecDeque<(Occasion, Arc<OnceCell<Response>>)>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Executor for Live {
    async fn execute(&self, request: Request) -> Response {
        self.schema.execute(request).await
    }

    fn execute_stream(&self, request: Request, _: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        let live = self.clone();
        async move {
            let Some(audience) = live.audience(&request) else {
                return live.schema.execute_stream(request);
            };
            let opened = Opened::default();
            let request = request.data(Turn::Open(opened.clone()));
            let refusals: Vec<Response> = live.schema.execute_stream(request).collect().await;
            match opened.take() {
                Some(watcher) if refusals.is_empty() => live.tell(audience, watcher),
                _ => stream::iter(refusals).boxed(),
            }
        }
        .boxed()
        .into_stream()
        .flatten()
        .boxed()
    }
}

impl Live {
    pub fn new(schema: MusterSchema, app: Arc<App>) -> Self {
        Self { schema, app, audiences: Arc::default() }
    }

    /// Those who ask the same, with whoever sends this request among them.
    fn audience(&self, request: &Request) -> Option<Arc<Audience>> {
        let session = request.data.get(&TypeId::of::<Session>())?.downcast_ref::<Session>()?;
        // An address to download from carries the user whom it was given to: all such fields have this in their names.
        let asks_for_addresses = request.query.contains("ownload");
        let user = if asks_for_addresses { session.requester.user } else { UserId(uuid::Uuid::nil()) };
        let asked = Asked {
            query: request.query.clone(),
            operation_name: request.operation_name.clone(),
            variables: serde_json::to_string(&request.variables).ok()?,
            requester: Requester { user, ..session.requester },
            public_url: session.public_url.clone(),
        };
        let mut audiences = lock(&self.audiences);
        if let Some(audience) = audiences.known.get(&asked).and_then(Weak::upgrade) {
            return Some(audience);
        }
        if audiences.known.len() >= audiences.full {
            audiences.known.retain(|_, audience| audience.strong_count() > 0);
            audiences.full = AUDIENCES_MIN.max(audiences.known.len() * 2);
        }
        let variables = request.variables.clone();
        let audience = Arc::new(Audience { asked: asked.clone(), variables, answers: Mutex::default() });
        audiences.known.insert(asked, Arc::downgrade(&audience));
        Some(audience)
    }

    fn tell(self, audience: Arc<Audience>, watcher: Watcher) -> BoxStream<'static, Response> {
        stream::unfold(Some((self, audience, watcher)), |subscriber| async {
            let (live, audience, mut watcher) = subscriber?;
            match watcher.next().await.transpose()? {
                Ok(told) => {
                    let response = live.answer(&audience, told).await;
                    Some((response, Some((live, audience, watcher))))
                }
                Err(failure) => {
                    Some((live.work_out(&audience, Turn::Tell(Err(Arc::new(failure)))).await, None))
                }
            }
        })
        .boxed()
    }

    async fn answer(&self, audience: &Arc<Audience>, told: Told) -> Response {
        let is_alone = Arc::strong_count(audience) == 1;
        let Some(occasion) = told.occasion.filter(|_| !is_alone) else {
            return self.work_out(audience, Turn::Tell(Ok(told))).await;
        };
        let answer = audience.answer(occasion);
        let work_out = async || {
            let response = self.work_out(audience, Turn::Tell(Ok(told))).await;
            // Those who wait for it get it, and nobody later.
            if !is_worth_keeping(&response) {
                audience.forget(occasion);
            }
            response
        };
        let response = answer.get_or_init(work_out).await;
        let mut copy = Response::new(response.data.clone());
        copy.errors.clone_from(&response.errors);
        copy
    }

    async fn work_out(&self, audience: &Audience, turn: Turn) -> Response {
        let asked = &audience.asked;
        let mut request = Request::new(&asked.query).variables(audience.variables.clone()).data(turn);
        request.operation_name.clone_from(&asked.operation_name);
        let session = Session {
            requester: asked.requester,
            request_id: RequestId::new().0,
            public_url: asked.public_url.clone(),
            is_fleeting: Arc::default(),
        };
        let responses = self.schema.execute_stream(session.into_request(&self.app, request));
        // One event, one answer.
        Box::pin(responses).next().await.unwrap_or_default()
    }
}

/// A failure is of its moment; and what is long would take its memory for as long as somebody watches.
fn is_worth_keeping(response: &Response) -> bool {
    let mut room = [0; ANSWER_BYTES_MAX];
    response.is_ok() && serde_json::to_writer(&mut room[..], &response.data).is_ok()
}

impl Audience {
    fn forget(&self, occasion: Occasion) {
        lock(&self.answers).retain(|(of, _)| *of != occasion);
    }

    /// The place of the answer that is given on this occasion.
    fn answer(&self, occasion: Occasion) -> Arc<OnceCell<Response>> {
        let mut answers = lock(&self.answers);
        if let Some((_, answer)) = answers.iter().rev().find(|(of, _)| *of == occasion) {
            return answer.clone();
        }
        if answers.len() >= ANSWERS_MAX {
            answers.pop_front();
        }
        let answer = Arc::<OnceCell<Response>>::default();
        answers.push_back((occasion, answer.clone()));
        answer
    }
}
