//! A plan's actions and decisions in blocks of a thousand, where each of them was a row. An action keeps its place.
//!
//! How a block is written is repeated here as it was at the time of this change (see `muster::store`): whatever comes later
//! has a change of its own.

use std::collections::BTreeMap;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::prelude::Uuid;
use sea_orm_migration::sea_orm::{DbBackend, QueryResult};
use serde_json::value::RawValue;

use crate::m20261123_000001_membership_imports as initial;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Actions of a block.
const BLOCK: i32 = 1_000;
/// In the order of their numbers.
const KINDS: [&str; 5] = ["CREATE", "UPDATE", "DEACTIVATE", "REACTIVATE", "DELETE"];
const HAS_WARNINGS: u8 = 1;
const FREES_EMAIL: u8 = 2;

/// Rows, rows of one plan, and one.
const STATISTICS: &str = "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES \
    ('action_blocks', 'action_blocks', '4000 200 1'), ('decision_blocks', 'decision_blocks', '4000 200 1')";
/// They are compressed already.
const STORAGE: &str = "ALTER TABLE action_blocks ALTER COLUMN heads SET STORAGE EXTERNAL, \
    ALTER COLUMN search_keys SET STORAGE EXTERNAL, ALTER COLUMN bodies SET STORAGE EXTERNAL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(blocks(manager, "action_blocks", &["heads", "search_keys", "bodies"])).await?;
        manager.create_table(blocks(manager, "decision_blocks", &["approvals", "runs"])).await?;
        let db = manager.get_connection();
        if manager.get_database_backend() == DbBackend::Sqlite {
            db.execute_unprepared(STATISTICS).await?;
            db.execute_unprepared("ANALYZE sqlite_schema").await?;
        } else {
            db.execute_unprepared(STORAGE).await?;
        }
        for plan in plans(manager, "actions").await? {
            for block in 0.. {
                if !pack(manager, plan, block).await? {
                    break;
                }
            }
        }
        manager.drop_table(Table::drop().table("decisions").to_owned()).await?;
        manager.drop_table(Table::drop().table("actions").to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for table in [initial::actions(), initial::decisions()] {
            manager.create_table(initial::clustered(manager, table)).await?;
        }
        for index in initial::INDEXES.iter().filter(|index| index.contains(" ON actions ")) {
            db.execute_unprepared(index).await?;
        }
        if manager.get_database_backend() == DbBackend::Sqlite {
            for statement in initial::STATISTICS {
                db.execute_unprepared(statement).await?;
            }
        }
        for plan in plans(manager, "action_blocks").await? {
            unpack(manager, plan).await?;
        }
        manager.drop_table(Table::drop().table("decision_blocks").to_owned()).await?;
        manager.drop_table(Table::drop().table("action_blocks").to_owned()).await
    }
}

fn blocks(manager: &SchemaManager<'_>, name: &'static str, columns: &[&'static str]) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(name).col(ColumnDef::new("plan_id").uuid().not_null());
    table.col(ColumnDef::new("block").integer().not_null());
    for column in columns {
        table.col(ColumnDef::new(*column).blob().not_null());
    }
    table.primary_key(Index::create().col("plan_id").col("block"));
    initial::clustered(manager, table.to_owned())
}

fn column(table: &'static str, name: &'static str) -> Expr {
    Expr::col((table, name))
}

/// The plans that a table has rows of.
async fn plans(manager: &SchemaManager<'_>, table: &'static str) -> Result<Vec<Uuid>, DbErr> {
    let select = Query::select().distinct().column("plan_id").from(table).to_owned();
    let rows = manager.get_connection().query_all(&select).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// What the review shows of an action.
#[derive(serde::Serialize, serde::Deserialize)]
struct Body {
    name: String,
    email: Option<String>,
    id: Option<String>,
    changes: Box<RawValue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    warnings: Option<Box<RawValue>>,
}

/// Packs a block. Answers whether there was anything in it.
async fn pack(manager: &SchemaManager<'_>, plan: Uuid, block: i32) -> Result<bool, DbErr> {
    let db = manager.get_connection();
    let decision = |name| ("decisions", name);
    let select = Query::select()
        .column(("actions", Asterisk))
        .columns(["approved", "decided_by", "decided_at"].map(decision))
        .from("actions")
        .left_join(
            "decisions",
            column("decisions", "plan_id")
                .eq(column("actions", "plan_id"))
                .and(column("decisions", "position").eq(column("actions", "position"))),
        )
        .and_where(column("actions", "plan_id").eq(plan))
        .and_where(column("actions", "position").gte(block * BLOCK))
        .and_where(column("actions", "position").lt((block + 1) * BLOCK))
        .order_by(("actions", "position"), Order::Asc)
        .to_owned();
    let rows = db.query_all(&select).await?;
    if rows.is_empty() {
        return Ok(false);
    }
    let (mut heads, mut search_keys, mut bodies, mut decided) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in &rows {
        heads.extend(head(row)?);
        search_keys.extend(row.try_get::<String>("", "search_key")?.bytes());
        search_keys.push(0);
        let raw = |name| RawValue::from_string(row.try_get::<String>("", name)?).map_err(failed);
        let body = Body {
            name: row.try_get("", "member_name")?,
            email: row.try_get("", "member_email")?,
            id: row.try_get("", "member_unique_id")?,
            changes: raw("changes")?,
            warnings: Some(raw("warnings")?),
        };
        serde_json::to_writer(&mut bodies, &body).map_err(failed)?;
        bodies.push(b'\n');
        decided.push(match row.try_get::<Option<bool>>("", "approved")? {
            Some(approved) => {
                (if approved { 1 } else { 2 }, row.try_get("", "decided_by")?, row.try_get("", "decided_at")?)
            }
            None => (0, Uuid::nil(), 0),
        });
    }
    let packed = [&heads, &search_keys, &bodies].map(|bytes| lz4_flex::compress_prepend_size(bytes));
    let [packed_heads, search_keys, bodies] = packed;
    let mut insert = Query::insert();
    insert.into_table("action_blocks").columns(["plan_id", "block", "heads", "search_keys", "bodies"]);
    insert.values_panic([plan.into(), block.into(), packed_heads.into(), search_keys.into(), bodies.into()]);
    db.execute(&insert).await?;
    if decided.iter().any(|(state, _, _)| *state != 0) {
        let kinds = heads.chunks(HEAD_BYTES).map(|head| head[0]);
        let (approvals, runs) = decisions(kinds, &decided);
        let mut insert = Query::insert();
        insert.into_table("decision_blocks").columns(["plan_id", "block", "approvals", "runs"]);
        insert.values_panic([plan.into(), block.into(), approvals.into(), runs.into()]);
        db.execute(&insert).await?;
    }
    Ok(true)
}

const HEAD_BYTES: usize = 1 + 1 + 4 + 16 + 16;

fn head(row: &QueryResult) -> Result<Vec<u8>, DbErr> {
    let kind: String = row.try_get("", "kind")?;
    let kind =
        KINDS.iter().position(|known| *known == kind).ok_or_else(|| failed("a kind that is not known"))?;
    let flag = |name, bit| Ok::<_, DbErr>(if row.try_get("", name)? { bit } else { 0 });
    let id = |name| Ok::<_, DbErr>(row.try_get::<Option<Uuid>>("", name)?.unwrap_or(Uuid::nil()));
    let mut head = vec![kind as u8, flag("has_warnings", HAS_WARNINGS)? | flag("frees_email", FREES_EMAIL)?];
    head.extend(row.try_get::<Option<i32>>("", "row_number")?.unwrap_or(0).to_be_bytes());
    head.extend(id("member_id")?.as_bytes());
    head.extend(id("takes_email_from")?.as_bytes());
    Ok(head)
}

/// Who approved what, and the runs of the same decision.
fn decisions(kinds: impl Iterator<Item = u8>, decided: &[(u8, Uuid, i64)]) -> (Vec<u8>, Vec<u8>) {
    let mut sums: BTreeMap<(u8, Uuid), (u32, i64)> = BTreeMap::new();
    for (kind, (_, by, at)) in kinds.zip(decided).filter(|(_, (state, _, _))| *state == 1) {
        let sum = sums.entry((kind, *by)).or_insert((0, *at));
        *sum = (sum.0 + 1, Ord::max(sum.1, *at));
    }
    let mut approvals = Vec::new();
    for ((kind, by), (count, last)) in sums {
        approvals.push(kind);
        approvals.extend(by.as_bytes());
        approvals.extend(count.to_be_bytes());
        approvals.extend(last.to_be_bytes());
    }
    let mut runs = Vec::new();
    for run in decided.chunk_by(|one, next| one == next) {
        let (state, by, at) = run[0];
        runs.extend((run.len() as u16).to_be_bytes());
        runs.push(state);
        runs.extend(by.as_bytes());
        runs.extend(at.to_be_bytes());
    }
    (approvals, lz4_flex::compress_prepend_size(&runs))
}

/// Makes rows of a plan's blocks again.
async fn unpack(manager: &SchemaManager<'_>, plan: Uuid) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let numbers = Query::select()
        .column("block")
        .from("action_blocks")
        .and_where(Expr::col("plan_id").eq(plan))
        .to_owned();
    for row in db.query_all(&numbers).await? {
        let number: i32 = row.try_get_by_index(0)?;
        let read = async |table: &'static str, columns: &[&'static str]| {
            let select = Query::select()
                .columns(columns.iter().copied())
                .from(table)
                .and_where(Expr::col("plan_id").eq(plan))
                .and_where(Expr::col("block").eq(number))
                .to_owned();
            let row = db.query_one(&select).await?;
            let unpacked = |column| -> Result<Vec<u8>, DbErr> {
                let packed: Option<Vec<u8>> = row.as_ref().map(|row| row.try_get("", column)).transpose()?;
                packed.map_or(Ok(Vec::new()), |packed| {
                    lz4_flex::decompress_size_prepended(&packed).map_err(failed)
                })
            };
            columns.iter().map(|column| unpacked(column)).collect::<Result<Vec<_>, _>>()
        };
        let block = read("action_blocks", &["heads", "search_keys", "bodies"]).await?;
        let runs = read("decision_blocks", &["runs"]).await?;
        let keys = block[1].split(|byte| *byte == 0);
        let lines = block[2].split(|byte| *byte == b'\n');
        for (position, ((head, key), line)) in
            (number * BLOCK..).zip(block[0].chunks(HEAD_BYTES).zip(keys).zip(lines))
        {
            insert_action(manager, plan, position, head, key, line).await?;
        }
        let mut position = number * BLOCK;
        for run in runs[0].chunks(2 + 1 + 16 + 8) {
            let end = position + i32::from(u16::from_be_bytes([run[0], run[1]]));
            let by = Uuid::from_slice(&run[3..19]).map_err(failed)?;
            let at = i64::from_be_bytes(run[19..27].try_into().map_err(failed)?);
            for position in (position..end).filter(|_| run[2] != 0) {
                let mut insert = Query::insert();
                insert.into_table("decisions").columns([
                    "plan_id",
                    "position",
                    "approved",
                    "decided_by",
                    "decided_at",
                ]);
                insert.values_panic([
                    plan.into(),
                    position.into(),
                    (run[2] == 1).into(),
                    by.into(),
                    at.into(),
                ]);
                db.execute(&insert).await?;
            }
            position = end;
        }
    }
    Ok(())
}

async fn insert_action(
    manager: &SchemaManager<'_>,
    plan: Uuid,
    position: i32,
    head: &[u8],
    key: &[u8],
    line: &[u8],
) -> Result<(), DbErr> {
    let body: Body = serde_json::from_slice(line).map_err(failed)?;
    let changes: Vec<(String, Option<String>, Option<String>)> =
        serde_json::from_str(body.changes.get()).map_err(failed)?;
    let fields = changes.iter().fold("|".to_owned(), |fields, (key, _, _)| format!("{fields}{key}|"));
    let kind = KINDS.get(usize::from(head[0])).ok_or_else(|| failed("a kind that is not known"))?;
    let row_number = i32::from_be_bytes(head[2..6].try_into().map_err(failed)?);
    let id = |bytes: &[u8]| Uuid::from_slice(bytes).map(|id| (!id.is_nil()).then_some(id)).map_err(failed);
    let mut insert = Query::insert();
    insert.into_table("actions").columns([
        "plan_id",
        "position",
        "kind",
        "has_warnings",
        "frees_email",
        "row_number",
        "member_id",
        "takes_email_from",
        "search_key",
        "member_name",
        "member_email",
        "member_unique_id",
        "changes",
        "changed_fields",
        "warnings",
    ]);
    insert.values_panic([
        plan.into(),
        position.into(),
        (*kind).into(),
        (head[1] & HAS_WARNINGS != 0).into(),
        (head[1] & FREES_EMAIL != 0).into(),
        (row_number != 0).then_some(row_number).into(),
        id(&head[6..22])?.into(),
        id(&head[22..38])?.into(),
        String::from_utf8_lossy(key).into_owned().into(),
        body.name.into(),
        body.email.into(),
        body.id.into(),
        body.changes.get().into(),
        fields.into(),
        body.warnings.as_deref().map_or("[]", RawValue::get).into(),
    ]);
    manager.get_connection().execute(&insert).await?;
    Ok(())
}

fn failed(error: impl ToString) -> DbErr {
    DbErr::Migration(error.to_string())
}
