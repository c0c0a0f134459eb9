//! A membership import: its status, its step, and the moves between them.

use super::file::Dialect;
use super::id::{ImportId, UserId};
use super::timestamp::Timestamp;
use super::user_error::{UserError, UserErrorCode};

/// Where an import stands in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImportStatus {
    /// Any admin can go on with it; a tenant has at most one.
    InProgress,
    /// Superseded or discarded; to be looked at only.
    Incomplete,
    /// Applied; to be looked at only.
    Complete,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImportStep {
    /// An admin checks how columns and values map.
    Mapping,
    /// The plan is computed.
    Planning,
    /// An admin decides about the actions.
    Review,
    /// What was approved is applied.
    Applying,
    /// It is COMPLETE.
    Done,
}

impl ImportStep {
    /// Its name for people, in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mapping => "mapping",
            Self::Planning => "planning",
            Self::Review => "review",
            Self::Applying => "applying",
            Self::Done => "done",
        }
    }
}

/// A file as it was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFile {
    /// Cleaned and cut; only ever shown.
    pub name: String,
    /// Bytes.
    pub size_bytes: u64,
    /// Lower-case hex of the bytes as uploaded.
    pub sha256: String,
    /// Records below the header, blank lines not counted.
    pub row_count: u32,
    /// How it is read.
    pub dialect: Dialect,
}

/// A membership import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Identity.
    pub id: ImportId,
    /// Where it stands.
    pub status: ImportStatus,
    /// How far it has come; of an INCOMPLETE one, how far it had come.
    pub step: ImportStep,
    /// Rises by one with each transaction that changes status, step, mapping, decisions or problem.
    pub version: i32,
    /// The file.
    pub file: ImportFile,
    /// Who uploaded it.
    pub uploaded_by: UserId,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
    /// When `version` last rose.
    pub updated_at: Timestamp,
    /// Who resumed it last.
    pub resumed: Option<(UserId, Timestamp)>,
    /// Who completed it, and when what was approved was applied.
    pub completed: Option<(UserId, Timestamp)>,
    /// Who discarded it.
    pub discarded_by: Option<UserId>,
    /// The later import that turned it INCOMPLETE.
    pub superseded_by: Option<ImportId>,
    /// What went wrong in the background.
    pub problem: Option<Problem>,
}

/// What went wrong in the background.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Problem {
    /// Its kind.
    pub code: UserErrorCode,
    /// For an admin.
    pub message: String,
}

impl Import {
    /// Refuses unless the import is in progress.
    ///
    /// # Errors
    /// IMPORT_NOT_IN_PROGRESS.
    pub fn require_in_progress(&self) -> Result<(), UserError> {
        match self.status {
            ImportStatus::InProgress => Ok(()),
            ImportStatus::Incomplete if self.superseded_by.is_some() => Err(UserError::new(
                UserErrorCode::ImportNotInProgress,
                "This import is incomplete, because another file was uploaded after it. Go on with the import \
                 that is in progress.",
            )),
            ImportStatus::Incomplete => Err(UserError::new(
                UserErrorCode::ImportNotInProgress,
                "This import was discarded. Upload the file again to import it.",
            )),
            ImportStatus::Complete => Err(UserError::new(
                UserErrorCode::ImportNotInProgress,
                "This import is complete. Upload a new file to change members.",
            )),
        }
    }

    /// Refuses unless the import is in progress at one of `steps`.
    ///
    /// # Errors
    /// IMPORT_NOT_IN_PROGRESS, else WRONG_STEP.
    pub fn require_step(&self, steps: &[ImportStep]) -> Result<(), UserError> {
        self.require_in_progress()?;
        if steps.contains(&self.step) {
            return Ok(());
        }
        let now = match self.step {
            ImportStep::Planning => {
                "The plan is still being computed. Wait until it is done, or reopen the mapping."
            }
            ImportStep::Mapping => "The mapping has to be approved first.",
            ImportStep::Review => "The import is in review. Reopen the mapping to change it.",
            ImportStep::Applying | ImportStep::Done => "The approved actions are already being applied.",
        };
        Err(UserError::new(UserErrorCode::WrongStep, now))
    }

    /// Refuses while the import is being applied: then nothing may take its place.
    ///
    /// # Errors
    /// IMPORT_BUSY.
    pub fn require_not_applying(&self) -> Result<(), UserError> {
        if self.status == ImportStatus::InProgress && self.step == ImportStep::Applying {
            return Err(UserError::new(
                UserErrorCode::ImportBusy,
                format!(
                    "The approved actions of \"{}\" are being applied right now. Try again when it is complete.",
                    self.file.name
                ),
            ));
        }
        Ok(())
    }

    /// Refuses a lost update.
    ///
    /// # Errors
    /// STALE_VERSION, unless `seen` is the present version or nothing was said.
    pub fn require_version(&self, seen: Option<i32>) -> Result<(), UserError> {
        match seen {
            Some(seen) if seen != self.version => Err(UserError::new(
                UserErrorCode::StaleVersion,
                format!(
                    "The import was changed in the meantime: you saw version {seen}, it is now at {}. Look at it \
                     again, then repeat what you wanted to do.",
                    self.version
                ),
            )
            .at(["ifVersion"])),
            _ => Ok(()),
        }
    }

    /// Whether an admin can go on with it; else it can only be looked at.
    #[must_use]
    pub fn can_be_resumed(&self) -> bool {
        self.status == ImportStatus::InProgress
    }

    /// Whether planning is done, so that there is a plan to look at.
    #[must_use]
    pub fn has_plan(&self) -> bool {
        !matches!(self.step, ImportStep::Mapping | ImportStep::Planning)
    }

    /// The banner's sentence; none unless the import is in progress.
    #[must_use]
    pub fn banner_message(&self) -> Option<String> {
        if self.status != ImportStatus::InProgress {
            return None;
        }
        let name = &self.file.name;
        Some(match self.step {
            ImportStep::Mapping => format!("The import of \"{name}\" waits for you to check its mapping."),
            ImportStep::Planning => format!("The plan for \"{name}\" is being computed."),
            ImportStep::Review => format!("The import of \"{name}\" waits for you to review its actions."),
            ImportStep::Applying | ImportStep::Done => {
                format!("The approved actions of \"{name}\" are being applied.")
            }
        })
    }
}

/// A transition of status or step, as the log keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// Order of commits in the tenant, from 1.
    pub seq: i64,
    /// The import.
    pub import: ImportId,
    /// Status after it.
    pub status: ImportStatus,
    /// Step after it.
    pub step: ImportStep,
    /// Version after it.
    pub version: i32,
    /// When.
    pub at: Timestamp,
}
