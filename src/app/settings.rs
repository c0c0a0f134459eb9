//! What an operator has set, as use cases need it.

use crate::domain::action::DeletionGuard;
use crate::domain::limits::FileLimits;

/// What an operator has set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Bounds of a file.
    pub file_limits: FileLimits,
    /// When deletions have to be confirmed.
    pub deletion_guard: DeletionGuard,
    /// How long a download address is good.
    pub download_seconds: u32,
    /// Signs download addresses.
    pub download_secret: Vec<u8>,
    /// How long a piece of background work is taken on; it is extended while it goes on.
    pub lease_seconds: u32,
    /// Pieces of background work that a server is at at once.
    pub work_at_once: usize,
    /// How long a piece of background work may give no sign of life before it is given up and tried again.
    pub work_silence_seconds: u32,
    /// How often a piece of background work is tried.
    pub work_attempts_max: u32,
    /// How long the record of a deleted member is kept.
    pub deleted_kept_days: u32,
    /// How old a file without an import has to be to be swept.
    pub orphan_seconds: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            file_limits: FileLimits::default(),
            deletion_guard: DeletionGuard::default(),
            download_seconds: 900,
            download_secret: crate::clock::secret_number().to_be_bytes().to_vec(),
            lease_seconds: 15,
            work_at_once: 4,
            work_silence_seconds: 300,
            work_attempts_max: 5,
            deleted_kept_days: 30,
            orphan_seconds: 24 * 3600,
        }
    }
}
