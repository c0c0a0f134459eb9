//! Who is let in.

use std::time::Duration;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use crate::http::auth::{ClaimNames, Pace, Rules};

/// The secret behind tokens.
#[derive(Clone, Args)]
pub struct SecretArgs {
    /// The secret that download addresses are signed with, and tokens (HS256) unless an identity provider signs them; at
    /// least 32 bytes.
    #[arg(long, env = "MUSTER_JWT_SECRET", hide_env_values = true)]
    pub jwt_secret: Option<String>,
}

impl std::fmt::Debug for SecretArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretArgs")
    }
}

/// Who is let in.
#[derive(Debug, Clone, Args)]
pub struct AuthArgs {
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would print them")]
    pub secret: SecretArgs,
    /// The keys of an identity provider (a JWKS with keys for RS256, ES256 or EdDSA): `https://…`, or `file:PATH`. With it,
    /// no other tokens are taken, and their issuer and audience have to be set.
    #[arg(long, env = "MUSTER_JWKS_URL", hide_env_values = true, value_parser = NonEmptyStringValueParser::new())]
    pub jwks_url: Option<String>,
    /// How often these keys are read anew, in seconds: a key that was taken back is good for so long.
    #[arg(
        long,
        env = "MUSTER_JWKS_REFRESH_SECONDS",
        default_value_t = 300,
        value_parser = clap::value_parser!(u64).range(10..=86_400)
    )]
    pub jwks_refresh_seconds: u64,
    /// What the `iss` of a token has to be; any unless set.
    #[arg(long, env = "MUSTER_JWT_ISSUER", value_parser = NonEmptyStringValueParser::new())]
    pub jwt_issuer: Option<String>,
    /// What the `aud` of a token has to be, or to have; any unless set.
    #[arg(long, env = "MUSTER_JWT_AUDIENCE", value_parser = NonEmptyStringValueParser::new())]
    pub jwt_audience: Option<String>,
    /// How far the clocks of this server and of whoever signs tokens may differ, in seconds.
    #[arg(
        long,
        env = "MUSTER_JWT_LEEWAY_SECONDS",
        default_value_t = 30,
        value_parser = clap::value_parser!(u64).range(..=300)
    )]
    pub jwt_leeway_seconds: u64,
    /// The claim with the tenant: a name, or a JSON pointer (RFC 6901) to a nested one, such as `/realm_access/tenant`.
    #[arg(long, env = "MUSTER_JWT_CLAIM_TENANT", default_value = "tenant", value_parser = NonEmptyStringValueParser::new())]
    pub jwt_claim_tenant: String,
    /// The claim with the roles, likewise: a list, or one string with blanks in between.
    #[arg(long, env = "MUSTER_JWT_CLAIM_ROLES", default_value = "roles", value_parser = NonEmptyStringValueParser::new())]
    pub jwt_claim_roles: String,
    /// The claim with the user's name, likewise.
    #[arg(long, env = "MUSTER_JWT_CLAIM_NAME", default_value = "name", value_parser = NonEmptyStringValueParser::new())]
    pub jwt_claim_name: String,
    /// The claim with the user's email address, likewise.
    #[arg(long, env = "MUSTER_JWT_CLAIM_EMAIL", default_value = "email", value_parser = NonEmptyStringValueParser::new())]
    pub jwt_claim_email: String,
    /// The role that makes a tenant admin.
    #[arg(long, env = "MUSTER_JWT_ADMIN_ROLE", default_value = "tenant_admin", value_parser = NonEmptyStringValueParser::new())]
    pub jwt_admin_role: String,
}

impl AuthArgs {
    /// What a token has to be, apart from being signed.
    #[must_use]
    pub fn rules(&self) -> Rules {
        Rules {
            issuer: self.jwt_issuer.clone(),
            audience: self.jwt_audience.clone(),
            leeway_seconds: self.jwt_leeway_seconds,
            claims: ClaimNames {
                tenant: self.jwt_claim_tenant.clone(),
                roles: self.jwt_claim_roles.clone(),
                name: self.jwt_claim_name.clone(),
                email: self.jwt_claim_email.clone(),
            },
            admin_role: self.jwt_admin_role.clone(),
        }
    }

    /// How often the keys of the identity provider are read.
    #[must_use]
    pub fn pace(&self) -> Pace {
        Pace { refresh: Duration::from_secs(self.jwks_refresh_seconds), ..Pace::default() }
    }
}
