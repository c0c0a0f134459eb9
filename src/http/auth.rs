//! Tokens, and the gate that the transport asks.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Request;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

use super::quotas::Quotas;
use super::transport::{Denied, Gate, Place, RequestId};
use crate::app::identity::{Claims, sign_in};
use crate::app::{App, AppError};
use crate::domain::requester::{Requester, TENANT_ADMIN};
use crate::graphql;

/// Characters of a tenant's slug, a subject, a name or an email address in a token.
const CLAIM_CHARACTERS_MAX: usize = 255;
/// Bytes of a token.
const TOKEN_BYTES_MAX: usize = 8 * 1024;
/// How far clocks may differ.
const LEEWAY_SECONDS: u64 = 30;

/// What a token carries.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Token {
    /// Who, in the tenant.
    pub sub: String,
    /// The tenant's slug.
    pub tenant: String,
    /// What they may do.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Until when it is good, in seconds since 1970.
    pub exp: i64,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// Signs and checks tokens with a shared secret (HS256).
pub struct Tokens {
    signing: EncodingKey,
    checking: DecodingKey,
    validation: Validation,
}

impl Tokens {
    /// With this secret.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = LEEWAY_SECONDS;
        validation.validate_nbf = true;
        // Not asked for yet: a token for somebody else's audience is signed with another secret.
        validation.validate_aud = false;
        Self {
            signing: EncodingKey::from_secret(secret),
            checking: DecodingKey::from_secret(secret),
            validation,
        }
    }

    /// A signed token.
    ///
    /// # Errors
    /// If it cannot be signed.
    pub fn sign(&self, token: &Token) -> Result<String, jsonwebtoken::errors::Error> {
        encode(&Header::new(Algorithm::HS256), token, &self.signing)
    }

    fn check(&self, token: &str) -> Result<Token, &'static str> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err("The token is too long.");
        }
        let checked = decode::<Token>(token, &self.checking, &self.validation);
        let token = checked.map_err(|error| match error.kind() {
            jsonwebtoken::errors::ErrorKind::ExpiredSignature => "The token has expired.",
            jsonwebtoken::errors::ErrorKind::ImmatureSignature => "The token is not good yet.",
            _ => "The token is not good.",
        })?;
        let claims = token.claims;
        let texts = [Some(&claims.sub), Some(&claims.tenant), claims.name.as_ref(), claims.email.as_ref()];
        let is_bad = |text: &String| {
            text.trim().is_empty()
                || text.chars().any(char::is_control)
                || text.chars().nth(CLAIM_CHARACTERS_MAX).is_some()
        };
        if texts.into_iter().flatten().any(is_bad) {
            return Err("The token says nothing, or too much, of its tenant or its user.");
        }
        Ok(claims)
    }
}

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
        let refuse = |sentence: &str| Denied::Unauthenticated(sentence.to_owned());
        let token = token.ok_or_else(|| refuse("Send a token: `Authorization: Bearer …`."))?;
        let token = self.tokens.check(token).map_err(refuse)?;
        let claims = Claims {
            tenant: token.tenant,
            subject: token.sub,
            name: token.name,
            email: token.email,
            is_tenant_admin: token.roles.iter().any(|role| role == TENANT_ADMIN),
        };
        let requester = sign_in(&self.app, &claims).await.map_err(|failure| {
            if let AppError::Internal(cause) | AppError::Unavailable(cause) = &failure {
                tracing::error!(error = &**cause as &dyn std::error::Error, "cannot sign in");
            }
            Denied::Unavailable
        })?;
        let public_url = self.public_url.clone().unwrap_or_else(|| origin.to_owned());
        Ok(SignedIn { requester, expires_at: token.exp.saturating_mul(1_000), public_url })
    }

    fn prepare(&self, session: &SignedIn, request: Request) -> Request {
        let id = request.data.get(&std::any::TypeId::of::<RequestId>());
        let request_id = id.and_then(|id| id.downcast_ref::<RequestId>()).map(|id| id.0.clone());
        let session = graphql::Session {
            requester: session.requester,
            request_id: request_id.unwrap_or_default(),
            public_url: session.public_url.clone(),
        };
        session.into_request(&self.app, request)
    }

    fn may_upload(&self, session: &SignedIn) -> bool {
        session.requester.is_tenant_admin
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

    fn admit_connection(&self, session: &SignedIn) -> Option<Place> {
        self.quotas.admit_connection(&session.requester)
    }
}
