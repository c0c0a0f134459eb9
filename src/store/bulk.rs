//! Many rows at once, in the database's own way: one array for each column on PostgreSQL, prepared statements of many
//! rows on SQLite.

use std::fmt::Write;

use memchr::memchr2;
use sea_orm::sea_query::{ColumnType, Expr, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait,
    IdenStatic, Iterable, Statement, Value,
};
use uuid::Uuid;

use super::Result;

/// Values in one statement on SQLite, which takes 32,766. More is not faster.
const VALUES_MAX: usize = 8_000;
/// Rows in one statement on PostgreSQL.
const ROWS_MAX: usize = 5_000;

type ColumnOf<A> = <<A as ActiveModelTrait>::Entity as EntityTrait>::Column;

/// Inserts `rows`, all columns of which are set.
pub(super) async fn insert<A: ActiveModelTrait>(db: &DatabaseTransaction, rows: Vec<A>) -> Result<()> {
    write(db, rows, "").await
}

/// Inserts `rows`, all columns of which are set; of those whose `key` is there, `replaced` columns are replaced.
pub(super) async fn upsert<A: ActiveModelTrait>(
    db: &DatabaseTransaction,
    rows: Vec<A>,
    key: &[ColumnOf<A>],
    replaced: &[ColumnOf<A>],
) -> Result<()> {
    let set = |column: &ColumnOf<A>| format!("{0} = excluded.{0}", column.as_str());
    let key: Vec<_> = key.iter().map(IdenStatic::as_str).collect();
    let replaced: Vec<_> = replaced.iter().map(set).collect();
    write(db, rows, &format!(" ON CONFLICT ({}) DO UPDATE SET {}", key.join(", "), replaced.join(", "))).await
}

async fn write<A: ActiveModelTrait>(
    db: &DatabaseTransaction,
    mut rows: Vec<A>,
    on_conflict: &str,
) -> Result<()> {
    let columns: Vec<ColumnOf<A>> = ColumnOf::<A>::iter().collect();
    let backend = ConnectionTrait::get_database_backend(db);
    let rows_max = if backend == DbBackend::Postgres { ROWS_MAX } else { VALUES_MAX / columns.len() };
    while !rows.is_empty() {
        let later = rows.split_off(rows.len().min(rows_max));
        let (source, values) = match backend {
            DbBackend::Postgres => arrays(&columns, rows),
            _ => tuples(&columns, rows),
        };
        let names: Vec<_> = columns.iter().map(IdenStatic::as_str).collect();
        let table = A::Entity::default();
        let text = format!("INSERT INTO {} ({}) {source}{on_conflict}", table.as_str(), names.join(", "));
        db.execute_raw(Statement::from_sql_and_values(backend, text, values)).await?;
        rows = later;
    }
    Ok(())
}

fn value<A: ActiveModelTrait>(row: &mut A, column: ColumnOf<A>) -> Option<Value> {
    match row.take(column) {
        ActiveValue::Set(value) | ActiveValue::Unchanged(value) => Some(value),
        ActiveValue::NotSet => None,
    }
}

/// `VALUES (?, …), …`: the same text for each full statement, so that it is prepared once.
fn tuples<A: ActiveModelTrait>(columns: &[ColumnOf<A>], rows: Vec<A>) -> (String, Vec<Value>) {
    let tuple = format!("({})", vec!["?"; columns.len()].join(", "));
    let source = format!("VALUES {}", vec![tuple.as_str(); rows.len()].join(", "));
    let mut values = Vec::with_capacity(rows.len() * columns.len());
    for mut row in rows {
        for column in columns {
            values.push(value(&mut row, *column).unwrap_or(Value::String(None)));
        }
    }
    (source, values)
}

/// `SELECT … FROM unnest(…)`: a parameter for each column, whatever the number of rows. They are array literals, as an
/// array of the data layer cannot have a NULL in it.
fn arrays<A: ActiveModelTrait>(columns: &[ColumnOf<A>], mut rows: Vec<A>) -> (String, Vec<Value>) {
    let mut literals = Vec::with_capacity(columns.len());
    let mut parameters = Vec::with_capacity(columns.len());
    for (number, column) in (1..).zip(columns) {
        let mut literal = String::with_capacity(rows.len() * 40);
        for row in &mut rows {
            literal.push(if literal.is_empty() { '{' } else { ',' });
            push_element(&mut literal, value(row, *column));
        }
        literal.push('}');
        literals.push(literal.into());
        parameters.push(format!("${number}::text::{}[]", type_name(*column)));
    }
    (format!("SELECT * FROM unnest({})", parameters.join(", ")), literals)
}

/// An element as array literals have it (PostgreSQL's manual, 8.15.6).
fn push_element(literal: &mut String, value: Option<Value>) {
    // Writing to a String cannot fail.
    let _ = match value {
        Some(Value::String(Some(text))) => {
            literal.push('"');
            let mut rest = text.as_str();
            while let Some(special) = memchr2(b'"', b'\\', rest.as_bytes()) {
                literal.push_str(&rest[..special]);
                literal.push('\\');
                literal.push_str(&rest[special..=special]);
                rest = &rest[special + 1..];
            }
            literal.push_str(rest);
            literal.push('"');
            Ok(())
        }
        Some(Value::Uuid(Some(id))) => write!(literal, "{}", id.simple()),
        Some(Value::Int(Some(number))) => write!(literal, "{number}"),
        Some(Value::BigInt(Some(number))) => write!(literal, "{number}"),
        Some(Value::Bool(Some(flag))) => write!(literal, "{flag}"),
        _ => {
            literal.push_str("NULL");
            Ok(())
        }
    };
}

/// Ids in one statement. More is not faster.
pub(super) fn ids_max(backend: DbBackend) -> usize {
    if backend == DbBackend::Postgres { ROWS_MAX } else { 500 }
}

/// Whether `column` is one of `ids`: one parameter on PostgreSQL, whatever their number.
pub(super) fn is_one_of(
    backend: DbBackend,
    column: impl ColumnTrait,
    ids: impl Iterator<Item = Uuid>,
) -> SimpleExpr {
    match backend {
        DbBackend::Postgres => {
            let literal =
                format!("{{{}}}", ids.map(|id| id.simple().to_string()).collect::<Vec<_>>().join(","));
            Expr::cust_with_exprs("$1 = ANY($2::text::uuid[])", [Expr::col(column), Expr::val(literal)])
        }
        _ => column.is_in(ids),
    }
}

fn type_name(column: impl ColumnTrait) -> &'static str {
    match column.def().get_column_type() {
        ColumnType::Uuid => "uuid",
        ColumnType::Integer => "int4",
        ColumnType::BigInteger => "int8",
        ColumnType::Boolean => "bool",
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use entity::held_rows::{ActiveModel, Column};
    use sea_orm::Set;

    use super::*;

    fn held(row_number: i32, message: &str) -> ActiveModel {
        ActiveModel {
            plan_id: Set(uuid::Uuid::from_u128(7)),
            row_number: Set(row_number),
            code: Set("NULL".to_owned()),
            message: Set(message.to_owned()),
        }
    }

    #[test]
    fn what_means_something_in_an_array_is_escaped() {
        let rows = vec![held(1, r#"a "b", \c\\{d}"#), held(2, "")];
        let (source, values) = arrays(&Column::iter().collect::<Vec<_>>(), rows);
        assert_eq!(
            source,
            "SELECT * FROM unnest($1::text::uuid[], $2::text::int4[], $3::text::text[], $4::text::text[])"
        );
        let id = "00000000000000000000000000000007";
        let expected: [Value; 4] = [
            format!("{{{id},{id}}}").into(),
            "{1,2}".into(),
            r#"{"NULL","NULL"}"#.into(),
            r#"{"a \"b\", \\c\\\\{d}",""}"#.into(),
        ];
        assert_eq!(values, expected);
    }
}
