//! A point in time.

/// Milliseconds since 1970-01-01T00:00:00Z. A whole number, so that both databases store, compare
/// and return exactly the same thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The point in time `milliseconds` later.
    #[must_use]
    pub fn plus_milliseconds(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }
}
