//! Many rows at once.

use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait};

use super::Result;

/// Values in one statement: below SQLite's bound of 32,766. More is not faster.
const VALUES_MAX: usize = 8_000;

/// Inserts `rows` of `columns` columns each, in as few statements as the bound on values allows.
pub(super) async fn insert<A, C>(db: &C, rows: Vec<A>, columns: usize) -> Result<()>
where
    A: ActiveModelTrait + Send,
    C: ConnectionTrait,
{
    let mut rest = rows;
    while !rest.is_empty() {
        let next = rest.split_off(rest.len().min(VALUES_MAX / columns));
        <A::Entity as EntityTrait>::insert_many(rest).exec_without_returning(db).await?;
        rest = next;
    }
    Ok(())
}
