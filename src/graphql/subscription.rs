//! Subscriptions, in the two steps of the specification (6.2.3): a subscription is opened once, which leads to its events,
//! and is executed for each of them. Between the two somebody else may stand who has many subscribers told alike.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{Context, ID, Result, Subscription};
use futures_util::stream::{self, BoxStream, StreamExt};

use super::error::{Code, Show, error};
use super::ids;
use super::session::{app, requester};
use super::types::{ImportEvent, TenantImportsEvent};
use crate::app::AppError;
use crate::app::imports::watch::{self, Told, Watcher};

/// Which step an execution of a subscription is; goes along in the request's data.
#[derive(Debug, Clone)]
pub enum Turn {
    /// The subscription is opened: its events will come from the watcher that is put here. Nothing is answered, or why it
    /// cannot be opened.
    Open(Opened),
    /// One event, or why there is none, is answered.
    Tell(Result<Told, Arc<AppError>>),
}

/// Where the watcher of a subscription is left.
#[derive(Debug, Clone, Default)]
pub struct Opened(Arc<Mutex<Option<Watcher>>>);

impl Opened {
    /// The watcher, if the subscription could be opened.
    #[must_use]
    pub fn take(&self) -> Option<Watcher> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, watcher: Watcher) -> Result<()> {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).replace(watcher) {
            None => Ok(()),
            Some(_) => Err(error(Code::BadUserInput, "A subscription has one field.")),
        }
    }
}

/// What can be watched. Every change comes from the log, in the order in which it was committed.
pub struct Subscription;

/// What can be watched. Every change comes from the log, in the order in which it was committed.
#[Subscription]
impl Subscription {
    /// The named import: its present state first, then every change; ends after COMPLETE or INCOMPLETE.
    async fn import_changed<'a>(
        &self,
        ctx: &Context<'a>,
        #[graphql(desc = "Which import.")] import_id: ID,
    ) -> Result<BoxStream<'a, Result<ImportEvent>>> {
        let open = watch::import_changed(app(ctx).clone(), *requester(ctx), ids::import(&import_id));
        // Each of its events is a change.
        turn(ctx, open, |told| told.change.map(ImportEvent)).await
    }

    /// All imports of the tenant. The first event always comes, after every reconnect too.
    async fn imports_changed<'a>(
        &self,
        ctx: &Context<'a>,
    ) -> Result<BoxStream<'a, Result<TenantImportsEvent>>> {
        let open = watch::imports_changed(app(ctx).clone(), *requester(ctx));
        turn(ctx, open, |told| Some(TenantImportsEvent(told.change))).await
    }
}

async fn turn<'a, T: Send + 'a>(
    ctx: &Context<'a>,
    open: impl Future<Output = Result<Watcher, AppError>>,
    event: impl Fn(Told) -> Option<T>,
) -> Result<BoxStream<'a, Result<T>>> {
    match ctx.data::<Turn>()? {
        Turn::Open(opened) => {
            opened.put(open.await.show(ctx)?)?;
            Ok(stream::empty().boxed())
        }
        Turn::Tell(told) => {
            let told = told.clone().show(ctx).map(event).transpose();
            Ok(stream::iter(told).boxed())
        }
    }
}
