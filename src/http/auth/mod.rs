//! Tokens, and the gate that the transport asks.
//!
//! A token is checked with the shared secret (HS256), or with the keys of an identity provider (RS256, ES256, EdDSA):
//! never with both, so that nobody can pass a public key off for a secret.

mod claims;
mod issuer;
mod keys;
mod source;
mod tokens;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Request;
use async_graphql::parser::types::OperationType;

pub use self::claims::{ClaimNames, Token, is_claim};
pub use self::issuer::{Issuer, Pace};
pub use self::keys::KEYS_MAX;
pub use self::source::{DOCUMENT_BYTES_MAX, KeysError, Source};
pub use self::tokens::{Rules, Tokens};
use super::quotas::Quotas;
use super::transport::{Denied, Edition, Fleeting, Gate, Place, RequestId};
use super::turns::Work;
use crate::app::identity::{Claims, sign_in};
use crate::app::{App, AppError};
use crate::audit::Line;
use crate::domain::requester::Requester;
use crate::graphql;
use crate::store::StoreError;

/// An answer is kept for one part in so many of the time for which the addresses in it are good.
const KEPT_PART: i64 = 15;

/// Somebody whose token was good.
#[derive(Debug, Clone)]
pub struct SignedIn {
    requester: Requester,
    expires_at: i64,
    public_url: String,
}

/// Lets in whoever has a good token.
pub struct TokenGate {
    /// The program.
    pub app: Arc<App>,
    /// The tokens.
    pub tokens: Tokens,
    /// Base of download addresses; none takes it from the request.
    pub public_url: Option<String>,
    /// What tenants and users may take.
    pub quotas: Quotas,
}

impl Gate for TokenGate {
    type Session = SignedIn;

    async fn authenticate(&self, token: Option<&str>, origin: &str) -> Result<SignedIn, Denied> {
        let token = token
            .ok_or_else(|| Denied::Unauthenticated("Send a token: `Authorization: Bearer …`.".to_owned()))?;
        let bearer = self.tokens.check(token).await?;
        let claims = Claims {
            tenant: bearer.tenant,
            subject: bearer.sub,
            name: bearer.name,
            email: bearer.email,
            is_tenant_admin: self.tokens.makes_admin(&bearer.roles),
        };
        let requester = sign_in(&self.app, &claims).await.map_err(|failure| {
            if let AppError::Internal(cause) | AppError::Unavailable(cause) = &failure {
                tracing::error!(error = &**cause as &dyn std::error::Error, "cannot sign in");
            }
            Denied::Unavailable
        })?;
        let public_url = self.public_url.clone().unwrap_or_else(|| origin.to_owned());
        Ok(SignedIn { requester, expires_at: bearer.exp.saturating_mul(1_000), public_url })
    }

    fn prepare(&self, session: &SignedIn, request: Request) -> Request {
        let id = request.data.get(&std::any::TypeId::of::<RequestId>());
        let request_id = id.and_then(|id| id.downcast_ref::<RequestId>()).map(|id| id.0.clone());
        let fleeting = request.data.get(&std::any::TypeId::of::<Fleeting>());
        let fleeting = fleeting.and_then(|fleeting| fleeting.downcast_ref::<Fleeting>());
        let session = graphql::Session {
            requester: session.requester,
            request_id: request_id.unwrap_or_default(),
            public_url: session.public_url.clone(),
            is_fleeting: fleeting.map(|fleeting| fleeting.0.clone()).unwrap_or_default(),
            listed: Arc::default(),
        };
        request.data(session)
    }

    fn audience(&self, session: &SignedIn) -> Option<String> {
        let Requester { tenant, user, is_tenant_admin } = session.requester;
        Some(format!("{} {} {is_tenant_admin} {}", tenant.0, user.0, session.public_url))
    }

    async fn edition(&self, session: &SignedIn) -> Result<Option<Edition>, Denied> {
        let number = match self.app.store.edition(session.requester.tenant).await {
            Ok(number) => number,
            Err(error @ StoreError::Unavailable(_)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a part of the service is away");
                return Err(Denied::Unavailable);
            }
            // Whatever is asked meets it too, and says so.
            Err(_) => return Ok(None),
        };
        // Addresses of downloads expire: an answer is kept for a small part of the time for which they are good.
        let stretch = i64::from(self.app.settings.download_seconds) * 1_000 / KEPT_PART;
        Ok(Some(Edition(number, self.app.clock.now().0 / stretch.max(1))))
    }

    fn may_upload(&self, session: &SignedIn) -> bool {
        session.requester.is_tenant_admin
    }

    fn refused(&self, session: Option<&SignedIn>, id: &RequestId, sentence: &str) {
        let line = Line { request_id: &id.0, about: Some(sentence), ..Line::default() };
        match session {
            None => Line { action: "signIn", outcome: "UNAUTHENTICATED", ..line }.write(),
            Some(session) => Line { action: "uploadMembershipFile", outcome: "FORBIDDEN", ..line }
                .by(&session.requester)
                .write(),
        }
    }

    fn expires_at(&self, session: &SignedIn) -> i64 {
        session.expires_at
    }

    fn admit_operation(&self, session: &SignedIn) -> Result<(), Duration> {
        self.quotas.admit_operation(&session.requester)
    }

    fn admit_upload(&self, session: &SignedIn) -> Result<(), Duration> {
        self.quotas.admit_upload(&session.requester)
    }

    fn begin_upload(&self, session: &SignedIn) -> Option<Place> {
        self.quotas.begin_upload(&session.requester)
    }

    async fn turn(&self, session: &SignedIn, kind: OperationType) -> Place {
        let work = match kind {
            OperationType::Query | OperationType::Subscription => Work::Read,
            OperationType::Mutation => Work::Write,
        };
        Box::new(self.quotas.turns().take(session.requester.tenant, work).await)
    }

    fn admit_connection(&self, session: &SignedIn) -> Option<Place> {
        self.quotas.admit_connection(&session.requester)
    }
}
