//! Writing a plan: while a batch is written, the next one is looked for.

use std::sync::Arc;

use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::app::{App, AppError, Result};
use crate::domain::action::PlannedAction;
use crate::domain::id::PlanId;
use crate::domain::issue::{RowIssue, Severity};
use crate::domain::plan::books::Books;
use crate::domain::plan::settle::{Settled, Verdict};
use crate::store::{ActionBlocks, HeldRow, Lease};

/// Batches that wait to be written, which is done to all of them at once.
const BATCHES_WAITING_MAX: usize = 4;

/// What became of some rows.
#[derive(Default)]
pub(super) struct Batch {
    actions: Vec<PlannedAction>,
    issues: Vec<RowIssue>,
    held: Vec<HeldRow>,
}

/// Keeps the books of what is found, and hands it on to be written.
pub(super) struct Finder {
    /// What was found so far.
    pub books: Books,
    batches: Sender<Batch>,
}

/// One who finds, and the batches that [`write`] takes from them.
pub(super) fn finder() -> (Finder, Receiver<Batch>) {
    let (batches, waiting) = channel(BATCHES_WAITING_MAX);
    (Finder { books: Books::default(), batches }, waiting)
}

impl Finder {
    /// Counts what became of some rows, and hands it on.
    pub async fn add_rows(&mut self, settled: impl Iterator<Item = Settled>) -> Result<()> {
        let mut batch = Batch::default();
        for settled in settled {
            self.books.read += 1;
            match settled.verdict {
                Verdict::Unchanged => self.books.unchanged += 1,
                Verdict::Repeated => self.books.repeated += 1,
                Verdict::Held => {
                    self.books.held += 1;
                    batch.held.extend(held_row(settled.row_number, &settled.issues));
                }
                Verdict::Action(action) => {
                    self.books.with_actions += 1;
                    self.books.count_action(action.kind);
                    batch.actions.push(*action);
                }
            }
            let issues = settled.issues.into_iter();
            batch.issues.extend(issues.filter(|issue| self.books.count_issue(issue)));
        }
        self.hand_on(batch).await
    }

    /// Counts actions that no row implies, and hands them on.
    pub async fn add_deletions(&mut self, actions: Vec<PlannedAction>) -> Result<()> {
        for action in &actions {
            self.books.count_action(action.kind);
        }
        self.hand_on(Batch { actions, ..Batch::default() }).await
    }

    async fn hand_on(&self, batch: Batch) -> Result<()> {
        if batch.actions.is_empty() && batch.issues.is_empty() && batch.held.is_empty() {
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
    mut batches: Receiver<Batch>,
) -> Result<()> {
    let (mut blocks, mut issues) = (0, 0);
    let mut waiting = Vec::with_capacity(BATCHES_WAITING_MAX);
    while batches.recv_many(&mut waiting, BATCHES_WAITING_MAX).await > 0 {
        app.events.beat(lease.import);
        let mut packed = Vec::with_capacity(waiting.len());
        for batch in waiting.drain(..) {
            let actions = ActionBlocks::pack(plan, blocks, &batch.actions)?;
            blocks += actions.count();
            packed.push((batch, actions));
        }
        let tx = app.store.begin_leased(&lease).await?;
        for (batch, actions) in packed {
            tx.insert_issues(plan, issues, &batch.issues).await?;
            tx.insert_held_rows(plan, &batch.held).await?;
            tx.insert_actions(actions).await?;
            issues += batch.issues.len() as u32;
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
