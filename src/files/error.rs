//! What can go wrong with stored files.

use std::fmt::Write as _;

/// Characters of what a store says that are kept.
const SAID_CHARS_MAX: usize = 400;
/// What object_store writes before the status of an answer that is no success.
const STATUS: &str = "status code: ";

/// A failure of the store. Nothing that a user did.
///
/// Stores are quoted up to the body of their answer, and of that no more than its code: a body can repeat what the
/// request was signed with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilesError {
    /// There is no such file.
    #[error("there is no such file in the store")]
    Missing,
    /// The store cannot be reached, or does not answer in time: worth another try later.
    #[error("the store of files is not available: {0}")]
    Unavailable(String),
    /// The store refuses, and will refuse the next time too: an address, credentials or permissions are wrong.
    #[error("the store of files refuses: {0}")]
    Refused(String),
    /// The address of the store is of no use.
    #[error("{0}")]
    Address(String),
}

impl FilesError {
    /// A failure of what names no stored file: all that can be missing is the store itself, or an upload that it gave up.
    pub(super) fn of_store(error: &object_store::Error) -> Self {
        match Self::from(error) {
            Self::Missing => Self::Refused(said(error)),
            other => other,
        }
    }
}

impl From<&object_store::Error> for FilesError {
    fn from(error: &object_store::Error) -> Self {
        use object_store::Error;
        let said = said(error);
        match error {
            Error::NotFound { .. } if said.contains("NoSuchBucket") => Self::Refused(said),
            Error::NotFound { .. } => Self::Missing,
            Error::Generic { .. } if !is_refusal(&said) => Self::Unavailable(said),
            _ => Self::Refused(said),
        }
    }
}

impl From<object_store::Error> for FilesError {
    fn from(error: object_store::Error) -> Self {
        Self::from(&error)
    }
}

/// A redirection leads to another region, and what a client did wrong it does wrong again, unless it was too fast or
/// too slow.
fn is_refusal(said: &str) -> bool {
    let status = said.split_once(STATUS).and_then(|(_, rest)| rest.get(..3)?.parse::<u16>().ok());
    status.is_some_and(|status| (300..500).contains(&status) && !matches!(status, 408 | 429))
        || said.contains("redirect without LOCATION")
}

/// What is told of a failure: all but the body of an answer, of which the code is told.
fn said(error: &object_store::Error) -> String {
    let whole = error.to_string();
    let body = match whole.split_once(STATUS) {
        Some((before, after)) => {
            before.len()
                + STATUS.len()
                + after.find(": ").unwrap_or_else(|| after.find('<').unwrap_or(after.len()))
        }
        None => whole.find("error response: ").or_else(|| whole.find('<')).unwrap_or(whole.len()),
    };
    let mut said: String = whole[..body].chars().take(SAID_CHARS_MAX).collect();
    let code = whole[body..].split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    if let Some((code, _)) = code.filter(|(code, _)| code.chars().all(|c| c.is_ascii_alphanumeric())) {
        let _ = write!(said, ": {code}");
    }
    said
}

#[cfg(test)]
mod tests {
    use object_store::Error;

    use super::*;

    fn generic(said: &str) -> Error {
        Error::Generic { store: "S3", source: said.into() }
    }

    #[test]
    fn a_body_is_not_told_and_its_code_is() {
        let said = "Error performing GET http://store/bucket/a in 1ms - Server returned non-2xx status code: 400 Bad \
                    Request: <?xml version=\"1.0\"?><Error><Code>ExpiredToken</Code><Token-0>secret</Token-0></Error>";
        let FilesError::Refused(told) = FilesError::from(generic(said)) else { panic!("it is a refusal") };
        assert!(told.ends_with("400 Bad Request: ExpiredToken"), "{told}");
        let FilesError::Unavailable(told) =
            FilesError::from(generic("error response: <Token-0>secret</Token-0>"))
        else {
            panic!("it may go well the next time")
        };
        assert!(!told.contains("secret"), "{told}");
    }

    #[test]
    fn what_may_mend_itself_is_told_from_what_does_not() {
        for (status, is_away) in [
            ("301 Moved", false),
            ("400 Bad", false),
            ("408 Slow", true),
            ("429 Many", true),
            ("503 Slow Down", true),
        ] {
            let error = FilesError::from(generic(&format!("{STATUS}{status}: body")));
            assert_eq!(matches!(error, FilesError::Unavailable(_)), is_away, "{status}");
        }
        let missing = |said: &str| Error::NotFound { path: "a".into(), source: said.into() };
        assert_eq!(FilesError::from(missing("<Code>NoSuchKey</Code>")), FilesError::Missing);
        assert!(matches!(FilesError::from(missing("<Code>NoSuchBucket</Code>")), FilesError::Refused(_)));
        assert!(matches!(
            FilesError::of_store(&missing("<Code>NoSuchUpload</Code>")),
            FilesError::Refused(_)
        ));
    }
}
