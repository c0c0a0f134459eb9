//! Many rows at once.

use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait};

use super::Result;

/// Values in one statement: below SQLite's bound of 32,766. More is not faster.
const VALUES_MAX: usize = 8_000;

/// Inserts `rows` of `columns` columns each, as few statements as the bound on values allows.
pub(super) async fn insert<A, C>(db: &C, rows: impl Iterator<Item = A>, columns: usize) -> Result<()>
where
    A: ActiveModelTrait + Send,
    C: ConnectionTrait,
{
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let chunk: Vec<A> = rows.by_ref().take(VALUES_MAX / columns).collect();
        <A::Entity as EntityTrait>::insert_many(chunk).exec_without_returning(db).await?;
    }
    Ok(())
}
