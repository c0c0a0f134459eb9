//! Deciding: what was decided about a block is a row of its own, so that approving a million actions rewrites none.

use std::collections::HashMap;

use entity::decision_blocks;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::ActionTarget;
use super::block::{Block, Decided};
use super::scan::{Found, Scan};
use crate::domain::action::{ActionKind, Decision};
use crate::domain::id::{PlanId, TenantId, UserId};
use crate::domain::plan::fingerprint::{Fingerprint, Fingerprinter};
use crate::domain::timestamp::Timestamp;
use crate::store::codes::Code;
use crate::store::{Result, Tx};

/// How many actions of a kind had a decision, and have another one now.
type Moves = HashMap<(ActionKind, Decision, Decision), u32>;

impl Tx {
    /// How many of `positions`, which are in order, the plan has.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn count_positions(&self, tenant: TenantId, plan: PlanId, positions: &[u32]) -> Result<u64> {
        let target = ActionTarget::Positions(positions.to_vec());
        Scan::of(self, tenant, plan, &target).count().await
    }

    /// Decides about actions. What has the decision already keeps who and when. Answers how many changed.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn decide(
        &self,
        tenant: TenantId,
        plan: PlanId,
        target: &ActionTarget,
        decision: Decision,
        by: UserId,
        now: Timestamp,
    ) -> Result<u64> {
        let approved = decision == Decision::Approved;
        let decided = (decision != Decision::Pending).then_some(Decided { approved, by, at: now });
        let mut moves = Moves::new();
        let mut scan = Scan::of(self, tenant, plan, target);
        while let Some(found) = scan.next().await? {
            self.write_decisions(plan, found, &mut moves, |_, before| {
                if Decided::decision(before) == decision { before } else { decided }
            })
            .await?;
        }
        self.move_counts(plan, &moves).await
    }

    /// Gives what was found the decisions that `decide` makes of a place in the plan and the decision before.
    async fn write_decisions(
        &self,
        plan: PlanId,
        found: Vec<Found>,
        moves: &mut Moves,
        decide: impl Fn(u32, Option<Decided>) -> Option<Decided>,
    ) -> Result<()> {
        let mut rows = Vec::new();
        for Found { mut block, places } in found {
            let mut is_changed = false;
            for place in places {
                let before = block.decided[place];
                let after = decide(block.position(place), before);
                if before != after {
                    is_changed = true;
                    block.decided[place] = after;
                    let of = |decided| Decided::decision(decided);
                    *moves.entry((block.heads[place].kind, of(before), of(after))).or_default() += 1;
                }
            }
            if is_changed {
                rows.push(block.decision_row(plan));
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        use decision_blocks::Column::{Approvals, Block, PlanId, Runs};
        let replace = OnConflict::columns([PlanId, Block]).update_columns([Approvals, Runs]).to_owned();
        let insert = decision_blocks::Entity::insert_many(rows).on_conflict(replace);
        insert.exec_without_returning(&self.inner).await?;
        Ok(())
    }

    /// Counts what has another decision now. Answers how many that are.
    async fn move_counts(&self, plan: PlanId, moves: &Moves) -> Result<u64> {
        use entity::plan_counts::{Column, Entity};
        for kind in ActionKind::ALL {
            let step = |decision: Decision| {
                let of_kind = moves.iter().filter(|((of, _, _), _)| *of == kind);
                let steps = of_kind.map(|((_, before, after), count)| {
                    i64::from(*count) * (i64::from(*after == decision) - i64::from(*before == decision))
                });
                steps.sum::<i64>()
            };
            let (approved, rejected) = (step(Decision::Approved), step(Decision::Rejected));
            if (approved, rejected) == (0, 0) {
                continue;
            }
            let update = Query::update()
                .table(Entity)
                .value(Column::Approved, Expr::col(Column::Approved).add(approved))
                .value(Column::Rejected, Expr::col(Column::Rejected).add(rejected))
                .and_where(Expr::col(Column::PlanId).eq(plan.0))
                .and_where(Expr::col(Column::Kind).eq(kind.word()))
                .to_owned();
            self.inner.execute(&update).await?;
        }
        Ok(moves.values().map(|count| u64::from(*count)).sum())
    }

    /// Carries decisions over from a plan to the one that replaces it, for actions that are the same in member or
    /// row, kind and changes. Takes some bytes of memory for each that was decided.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn carry_decisions(
        &self,
        tenant: TenantId,
        from: PlanId,
        to: PlanId,
        prints: Fingerprinter,
    ) -> Result<()> {
        use crate::store::ActionFilter;
        let decision = Some(vec![Decision::Approved, Decision::Rejected]);
        let filter = ActionFilter { decision, ..ActionFilter::default() };
        let mut decided: HashMap<Fingerprint, Decided> = HashMap::new();
        let mut scan = Scan::filtered(self, tenant, from, filter).with_bodies();
        while let Some(found) = scan.next().await? {
            for Found { block, places } in found {
                let what = subjects(&block, &places, prints)?.into_iter();
                let decisions = places.iter().map(|place| block.decided[*place]);
                decided.extend(what.zip(decisions).filter_map(|(what, decided)| Some((what, decided?))));
            }
        }
        if decided.is_empty() {
            return Ok(());
        }
        let mut moves = Moves::new();
        let mut scan = Scan::filtered(self, tenant, to, ActionFilter::default()).with_bodies();
        while let Some(found) = scan.next().await? {
            let mut carried: HashMap<u32, Decided> = HashMap::new();
            for Found { block, places } in &found {
                for (place, what) in places.iter().zip(subjects(block, places, prints)?) {
                    carried.extend(decided.get(&what).map(|decided| (block.position(*place), *decided)));
                }
            }
            self.write_decisions(to, found, &mut moves, |position, _| carried.get(&position).copied())
                .await?;
        }
        self.move_counts(to, &moves).await?;
        Ok(())
    }
}

/// What each of the actions does to whom: two plans' actions of which it is the same are the same.
fn subjects(block: &Block, places: &[usize], prints: Fingerprinter) -> Result<Vec<Fingerprint>> {
    let changes = block.changes(places)?;
    let subjects = places.iter().zip(changes).map(|(place, changes)| {
        let head = block.heads[*place];
        let mut print = prints.start();
        print.add(Some(head.kind.word()));
        print.add(head.member.map(|member| member.0.to_string()).as_deref());
        // A row is who it is about only where no member is.
        let row = head.row_number.filter(|_| head.member.is_none());
        print.add(row.map(|row| row.to_string()).as_deref());
        for change in &changes {
            print.add(Some(&change.0));
            print.add(change.1.as_deref());
            print.add(change.2.as_deref());
        }
        print.end()
    });
    Ok(subjects.collect())
}
