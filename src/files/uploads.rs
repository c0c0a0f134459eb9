//! The file that came with an operation, waiting for the resolver that takes it.

use std::sync::{Mutex, PoisonError};

use super::incoming::IncomingFile;

/// The file that came with one operation.
///
/// The transport puts it into the data of the request, and the string `"upload"` where the
/// variable was; an `Upload` that is not paired with an `Uploads` is a client's invention.
#[derive(Debug)]
pub struct Uploads(Mutex<Option<IncomingFile>>);

impl Uploads {
    /// Keeps `file` until it is taken.
    pub fn new(file: IncomingFile) -> Self {
        Self(Mutex::new(Some(file)))
    }

    /// The file, once: its bytes are a stream, and a stream is read by one reader.
    pub fn take(&self) -> Option<IncomingFile> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
