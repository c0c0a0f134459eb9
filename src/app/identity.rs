//! Signing in: a tenant and a user come into being with their first valid token.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::timeout;

use super::{App, Result};
use crate::clock::new_id;
use crate::domain::field::BUILT_IN_FIELDS;
use crate::domain::id::{FieldId, TenantId, UserId};
use crate::domain::requester::Requester;
use crate::store::{NewUser, Tenant, User};

/// Identities that are remembered; more, and all are looked up again.
const REMEMBERED_MAX: usize = 10_000;
/// How long a user waits until their new name is written.
const RENAMED: Duration = Duration::from_secs(1);

/// What a valid token says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Claims {
    /// The slug of the tenant.
    pub tenant: String,
    /// Who they are in the tenant.
    pub subject: String,
    /// If the token says it.
    pub name: Option<String>,
    /// If the token says it.
    pub email: Option<String>,
    /// Whether the roles have `tenant_admin`.
    pub is_tenant_admin: bool,
}

/// Who has signed in since the server started.
#[derive(Debug, Default)]
pub struct SignedIn(Mutex<HashMap<Claims, Requester>>);

impl SignedIn {
    fn lock(&self) -> MutexGuard<'_, HashMap<Claims, Requester>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, claims: &Claims) -> Option<Requester> {
        self.lock().get(claims).copied()
    }

    fn forget(&self, claims: &Claims) {
        self.lock().remove(claims);
    }

    fn remember(&self, claims: &Claims, requester: Requester) {
        let mut known = self.lock();
        if known.len() >= REMEMBERED_MAX {
            known.clear();
        }
        known.insert(claims.clone(), requester);
    }
}

/// The requester whom `claims` name. Brings tenant and user into being if they are new.
///
/// # Errors
/// If the database fails.
pub async fn sign_in(app: &Arc<App>, claims: &Claims) -> Result<Requester> {
    if let Some(known) = app.signed_in.find(claims) {
        return Ok(known);
    }
    let (tenant, user) = match find(app, claims).await? {
        Some(found) => found,
        None => {
            write(app, claims).await?;
            let found = find(app, claims).await?;
            found.ok_or_else(|| super::AppError::Internal("a new user is not there".into()))?
        }
    };
    let requester = Requester { tenant, user: user.id, is_tenant_admin: claims.is_tenant_admin };
    app.signed_in.remember(claims, requester);
    if user.name != claims.name || user.email != claims.email {
        rename(app, claims).await;
    }
    Ok(requester)
}

async fn find(app: &App, claims: &Claims) -> Result<Option<(TenantId, User)>> {
    let Some(tenant) = app.store.tenant_by_slug(&claims.tenant).await? else { return Ok(None) };
    let user = app.store.user_by_subject(tenant.id, &claims.subject).await?;
    Ok(user.map(|user| (tenant.id, user)))
}

/// Takes over what a newer token says of a user who is there. Beside them, if it has to wait: on an embedded database all
/// writing waits while a large import is applied.
async fn rename(app: &Arc<App>, claims: &Claims) {
    let (app, claims) = (app.clone(), claims.clone());
    let renaming = tokio::spawn(async move {
        if let Err(failure) = write(&app, &claims).await {
            let (failure, error) = (failure.word(), failure.cause());
            tracing::warn!(failure, error, "cannot write the new name of a user");
            // It is tried again when they ask the next time.
            app.signed_in.forget(&claims);
        }
    });
    let _ = timeout(RENAMED, renaming).await;
}

async fn write(app: &App, claims: &Claims) -> Result<()> {
    let now = app.now();
    let tx = app.store.begin_unlocked().await?;
    let fields = BUILT_IN_FIELDS.iter().map(|_| FieldId(new_id()));
    tx.create_tenant(TenantId(new_id()), &claims.tenant, fields, now).await?;
    let Some(tenant) = tx.tenant_by_slug(&claims.tenant).await? else {
        return Err(super::AppError::Internal("a new tenant is not there".into()));
    };
    let new =
        NewUser { subject: &claims.subject, name: claims.name.as_deref(), email: claims.email.as_deref() };
    tx.upsert_user(tenant.id, UserId(new_id()), &new, now).await?;
    app.tell(&tx.commit().await?);
    Ok(())
}

/// The requester's tenant.
///
/// # Errors
/// If the database fails.
pub async fn tenant(app: &App, requester: &Requester) -> Result<Tenant> {
    let found = app.store.tenant(requester.tenant).await?;
    found.ok_or(super::AppError::NotFound("tenant"))
}

/// Users of the requester's tenant.
///
/// # Errors
/// If the database fails.
pub async fn users(app: &App, requester: &Requester, ids: &[UserId]) -> Result<Vec<User>> {
    Ok(app.store.users(requester.tenant, ids).await?)
}
