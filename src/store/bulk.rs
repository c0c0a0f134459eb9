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
    execute(db, insertion(ConnectionTrait::get_database_backend(db), rows)).await
}

/// Runs what was made ready.
pub(super) async fn execute(db: &DatabaseTransaction, statements: Vec<Statement>) -> Result<()> {
    for statement in statements {
        db.execute_raw(statement).await?;
    }
    Ok(())
}

/// Statements that insert `rows`, all columns of which are set.
pub(super) fn insertion<A: ActiveModelTrait>(backend: DbBackend, rows: Vec<A>) -> Vec<Statement> {
    statements(backend, rows, "")
}

/// The same; of those whose `key` is there, `replaced` columns are replaced.
pub(super) fn upsertion<A: ActiveModelTrait>(
    backend: DbBackend,
    rows: Vec<A>,
    key: &[ColumnOf<A>],
    replaced: &[ColumnOf<A>],
) -> Vec<Statement> {
    let set = |column: &ColumnOf<A>| format!("{0} = excluded.{0}", column.as_str());
    let key: Vec<_> = key.iter().map(IdenStatic::as_str).collect();
    let replaced: Vec<_> = replaced.iter().map(set).collect();
    statements(
        backend,
        rows,
        &format!(" ON CONFLICT ({}) DO UPDATE SET {}", key.join(", "), replaced.join(", ")),
    )
}

fn statements<A: ActiveModelTrait>(
    backend: DbBackend,
    mut rows: Vec<A>,
    on_conflict: &str,
) -> Vec<Statement> {
    let columns: Vec<ColumnOf<A>> = ColumnOf::<A>::iter().collect();
    let rows_max = if backend == DbBackend::Postgres { ROWS_MAX } else { VALUES_MAX / columns.len() };
    let mut statements = Vec::new();
    while !rows.is_empty() {
        let later = rows.split_off(rows.len().min(rows_max));
        let (source, values) = match backend {
            DbBackend::Postgres => arrays(&columns, rows),
            _ => tuples(&columns, rows),
        };
        let names: Vec<_> = columns.iter().map(IdenStatic::as_str).collect();
        let table = A::Entity::default();
        let text = format!("INSERT INTO {} ({}) {source}{on_conflict}", table.as_str(), names.join(", "));
        statements.push(Statement::from_sql_and_values(backend, text, values));
        rows = later;
    }
    statements
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

/// `SELECT … FROM unnest(…)`: a parameter for each column, whatever the number of rows, which has a single value where they
/// all have the same. The others are array literals, as an array of the data layer cannot have a NULL in it.
fn arrays<A: ActiveModelTrait>(columns: &[ColumnOf<A>], mut rows: Vec<A>) -> (String, Vec<Value>) {
    let mut literals = Vec::with_capacity(columns.len());
    let (mut selected, mut parameters, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for (number, column) in (1..).zip(columns) {
        let mut values = rows.iter_mut().map(|row| value(row, *column)).collect::<Vec<_>>().into_iter();
        let first = values.next().flatten();
        // One column at least has to say how many rows there are.
        let is_last_chance = number == columns.len() && parameters.is_empty();
        if !is_last_chance && values.as_slice().iter().all(|value| *value == first) {
            literals.push(text(first));
            selected.push(format!("${number}::text::{}", type_name(*column)));
            continue;
        }
        let mut literal = String::with_capacity(rows.len() * 40);
        literal.push('{');
        push_element(&mut literal, first);
        for value in values {
            literal.push(',');
            push_element(&mut literal, value);
        }
        literal.push('}');
        literals.push(literal.into());
        selected.push(column.as_str().to_owned());
        names.push(column.as_str());
        parameters.push(format!("${number}::text::{}[]", type_name(*column)));
    }
    let (selected, parameters, names) = (selected.join(", "), parameters.join(", "), names.join(", "));
    (format!("SELECT {selected} FROM unnest({parameters}) AS rows ({names})"), literals)
}

/// A value by itself.
fn text(value: Option<Value>) -> Value {
    match value {
        Some(Value::String(text)) => Value::String(text),
        None => Value::String(None),
        Some(other) => {
            let mut text = String::new();
            push_element(&mut text, Some(other));
            Value::String((text != "NULL").then_some(text))
        }
    }
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
            "SELECT $1::text::uuid, row_number, $3::text::text, message \
             FROM unnest($2::text::int4[], $4::text::text[]) AS rows (row_number, message)"
        );
        let expected: [Value; 4] = [
            "00000000000000000000000000000007".into(),
            "{1,2}".into(),
            "NULL".into(),
            r#"{"a \"b\", \\c\\\\{d}",""}"#.into(),
        ];
        assert_eq!(values, expected);
    }

    #[test]
    fn rows_that_are_all_the_same_are_as_many() {
        let rows = vec![held(1, "same"), held(1, "same")];
        let (source, values) = arrays(&Column::iter().collect::<Vec<_>>(), rows);
        assert!(source.ends_with("FROM unnest($4::text::text[]) AS rows (message)"), "{source}");
        assert_eq!(values[3], r#"{"same","same"}"#.into());
    }
}
