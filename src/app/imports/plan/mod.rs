//! Planning, in the background: what the file implies for the members.
//!
//! The file is read twice and the members once; see [`crate::domain::plan`]. What is found is written in batches
//! in transactions of their own, so that others can write in between; nobody sees the plan until the last one, which also
//! moves the import to REVIEW. Each of them makes sure that the lease is still held.

mod writer;

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::TryStreamExt;
use writer::{Finder, finder, write};

use crate::app::imports::beside;
use crate::app::imports::stored::StoredFile;
use crate::app::{App, AppError, Result};
use crate::clock::{new_id, secret_number};
use crate::domain::field::ProfileField;
use crate::domain::id::{MemberId, PlanId, TenantId};
use crate::domain::import::{Import, ImportStep};
use crate::domain::mapping::{FileScope, Mapping};
use crate::domain::member::Member;
use crate::domain::plan::books::Books;
use crate::domain::plan::fingerprint::Fingerprinter;
use crate::domain::plan::resolve::{Rules, resolve};
use crate::domain::plan::rows::{Doubt, Draft, RowReader, required_fields};
use crate::domain::plan::settle::{Settler, deletion};
use crate::domain::plan::trace::{MemberTrace, RowTrace};
use crate::store::{ImportMapping, Lease, NewPlan, PlanBasis, StoreError, Tx};

/// Rows that are compared at once: one look-up of their members, one batch of writes.
const BATCH_ROWS: usize = 4_000;
/// Bytes of cells from which on fewer rows are a batch. A piece of the file is looked at whole.
const BATCH_BYTES: usize = 2 * 1024 * 1024;
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
    let reader = RowReader::new(&fields, &mapping.columns, &mapping.mapping, secret_number());
    let reader = Arc::new(reader);

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
    let resolution = tokio::task::block_in_place(|| resolve(&rows, &members, rules));

    let settler =
        Settler { reader: &reader, fields: &fields, resolution: &resolution, rows: &rows, members: &members };
    let (finder, batches) = finder();
    let finding = find(app, lease, &import, &settler, finder, &mut progress);
    let (found, written) = tokio::join!(finding, beside(write(app.clone(), *lease, new.id, batches)));
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
    fn row(&mut self) {
        self.done = self.done.saturating_add(1);
    }

    fn tell(&mut self) {
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
    reader: &RowReader,
    progress: &mut Progressing<'_>,
) -> Result<(Vec<RowTrace>, Doubt)> {
    let mut rows = Vec::with_capacity(import.file.row_count as usize);
    let mut doubt = Doubt::default();
    let mut file = StoredFile::open(app, lease.tenant, import).await?;
    while let Some(piece) = file.next().await? {
        file.rows(piece, |record| {
            rows.push(reader.trace(record, &mut doubt));
            progress.row();
            Ok(())
        })?;
        progress.tell();
        tokio::task::yield_now().await;
    }
    Ok((rows, doubt))
}

async fn trace_members(app: Arc<App>, lease: Lease, reader: Arc<RowReader>) -> Result<Vec<MemberTrace>> {
    let mut members = Vec::new();
    let mut rows = app.store.each_member(lease.tenant).await?;
    while let Some(row) = rows.try_next().await? {
        if members.len().is_multiple_of(BATCH_ROWS) {
            app.events.beat(lease.import);
        }
        members.push(reader.member_trace(row.id, &row.profile, row.email_key.as_deref(), row.deleted));
    }
    Ok(members)
}

/// Finds all that the plan says; when it has, there is nobody left to hand anything on.
async fn find(
    app: &App,
    lease: &Lease,
    import: &Import,
    settler: &Settler<'_>,
    mut finder: Finder,
    progress: &mut Progressing<'_>,
) -> Result<Books> {
    compare_rows(app, lease, import, settler, &mut finder, progress).await?;
    find_deletions(app, lease, settler, &mut finder).await?;
    Ok(finder.books)
}

async fn compare_rows(
    app: &App,
    lease: &Lease,
    import: &Import,
    settler: &Settler<'_>,
    finder: &mut Finder,
    progress: &mut Progressing<'_>,
) -> Result<()> {
    let mut file = StoredFile::open(app, lease.tenant, import).await?;
    let mut drafts: Vec<Draft> = Vec::new();
    let mut draft_bytes = 0;
    let mut place = 0;
    while let Some(piece) = file.next().await? {
        file.rows(piece, |record| {
            // The stored file never changes, so the rows are the same ones in both readings.
            if settler.is_settled(place) {
                finder.books.count_unchanged();
            } else if let Some(outcome) = settler.resolution.outcomes.get(place as usize) {
                let draft = settler.reader.draft(place, record, *outcome);
                draft_bytes += draft.values.iter().flatten().map(String::len).sum::<usize>();
                drafts.push(draft);
            }
            place += 1;
            progress.row();
            Ok(())
        })?;
        progress.tell();
        if drafts.len() >= BATCH_ROWS || draft_bytes >= BATCH_BYTES {
            draft_bytes = 0;
            settle_batch(app, lease, settler, std::mem::take(&mut drafts), finder).await?;
        }
    }
    settle_batch(app, lease, settler, drafts, finder).await
}

async fn settle_batch(
    app: &App,
    lease: &Lease,
    settler: &Settler<'_>,
    batch: Vec<Draft>,
    finder: &mut Finder,
) -> Result<()> {
    let mut ids: Vec<MemberId> = batch.iter().flat_map(|draft| settler.needs(draft)).collect();
    ids.sort_unstable();
    ids.dedup();
    let members = app.store.members(lease.tenant, &ids).await?;
    let known: HashMap<MemberId, Member> = members.into_iter().map(|member| (member.id, member)).collect();
    finder.add_rows(batch.into_iter().map(|draft| settler.settle(draft, &known))).await
}

/// Proposes to delete who is absent, by name.
async fn find_deletions(app: &App, lease: &Lease, settler: &Settler<'_>, finder: &mut Finder) -> Result<()> {
    let absent = settler.members.iter().zip(&settler.resolution.absent).filter(|(_, absent)| **absent);
    let absent: Vec<MemberId> = absent.map(|(member, _)| member.id).collect();
    for ids in app.store.sort_by_name(lease.tenant, &absent).await?.chunks(BATCH_ROWS) {
        let members = app.store.members(lease.tenant, ids).await?;
        let known: HashMap<MemberId, Member> =
            members.into_iter().map(|member| (member.id, member)).collect();
        finder.add_deletions(ids.iter().filter_map(|id| known.get(id)).map(deletion).collect()).await?;
    }
    Ok(())
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
