//! Downloads: addresses that are signed and expire, and the bytes behind them.

mod csv;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt, TryStreamExt};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use super::{App, AppError, Result};
use crate::domain::id::{ImportId, PlanId, TenantId, UserId};
use crate::domain::import::Import;
use crate::domain::requester::Requester;
use crate::domain::timestamp::Timestamp;
use crate::files::FileKey;

/// What can be downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Download {
    /// The file of an import, byte for byte.
    File(ImportId),
    /// A plan as CSV.
    Plan(PlanId),
    /// The held rows of a plan as CSV.
    HeldRows(PlanId),
}

/// A signed address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Behind the public address.
    pub path: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// What is behind a signed address.
pub struct Opened {
    /// Whose data it is.
    pub tenant: TenantId,
    /// Who was given the address.
    pub user: UserId,
    /// The import that it is of.
    pub import: ImportId,
    /// What is behind the address.
    pub download: Download,
    /// For people; of an uploaded file, its cleaned name.
    pub name: String,
    /// How long it is; unknown for what is written while it is read.
    pub size_bytes: Option<u64>,
    content: Content,
}

enum Content {
    File(FileKey),
    Written(BoxStream<'static, Result<Bytes>>),
}

/// Bytes of a grant: a kind, a tenant, an id, a user, a time.
const GRANT_BYTES: usize = 1 + 16 + 16 + 16 + 8;

/// A download that a signature allows, and to whom it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Grant {
    download: Download,
    tenant: TenantId,
    user: UserId,
    expires_at: Timestamp,
}

impl Grant {
    fn bytes(&self) -> [u8; GRANT_BYTES] {
        let (kind, id) = match self.download {
            Download::File(id) => (1, id.0),
            Download::Plan(id) => (2, id.0),
            Download::HeldRows(id) => (3, id.0),
        };
        let mut bytes = [0; GRANT_BYTES];
        bytes[0] = kind;
        bytes[1..17].copy_from_slice(self.tenant.0.as_bytes());
        bytes[17..33].copy_from_slice(id.as_bytes());
        bytes[33..49].copy_from_slice(self.user.0.as_bytes());
        bytes[49..].copy_from_slice(&self.expires_at.0.to_be_bytes());
        bytes
    }

    fn of(bytes: &[u8; GRANT_BYTES]) -> Option<Self> {
        let id = |range: std::ops::Range<usize>| Uuid::from_slice(&bytes[range]).ok();
        let (tenant, id, user) = (TenantId(id(1..17)?), id(17..33)?, UserId(id(33..49)?));
        let download = match bytes[0] {
            1 => Download::File(ImportId(id)),
            2 => Download::Plan(PlanId(id)),
            3 => Download::HeldRows(PlanId(id)),
            _ => return None,
        };
        let expires_at = Timestamp(i64::from_be_bytes(bytes[49..].try_into().ok()?));
        Some(Self { download, tenant, user, expires_at })
    }
}

fn signer(app: &App) -> Result<Hmac<Sha256>> {
    Hmac::new_from_slice(&app.settings.download_secret).map_err(|error| AppError::Internal(Box::new(error)))
}

/// An address that serves `download` to whoever has it, for a while. The requester was allowed to see what it is of.
#[must_use]
pub fn sign(app: &App, requester: &Requester, download: Download) -> Signed {
    let expires_at = app.now().plus_milliseconds(i64::from(app.settings.download_seconds) * 1_000);
    let grant = Grant { download, tenant: requester.tenant, user: requester.user, expires_at }.bytes();
    let signature = signer(app).map(|mut signer| {
        signer.update(&grant);
        signer.finalize().into_bytes().to_vec()
    });
    let signed = [&grant[..], &signature.unwrap_or_default()].concat();
    Signed { path: format!("/files/{}", URL_SAFE_NO_PAD.encode(signed)), expires_at }
}

fn check(app: &App, signed: &str) -> Result<Option<Grant>> {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(signed) else { return Ok(None) };
    let Some((grant, signature)) = bytes.split_first_chunk::<GRANT_BYTES>() else { return Ok(None) };
    let mut signer = signer(app)?;
    signer.update(grant);
    if signer.verify_slice(signature).is_err() {
        return Ok(None);
    }
    Ok(Grant::of(grant).filter(|grant| app.now() < grant.expires_at))
}

/// Opens what is behind a signed address.
///
/// # Errors
/// [`AppError::NotFound`] if the signature is not ours, has expired, or what it allows is gone; or if something fails.
pub async fn open(app: &std::sync::Arc<App>, signed: &str) -> Result<Opened> {
    let gone = || AppError::NotFound("download, or its address has expired");
    let grant = check(app, signed)?.ok_or_else(gone)?;
    let (import, name, size_bytes, content) = match grant.download {
        Download::File(id) => {
            let import = app.store.import(grant.tenant, id).await?.ok_or_else(gone)?;
            let content = Content::File(FileKey { tenant: grant.tenant, import: id });
            (id, import.file.name, Some(import.file.size_bytes), content)
        }
        Download::Plan(id) | Download::HeldRows(id) => {
            let plan = app.store.plan(grant.tenant, id).await?.ok_or_else(gone)?;
            let import = app.store.import(grant.tenant, plan.import).await?.ok_or_else(gone)?;
            let mapping = app.store.mapping(grant.tenant, plan.import).await?.ok_or_else(gone)?;
            let (what, written) = match grant.download {
                Download::HeldRows(_) => (
                    "held rows",
                    csv::held_rows(app.clone(), grant.tenant, id, import.clone(), mapping).await?,
                ),
                _ => ("plan", csv::plan(app.clone(), grant.tenant, id, &mapping).await?),
            };
            (import.id, name_of(what, &import), None, Content::Written(written))
        }
    };
    let Grant { tenant, user, download, .. } = grant;
    Ok(Opened { tenant, user, import, download, name, size_bytes, content })
}

fn name_of(what: &str, import: &Import) -> String {
    let stem = import.file.name.rsplit_once('.').map_or(import.file.name.as_str(), |(stem, _)| stem);
    crate::domain::value::file_name::clean(Some(&format!("{stem} - {what}.csv")))
}

impl Opened {
    /// The bytes, or those in `range`; a range of what is written while it is read is all of it.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub async fn read(
        self,
        app: &App,
        range: Option<std::ops::Range<u64>>,
    ) -> Result<BoxStream<'static, Result<Bytes>>> {
        match self.content {
            Content::Written(bytes) => Ok(bytes),
            Content::File(key) => Ok(app.files.read(key, range).await?.map_err(AppError::from).boxed()),
        }
    }
}
