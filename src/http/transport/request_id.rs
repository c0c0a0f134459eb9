//! The name of one request, in its answer and in the log.

/// The name of one request: in its `x-request-id`, in the data of its operation and in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

impl RequestId {
    /// A new one. Ids of one server sort by time.
    pub fn new() -> Self {
        Self(crate::clock::new_id().to_string())
    }
}

impl Default for RequestId {
    fn default() -> Self {
        Self::new()
    }
}
