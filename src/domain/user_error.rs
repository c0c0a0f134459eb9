//! A refusal that a person can act on.

use super::id::ActionId;

/// The kinds of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UserErrorCode {
    /// The file has no bytes, or blanks only.
    FileEmpty,
    /// The file has a header and nothing below it.
    FileNoRows,
    /// More bytes than allowed.
    FileTooLarge,
    /// The content is something else than CSV.
    FileNotCsv,
    /// Bytes that its encoding does not have.
    FileBadEncoding,
    /// A quote that never closes, or NUL bytes.
    FileMalformed,
    /// The first record is data, not names of columns.
    HeaderNotRecognised,
    /// More columns than allowed.
    TooManyColumns,
    /// More rows than allowed.
    TooManyRows,
    /// A cell or header longer than allowed.
    ValueTooLong,
    /// No such import in the tenant.
    ImportNotFound,
    /// The import is INCOMPLETE or COMPLETE.
    ImportNotInProgress,
    /// The import is being applied.
    ImportBusy,
    /// The import is at another step.
    WrongStep,
    /// Somebody changed the import in between.
    StaleVersion,
    /// The plan was replaced, or members changed since it was made.
    PlanStale,
    /// The mapping has blockers.
    MappingIncomplete,
    /// The mapping names what does not exist.
    MappingInvalid,
    /// No such action in the plan.
    ActionNotFound,
    /// So many deletions have to be confirmed by number.
    DeletionsNotConfirmed,
    /// An approved action needs another one that is not approved.
    ConflictingDecisions,
    /// No such profile field in the tenant.
    FieldNotFound,
    /// The profile field cannot be so.
    FieldInvalid,
    /// An input value is out of bounds.
    InvalidInput,
    /// Background work failed on our side.
    WorkFailed,
}

/// A refusal that a person can act on: what is wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserError {
    /// Its kind.
    pub code: UserErrorCode,
    /// What is wrong and what to do, for an admin.
    pub message: String,
    /// The way from `input` to the culprit, indices as strings; empty when there is none.
    pub field: Vec<String>,
    /// Record below the header, from 1, blank lines counted.
    pub row_number: Option<u32>,
    /// From the start of the file, from 0.
    pub byte_offset: Option<u64>,
    /// The actions it is about, at most [`super::limits::REFUSAL_ACTIONS_MAX`].
    pub actions: Vec<ActionId>,
}

impl UserError {
    /// A refusal without a place.
    #[must_use]
    pub fn new(code: UserErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            field: Vec::new(),
            row_number: None,
            byte_offset: None,
            actions: Vec::new(),
        }
    }

    /// The same with the way to the input that caused it.
    #[must_use]
    pub fn at<S: ToString>(mut self, path: impl IntoIterator<Item = S>) -> Self {
        self.field = path.into_iter().map(|part| part.to_string()).collect();
        self
    }

    /// The same with its row.
    #[must_use]
    pub fn in_row(mut self, row_number: u32) -> Self {
        self.row_number = Some(row_number);
        self
    }

    /// The same with its byte.
    #[must_use]
    pub fn at_byte(mut self, byte_offset: u64) -> Self {
        self.byte_offset = Some(byte_offset);
        self
    }
}
