//! Loaders: what the nodes of a page belong to is read for all of them at once, never one by one. They see one tenant,
//! and live as long as one operation.
//!
//! They load in the task of the operation, whenever its execution cannot go on: by then all siblings have asked. A timer
//! would have each level of a query wait for a millisecond, which is the least that the runtime's timers know, and a task
//! on another thread could begin before all have asked.

use std::collections::HashMap;
use std::future::{self, poll_fn};
use std::hash::Hash;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use async_graphql::Request;
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::runtime::Timer;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use futures_util::task::{FutureObj, Spawn, SpawnError};

use crate::app::imports::{history, review};
use crate::app::{App, AppError, fields, identity, members};
use crate::domain::action::{ActionCount, Approval};
use crate::domain::field::ProfileField;
use crate::domain::id::{ImportId, MemberId, PlanId, UserId};
use crate::domain::import::Import;
use crate::domain::member::Member;
use crate::domain::requester::Requester;
use crate::store::{ImportMapping, Plan, Tenant, User};

/// The mapping of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct MappingOf(pub ImportId);

/// The plan of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct PlanOf(pub ImportId);

/// How many actions of each kind a plan has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct CountsOf(pub PlanId);

/// Who approved what of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ApprovalsOf(pub PlanId);

/// The requester's tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct OwnTenant;

/// The tenant's fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct AllFields;

pub(super) struct Batch {
    app: Arc<App>,
    requester: Requester,
}

/// Loaders of one operation.
pub(super) struct Loaders(DataLoader<Batch>);

type Loaded<K, V> = Result<HashMap<K, V>, Arc<AppError>>;

/// Loads that the operation has to begin.
#[derive(Clone, Default)]
struct Loads(Arc<Mutex<Vec<FutureObj<'static, ()>>>>);

impl Loads {
    fn take(&self) -> Vec<FutureObj<'static, ()>> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Spawn for Loads {
    fn spawn_obj(&self, load: FutureObj<'static, ()>) -> Result<(), SpawnError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(load);
        Ok(())
    }
}

/// Once a load is begun, it waits for nobody.
struct AtOnce;

impl Timer for AtOnce {
    fn delay(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(future::ready(()))
    }
}

/// Has a requester's operation executed with loaders of its own, and loads for it whenever it cannot go on.
pub async fn with_loaders<F: Future>(
    app: Arc<App>,
    requester: Requester,
    request: Request,
    execute: impl FnOnce(Request) -> F,
) -> F::Output {
    let loads = Loads::default();
    let loaders = Loaders(DataLoader::new(Batch { app, requester }, loads.clone(), AtOnce));
    let mut execution = pin!(execute(request.data(loaders)));
    let mut under_way = FuturesUnordered::new();
    poll_fn(|context| {
        loop {
            if let Poll::Ready(answer) = execution.as_mut().poll(context) {
                return Poll::Ready(answer);
            }
            under_way.extend(loads.take());
            let mut has_loaded = false;
            // All that are there, so that what is asked for next is asked for together.
            while under_way.poll_next_unpin(context) == Poll::Ready(Some(())) {
                has_loaded = true;
            }
            if !has_loaded {
                return Poll::Pending;
            }
        }
    })
    .await
}

impl Loaders {
    pub async fn one<K>(&self, key: K) -> Result<Option<<Batch as Loader<K>>::Value>, Arc<AppError>>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Batch: Loader<K, Error = Arc<AppError>>,
    {
        self.0.load_one(key).await
    }
}

fn by<K: Hash + Eq, V>(found: Vec<V>, key: impl Fn(&V) -> K) -> HashMap<K, V> {
    found.into_iter().map(|value| (key(&value), value)).collect()
}

impl Loader<UserId> for Batch {
    type Value = User;
    type Error = Arc<AppError>;

    async fn load(&self, keys: &[UserId]) -> Loaded<UserId, User> {
        Ok(by(identity::users(&self.app, &self.requester, keys).await.map_err(Arc::new)?, |user| user.id))
    }
}

impl Loader<ImportId> for Batch {
    type Value = Import;
    type Error = Arc<AppError>;

    async fn load(&self, keys: &[ImportId]) -> Loaded<ImportId, Import> {
        Ok(by(history::imports(&self.app, &self.requester, keys).await.map_err(Arc::new)?, |import| {
            import.id
        }))
    }
}

impl Loader<MappingOf> for Batch {
    type Value = Arc<ImportMapping>;
    type Error = Arc<AppError>;

    async fn load(&self, keys: &[MappingOf]) -> Loaded<MappingOf, Arc<ImportMapping>> {
        let ids: Vec<ImportId> = keys.iter().map(|key| key.0).collect();
        let found = history::mappings(&self.app, &self.requester, &ids).await.map_err(Arc::new)?;
        Ok(by(found.into_iter().map(Arc::new).collect(), |mapping| MappingOf(mapping.import)))
    }
}

impl Loader<PlanOf> for Batch {
    type Value = Plan;
    type Error = Arc<AppError>;

    async fn load(&self, keys: &[PlanOf]) -> Loaded<PlanOf, Plan> {
        let ids: Vec<ImportId> = keys.iter().map(|key| key.0).collect();
        Ok(by(history::plans(&self.app, &self.requester, &ids).await.map_err(Arc::new)?, |plan| {
            PlanOf(plan.import)
        }))
    }
}

impl Loader<PlanId> for Batch {
    type Value = Plan;
    type Error = Arc<AppError>;

    async fn load(&self, keys: &[PlanId]) -> Loaded<PlanId, Plan> {
        Ok(by(review::plans(&self.app, &self.requester, keys).await.map_err(Arc::new)?, |plan| plan.id))
    }
}

impl Loader<CountsOf> for Batch {
    type Value = Vec<ActionCount>;
    type Error = Arc<AppError>;

    async fn load(&self, keys: &[CountsOf]) -> Loaded<CountsOf, Vec<ActionCount>> {
        let ids: Vec<PlanId> = keys.iter().map(|key| key.0).collect();
        let mut counts: HashMap<CountsOf, Vec<ActionCount>> = HashMap::new();
        for (plan, count) in review::counts(&self.app, &self.requester, &ids).await.map_err(Arc::new)? {
            counts.entry(CountsOf(plan)).or_default().push(count);
        }
        Ok(counts)
    }
}

impl Loader<ApprovalsOf> for Batch {
    type Value = Vec<Approval>;
    type Error = Arc<AppError>;

    async fn load(&self, keys: &[ApprovalsOf]) -> Loaded<ApprovalsOf, Vec<Approval>> {
        let ids: Vec<PlanId> = keys.iter().map(|key| key.0).collect();
        let mut approvals: HashMap<ApprovalsOf, Vec<Approval>> = HashMap::new();
        for approval in review::approvals(&self.app, &self.requester, &ids).await.map_err(Arc::new)? {
            approvals.entry(ApprovalsOf(approval.plan)).or_default().push(approval);
        }
        Ok(approvals)
    }
}

impl Loader<OwnTenant> for Batch {
    type Value = Tenant;
    type Error = Arc<AppError>;

    async fn load(&self, _: &[OwnTenant]) -> Loaded<OwnTenant, Tenant> {
        let tenant = identity::tenant(&self.app, &self.requester).await.map_err(Arc::new)?;
        Ok(HashMap::from([(OwnTenant, tenant)]))
    }
}

impl Loader<MemberId> for Batch {
    type Value = Member;
    type Error = Arc<AppError>;

    async fn load(&self, keys: &[MemberId]) -> Loaded<MemberId, Member> {
        Ok(by(members::members(&self.app, &self.requester, keys).await.map_err(Arc::new)?, |member| {
            member.id
        }))
    }
}

impl Loader<AllFields> for Batch {
    type Value = Arc<Vec<ProfileField>>;
    type Error = Arc<AppError>;

    async fn load(&self, _: &[AllFields]) -> Loaded<AllFields, Arc<Vec<ProfileField>>> {
        let fields = fields::fields(&self.app, &self.requester).await.map_err(Arc::new)?;
        Ok(HashMap::from([(AllFields, Arc::new(fields))]))
    }
}
