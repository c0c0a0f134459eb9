//! Writing a plan: while a batch is written, the next one is looked for.

use std::sync::Arc;

use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::app::{App, AppError, Result};
use crate::domain::action::PlannedAction;
use crate::domain::id::PlanId;
use crate::domain::issue::{RowIssue, Severity};
use crate::domain::plan::books::Books;
use crate::domain::plan::settle::{Settled, Verdict};
use crate::store::{ActionBlocks, ActionPacker, HeldRow, Lease};

/// Batches that wait to be written, which is done to all of them at once.
const BATCHES_WAITING_MAX: usize = 4;

/// What became of some rows.
#[derive(Default)]
pub(super) struct Batch {
    /// Of these rows alone.
    books: Books,
    actions: ActionPacker,
    issues: Vec<RowIssue>,
    held: Vec<HeldRow>,
}

impl Batch {
    /// Counts rows that change nothing.
    pub fn add_unchanged(&mut self, rows: u32) {
        self.books.count_unchanged(rows);
    }

    /// Counts a row, and makes ready what is to be written of it.
    pub fn add_row(&mut self, settled: Settled) -> Result<()> {
        self.books.read += 1;
        match settled.verdict {
            Verdict::Unchanged => self.books.unchanged += 1,
            Verdict::Repeated => self.books.repeated += 1,
            Verdict::Held => {
                self.books.held += 1;
                self.held.extend(held_row(settled.row_number, &settled.issues));
            }
            Verdict::Action(action) => {
                self.books.with_actions += 1;
                self.add_action(&action)?;
            }
        }
        let issues = settled.issues.into_iter();
        self.issues.extend(issues.filter(|issue| self.books.count_issue(issue)));
        Ok(())
    }

    /// Counts an action, and makes it ready to be written.
    pub fn add_action(&mut self, action: &PlannedAction) -> Result<()> {
        self.books.count_action(action.kind);
        Ok(self.actions.push(action)?)
    }

    /// All that was added.
    pub fn finish(self) -> Ready {
        let Self { books, actions, issues, held } = self;
        Ready { books, actions: actions.finish(), issues, held }
    }
}

/// A batch that is ready to be written.
pub(super) struct Ready {
    books: Books,
    actions: ActionBlocks,
    issues: Vec<RowIssue>,
    held: Vec<HeldRow>,
}

impl Ready {
    fn is_empty(&self) -> bool {
        self.actions.is_empty() && self.issues.is_empty() && self.held.is_empty()
    }
}

/// Keeps the books of what is found, and hands it on to be written.
pub(super) struct Finder {
    /// What was found so far.
    pub books: Books,
    batches: Sender<Ready>,
}

/// One who finds, and the batches that [`write`] takes from them.
pub(super) fn finder() -> (Finder, Receiver<Ready>) {
    let (batches, waiting) = channel(BATCHES_WAITING_MAX);
    (Finder { books: Books::default(), batches }, waiting)
}

impl Finder {
    /// Takes a batch into the books, and hands it on. They come in the order of the file.
    pub async fn add(&mut self, mut batch: Ready) -> Result<()> {
        self.books.join(std::mem::take(&mut batch.books), &mut batch.issues);
        if batch.is_empty() {
            return Ok(());
        }
        // Whoever writes has ended with an error, which is the one that is told.
        let ended = |_| AppError::Internal("a plan that nobody writes any more".into());
        self.batches.send(batch).await.map_err(ended)?;
        // Whoever is woken by that runs next on this thread; this goes on beside it, on another one.
        tokio::task::yield_now().await;
        Ok(())
    }
}

/// Writes batches until there are no more, as many as wait in one transaction.
pub(super) async fn write(
    app: Arc<App>,
    lease: Lease,
    plan: PlanId,
    mut batches: Receiver<Ready>,
) -> Result<()> {
    let (mut blocks, mut issues) = (0, 0);
    let mut waiting = Vec::with_capacity(BATCHES_WAITING_MAX);
    while batches.recv_many(&mut waiting, BATCHES_WAITING_MAX).await > 0 {
        app.events.beat(lease.import);
        let tx = app.store.begin_leased(&lease).await?;
        for batch in waiting.drain(..) {
            tx.insert_issues(plan, issues, &batch.issues).await?;
            issues += batch.issues.len() as u32;
            tx.insert_held_rows(plan, &batch.held).await?;
            let count = batch.actions.count();
            tx.insert_actions(plan, blocks, batch.actions).await?;
            blocks += count;
        }
        // The last transaction of the plan seals it.
        app.tell(&tx.commit_unsealed().await?);
    }
    Ok(())
}

fn held_row(row_number: u32, issues: &[RowIssue]) -> Option<HeldRow> {
    let errors = || issues.iter().filter(|issue| issue.severity == Severity::Error);
    let message = errors().map(|issue| issue.message.as_str()).collect::<Vec<_>>().join(" ");
    errors().next().map(|first| HeldRow { row_number, code: first.code, message })
}
