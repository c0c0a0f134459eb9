//! Many rows at once, in the database's own way: one text for each column on PostgreSQL, prepared statements of many
//! rows on SQLite.

use std::fmt::Write;

use memchr::memchr2;
use sea_orm::sea_query::{ColumnType, Expr, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, IdenStatic,
    Iterable, Statement, Value,
};
use uuid::Uuid;

use super::{Result, StoreError};

/// Values in one statement on SQLite, which takes 32,766. More is not faster.
const VALUES_MAX: usize = 8_000;
/// Rows in one statement on PostgreSQL.
const ROWS_MAX: usize = 4_000;

type ColumnOf<A> = <<A as ActiveModelTrait>::Entity as EntityTrait>::Column;

/// Inserts `rows`, all columns of which are set.
pub(super) async fn insert<A: ActiveModelTrait>(db: &DatabaseTransaction, rows: Vec<A>) -> Result<()> {
    execute(db, insertion(ConnectionTrait::get_database_backend(db), rows)?).await
}

/// Runs what was made ready.
pub(super) async fn execute(db: &DatabaseTransaction, statements: Vec<Statement>) -> Result<()> {
    for statement in statements {
        db.execute_raw(statement).await?;
    }
    Ok(())
}

/// Statements that insert `rows`, all columns of which are set.
pub(super) fn insertion<A: ActiveModelTrait>(backend: DbBackend, rows: Vec<A>) -> Result<Vec<Statement>> {
    statements(backend, rows, "")
}

/// The same; of those whose `key` is there, `replaced` columns are replaced.
pub(super) fn upsertion<A: ActiveModelTrait>(
    backend: DbBackend,
    rows: Vec<A>,
    key: &[ColumnOf<A>],
    replaced: &[ColumnOf<A>],
) -> Result<Vec<Statement>> {
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
) -> Result<Vec<Statement>> {
    let columns: Vec<ColumnOf<A>> = ColumnOf::<A>::iter().collect();
    let names: Vec<_> = columns.iter().map(IdenStatic::as_str).collect();
    // Whoever writes gives the transaction up when something fails, so SQLite need not be able to take back the one statement:
    // for that, it would keep a copy of each page that the statement changes.
    let or_fail = backend == DbBackend::Sqlite && on_conflict.is_empty();
    let insert = if or_fail { "INSERT OR FAIL" } else { "INSERT" };
    let insert = format!("{insert} INTO {} ({})", A::Entity::default().as_str(), names.join(", "));
    let mut statements = Vec::new();
    while !rows.is_empty() {
        let count = match backend {
            DbBackend::Postgres => rows.len().min(ROWS_MAX),
            // Few texts, as each is kept with room for all its values: the last rows are split by powers of two.
            _ => (VALUES_MAX / columns.len()).min(1 << rows.len().ilog2()),
        };
        let later = rows.split_off(count);
        let (source, values) = match backend {
            DbBackend::Postgres => arrays(&columns, rows)?,
            _ => tuples(&columns, rows),
        };
        let text = format!("{insert} {source}{on_conflict}");
        statements.push(Statement::from_sql_and_values(backend, text, values));
        rows = later;
    }
    Ok(statements)
}

/// What the rows have in a column.
enum Values {
    /// All of them the same.
    Same(Option<Value>),
    /// One value for each row.
    Each(Vec<Option<Value>>),
}

impl Values {
    fn of<A: ActiveModelTrait>(rows: &mut [A], column: ColumnOf<A>) -> Self {
        let mut values: Vec<_> = rows.iter_mut().map(|row| row.take(column).into_value()).collect();
        if values.iter().all(|value| *value == values[0]) {
            Self::Same(values.pop().flatten())
        } else {
            Self::Each(values)
        }
    }
}

/// `SELECT … FROM (VALUES (?, …), …)`: a parameter for each value, as the driver copies each of them several times, but a single
/// one for a column in which all rows are the same. Full statements with the same such columns have the same text, which is
/// prepared once. (Parameters with numbers take minutes: the driver looks each number up from the first one on.)
fn tuples<A: ActiveModelTrait>(columns: &[ColumnOf<A>], mut rows: Vec<A>) -> (String, Vec<Value>) {
    let or_null = |value: Option<Value>| value.unwrap_or(Value::String(None));
    let mut parameters: Vec<Value> = Vec::with_capacity(rows.len() * columns.len());
    let (mut selected, mut differing) = (Vec::with_capacity(columns.len()), Vec::new());
    for column in columns {
        match Values::of(&mut rows, *column) {
            Values::Same(value) => {
                parameters.push(or_null(value));
                selected.push("?".to_owned());
            }
            Values::Each(values) => {
                differing.push(values.into_iter());
                selected.push(format!("column{}", differing.len()));
            }
        }
    }
    // There is no tuple of nothing.
    let tuple = if differing.is_empty() { "NULL".to_owned() } else { vec!["?"; differing.len()].join(", ") };
    for _ in &rows {
        parameters.extend(differing.iter_mut().map(|values| or_null(values.next().flatten())));
    }
    let tuples = vec![format!("({tuple})"); rows.len()].join(", ");
    // Without a condition, ON CONFLICT would be read as that of a join.
    (format!("SELECT {} FROM (VALUES {tuples}) WHERE TRUE", selected.join(", ")), parameters)
}

/// Between values that are written in one text, and in the place of one that is missing. No value has them: control characters
/// do not come in, neither from a file nor by hand (`domain/value/text.rs`), and what would not fit is refused here.
pub(super) const SEPARATOR: char = '\u{1F}';
pub(super) const MISSING: &str = "\u{1E}";

/// `SELECT … FROM (SELECT unnest(…), …)`: a parameter for each column, whatever the number of rows, which has a single value
/// where they all have the same. The others are texts of many values, which is what the data layer and the database both
/// handle fastest: an array is copied value by value on its way, and its literal is read character by character.
fn arrays<A: ActiveModelTrait>(columns: &[ColumnOf<A>], mut rows: Vec<A>) -> Result<(String, Vec<Value>)> {
    let mut parameters: Vec<Value> = Vec::with_capacity(columns.len());
    let (mut selected, mut unnested) = (Vec::new(), Vec::new());
    for column in columns {
        let (name, kind) = (column.as_str(), type_name(*column));
        let number = parameters.len() + 1;
        match Values::of(&mut rows, *column) {
            Values::Same(value) => {
                parameters.push(text(value));
                selected.push(format!("${number}::text::{kind}"));
            }
            Values::Each(values) => {
                parameters.push(joined(values)?.into());
                let cast = if kind == "text" { String::new() } else { format!("::{kind}[]") };
                unnested
                    .push(format!("unnest(string_to_array(${number}, E'\\x1F', E'\\x1E'){cast}) AS {name}"));
                selected.push(name.to_owned());
            }
        }
    }
    let rows = if unnested.is_empty() {
        format!("generate_series(1, {})", rows.len())
    } else {
        format!("(SELECT {}) AS rows", unnested.join(", "))
    };
    Ok((format!("SELECT {} FROM {rows}", selected.join(", ")), parameters))
}

/// A value by itself.
fn text(value: Option<Value>) -> Value {
    let mut text = String::new();
    match value {
        Some(Value::String(text)) => Value::String(text),
        Some(other) if push(&mut text, &other) => text.into(),
        _ => Value::String(None),
    }
}

/// The values of a column as one text.
fn joined(values: Vec<Option<Value>>) -> Result<String> {
    let mut text = String::with_capacity(values.len() * 40);
    for value in &values {
        let start = text.len();
        if !value.as_ref().is_some_and(|value| push(&mut text, value)) {
            text.push_str(MISSING);
        } else if memchr2(MISSING.as_bytes()[0], SEPARATOR as u8, &text.as_bytes()[start..]).is_some() {
            return Err(StoreError::Unreadable("a text with a control character".to_owned()));
        }
        text.push(SEPARATOR);
    }
    text.pop();
    Ok(text)
}

/// Writes a value down, unless it is NULL.
fn push(text: &mut String, value: &Value) -> bool {
    // Writing to a String cannot fail.
    let _ = match value {
        Value::String(Some(value)) => text.write_str(value),
        Value::Uuid(Some(id)) => write!(text, "{}", id.simple()),
        Value::Int(Some(number)) => write!(text, "{number}"),
        Value::BigInt(Some(number)) => write!(text, "{number}"),
        Value::Bool(Some(flag)) => write!(text, "{flag}"),
        _ => return false,
    };
    true
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

    fn columns() -> Vec<Column> {
        Column::iter().collect()
    }

    #[test]
    fn what_is_the_same_in_all_rows_is_said_once() {
        let (source, values) = tuples(&columns(), vec![held(1, "a"), held(2, "")]);
        assert_eq!(source, "SELECT ?, column1, ?, column2 FROM (VALUES (?, ?), (?, ?)) WHERE TRUE");
        let plan = Value::from(uuid::Uuid::from_u128(7));
        assert_eq!(values, [plan, "NULL".into(), 1.into(), "a".into(), 2.into(), "".into()]);

        let (source, values) = arrays(&columns(), vec![held(1, "a\nb"), held(2, "")]).unwrap();
        assert_eq!(
            source,
            "SELECT $1::text::uuid, row_number, $3::text::text, message FROM (\
             SELECT unnest(string_to_array($2, E'\\x1F', E'\\x1E')::int4[]) AS row_number, \
             unnest(string_to_array($4, E'\\x1F', E'\\x1E')) AS message) AS rows"
        );
        let expected = ["00000000000000000000000000000007", "1\u{1F}2", "NULL", "a\nb\u{1F}"];
        assert_eq!(values, expected.map(Value::from));
    }

    #[test]
    fn one_row_is_one() {
        let (source, _) = arrays(&columns(), vec![held(1, "")]).unwrap();
        assert_eq!(
            source,
            "SELECT $1::text::uuid, $2::text::int4, $3::text::text, $4::text::text FROM generate_series(1, 1)"
        );
        let (source, values) = tuples(&columns(), vec![held(1, "")]);
        assert_eq!((source.as_str(), values.len()), ("SELECT ?, ?, ?, ? FROM (VALUES (NULL)) WHERE TRUE", 4));
    }

    #[test]
    fn a_value_may_be_missing_but_not_look_like_one_that_is() {
        let values = |texts: &[Option<&str>]| texts.iter().map(|text| text.map(Value::from)).collect();
        assert_eq!(joined(values(&[Some("a"), None, Some("")])).unwrap(), "a\u{1F}\u{1E}\u{1F}");
        for text in ["\u{1E}", "a\u{1F}b"] {
            assert!(matches!(joined(values(&[Some("a"), Some(text)])), Err(StoreError::Unreadable(_))));
        }
    }
}
