//! Many subscribers, told alike: what an event comes to is worked out once for all who have asked the same in the same
//! tenant and role, however many they are.
//!
//! Each subscriber has a watcher, which knows what they have been told. When a watcher has an event, the first one
//! executes the subscription for it, and the others take that answer. It is executed for nobody in particular, so that
//! there is nothing of one user in what another one gets.

use std::any::TypeId;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use async_graphql::{Request, Response, Variables};
use futures_util::future::FutureExt as _;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use tokio::sync::OnceCell;

use super::transport::{Answer, Executor, RequestId, TransportLimits};
use super::turns::{Turns, Work};
use crate::app::App;
use crate::app::imports::watch::{Occasion, Told, Watcher};
use crate::domain::id::UserId;
use crate::domain::requester::Requester;
use crate::graphql::{MusterSchema, Opened, Session, Turn, with_loaders};

/// Events whose answers are kept for those who come to them later; whoever is further behind works them out again.
const ANSWERS_MAX: usize = 16;
/// Bytes of an answer that is kept, as JSON.
const ANSWER_BYTES_MAX: usize = 32 * 1024;
/// Audiences for which there is always room.
const ROOM_MIN: usize = 64;

/// The schema, with subscriptions that are worked out once for many.
#[derive(Clone)]
pub(super) struct Live {
    schema: MusterSchema,
    app: Arc<App>,
    turns: Turns,
    limits: Arc<TransportLimits>,
    audiences: Arc<Mutex<Audiences>>,
}

/// Those who are watching. Each is forgotten when the last one of them has gone.
type Audiences = HashMap<Arc<Asked>, Weak<Audience>>;

/// What was asked, and all that the answers depend on besides.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Asked {
    query: String,
    operation_name: Option<String>,
    /// As JSON, which is kept once, and read for each event.
    variables: String,
    requester: Requester,
    public_url: String,
}

/// Those who asked the same.
struct Audience {
    asked: Arc<Asked>,
    answers: Mutex<VecDeque<(Occasion, Arc<OnceCell<Answer>>)>>,
    /// Where it is known.
    among: Weak<Mutex<Audiences>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who sent a request; none if it goes without.
fn session(request: &Request) -> Option<&Session> {
    request.data.get(&TypeId::of::<Session>())?.downcast_ref()
}

impl Executor for Live {
    async fn execute(&self, request: Request) -> Response {
        let Some(requester) = session(&request).map(|session| session.requester) else {
            return self.schema.execute(request).await;
        };
        with_loaders(self.app.clone(), requester, request, |request| self.schema.execute(request)).await
    }

    fn subscribe(&self, request: Request) -> BoxStream<'static, Answer> {
        let live = self.clone();
        async move {
            let Some(audience) = live.audience(&request) else {
                // It says why not.
                let refusals = live.schema.execute_stream(request);
                return refusals.map(move |refusal| live.write(refusal)).boxed();
            };
            let opened = Opened::default();
            let request = request.data(Turn::Open(opened.clone()));
            let tenants = live.turns.take(audience.asked.requester.tenant, Work::Read).await;
            let refusals: Vec<Response> = live.schema.execute_stream(request).collect().await;
            drop(tenants);
            match opened.take() {
                Some(watcher) if refusals.is_empty() => live.tell(audience, watcher),
                _ => stream::iter(refusals).map(move |refusal| live.write(refusal)).boxed(),
            }
        }
        .boxed()
        .into_stream()
        .flatten()
        .boxed()
    }
}

impl Live {
    pub fn new(schema: MusterSchema, app: Arc<App>, turns: Turns, limits: TransportLimits) -> Self {
        Self { schema, app, turns, limits: Arc::new(limits), audiences: Arc::default() }
    }

    /// Those who ask the same, with whoever sends this request among them.
    fn audience(&self, request: &Request) -> Option<Arc<Audience>> {
        let session = session(request)?;
        // An address to download from carries the user whom it was given to: all such fields have this in their names.
        let asks_for_addresses = request.query.contains("ownload");
        let user = if asks_for_addresses { session.requester.user } else { UserId(uuid::Uuid::nil()) };
        let asked = Arc::new(Asked {
            query: request.query.clone(),
            operation_name: request.operation_name.clone(),
            variables: serde_json::to_string(&request.variables).ok()?,
            requester: Requester { user, ..session.requester },
            public_url: session.public_url.clone(),
        });
        let mut audiences = lock(&self.audiences);
        if let Some(audience) = audiences.get(&asked).and_then(Weak::upgrade) {
            return Some(audience);
        }
        let among = Arc::downgrade(&self.audiences);
        let audience = Arc::new(Audience { asked: asked.clone(), answers: Mutex::default(), among });
        audiences.insert(asked, Arc::downgrade(&audience));
        Some(audience)
    }

    fn tell(self, audience: Arc<Audience>, watcher: Watcher) -> BoxStream<'static, Answer> {
        stream::unfold(Some((self, audience, watcher)), |subscriber| async {
            let (live, audience, mut watcher) = subscriber?;
            match watcher.next().await.transpose()? {
                Ok(told) => {
                    let answer = live.answer(&audience, told).await;
                    Some((answer, Some((live, audience, watcher))))
                }
                Err(failure) => {
                    let response = live.work_out(&audience, Turn::Tell(Err(Arc::new(failure)))).await;
                    Some((live.write(response), None))
                }
            }
        })
        .boxed()
    }

    async fn answer(&self, audience: &Arc<Audience>, told: Told) -> Answer {
        let is_alone = Arc::strong_count(audience) == 1;
        let Some(occasion) = told.occasion.filter(|_| !is_alone) else {
            return self.write(self.work_out(audience, Turn::Tell(Ok(told))).await);
        };
        let answer = audience.answer(occasion);
        let work_out = async || {
            let response = self.work_out(audience, Turn::Tell(Ok(told))).await;
            let is_ok = response.is_ok();
            let answer = self.write(response);
            // A failure is of its moment; and what is long would take its memory for as long as somebody watches. Those who
            // wait for it get it, and nobody later.
            if !is_ok || !answer.is_within(ANSWER_BYTES_MAX) {
                audience.forget(occasion);
            }
            answer
        };
        answer.get_or_init(work_out).await.clone()
    }

    fn write(&self, response: Response) -> Answer {
        Answer::of(response, &self.limits)
    }

    async fn work_out(&self, audience: &Audience, turn: Turn) -> Response {
        let asked = &audience.asked;
        // As a query waits for it: what many tenants watch is not worked out for one of them alone.
        let _tenants = self.turns.take(asked.requester.tenant, Work::Read).await;
        // It was written from variables.
        let variables: Variables = serde_json::from_str(&asked.variables).unwrap_or_default();
        let mut request = Request::new(&asked.query).variables(variables).data(turn);
        request.operation_name.clone_from(&asked.operation_name);
        let session = Session {
            requester: asked.requester,
            request_id: RequestId::new().0,
            public_url: asked.public_url.clone(),
            is_fleeting: Arc::default(),
            listed: Arc::default(),
        };
        // One event, one answer.
        let execute = async |request| self.schema.execute_stream(request).boxed().next().await;
        let answer = with_loaders(self.app.clone(), asked.requester, request.data(session), execute).await;
        answer.unwrap_or_default()
    }
}

impl Audience {
    fn forget(&self, occasion: Occasion) {
        lock(&self.answers).retain(|(of, _)| *of != occasion);
    }

    /// The place of the answer that is given on this occasion.
    fn answer(&self, occasion: Occasion) -> Arc<OnceCell<Answer>> {
        let mut answers = lock(&self.answers);
        if let Some((_, answer)) = answers.iter().rev().find(|(of, _)| *of == occasion) {
            return answer.clone();
        }
        if answers.len() >= ANSWERS_MAX {
            answers.pop_front();
        }
        let answer = Arc::<OnceCell<Answer>>::default();
        answers.push_back((occasion, answer.clone()));
        answer
    }
}

impl Drop for Audience {
    fn drop(&mut self) {
        let Some(among) = self.among.upgrade() else { return };
        let mut audiences = lock(&among);
        // Somebody may have come meanwhile who asks the same.
        if audiences.get(&self.asked).is_some_and(|audience| audience.strong_count() == 0) {
            audiences.remove(&self.asked);
        }
        // So that they do not keep the room of the busiest hour.
        if audiences.capacity() > 4 * audiences.len().max(ROOM_MIN) {
            audiences.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::new_id;
    use crate::domain::id::TenantId;

    fn audience(among: &Arc<Mutex<Audiences>>, variables: &str) -> Arc<Audience> {
        let requester =
            Requester { tenant: TenantId(new_id()), user: UserId(new_id()), is_tenant_admin: true };
        let asked = Arc::new(Asked {
            query: String::new(),
            operation_name: None,
            variables: variables.to_owned(),
            requester,
            public_url: String::new(),
        });
        let audience = Arc::new(Audience {
            asked: asked.clone(),
            answers: Mutex::default(),
            among: Arc::downgrade(among),
        });
        lock(among).insert(asked, Arc::downgrade(&audience));
        audience
    }

    #[test]
    fn an_audience_that_has_gone_is_forgotten_with_its_variables() {
        let among = Arc::<Mutex<Audiences>>::default();
        let (one, other) = (audience(&among, "{}"), audience(&among, "{}"));
        let again = one.clone();
        drop(one);
        assert_eq!(lock(&among).len(), 2, "somebody is left");
        drop(again);
        assert_eq!(lock(&among).len(), 1);
        let many: Vec<_> = (0..1_000).map(|_| audience(&among, "{}")).collect();
        drop(many);
        assert_eq!(lock(&among).len(), 1);
        assert!(lock(&among).capacity() <= 4 * ROOM_MIN);
        drop(other);
        assert!(lock(&among).is_empty());
    }

    #[test]
    fn whoever_comes_while_the_last_one_goes_is_kept() {
        let among = Arc::<Mutex<Audiences>>::default();
        let gone = audience(&among, "{}");
        let come = Arc::new(Audience {
            asked: gone.asked.clone(),
            answers: Mutex::default(),
            among: Arc::downgrade(&among),
        });
        lock(&among).insert(come.asked.clone(), Arc::downgrade(&come));
        drop(gone);
        assert_eq!(lock(&among).len(), 1);
    }
}
