//! Writing a plan's actions, and applying those that were approved.

use std::collections::HashMap;

use entity::{action_blocks, members};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::block::{ACTIONS_MAX, Head};
use super::scan::{Found, Scan};
use super::{ActionFilter, EmailConflict, block};
use crate::domain::action::{ActionKind, ApprovedAction, Decision, PlannedAction};
use crate::domain::id::{ActionId, MemberId, PlanId, TenantId};
use crate::domain::timestamp::Timestamp;
use crate::store::{Result, Store, Tx, bulk};

/// Blocks of which approved actions are read at once.
const BLOCKS_AT_ONCE: u64 = 4;

/// Actions that are ready to be written.
#[derive(Debug)]
pub struct ActionBlocks(Vec<action_blocks::ActiveModel>);

impl ActionBlocks {
    /// The actions of a plan that come behind its first `before` blocks.
    ///
    /// # Errors
    /// If an action cannot be written down.
    pub fn pack(plan: PlanId, before: u32, actions: &[PlannedAction]) -> Result<Self> {
        Ok(Self(block::rows(plan, before, actions)?))
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.0.len() as u32
    }
}

/// Approved actions in a row.
#[derive(Debug)]
pub struct ApprovedActions {
    /// In the order of the plan.
    pub actions: Vec<ApprovedAction>,
    /// Where those behind them begin; none at the end of the plan.
    pub next: Option<u32>,
}

fn approved(kinds: &[ActionKind]) -> ActionFilter {
    ActionFilter {
        kind: Some(kinds.to_vec()),
        decision: Some(vec![Decision::Approved]),
        ..ActionFilter::default()
    }
}

impl Store {
    /// The approved actions of these kinds in some blocks, those of the place `from` in the plan and behind it.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn approved_actions(
        &self,
        tenant: TenantId,
        plan: PlanId,
        kinds: &[ActionKind],
        from: u32,
    ) -> Result<ApprovedActions> {
        let scan = Scan::filtered(self, tenant, plan, approved(kinds)).within(Some(from), None);
        let mut scan = scan.with_bodies().at_once(BLOCKS_AT_ONCE);
        let found = scan.next().await?.unwrap_or_default();
        let next = found.last().map(|last| (last.block.number + 1) * ACTIONS_MAX);
        let mut actions = Vec::new();
        for Found { block, places } in found {
            for (place, changes) in places.iter().zip(block.changes(&places)?) {
                let Head { kind, member, .. } = block.heads[*place];
                let id = ActionId { plan, position: block.position(*place) };
                actions.push(ApprovedAction { id, kind, member, changes });
            }
        }
        Ok(ApprovedActions { actions, next })
    }
}

impl Tx {
    /// Adds actions to their plan.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn insert_actions(&self, blocks: ActionBlocks) -> Result<()> {
        if !blocks.0.is_empty() {
            action_blocks::Entity::insert_many(blocks.0).exec_without_returning(&self.inner).await?;
        }
        Ok(())
    }

    /// Approved actions that give away an address whose owner would keep it, `limit` at most.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn email_conflicts(
        &self,
        tenant: TenantId,
        plan: PlanId,
        limit: usize,
    ) -> Result<Vec<EmailConflict>> {
        let mut takes: Vec<(u32, MemberId)> = Vec::new();
        let mut frees: HashMap<MemberId, (u32, bool)> = HashMap::new();
        let mut scan = Scan::filtered(self, tenant, plan, ActionFilter::default());
        while let Some(found) = scan.next().await? {
            for Found { block, places } in found {
                for place in places {
                    let (head, position) = (block.heads[place], block.position(place));
                    let is_approved = block.decided[place].is_some_and(|decided| decided.approved);
                    if is_approved {
                        takes.extend(head.takes_email_from.map(|from| (position, from)));
                    }
                    if let Some(member) = head.member.filter(|_| head.frees_email) {
                        frees.insert(member, (position, is_approved));
                    }
                }
            }
        }
        let id = |position| ActionId { plan, position };
        let conflicts = takes.into_iter().filter_map(|(takes, from)| match frees.get(&from) {
            Some((_, true)) => None,
            Some((frees, false)) => Some(EmailConflict { takes: id(takes), frees: Some(id(*frees)) }),
            None => Some(EmailConflict { takes: id(takes), frees: None }),
        });
        Ok(conflicts.take(limit).collect())
    }

    /// Deletes the members whose approved actions say so: their records are kept for a while.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn apply_deletes(&self, tenant: TenantId, plan: PlanId, now: Timestamp) -> Result<u64> {
        let column = members::Column::DeletedAt;
        self.mark(tenant, plan, &[ActionKind::Delete], |_| true, column, Expr::val(now.0)).await
    }

    /// Takes the addresses from members who get another one, so that two can swap theirs without ever having the
    /// same.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn park_emails(&self, tenant: TenantId, plan: PlanId) -> Result<u64> {
        let kinds =
            ActionKind::ALL.into_iter().filter(|kind| *kind != ActionKind::Delete).collect::<Vec<_>>();
        let none = Expr::val(Option::<String>::None);
        self.mark(tenant, plan, &kinds, |head| head.frees_email, members::Column::EmailKey, none).await
    }

    /// Sets a column of the members whose approved actions are meant.
    async fn mark(
        &self,
        tenant: TenantId,
        plan: PlanId,
        kinds: &[ActionKind],
        is_meant: impl Fn(&Head) -> bool,
        column: members::Column,
        value: SimpleExpr,
    ) -> Result<u64> {
        let backend = ConnectionTrait::get_database_backend(&self.inner);
        let mut scan = Scan::filtered(self, tenant, plan, approved(kinds));
        let mut marked = 0;
        while let Some(found) = scan.next().await? {
            let heads =
                found.iter().flat_map(|found| found.places.iter().map(|place| found.block.heads[*place]));
            let ids: Vec<MemberId> = heads.filter(&is_meant).filter_map(|head| head.member).collect();
            for ids in ids.chunks(bulk::ids_max(backend)) {
                let is_one = bulk::is_one_of(backend, members::Column::Id, ids.iter().map(|id| id.0));
                let update = Query::update()
                    .table(members::Entity)
                    .value(column, value.clone())
                    .and_where(Expr::col(members::Column::TenantId).eq(tenant.0))
                    .and_where(is_one)
                    .to_owned();
                marked += self.inner.execute(&update).await?.rows_affected();
            }
        }
        Ok(marked)
    }
}
