//! Checking tokens.

use std::sync::Arc;

use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde_json::Value;

use super::claims::{ClaimNames, Token};
use super::issuer::Issuer;
use super::keys::Key;
use crate::domain::requester::TENANT_ADMIN;
use crate::http::transport::Denied;

/// Bytes of a token.
const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// What a token has to be, apart from being signed.
#[derive(Debug, Clone)]
pub struct Rules {
    /// What its `iss` has to be; none takes any.
    pub issuer: Option<String>,
    /// What its `aud` has to have; none takes any.
    pub audience: Option<String>,
    /// How far clocks may differ.
    pub leeway_seconds: u64,
    /// Where its claims are.
    pub claims: ClaimNames,
    /// The role that makes a tenant admin.
    pub admin_role: String,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            issuer: None,
            audience: None,
            leeway_seconds: 30,
            claims: ClaimNames::default(),
            admin_role: TENANT_ADMIN.to_owned(),
        }
    }
}

impl Rules {
    /// `algorithm` is that of the key, so that a token cannot choose.
    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.leeway = self.leeway_seconds;
        validation.validate_nbf = true;
        validation.validate_aud = self.audience.is_some();
        let mut required = vec!["exp"];
        if let Some(issuer) = &self.issuer {
            validation.set_issuer(&[issuer]);
            required.push("iss");
        }
        if let Some(audience) = &self.audience {
            validation.set_audience(&[audience]);
            required.push("aud");
        }
        validation.set_required_spec_claims(&required);
        validation
    }
}

/// Checks tokens.
#[derive(Clone)]
pub struct Tokens {
    keys: Keys,
    rules: Rules,
}

#[derive(Clone)]
enum Keys {
    Secret(Arc<Key>),
    Issuer(Arc<Issuer>),
}

impl Tokens {
    /// Tokens that are signed with this secret (HS256).
    #[must_use]
    pub fn by_secret(secret: &[u8], rules: Rules) -> Self {
        Self { keys: Keys::Secret(Arc::new(Key::secret(secret))), rules }
    }

    /// Tokens that are signed by an identity provider.
    #[must_use]
    pub fn by_issuer(issuer: Arc<Issuer>, rules: Rules) -> Self {
        Self { keys: Keys::Issuer(issuer), rules }
    }

    /// The identity provider, if there is one.
    #[must_use]
    pub fn issuer(&self) -> Option<Arc<Issuer>> {
        match &self.keys {
            Keys::Secret(_) => None,
            Keys::Issuer(issuer) => Some(issuer.clone()),
        }
    }

    /// Whether one of these roles makes a tenant admin.
    #[must_use]
    pub fn makes_admin(&self, roles: &[String]) -> bool {
        roles.contains(&self.rules.admin_role)
    }

    pub(super) async fn check(&self, token: &str) -> Result<Token, Denied> {
        let refuse = |sentence: &str| Denied::Unauthenticated(sentence.to_owned());
        if token.len() > TOKEN_BYTES_MAX {
            return Err(refuse("The token is too long."));
        }
        let header = decode_header(token).map_err(|error| refuse(sentence(&error)))?;
        // Nothing that somebody declares critical is understood here (RFC 7515, 4.1.11).
        if header.crit.is_some() {
            return Err(refuse("The token is not good."));
        }
        let key = match &self.keys {
            Keys::Secret(key) => key.clone(),
            Keys::Issuer(issuer) => issuer
                .find(header.kid.as_deref())
                .await
                .map_err(|_| Denied::Unavailable)?
                .ok_or_else(|| refuse("The token is signed with a key that is not known."))?,
        };
        let checked = decode::<Value>(token, &key.checking, &self.rules.validation(key.algorithm));
        let claims = checked.map_err(|error| refuse(sentence(&error)))?.claims;
        let bearer = self.rules.claims.read(&claims);
        bearer.ok_or_else(|| refuse("The token says nothing, or too much, of its tenant or its user."))
    }
}

/// Few words, and none of what the token says.
fn sentence(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::ExpiredSignature => "The token has expired.",
        ErrorKind::ImmatureSignature => "The token is not good yet.",
        ErrorKind::InvalidIssuer => "The token is from another issuer.",
        ErrorKind::InvalidAudience => "The token is for another audience.",
        _ => "The token is not good.",
    }
}

impl Token {
    /// The token, signed with a secret (HS256).
    ///
    /// # Errors
    /// If it cannot be signed.
    pub fn sign(&self, secret: &[u8]) -> Result<String, Error> {
        encode(&Header::new(Algorithm::HS256), self, &EncodingKey::from_secret(secret))
    }
}
