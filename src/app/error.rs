//! How a use case can end without having done what it was asked.

use crate::domain::user_error::UserError;
use crate::files::FilesError;
use crate::store::StoreError;

/// How a use case can end without having done what it was asked.
///
/// It has no `Display` on purpose: only the adapters decide what is shown of it, and `?` on a failure of the
/// database inside a resolver does not compile.
#[derive(Debug)]
pub enum AppError {
    /// A person can act on it: data, in the payload.
    Refused(Vec<UserError>),
    /// The requester may not do this at all.
    Forbidden,
    /// There is no such thing for this requester.
    NotFound(&'static str),
    /// The input makes no sense; the sentence says why.
    BadInput(String),
    /// Something outside is away for the moment.
    Unavailable(Box<dyn std::error::Error + Send + Sync>),
    /// Our mistake.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl AppError {
    /// Which failure it is, in a word: for the log, which must not have the sentences, as they may quote a cell.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Forbidden => "forbidden",
            Self::NotFound(_) => "not found",
            Self::BadInput(_) => "bad input",
            Self::Unavailable(_) => "unavailable",
            Self::Internal(_) => "internal",
        }
    }

    /// Why something outside is away, or what our mistake was. To be logged as what it is, an error, which is written by its
    /// `Display` with that of its causes: by its `Debug` PostgreSQL would show the row that it has refused.
    #[must_use]
    pub fn cause(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unavailable(cause) | Self::Internal(cause) => Some(&**cause),
            Self::Refused(_) | Self::Forbidden | Self::NotFound(_) | Self::BadInput(_) => None,
        }
    }
}

impl From<UserError> for AppError {
    fn from(error: UserError) -> Self {
        Self::Refused(vec![error])
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::Unavailable(Box::new(error)),
            _ => Self::Internal(Box::new(error)),
        }
    }
}

impl From<FilesError> for AppError {
    fn from(error: FilesError) -> Self {
        match error {
            FilesError::Missing => Self::NotFound("file"),
            FilesError::Unavailable(_) => Self::Unavailable(Box::new(error)),
            FilesError::Refused(_) | FilesError::Address(_) => Self::Internal(Box::new(error)),
        }
    }
}
