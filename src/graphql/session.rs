//! What goes along with one operation.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_graphql::{Context, Result};

use super::error::{Code, error};
use super::loaders::Loaders;
use crate::app::App;
use crate::domain::limits::LISTED_ITEMS_MAX;
use crate::domain::requester::Requester;

/// What goes along with one operation: who asks, and how to answer them.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who asks.
    pub requester: Requester,
    /// Names the request in an answer and in the log.
    pub request_id: String,
    /// Base of download addresses, without a slash at its end.
    pub public_url: String,
    /// Set as soon as the operation reads something else than what the tenant's edition is of: then its answer is not to be
    /// kept.
    pub is_fleeting: Arc<AtomicBool>,
    /// How many items of lists without pages have been answered.
    pub listed: Arc<AtomicUsize>,
}

pub(super) fn session<'a>(ctx: &Context<'a>) -> &'a Session {
    ctx.data_unchecked::<Session>()
}

pub(super) fn requester<'a>(ctx: &Context<'a>) -> &'a Requester {
    &session(ctx).requester
}

/// Makes room in the answer for so many more items of lists without pages. Nobody knows before how long such lists are, and one
/// inside of another multiplies.
pub(super) fn list(ctx: &Context<'_>, count: usize) -> Result<()> {
    if session(ctx).listed.fetch_add(count, Ordering::Relaxed) + count <= LISTED_ITEMS_MAX {
        return Ok(());
    }
    let sentence = format!(
        "The answer has more than {LISTED_ITEMS_MAX} items in lists without pages: ask for less at once."
    );
    Err(error(Code::LimitExceeded, sentence))
}

/// The program, for whatever it can be asked.
pub(super) fn app<'a>(ctx: &Context<'a>) -> &'a Arc<App> {
    session(ctx).is_fleeting.store(true, Ordering::Relaxed);
    lasting::app(ctx)
}

/// Loaders of whatever they load.
pub(super) fn loaders<'a>(ctx: &Context<'a>) -> &'a Loaders {
    session(ctx).is_fleeting.store(true, Ordering::Relaxed);
    lasting::loaders(ctx)
}

/// The same, for imports and users alone: what is read of them stays true until the tenant's edition rises.
pub(super) mod lasting {
    use super::{App, Arc, Context, Loaders};

    pub fn app<'a>(ctx: &Context<'a>) -> &'a Arc<App> {
        ctx.data_unchecked::<Arc<App>>()
    }

    pub fn loaders<'a>(ctx: &Context<'a>) -> &'a Loaders {
        ctx.data_unchecked::<Loaders>()
    }
}
