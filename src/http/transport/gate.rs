//! What the transport asks of the program that it serves.

use std::{any::Any, future::Future, time::Duration};

use async_graphql::parser::types::OperationType;

use super::RequestId;

/// Why a bearer was not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denied {
    /// The token is not good; the sentence says why and is shown to the client.
    Unauthenticated(String),
    /// It could not be found out: the keys cannot be fetched, the database does not answer.
    Unavailable,
}

/// A place among as many as there may be of something; dropped when it ends.
pub type Place = Box<dyn Any + Send + Sync>;

/// An edition of the data: a number that rises, and a stretch of time, as there are answers that do not last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edition(pub i64, pub i64);

/// Who may come in, and what goes along with each operation.
pub trait Gate: Send + Sync + 'static {
    /// Who the bearer of a token is.
    type Session: Clone + Send + Sync + 'static;

    /// Finds out who the bearer is. `None`: no token came. `origin` is the server as the client addresses
    /// it, such as `http://127.0.0.1:8000`.
    fn authenticate(
        &self,
        token: Option<&str>,
        origin: &str,
    ) -> impl Future<Output = Result<Self::Session, Denied>> + Send;

    /// Puts what one operation needs into it: called once for each operation. The operation's
    /// [`RequestId`] is in its data already, and a [`Fleeting`](super::Fleeting) to be set as soon as
    /// something is read of which the edition knows nothing.
    fn prepare(&self, session: &Self::Session, request: async_graphql::Request) -> async_graphql::Request;

    /// Names what an answer to a query of this session depends on besides the data. `None`: no answer is kept.
    fn audience(&self, _session: &Self::Session) -> Option<String> {
        None
    }

    /// The edition of the data of this session: what was answered from one edition is right for as long as it is the
    /// same. `None`: it cannot be told.
    ///
    /// # Errors
    /// If the data cannot be read now: whoever asks for some is told so, and waits no second time.
    fn edition(
        &self,
        _session: &Self::Session,
    ) -> impl Future<Output = Result<Option<Edition>, Denied>> + Send {
        std::future::ready(Ok(None))
    }

    /// Whether uploads of this session are read at all.
    fn may_upload(&self, session: &Self::Session) -> bool;

    /// When the session's token ends (unix milliseconds): its subscriptions end then.
    fn expires_at(&self, session: &Self::Session) -> i64;

    /// Counts one more operation of this session: a query, a mutation, or the start of a subscription.
    ///
    /// # Errors
    /// If there have been too many lately: how long it is until there may be one more.
    fn admit_operation(&self, _session: &Self::Session) -> Result<(), Duration> {
        Ok(())
    }

    /// Counts one more upload of this session, beside its operation.
    ///
    /// # Errors
    /// If there have been too many lately: how long it is until there may be one more.
    fn admit_upload(&self, _session: &Self::Session) -> Result<(), Duration> {
        Ok(())
    }

    /// A place for one more upload beside those that are under way; dropped when the upload has ended. `None`: there are
    /// too many.
    fn begin_upload(&self, _session: &Self::Session) -> Option<Place> {
        Some(Box::new(()))
    }

    /// Waits until one more operation of this session's tenant may be at work; its place is dropped when its work has ended.
    fn turn(&self, _session: &Self::Session, _kind: OperationType) -> impl Future<Output = Place> + Send {
        std::future::ready(Box::new(()) as Place)
    }

    /// Hears of whoever is not let in (no session), or is not let do what they ask, and of the sentence that they are told.
    fn refused(&self, _session: Option<&Self::Session>, _id: &RequestId, _sentence: &str) {}

    /// A place for one more lasting connection of this session's tenant; `None`: there are too many.
    fn admit_connection(&self, _session: &Self::Session) -> Option<Place> {
        Some(Box::new(()))
    }
}
