//! Trusted operations: those that may run when nothing else may.
//!
//! They are known by the SHA-256 of their text, as the GraphQL over HTTP specification (appendix A, persisted documents) has
//! it. The text is taken as it is, but for blanks at its ends, which editors add to files: what else a client sends is
//! never parsed.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument};
use async_graphql::{Executor, Pos, Request};
use sha2::{Digest, Sha256};

use super::documents;
use super::limits::TransportLimits;
use super::params::Document;
use super::refusal::{Code, Refusal};

/// Files of operations.
const OPERATIONS_MAX: usize = 5_000;
/// How deep folders may lie in the one that is named. It ends links that lead back, too.
const FOLDERS_DEEP_MAX: usize = 16;
/// What files of operations end with.
const EXTENSION: &str = "graphql";

/// The operations that may run.
#[derive(Debug, Clone, Default)]
pub struct TrustedOperations(Arc<HashMap<String, String>>);

/// Why a folder of operations is not taken: where, and what is wrong there.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {why}")]
pub struct TrustedError {
    place: String,
    why: String,
}

impl TrustedError {
    fn new(path: &Path, why: impl ToString) -> Self {
        Self { place: path.display().to_string(), why: why.to_string() }
    }

    fn at(path: &Path, places: &[Pos], why: &str) -> Self {
        let line = places.first().map(|place| format!(":{}", place.line)).unwrap_or_default();
        Self { place: format!("{}{line}", path.display()), why: why.to_owned() }
    }
}

impl TrustedOperations {
    /// Reads all operations of a folder and of the folders in it: files whose name ends with `.graphql`, each with one
    /// document. `schema` validates them, and had better not execute any.
    ///
    /// # Errors
    /// If a file cannot be read, or what is in it could not run; if there are none, or too many.
    pub async fn read(
        folder: &Path,
        schema: &impl Executor,
        limits: &TransportLimits,
    ) -> Result<Self, TrustedError> {
        let mut paths = Vec::new();
        find(folder, 0, &mut paths)?;
        paths.sort_unstable();
        let mut texts = Vec::new();
        for path in &paths {
            let text = read(path, limits).map_err(|error| TrustedError::new(path, error))?;
            let text = text.trim();
            let (document, _) = documents::parse(text, limits)
                .map_err(|refusal| TrustedError::at(path, &refusal.locations, &refusal.message))?;
            let answer = schema.execute(request(text, document)).await;
            if let Some(error) = answer.errors.first() {
                return Err(TrustedError::at(path, &error.locations, &error.message));
            }
            texts.push(text.to_owned());
        }
        if texts.is_empty() {
            return Err(TrustedError::new(
                folder,
                format!("there is no file *.{EXTENSION}, so nothing could run"),
            ));
        }
        Ok(texts.into_iter().collect())
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The text of what a client asks for, if it may run.
    pub(super) fn text(&self, document: Document) -> Result<String, Refusal> {
        match document {
            Document::Text(text) if self.0.contains_key(&id(text.trim())) => Ok(text),
            Document::Text(_) => {
                let sentence = "This operation is not among those that this server runs: they are written down \
                                beforehand, and only the same text runs.";
                Err(Refusal::request(Code::OperationNotTrusted, sentence))
            }
            Document::Id(id) => self.0.get(&id).cloned().ok_or_else(|| {
                let sentence = "There is no operation of this id among those that this server runs.";
                Refusal::request(Code::PersistedQueryNotFound, sentence)
            }),
        }
    }
}

impl FromIterator<String> for TrustedOperations {
    fn from_iter<T: IntoIterator<Item = String>>(texts: T) -> Self {
        Self(Arc::new(texts.into_iter().map(|text| (id(&text), text)).collect()))
    }
}

/// What a document is known by.
fn id(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn find(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), TrustedError> {
    let unreadable = |error| TrustedError::new(folder, error);
    if depth > FOLDERS_DEEP_MAX {
        return Err(TrustedError::new(folder, format!("lies deeper than {FOLDERS_DEEP_MAX} folders")));
    }
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        // Kubernetes keeps what it links to from here in hidden folders.
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        if path.is_dir() {
            find(&path, depth + 1, found)?;
        } else if path.extension().is_some_and(|extension| extension == EXTENSION) {
            found.push(path);
        }
        if found.len() > OPERATIONS_MAX {
            return Err(TrustedError::new(
                folder,
                format!("there are more than {OPERATIONS_MAX} operations"),
            ));
        }
    }
    Ok(())
}

/// The text of a file. Of one that is too long, no more than shows that it is.
fn read(path: &Path, limits: &TransportLimits) -> std::io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(2 * limits.document_bytes_max as u64).read_to_string(&mut text)?;
    Ok(text)
}

/// Asks for the first operation: validation is of the whole document.
fn request(text: &str, document: ExecutableDocument) -> Request {
    let name = match &document.operations {
        DocumentOperations::Single(_) => None,
        DocumentOperations::Multiple(many) => many.keys().next().map(ToString::to_string),
    };
    let mut request = Request::new(text);
    request.operation_name = name;
    request.set_parsed_query(document);
    request
}
