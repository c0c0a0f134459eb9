//! A file on its way in.

use bytes::Bytes;
use tokio::sync::mpsc;

/// The sender broke off before the end of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the upload broke off before its end")]
pub struct Interrupted;

/// A file on its way in: its declared name and its bytes, chunk by chunk.
///
/// The channel is bounded, so that a reader who is slow makes the sender wait. The end of the
/// channel is the end of the file; an [`Interrupted`] is not.
#[derive(Debug)]
pub struct IncomingFile {
    /// As declared by the sender: not to be trusted.
    pub name: Option<String>,
    /// The bytes, in order.
    pub chunks: mpsc::Receiver<Result<Bytes, Interrupted>>,
}
