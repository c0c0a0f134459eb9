//! Who asks, and their tenant.

use async_graphql::{Context, ID, Object, Result};

use crate::app::identity;
use crate::graphql::error::Show;
use crate::graphql::ids::{Kind, encode};
use crate::graphql::session::{app, requester};
use crate::store;

/// Whoever the token names.
pub struct Viewer;

/// Whoever the token names.
#[Object]
impl Viewer {
    /// Opaque; as stable as the user.
    pub async fn id(&self, ctx: &Context<'_>) -> ID {
        encode(Kind::Viewer, requester(ctx).user.0)
    }

    /// The user.
    async fn user(&self, ctx: &Context<'_>) -> Result<User> {
        let requester = requester(ctx);
        let found = identity::users(app(ctx), requester, &[requester.user]).await.show(ctx)?;
        let found = found.into_iter().next().ok_or(crate::app::AppError::NotFound("user"));
        Ok(User(found.show(ctx)?))
    }

    /// The user's tenant.
    async fn tenant(&self, ctx: &Context<'_>) -> Result<Tenant> {
        Ok(Tenant(identity::tenant(app(ctx), requester(ctx)).await.show(ctx)?))
    }

    /// Whether the user may do more than look at `viewer`.
    async fn is_tenant_admin(&self, ctx: &Context<'_>) -> bool {
        requester(ctx).is_tenant_admin
    }
}

/// A customer: the owner of members and imports.
#[derive(Clone)]
pub struct Tenant(pub store::Tenant);

/// A customer: the owner of members and imports.
#[Object]
impl Tenant {
    /// Opaque, globally unique, stable.
    pub async fn id(&self) -> ID {
        encode(Kind::Tenant, self.0.id.0)
    }

    /// The name that tokens use.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// The name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Members, inactive ones included, deleted ones not.
    async fn member_count(&self) -> u32 {
        self.0.active_count + self.0.inactive_count
    }
}

/// Somebody who has signed in to the tenant.
#[derive(Clone)]
pub struct User(pub store::User);

/// Somebody who has signed in to the tenant.
#[Object]
impl User {
    /// Opaque, globally unique, stable.
    pub async fn id(&self) -> ID {
        encode(Kind::User, self.0.id.0)
    }

    /// The name, else the email address, else the subject of the token.
    async fn name(&self) -> &str {
        self.0.name.as_deref().or(self.0.email.as_deref()).unwrap_or(&self.0.subject)
    }

    /// If the token has said it.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }
}
