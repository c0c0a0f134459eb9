//! The demo: a sample tenant, two admins and a little history, made through the same use cases as everything else.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::app::identity::{Claims, sign_in};
use crate::app::imports::complete::complete_import;
use crate::app::imports::decide::decide_profile_actions;
use crate::app::imports::mapping::approve_mapping;
use crate::app::imports::upload::{UploadInput, upload};
use crate::app::{App, AppError, Result};
use crate::domain::action::Decision;
use crate::domain::import::Import;
use crate::domain::requester::{Requester, TENANT_ADMIN};
use crate::domain::timestamp::Timestamp;
use crate::files::incoming::IncomingFile;
use crate::http::auth::Token;
use crate::store::ActionTarget;
use crate::worker;

/// Files that the sample tenant has uploaded, oldest first.
const SPRING: (&str, &[u8]) = ("members-spring.csv", include_bytes!("members-spring.csv"));
const DRAFT: (&str, &[u8]) = ("members-draft.csv", include_bytes!("members-draft.csv"));
const AUTUMN: (&str, &[u8]) = ("members-autumn.csv", include_bytes!("members-autumn.csv"));

/// How long the demo's tokens are good.
const TOKEN_SECONDS: i64 = 24 * 3_600;

/// An admin of the demo.
#[derive(Debug)]
pub struct Admin {
    /// The tenant's slug.
    pub tenant: &'static str,
    /// Who, in the tenant.
    pub subject: &'static str,
    /// For people.
    pub name: &'static str,
    /// For people.
    pub email: &'static str,
}

const ADMINS: [Admin; 2] = [
    Admin {
        tenant: "riverside-club",
        subject: "first-admin",
        name: "First Admin",
        email: "first.admin@example.org",
    },
    Admin {
        tenant: "riverside-club",
        subject: "second-admin",
        name: "Second Admin",
        email: "second.admin@example.org",
    },
];

/// The secret of the demo in `folder`; a new one if it has none, so that tokens stay good when it is started again.
///
/// # Errors
/// If the folder cannot be written.
pub fn secret(folder: &str) -> std::io::Result<Vec<u8>> {
    std::fs::create_dir_all(folder)?;
    let path = std::path::Path::new(folder).join("secret");
    match std::fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let secret =
                format!("{:032x}{:032x}", crate::clock::secret_number(), crate::clock::secret_number());
            std::fs::write(&path, &secret)?;
            Ok(secret.into_bytes())
        }
        found => found,
    }
}

/// What the token of `admin` carries.
#[must_use]
pub fn token(admin: &Admin, now: Timestamp) -> Token {
    Token {
        sub: admin.subject.to_owned(),
        tenant: admin.tenant.to_owned(),
        roles: vec![TENANT_ADMIN.to_owned()],
        exp: now.0 / 1_000 + TOKEN_SECONDS,
        name: Some(admin.name.to_owned()),
        email: Some(admin.email.to_owned()),
    }
}

/// Fills an empty database: one import is COMPLETE, one INCOMPLETE, and one waits for its review. Answers the admins.
///
/// # Errors
/// If something fails.
pub async fn seed(app: &Arc<App>) -> Result<[Admin; 2]> {
    let first = requester(app, &ADMINS[0]).await?;
    let second = requester(app, &ADMINS[1]).await?;
    if app.store.import_count(first.tenant, &Default::default()).await? == 0 {
        let spring = uploaded(app, &first, SPRING).await?;
        let spring = planned(app, &first, spring).await?;
        completed(app, &second, spring).await?;
        uploaded(app, &first, DRAFT).await?;
        let autumn = uploaded(app, &second, AUTUMN).await?;
        planned(app, &second, autumn).await?;
    }
    Ok(ADMINS)
}

async fn requester(app: &Arc<App>, admin: &Admin) -> Result<Requester> {
    let claims = Claims {
        tenant: admin.tenant.to_owned(),
        subject: admin.subject.to_owned(),
        name: Some(admin.name.to_owned()),
        email: Some(admin.email.to_owned()),
        is_tenant_admin: true,
    };
    sign_in(app, &claims).await
}

fn done(import: Option<Import>, errors: Vec<crate::domain::user_error::UserError>) -> Result<Import> {
    match import {
        Some(import) if errors.is_empty() => Ok(import),
        _ => Err(AppError::Refused(errors)),
    }
}

async fn uploaded(app: &App, by: &Requester, (name, bytes): (&str, &'static [u8])) -> Result<Import> {
    let (sender, chunks) = mpsc::channel(1);
    // The channel has room for the one chunk, and closes behind it.
    let _ = sender.try_send(Ok(Bytes::from_static(bytes)));
    drop(sender);
    let input = UploadInput {
        file: IncomingFile { name: Some(name.to_owned()), chunks },
        encoding: None,
        has_header: None,
        idempotency_key: None,
        if_active_import: None,
    };
    let uploaded = upload(app, by, input).await?;
    done(uploaded.import, uploaded.errors)
}

async fn planned(app: &Arc<App>, by: &Requester, import: Import) -> Result<Import> {
    let approved = approve_mapping(app, by, import.id, import.version).await?;
    let import = done(approved.import, approved.errors)?;
    worker::drain(app).await;
    let import = app.store.import(by.tenant, import.id).await?;
    import.ok_or(AppError::NotFound("import"))
}

async fn completed(app: &Arc<App>, by: &Requester, import: Import) -> Result<()> {
    let plan = app.store.plan_of(by.tenant, import.id).await?.ok_or(AppError::NotFound("plan"))?;
    let decided = decide_profile_actions(app, by, plan.id, Decision::Approved, ActionTarget::All).await?;
    let import = done(decided.import, decided.errors)?;
    let completed = complete_import(app, by, import.id, import.version, None).await?;
    done(completed.import, completed.errors)?;
    worker::drain(app).await;
    Ok(())
}
