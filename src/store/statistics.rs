//! What PostgreSQL knows of members, whom an import brings by the million.
//!
//! It counts tables anew by itself, but only after a minute or more. Until then it takes a table that a first import has
//! just filled for a small one, and looks through all of it for each of some members. (SQLite is told once, by the
//! migrations.)

use sea_orm::ConnectionTrait;

use super::{Result, Store};

/// Rows that are worth the counting.
const ROWS_MIN: u64 = 5_000;
/// How many rows are sampled: 300 times this number, whatever the size of the table (PostgreSQL's manual, 14.2). How often
/// the commonest values occur does not matter here.
const SAMPLE: &str = "SET LOCAL default_statistics_target = 10";

impl Store {
    /// Has the database count members anew if `rows`, which were written, are many.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn refresh_statistics_of_members(&self, rows: u64) -> Result<()> {
        if !self.is_embedded() && rows >= ROWS_MIN {
            let tx = self.begin_unlocked().await?;
            tx.inner.execute_unprepared(SAMPLE).await?;
            tx.inner.execute_unprepared("ANALYZE (SKIP_LOCKED) members").await?;
            let _ = tx.commit().await?;
        }
        Ok(())
    }
}
