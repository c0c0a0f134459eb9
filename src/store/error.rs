//! What can go wrong with the database.

use sea_orm::{DbErr, RuntimeErr};

/// A failure of the database. Nothing that a user did.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached, or is too busy to answer in time: worth another try later.
    #[error("the database is not available")]
    Unavailable(#[source] DbErr),
    /// A lease was taken over by somebody else: what was to be written is theirs to write.
    #[error("the lease on the work was lost")]
    LeaseLost,
    /// A unique index refused a row.
    #[error("the database refused a second row with the same key")]
    Duplicate(#[source] DbErr),
    /// Anything else.
    #[error("a database statement failed")]
    Failed(#[source] DbErr),
    /// What was stored cannot be read.
    #[error("a stored value cannot be read: {0}")]
    Unreadable(String),
}

impl StoreError {
    /// The database has not answered for longer than it may take.
    #[must_use]
    pub fn silent() -> Self {
        Self::Unavailable(DbErr::Custom("the database does not answer".to_owned()))
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(error),
            DbErr::Query(RuntimeErr::SqlxError(inner)) | DbErr::Exec(RuntimeErr::SqlxError(inner)) => {
                let busy = inner.as_database_error().is_some_and(is_busy);
                let duplicate = inner.as_database_error().is_some_and(|db| db.is_unique_violation());
                let away = matches!(
                    &**inner,
                    sea_orm::sqlx::Error::Io(_)
                        | sea_orm::sqlx::Error::PoolTimedOut
                        | sea_orm::sqlx::Error::PoolClosed
                        | sea_orm::sqlx::Error::WorkerCrashed
                );
                match (duplicate, busy || away) {
                    (true, _) => Self::Duplicate(error),
                    (_, true) => Self::Unavailable(error),
                    _ => Self::Failed(error),
                }
            }
            _ => Self::Failed(error),
        }
    }
}

/// Whether the same statement may well succeed a little later.
fn is_busy(error: &dyn sea_orm::sqlx::error::DatabaseError) -> bool {
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<sea_orm::sqlx::postgres::PgDatabaseError>().is_some() {
        // Connection exceptions, insufficient resources, an operator's intervention (a shutdown, say), and a rollback for
        // the sake of another transaction; a lock that was not free in time; a transaction that was idle for too long.
        ["08", "53", "57", "40"].iter().any(|class| code.starts_with(class))
            || matches!(&*code, "55P03" | "25P03")
    } else {
        // SQLITE_BUSY and SQLITE_LOCKED with all their extended codes.
        code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6))
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        // Where, and not what: that may be somebody's name.
        Self::Unreadable(format!("{:?}, column {}", error.classify(), error.column()))
    }
}
