//! Limits, thresholds and intervals.

use clap::Args;

use super::limits::within;
use crate::app::Settings;
use crate::domain::action::DeletionGuard;
use crate::domain::limits::FileLimits;
use crate::files::FILE_BYTES_MAX;
use crate::graphql::SchemaOptions;

/// A day.
const DAY_SECONDS: u64 = 24 * 3_600;
/// Longer than any upload takes between its bytes and its row.
const ORPHAN_SECONDS_MIN: u64 = 5 * 3_600;

/// Limits, thresholds and intervals.
#[derive(Debug, Clone, Args)]
pub struct TuningArgs {
    /// The largest file that is taken, in bytes.
    #[arg(
        long,
        env = "MUSTER_FILE_SIZE_BYTES_MAX",
        default_value_t = 512 * 1024 * 1024,
        value_parser = within::<u64>(1..=FILE_BYTES_MAX)
    )]
    pub file_size_bytes_max: u64,
    /// The most rows of a file.
    #[arg(long, env = "MUSTER_FILE_ROWS_MAX", default_value_t = 2_000_000,
        value_parser = within::<u32>(1..=100_000_000))]
    pub file_rows_max: u32,
    /// Deletions and deactivations have to be confirmed when they are more than this percentage of the active members …
    #[arg(long, env = "MUSTER_DELETIONS_PERCENT", default_value_t = 10,
        value_parser = within::<u32>(0..=100))]
    pub deletions_percent: u32,
    /// … and more than this number.
    #[arg(long, env = "MUSTER_DELETIONS_FREE", default_value_t = 5,
        value_parser = within::<u32>(0..=1_000_000_000))]
    pub deletions_free: u32,
    /// How long a download address is good, in seconds.
    #[arg(long, env = "MUSTER_DOWNLOAD_SECONDS", default_value_t = 900,
        value_parser = within::<u32>(1..=7 * DAY_SECONDS))]
    pub download_seconds: u32,
    /// How long a server keeps a piece of background work without a sign of life, in seconds.
    #[arg(long, env = "MUSTER_LEASE_SECONDS", default_value_t = 15, value_parser = within::<u32>(1..=3_600))]
    pub lease_seconds: u32,
    /// How many pieces of background work a server is at at once.
    #[arg(long, env = "MUSTER_WORK_AT_ONCE", default_value_t = 4, value_parser = within::<usize>(1..=1_000))]
    pub work_at_once: usize,
    /// How long a piece of background work may give no sign of life before it is given up and tried again, in seconds:
    /// longer than any one statement takes.
    #[arg(long, env = "MUSTER_WORK_SILENCE_SECONDS", default_value_t = 300,
        value_parser = within::<u32>(1..=DAY_SECONDS))]
    pub work_silence_seconds: u32,
    /// How often a failing piece of background work is tried.
    #[arg(long, env = "MUSTER_WORK_ATTEMPTS_MAX", default_value_t = 5,
        value_parser = within::<u32>(1..=1_000))]
    pub work_attempts_max: u32,
    /// How long the record of a deleted member is kept, in days.
    #[arg(long, env = "MUSTER_DELETED_KEPT_DAYS", default_value_t = 30,
        value_parser = within::<u32>(0..=36_500))]
    pub deleted_kept_days: u32,
    /// How old a stored file without an import has to be to be swept, in seconds.
    #[arg(long, env = "MUSTER_ORPHAN_SECONDS", default_value_t = 24 * 3_600,
        value_parser = within::<u32>(ORPHAN_SECONDS_MIN..=366 * DAY_SECONDS))]
    pub orphan_seconds: u32,
    /// Whether clients may ask what the schema is.
    #[arg(long, env = "MUSTER_INTROSPECTION", default_value_t = false, action = clap::ArgAction::Set)]
    pub introspection: bool,
    /// Whether a misspelled name is answered with one that exists.
    #[arg(long, env = "MUSTER_SUGGESTIONS", default_value_t = false, action = clap::ArgAction::Set)]
    pub suggestions: bool,
    /// What is logged, such as `info` or `muster=debug`.
    #[arg(long, env = "MUSTER_LOG", default_value = "info,sqlx=warn,sea_orm_migration=warn")]
    pub log: String,
    /// How it is logged.
    #[arg(long, env = "MUSTER_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl TuningArgs {
    /// As use cases need it. `secret` signs download addresses.
    #[must_use]
    pub fn settings(&self, secret: &[u8]) -> Settings {
        Settings {
            file_limits: FileLimits {
                file_size_bytes_max: self.file_size_bytes_max,
                file_rows_max: self.file_rows_max,
            },
            deletion_guard: DeletionGuard {
                share_percent: self.deletions_percent,
                free_members: self.deletions_free,
            },
            download_seconds: self.download_seconds,
            // Apart from tokens: what signs the one must not pass for the other.
            download_secret: [b"muster download ", secret].concat(),
            lease_seconds: self.lease_seconds,
            work_at_once: self.work_at_once,
            work_silence_seconds: self.work_silence_seconds,
            work_attempts_max: self.work_attempts_max,
            deleted_kept_days: self.deleted_kept_days,
            orphan_seconds: self.orphan_seconds,
        }
    }

    /// As the schema needs it.
    #[must_use]
    pub fn schema(&self) -> SchemaOptions {
        SchemaOptions { introspection: self.introspection, suggestions: self.suggestions }
    }
}
