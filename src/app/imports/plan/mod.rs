//! Planning, in the background: what the file implies for the members.
//!
//! The file is read twice and the members once; see [`crate::domain::plan`]. What is found is written in batches
//! in transactions of their own, so that others can write in between; nobody sees the plan until the last one, which also
//! moves the import to REVIEW. Each of them makes sure that the lease is still held.

mod writer;

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use writer::{Batch, Finder, Ready, finder, write};

use crate::app::imports::stored::StoredFile;
use crate::app::imports::{beside, elsewhere};
use crate::app::{App, AppError, Result};
use crate::clock::{new_id, secret_number};
use crate::domain::field::ProfileField;
use crate::domain::file::Records;
use crate::domain::id::{MemberId, PlanId, TenantId};
use crate::domain::import::{Import, ImportStep};
use crate::domain::mapping::{FileScope, Mapping};
use crate::domain::member::Member;
use crate::domain::plan::books::Books;
use crate::domain::plan::fingerprint::Fingerprinter;
use crate::domain::plan::resolve::{Rules, resolve};
use crate::domain::plan::rows::{Doubt, RowReader, required_fields};
use crate::domain::plan::settle::{Settler, deletion};
use crate::domain::plan::trace::{MemberTrace, RowTrace};
use crate::store::{ImportMapping, Lease, MemberLine, NewPlan, PlanBasis, StoreError, Tx};

/// Pieces of the file that are looked at beside one another.
const PIECES_AT_ONCE: usize = 4;
/// Rows of a piece that are compared at once, as their members are read in full.
const MEMBERS_AT_ONCE: usize = 1_000;
/// Members whose deletion is proposed at once.
const DELETIONS_AT_ONCE: usize = 4_000;
/// Rows between two notes of progress.
const PROGRESS_ROWS: u32 = 20_000;

/// What a plan rests on. If it changes, the plan is stale.
///
/// # Errors
/// If the database fails.
pub async fn basis(tx: &Tx, tenant: TenantId, mapping: &Mapping) -> Result<PlanBasis> {
    let fields = tx.fields(tenant).await?;
    let roster_version = tx.tenant(tenant).await?.map_or(0, |tenant| tenant.roster_version);
    Ok(PlanBasis { roster_version, fields: fields_used(&fields, mapping) })
}

/// The fields that a plan uses, as they are: those with a column, and those that a member must have.
fn fields_used(fields: &[ProfileField], mapping: &Mapping) -> String {
    let required = required_fields(fields, mapping.match_by);
    let used = fields
        .iter()
        .filter(|field| required.contains(&field.key) || mapping.column_of(&field.key).is_some());
    let used = used.map(|field| {
        format!(
            "{}:{:?}:{}:{}:{:?}",
            field.key, field.field_type, field.required, field.archived, field.choices
        )
    });
    used.collect::<Vec<_>>().join("\n")
}

/// Computes the plan of an import.
///
/// # Errors
/// If the lease is lost, or something fails; then there is no plan, and the work can be taken on again.
pub async fn plan(app: &Arc<App>, lease: &Lease) -> Result<()> {
    let (import, mapping) = load(app, lease).await?;
    let (new, fields) = begin_plan(app, lease, &mapping.mapping).await?;
    let reader = Arc::new(RowReader::new(&fields, &mapping.columns, &mapping.mapping, secret_number()));

    let total = import.file.row_count;
    let mut progress = Progressing { app, lease, total: total.saturating_mul(2), done: 0, told: 0 };
    let tracing_rows = trace_rows(app, lease, &import, &reader, &mut progress);
    let tracing_members = beside(trace_members(app.clone(), *lease, reader.clone()));
    let ((rows, doubt), members) = tokio::try_join!(tracing_rows, tracing_members)?;
    let is_whole = mapping.mapping.file_scope == FileScope::FullRoster;
    let held_rows = || reader.held_rows_sentence().filter(|_| is_whole);
    let deletions_blocked = doubt.sentence().or_else(held_rows);
    let rules = Rules {
        match_by: mapping.mapping.match_by,
        may_delete: is_whole && deletions_blocked.is_none(),
        required: reader.required_bits(),
    };
    let settling = elsewhere(move || {
        let resolution = resolve(rows, members, rules);
        Ok(Arc::new(Settler { reader, fields, resolution }))
    });
    let settler = settling.await?;

    let (finder, batches) = finder();
    let writing = beside(write(app.clone(), *lease, new.id, batches));
    let finding = find(app, lease, &import, &settler, finder, &mut progress);
    let (found, written) = tokio::join!(finding, writing);
    // Whoever finds ends as well when nobody writes any more; why, only the other one knows.
    written?;
    let books = found?;
    finish(app, lease, &new, &books, deletions_blocked.as_deref()).await
}

async fn load(app: &App, lease: &Lease) -> Result<(Import, ImportMapping)> {
    let import = app.store.import(lease.tenant, lease.import).await?;
    let mapping = app.store.mapping(lease.tenant, lease.import).await?;
    match (import, mapping) {
        (Some(import), Some(mapping)) if import.step == ImportStep::Planning => Ok((import, mapping)),
        // Reopened, superseded or discarded in between: the work went with it.
        _ => Err(StoreError::LeaseLost.into()),
    }
}

/// Begins the plan. What a server that died has left half made goes; the plan that this one replaces stays, as its
/// decisions carry over.
///
/// The fields come from the same transaction as the basis: rows are judged by what the plan says it rests on.
async fn begin_plan(app: &App, lease: &Lease, mapping: &Mapping) -> Result<(NewPlan, Vec<ProfileField>)> {
    let tx = app.store.begin(lease.tenant).await?;
    tx.require_lease(lease).await?;
    let replaced = tx.plan_of(lease.tenant, lease.import).await?.map(|plan| plan.id);
    tx.delete_plans(lease.tenant, lease.import, replaced).await?;
    let basis = basis(&tx, lease.tenant, mapping).await?;
    let fields = tx.fields(lease.tenant).await?;
    let new = NewPlan { id: PlanId(new_id()), import: lease.import, basis, created_at: app.now() };
    tx.insert_plan(lease.tenant, &new).await?;
    app.tell(&tx.commit().await?);
    Ok((new, fields))
}

/// Says how far the planning has come: each row is read twice.
struct Progressing<'a> {
    app: &'a App,
    lease: &'a Lease,
    total: u32,
    done: u32,
    told: u32,
}

impl Progressing<'_> {
    fn tell(&mut self, rows: usize) {
        self.done = self.done.saturating_add(rows as u32);
        self.app.events.beat(self.lease.import);
        if self.done - self.told >= PROGRESS_ROWS {
            self.told = self.done;
            self.app.note_progress(self.lease, self.done.min(self.total) / 2, self.total / 2);
        }
    }
}

async fn trace_rows(
    app: &App,
    lease: &Lease,
    import: &Import,
    reader: &Arc<RowReader>,
    progress: &mut Progressing<'_>,
) -> Result<(Vec<RowTrace>, Doubt)> {
    let pieces = StoredFile::open(app, lease.tenant, import).await?.into_records();
    let traced = pieces.map_ok(|records| {
        let reader = reader.clone();
        elsewhere(move || {
            let mut doubt = Doubt::default();
            let rows: Vec<_> = records.iter().map(|record| reader.trace(&record, &mut doubt)).collect();
            Ok((rows, doubt))
        })
    });
    let mut traced = pin!(traced.try_buffered(PIECES_AT_ONCE));
    let mut rows = Vec::with_capacity(import.file.row_count as usize);
    let mut doubt = Doubt::default();
    while let Some((found, in_doubt)) = traced.try_next().await? {
        progress.tell(found.len());
        rows.extend(found);
        doubt.join(in_doubt);
    }
    Ok((rows, doubt))
}

async fn trace_members(app: Arc<App>, lease: Lease, reader: Arc<RowReader>) -> Result<Vec<MemberTrace>> {
    let traced = app.store.each_member(lease.tenant).map_err(AppError::from).map_ok(|lines| {
        let reader = reader.clone();
        elsewhere(move || {
            let trace = |member: MemberLine<'_>| {
                reader.member_trace(member.id, &member.profile, member.email_key, member.deleted)
            };
            lines.iter().map(|line| Ok(trace(line?))).collect::<Result<Vec<_>>>()
        })
    });
    let mut traced = pin!(traced.try_buffered(PIECES_AT_ONCE));
    let mut members = Vec::new();
    while let Some(some) = traced.try_next().await? {
        app.events.beat(lease.import);
        members.extend(some);
    }
    Ok(members)
}

/// Finds all that the plan says; when it has, there is nobody left to hand anything on.
async fn find(
    app: &Arc<App>,
    lease: &Lease,
    import: &Import,
    settler: &Arc<Settler>,
    mut finder: Finder,
    progress: &mut Progressing<'_>,
) -> Result<Books> {
    let mut place = 0;
    let pieces = StoredFile::open(app, lease.tenant, import).await?.into_records();
    let settled = pieces.map_ok(|records| {
        let first = place;
        place += records.len() as u32;
        beside(settle(app.clone(), lease.tenant, settler.clone(), first, records))
    });
    let mut settled = pin!(settled.try_buffered(PIECES_AT_ONCE));
    let absent: Vec<MemberId> = settler.resolution.absent().collect();
    let absent = beside(by_name(app.clone(), lease.tenant, absent));
    while let Some((rows, batch)) = settled.try_next().await? {
        progress.tell(rows);
        finder.add(batch).await?;
    }
    let absent: Vec<Vec<MemberId>> = absent.await?.chunks(DELETIONS_AT_ONCE).map(<[_]>::to_vec).collect();
    let deletions = stream::iter(absent).map(|ids| beside(delete(app.clone(), lease.tenant, ids)));
    let mut deletions = pin!(deletions.buffered(PIECES_AT_ONCE));
    while let Some(batch) = deletions.try_next().await? {
        finder.add(batch).await?;
    }
    Ok(finder.books)
}

/// What becomes of the rows in a piece of the file, the first of which has the place `first`. Answers how many there are as
/// well.
async fn settle(
    app: Arc<App>,
    tenant: TenantId,
    settler: Arc<Settler>,
    first: u32,
    records: Records,
) -> Result<(usize, Ready)> {
    let rows = records.len();
    let places = first..first + rows as u32;
    if places.end as usize > settler.resolution.outcomes.len() {
        return Err(AppError::Internal("a stored file that has become longer".into()));
    }
    let open: Vec<u32> = places.filter(|place| !settler.is_settled(*place)).collect();
    let mut batch = Batch::default();
    batch.add_unchanged((rows - open.len()) as u32);
    let records = Arc::new(records);
    for open in open.chunks(MEMBERS_AT_ONCE) {
        let mut ids: Vec<MemberId> = open.iter().flat_map(|place| settler.needs(*place)).collect();
        ids.sort_unstable();
        ids.dedup();
        let known = members(&app, tenant, &ids).await?;
        let (settler, records, open) = (settler.clone(), records.clone(), open.to_vec());
        let settling = elsewhere(move || {
            let mut open = open.into_iter().peekable();
            for (place, record) in (first..).zip(records.iter()) {
                if open.next_if_eq(&place).is_some() {
                    batch.add_row(settler.settle(settler.draft(place, &record), &known))?;
                }
            }
            Ok(batch)
        });
        batch = settling.await?;
    }
    Ok((rows, batch.finish()))
}

async fn members(app: &App, tenant: TenantId, ids: &[MemberId]) -> Result<HashMap<MemberId, Member>> {
    let _turn = app.store.turn_to_read().await;
    let members = app.store.members(tenant, ids).await?;
    Ok(members.into_iter().map(|member| (member.id, member)).collect())
}

async fn by_name(app: Arc<App>, tenant: TenantId, members: Vec<MemberId>) -> Result<Vec<MemberId>> {
    let mut places = Vec::with_capacity(members.len());
    for ids in members.chunks(DELETIONS_AT_ONCE) {
        let _turn = app.store.turn_to_read().await;
        places.extend(app.store.member_places(tenant, ids).await?);
    }
    elsewhere(move || {
        places.sort_unstable();
        Ok(places.into_iter().map(|place| place.id).collect())
    })
    .await
}

/// Proposes to delete members, in this order.
async fn delete(app: Arc<App>, tenant: TenantId, ids: Vec<MemberId>) -> Result<Ready> {
    let known = members(&app, tenant, &ids).await?;
    let mut batch = Batch::default();
    for member in ids.iter().filter_map(|id| known.get(id)) {
        batch.add_action(&deletion(member))?;
    }
    Ok(batch.finish())
}

/// Closes the books and moves the import to REVIEW.
async fn finish(
    app: &App,
    lease: &Lease,
    new: &NewPlan,
    books: &Books,
    deletions_blocked: Option<&str>,
) -> Result<()> {
    if !books.balance() {
        return Err(AppError::Internal(format!("the books do not balance: {books:?}").into()));
    }
    let mut tx = app.store.begin(lease.tenant).await?;
    tx.require_lease(lease).await?;
    let import = tx.import(lease.tenant, lease.import).await?.ok_or(StoreError::LeaseLost)?;
    let replaced = tx.plan_of(lease.tenant, lease.import).await?;
    tx.finish_plan(lease.tenant, new.id, books, deletions_blocked).await?;
    if let Some(replaced) = replaced {
        let prints = Fingerprinter::new(secret_number());
        tx.carry_decisions(lease.tenant, replaced.id, new.id, prints).await?;
    }
    tx.delete_plans(lease.tenant, lease.import, Some(new.id)).await?;
    tx.remove_work(lease.import).await?;
    tx.update_import(lease.tenant, &import, app.now(), |import| {
        import.step = ImportStep::Review;
        import.problem = None;
    })
    .await?;
    app.tell(&tx.commit().await?);
    Ok(())
}
