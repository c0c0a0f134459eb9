//! What Muster writes as CSV, page by page: UTF-8 with a byte-order mark, so that spreadsheets show accents, and every
//! cell that they would run as a formula made harmless.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt};
use tokio::sync::mpsc;

use crate::app::imports::stored::StoredFile;
use crate::app::{App, AppError, Result};
use crate::domain::action::{ActionKind, Decision, ProfileAction};
use crate::domain::file::Record;
use crate::domain::id::{PlanId, TenantId};
use crate::domain::import::Import;
use crate::domain::mapping::{HELD_CODE_HEADER, HELD_MESSAGE_HEADER};
use crate::domain::page::PageRequest;
use crate::domain::value::formula::{escape_formula, unescape_formula};
use crate::store::{ActionFilter, ImportMapping};

type Rows = BoxStream<'static, Result<Bytes>>;

/// Rows that are read from the database at once.
const PAGE: u32 = 1_000;
const BOM: &[u8] = "\u{FEFF}".as_bytes();

fn write<'a>(rows: impl IntoIterator<Item = Vec<Cow<'a, str>>>) -> Result<Bytes> {
    let mut writer =
        csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        let written = writer.write_record(row.iter().map(|cell| escape_formula(cell).into_owned()));
        written.map_err(|error| AppError::Internal(Box::new(error)))?;
    }
    writer.into_inner().map(Bytes::from).map_err(|error| AppError::Internal(error.to_string().into()))
}

fn kind(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::Create => "CREATE",
        ActionKind::Update => "UPDATE",
        ActionKind::Deactivate => "DEACTIVATE",
        ActionKind::Reactivate => "REACTIVATE",
        ActionKind::Delete => "DELETE",
    }
}

fn decision(decision: Decision) -> &'static str {
    match decision {
        Decision::Pending => "PENDING",
        Decision::Approved => "APPROVED",
        Decision::Rejected => "REJECTED",
    }
}

/// The plan: a line for each action, and for each field that the file maps a column before and one after.
pub(super) async fn plan(
    app: Arc<App>,
    tenant: TenantId,
    plan: PlanId,
    mapping: &ImportMapping,
) -> Result<Rows> {
    let fields = app.store.fields(tenant).await?;
    let mapped = fields.into_iter().filter(|field| mapping.mapping.column_of(&field.key).is_some());
    let mapped: Vec<(String, String)> = mapped.map(|field| (field.key, field.label)).collect();
    let mut header: Vec<Cow<'static, str>> =
        ["action", "decision", "row", "member id", "member", "member email"].map(Into::into).to_vec();
    for (_, label) in &mapped {
        header.push(format!("{label} (before)").into());
        header.push(format!("{label} (after)").into());
    }
    header.push("remarks".into());
    let first = [BOM, &write([header])?].concat();
    let keys: Vec<String> = mapped.into_iter().map(|(key, _)| key).collect();
    let pages = stream::try_unfold(Some(None), move |after| {
        let (app, keys) = (app.clone(), keys.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            let request = PageRequest { limit: PAGE, after, before: None, backward: false };
            let page = app.store.action_page(tenant, plan, &ActionFilter::default(), &request).await?;
            if page.items.is_empty() && after.is_some() {
                return Err(gone());
            }
            let next = page.items.last().filter(|_| page.has_next).map(|last| Some(last.id.position));
            let lines = write(page.items.iter().map(|action| line(action, &keys)))?;
            Ok::<_, AppError>(Some((lines, next)))
        }
    });
    Ok(stream::once(async { Ok(Bytes::from(first)) }).chain(pages).boxed())
}

/// The plan was dropped or replaced meanwhile: what has been sent is not all of it, and must not look as if it were.
fn gone() -> AppError {
    AppError::NotFound("plan")
}

fn line<'a>(action: &'a ProfileAction, keys: &[String]) -> Vec<Cow<'a, str>> {
    let planned = &action.planned;
    let changes: HashMap<&str, _> =
        planned.changes.iter().map(|change| (change.0.as_str(), change)).collect();
    let mut cells: Vec<Cow<'a, str>> = vec![
        kind(planned.kind).into(),
        decision(action.decision).into(),
        planned.row_number.map(|number| number.to_string()).unwrap_or_default().into(),
        planned.member_unique_id.as_deref().unwrap_or_default().into(),
        planned.member_name.as_str().into(),
        planned.member_email.as_deref().unwrap_or_default().into(),
    ];
    for key in keys {
        let change = changes.get(key.as_str());
        cells.push(change.and_then(|change| change.1.as_deref()).unwrap_or_default().into());
        cells.push(change.and_then(|change| change.2.as_deref()).unwrap_or_default().into());
    }
    let remarks: Vec<&str> = planned.warnings.iter().map(|warning| warning.message.as_str()).collect();
    cells.push(remarks.join(" ").into());
    cells
}

/// The held rows: the original cells, and the code and the reason in two more columns. A file of held rows that has
/// held rows again has these columns once.
pub(super) async fn held_rows(
    app: Arc<App>,
    tenant: TenantId,
    plan: PlanId,
    import: Import,
    mapping: ImportMapping,
) -> Result<Rows> {
    let ours = |header: &str| header == HELD_CODE_HEADER || header == HELD_MESSAGE_HEADER;
    let kept: Vec<usize> = mapping
        .columns
        .iter()
        .filter(|column| !ours(&column.header))
        .map(|column| column.index as usize)
        .collect();
    let again = kept.len() < mapping.columns.len();
    let width = mapping.columns.len();
    let mut header: Vec<Cow<'static, str>> =
        kept.iter().map(|index| mapping.columns[*index].header.clone().into()).collect();
    header.push(HELD_CODE_HEADER.into());
    header.push(HELD_MESSAGE_HEADER.into());
    let first = [BOM, &write([header])?].concat();

    let numbers = app.store.held_row_numbers(tenant, plan).await?;
    // Opened before anything is answered: what cannot be read at all is no download that breaks off.
    let file = StoredFile::open(&app, tenant, &import).await?;
    let (sender, receiver) = mpsc::channel(2);
    tokio::spawn(async move {
        let cells = |record: &Record<'_>| {
            let cell = |index: usize| {
                let raw = record.cell(index);
                // What was escaped in the file is escaped once, not twice.
                if again { unescape_formula(raw).to_owned() } else { raw.to_owned() }
            };
            kept.iter().copied().chain(width..record.len().max(width)).map(cell).collect()
        };
        let held = Held { app: &app, tenant, plan, numbers, found: Vec::new(), kept: kept.len() };
        if let Err(error) = held.read(file, cells, &sender).await {
            // Nobody reads any more, if this fails as well.
            let _ = sender.send(Err(error)).await;
        }
    });
    let rest =
        stream::unfold(receiver, |mut receiver| async move { Some((receiver.recv().await?, receiver)) });
    Ok(stream::once(async { Ok(Bytes::from(first)) }).chain(rest).boxed())
}

/// The held rows of a plan, as the file is read once more.
struct Held<'a> {
    app: &'a App,
    tenant: TenantId,
    plan: PlanId,
    /// The numbers of all held rows, in order.
    numbers: Vec<u32>,
    /// The cells of those that were found since the last were sent.
    found: Vec<(u32, Vec<String>)>,
    kept: usize,
}

impl Held<'_> {
    async fn read(
        mut self,
        mut file: StoredFile,
        cells: impl Fn(&Record<'_>) -> Vec<String>,
        sender: &mpsc::Sender<Result<Bytes>>,
    ) -> Result<()> {
        while let Some(piece) = file.next().await? {
            file.rows(piece, |record| self.look(record, &cells))?;
            if !self.send(sender).await? {
                break;
            }
        }
        Ok(())
    }

    fn look(&mut self, record: &Record<'_>, cells: impl Fn(&Record<'_>) -> Vec<String>) -> Result<()> {
        if self.numbers.binary_search(&record.row_number()).is_ok() {
            self.found.push((record.row_number(), cells(record)));
        }
        Ok(())
    }

    /// Sends what was found, each with its reason. Answers whether somebody still reads.
    async fn send(&mut self, sender: &mpsc::Sender<Result<Bytes>>) -> Result<bool> {
        for found in std::mem::take(&mut self.found).chunks_mut(PAGE as usize) {
            let before = found[0].0 - 1;
            let reasons = self.app.store.held_rows(self.tenant, self.plan, before, PAGE).await?;
            if reasons.len() < found.len() {
                return Err(gone());
            }
            let rows = found.iter_mut().zip(reasons).map(|((_, cells), reason)| {
                let mut cells: Vec<Cow<'_, str>> = cells.drain(..).map(Cow::Owned).collect();
                cells.insert(self.kept, reason.code_word().into());
                cells.insert(self.kept + 1, reason.message.into());
                cells
            });
            if sender.send(write(rows)).await.is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
