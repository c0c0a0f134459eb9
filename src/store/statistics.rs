//! What PostgreSQL knows of tables that have grown at once.
//!
//! It counts tables anew by itself, but only after a minute or more. Until then it takes a table that a first import has
//! just filled for a small one, and a plan that has just been made for a single row: then it looks through all decisions
//! of the plan for each of its actions. (SQLite is told once, by the migrations.)

use sea_orm::ConnectionTrait;

use super::{Result, Store};

/// Rows that are worth the counting.
const ROWS_MIN: u64 = 5_000;
/// How many rows are sampled: 300 times this number, whatever the size of the table (PostgreSQL's manual, 14.2). How often
/// the commonest values occur does not matter here.
const SAMPLE: &str = "SET LOCAL default_statistics_target = 10";

/// A table that grows by many rows at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkTable {
    /// What plans propose.
    Actions,
    /// What was decided about it.
    Decisions,
    /// Members.
    Members,
}

impl BulkTable {
    fn name(self) -> &'static str {
        match self {
            Self::Actions => "actions",
            Self::Decisions => "decisions",
            Self::Members => "members",
        }
    }
}

impl Store {
    /// Has the database count `table` anew if `rows`, which were written to it, are many.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn refresh_statistics(&self, table: BulkTable, rows: u64) -> Result<()> {
        if !self.is_embedded() && rows >= ROWS_MIN {
            let tx = self.begin_unlocked().await?;
            tx.inner.execute_unprepared(SAMPLE).await?;
            tx.inner.execute_unprepared(&format!("ANALYZE {}", table.name())).await?;
            let _ = tx.commit().await?;
        }
        Ok(())
    }
}
