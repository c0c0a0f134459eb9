//! Upload: bytes first, row second. A refused file changes nothing.

use sha2::{Digest, Sha256};

use super::study::studies_for;
use crate::app::access::require_admin;
use crate::app::{App, AppError, Result};
use crate::clock::new_id;
use crate::domain::field::ProfileField;
use crate::domain::file::{Inspected, Inspection, ReadOptions};
use crate::domain::id::ImportId;
use crate::domain::import::{Import, ImportFile, ImportStatus};
use crate::domain::mapping::assemble::{MappingInputs, suggest_mapping};
use crate::domain::mapping::remembered::{Remembered, dropped_headers};
use crate::domain::mapping::suggest::{is_known_name, suggest};
use crate::domain::requester::Requester;
use crate::domain::user_error::{UserError, UserErrorCode};
use crate::domain::value::file_name;
use crate::files::FileKey;
use crate::files::incoming::IncomingFile;
use crate::store::{ImportMapping, NewImport, StoreError, Tx};

/// Characters of an idempotency key.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 200;

/// What comes with an upload.
#[derive(Debug)]
pub struct UploadInput {
    /// The file.
    pub file: IncomingFile,
    /// A WHATWG label.
    pub encoding: Option<String>,
    /// Whether the first record names the columns; none means that it does.
    pub has_header: Option<bool>,
    /// The same key again answers the import that it made.
    pub idempotency_key: Option<String>,
    /// The import that has to be the one in progress, or that none is; absent for no check.
    pub if_active_import: Option<Option<ImportId>>,
}

/// How an upload ended.
#[derive(Debug, Default)]
pub struct Uploaded {
    /// The new import, or the one that the same key made before.
    pub import: Option<Import>,
    /// The import that it turned INCOMPLETE.
    pub superseded: Option<Import>,
    /// Why not.
    pub errors: Vec<UserError>,
}

/// Stores a file, starts an import with it, and turns the one that was in progress INCOMPLETE.
///
/// # Errors
/// If the requester may not, or something fails. Refusals are part of [`Uploaded`].
pub async fn upload(app: &App, requester: &Requester, input: UploadInput) -> Result<Uploaded> {
    require_admin(requester)?;
    match receive(app, requester, input).await {
        Err(AppError::Refused(errors)) => Ok(Uploaded { errors, ..Uploaded::default() }),
        other => other,
    }
}

async fn receive(app: &App, requester: &Requester, input: UploadInput) -> Result<Uploaded> {
    let UploadInput { file, encoding, has_header, idempotency_key, if_active_import } = input;
    if idempotency_key
        .as_ref()
        .is_some_and(|key| key.is_empty() || key.chars().count() > IDEMPOTENCY_KEY_CHARS_MAX)
    {
        let message = format!("An idempotency key has 1 to {IDEMPOTENCY_KEY_CHARS_MAX} characters.");
        return Err(UserError::new(UserErrorCode::InvalidInput, message).at(["idempotencyKey"]).into());
    }
    if let Some(key) = &idempotency_key
        && let Some(import) = app.store.import_by_idempotency_key(requester.tenant, key).await?
    {
        return Ok(Uploaded { import: Some(import), ..Uploaded::default() });
    }
    // Looked at before the bytes are taken, so that nobody sends half a gigabyte in vain; and again below, where
    // it counts.
    let active = app.store.active_import(requester.tenant).await?;
    check_active(active.as_ref(), if_active_import)?;

    let fields = app.store.fields(requester.tenant).await?;
    let last = app.store.remembered_mapping(requester.tenant).await?;
    let remembered = last.map(|last| Remembered::new(&last.mapping, &last.columns));
    let id = ImportId(new_id());
    let key = FileKey { tenant: requester.tenant, import: id };
    let options = ReadOptions { encoding: encoding.as_deref(), has_header };
    let name = file_name::clean(file.name.as_deref());
    let stored = store(app, key, file, options, &fields, remembered.as_ref()).await?;

    let new = NewImport {
        id,
        file: ImportFile {
            name,
            size_bytes: stored.size_bytes,
            sha256: stored.sha256,
            row_count: stored.inspected.row_count,
            dialect: stored.inspected.dialect,
        },
        uploaded_by: requester.user,
        uploaded_at: app.now(),
        idempotency_key,
    };
    let headers: Vec<String> = stored.inspected.columns.iter().map(|column| column.header.clone()).collect();
    let any_member_has_unique_id = app.store.any_member_has_unique_id(requester.tenant).await?;
    let mapping = ImportMapping {
        import: id,
        mapping: suggest_mapping(&MappingInputs {
            columns: &stored.inspected.columns,
            studies: &stored.inspected.studies,
            fields: &fields,
            remembered: remembered.as_ref(),
            any_member_has_unique_id,
        }),
        dropped_headers: remembered.as_ref().map(|last| dropped_headers(last, &headers)).unwrap_or_default(),
        columns: stored.inspected.columns,
        approved: None,
    };
    let started = start(app, requester, new, &mapping, if_active_import).await;
    let is_unwanted = match &started {
        Ok(uploaded) => uploaded.import.as_ref().is_none_or(|import| import.id != id),
        Err(AppError::Refused(_)) => true,
        // A commit that failed may have been done all the same. If no row came of the bytes, the sweep finds them.
        Err(_) => false,
    };
    if is_unwanted && let Err(error) = app.files.delete(key).await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "cannot delete a refused file; the sweep will"
        );
    }
    started
}

/// Starts the import in one transaction: the one in progress goes, the new one comes.
async fn start(
    app: &App,
    requester: &Requester,
    mut new: NewImport,
    mapping: &ImportMapping,
    if_active_import: Option<Option<ImportId>>,
) -> Result<Uploaded> {
    let mut tx = app.store.begin(requester.tenant).await?;
    if let Some(key) = &new.idempotency_key
        && let Some(import) = tx.import_by_idempotency_key(requester.tenant, key).await?
    {
        return Ok(Uploaded { import: Some(import), ..Uploaded::default() });
    }
    let active = tx.active_import(requester.tenant).await?;
    check_active(active.as_ref(), if_active_import)?;
    // Taken under the write lock: the order of uploads is the order of commits.
    new.uploaded_at = app.now();
    let superseded = match active {
        Some(active) => Some(supersede(&mut tx, requester, &active, &new).await?),
        None => None,
    };
    let import = match tx.insert_import(requester.tenant, new).await {
        Err(StoreError::Duplicate(_)) => {
            let message =
                "Another file was uploaded at the same moment. Look at the history, then upload again.";
            return Err(UserError::new(UserErrorCode::ImportBusy, message).into());
        }
        other => other?,
    };
    tx.insert_mapping(requester.tenant, mapping).await?;
    app.tell(&tx.commit().await?);
    Ok(Uploaded { import: Some(import), superseded, errors: Vec::new() })
}

async fn supersede(tx: &mut Tx, requester: &Requester, active: &Import, new: &NewImport) -> Result<Import> {
    tx.remove_work(active.id).await?;
    let superseded = tx
        .update_import(requester.tenant, active, new.uploaded_at, |import| {
            import.status = ImportStatus::Incomplete;
            import.superseded_by = Some(new.id);
        })
        .await?;
    Ok(superseded)
}

fn check_active(
    active: Option<&Import>,
    expected: Option<Option<ImportId>>,
) -> std::result::Result<(), UserError> {
    if let Some(active) = active {
        active.require_not_applying()?;
    }
    match (expected, active) {
        (Some(expected), active) if expected != active.map(|import| import.id) => {
            let message = match active {
                Some(active) => format!(
                    "Another import is in progress by now: \"{}\". Look at it before you replace it.",
                    active.file.name
                ),
                None => "The import that you wanted to replace is no longer in progress.".to_owned(),
            };
            Err(UserError::new(UserErrorCode::StaleVersion, message).at(["ifActiveImport"]))
        }
        _ => Ok(()),
    }
}

struct StoredUpload {
    size_bytes: u64,
    sha256: String,
    inspected: Inspected,
}

/// Takes the bytes as they come: each chunk is hashed, inspected, and on its way to the store before the next one
/// is taken.
async fn store(
    app: &App,
    key: FileKey,
    mut file: IncomingFile,
    options: ReadOptions<'_>,
    fields: &[ProfileField],
    remembered: Option<&Remembered>,
) -> Result<StoredUpload> {
    let limits = app.settings.file_limits;
    let known =
        |header: &str| is_known_name(header, fields) || remembered.is_some_and(|last| last.knows(header));
    let choose = |headers: &[String]| studies_for(&suggest(headers, fields, remembered), fields);
    let mut inspection = Inspection::new(options, limits, known, choose)?;
    let mut writer = app.files.create(key).await?;
    let mut hash = Sha256::new();
    let mut size_bytes = 0_u64;
    let taken: Result<()> = async {
        while let Some(chunk) = file.chunks.recv().await {
            let chunk = chunk.map_err(|interrupted| AppError::BadInput(interrupted.to_string()))?;
            size_bytes += chunk.len() as u64;
            metrics::counter!("muster_upload_bytes_total").increment(chunk.len() as u64);
            if size_bytes > limits.file_size_bytes_max {
                return Err(too_large(limits.file_size_bytes_max).into());
            }
            hash.update(&chunk);
            inspection.push(&chunk)?;
            writer.write(chunk).await?;
        }
        Ok(())
    }
    .await;
    let inspected = match taken {
        Ok(()) => inspection.finish().map_err(AppError::from),
        Err(error) => Err(error),
    };
    match inspected {
        Ok(inspected) => {
            writer.finish().await?;
            let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
            Ok(StoredUpload { size_bytes, sha256, inspected })
        }
        Err(error) => {
            writer.abort().await;
            Err(error)
        }
    }
}

fn too_large(bytes_max: u64) -> UserError {
    let megabytes = bytes_max / (1024 * 1024);
    let size = if megabytes > 0 { format!("{megabytes} MiB") } else { format!("{bytes_max} bytes") };
    UserError::new(
        UserErrorCode::FileTooLarge,
        format!("The file is larger than {size}, which is the most that is taken. Split it, and upload the parts as \
                 PARTIAL files."),
    )
    .at(["file"])
    .at_byte(bytes_max)
}
