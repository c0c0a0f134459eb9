//! Subscriptions.

use async_graphql::{Context, ID, Result, Subscription};
use futures_util::{Stream, StreamExt};

use super::error::{Show, shown};
use super::ids;
use super::session::{app, requester};
use super::types::{ImportEvent, TenantImportsEvent};
use crate::app::imports::watch;

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
    ) -> Result<impl Stream<Item = Result<ImportEvent>> + 'a> {
        let ctx = ctx.clone();
        let events =
            watch::import_changed(app(&ctx).clone(), *requester(&ctx), ids::import(&import_id)).await;
        let events = events.show(&ctx)?;
        Ok(events.map(move |event| event.map(ImportEvent).map_err(|failure| shown(&ctx, &failure))))
    }

    /// All imports of the tenant. The first event always comes, after every reconnect too.
    async fn imports_changed<'a>(
        &self,
        ctx: &Context<'a>,
    ) -> Result<impl Stream<Item = Result<TenantImportsEvent>> + 'a> {
        let ctx = ctx.clone();
        let events = watch::imports_changed(app(&ctx).clone(), *requester(&ctx)).await.show(&ctx)?;
        Ok(events.map(move |event| event.map(TenantImportsEvent).map_err(|failure| shown(&ctx, &failure))))
    }
}
