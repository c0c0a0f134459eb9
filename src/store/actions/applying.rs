//! Writing a plan's actions, and applying those that were approved.

use std::collections::HashMap;

use entity::{action_blocks, members};
use futures_util::stream::{self, Stream};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::block::{ActionBlocks, Head};
use super::scan::{Found, Scan};
use super::{ActionFilter, EmailConflict};
use crate::domain::action::{ActionKind, ApprovedAction, Decision};
use crate::domain::id::{ActionId, MemberId, PlanId, TenantId};
use crate::domain::timestamp::Timestamp;
use crate::store::{Result, Store, Tx, bulk};

/// Blocks of which approved actions are read at once, but for the first: what is made of that one is waited for.
const BLOCKS_AT_ONCE: u64 = 2;

/// Approved actions in a row, as they were read.
#[derive(Debug)]
pub struct ApprovedActions {
    plan: PlanId,
    found: Vec<Found>,
}

impl ApprovedActions {
    /// Whom they are about, but for new ones.
    #[must_use]
    pub fn members(&self) -> Vec<MemberId> {
        let heads = self.found.iter().flat_map(Found::heads);
        heads.filter(|head| head.kind != ActionKind::Create).filter_map(|head| head.member).collect()
    }

    /// The actions, in the order of the plan. Takes its time.
    ///
    /// # Errors
    /// If they are not readable.
    pub fn actions(&self) -> Result<Vec<ApprovedAction>> {
        let mut actions = Vec::new();
        for Found { block, places } in &self.found {
            for (place, changes) in places.iter().zip(block.changes(places)?) {
                let Head { kind, member, .. } = block.heads[*place];
                let id = ActionId { plan: self.plan, position: block.position(*place) };
                actions.push(ApprovedAction { id, kind, member, changes });
            }
        }
        Ok(actions)
    }
}

fn approved(kinds: &[ActionKind]) -> ActionFilter {
    ActionFilter {
        kind: Some(kinds.to_vec()),
        decision: Some(vec![Decision::Approved]),
        ..ActionFilter::default()
    }
}

impl Store {
    /// The approved actions of these kinds, some blocks at a time.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn approved_actions(
        &self,
        tenant: TenantId,
        plan: PlanId,
        kinds: &[ActionKind],
    ) -> impl Stream<Item = Result<ApprovedActions>> + Send {
        let scan = Scan::filtered(self, tenant, plan, approved(kinds)).with_bodies().at_most(BLOCKS_AT_ONCE);
        stream::try_unfold(scan, move |mut scan| async move {
            Ok(scan.next().await?.map(|found| (ApprovedActions { plan, found }, scan)))
        })
    }
}

impl Tx {
    /// Adds actions to a plan, behind its first `before` blocks.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn insert_actions(&self, plan: PlanId, before: u32, blocks: ActionBlocks) -> Result<()> {
        if !blocks.is_empty() {
            let rows = blocks.rows(plan, before);
            action_blocks::Entity::insert_many(rows).exec_without_returning(&self.inner).await?;
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
        self.mark(tenant, plan, &[ActionKind::Delete], |head| head.member, column, Expr::val(now.0)).await
    }

    /// Takes the addresses from members to whose address another one changes, so that two can swap theirs without ever
    /// having the same.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn park_emails(&self, tenant: TenantId, plan: PlanId) -> Result<u64> {
        let none = Expr::val(Option::<String>::None);
        let column = members::Column::EmailKey;
        self.mark(tenant, plan, &ActionKind::ALL, |head| head.takes_email_from, column, none).await
    }

    /// Sets a column of the members whom approved actions name.
    async fn mark(
        &self,
        tenant: TenantId,
        plan: PlanId,
        kinds: &[ActionKind],
        named: impl Fn(&Head) -> Option<MemberId>,
        column: members::Column,
        value: SimpleExpr,
    ) -> Result<u64> {
        let backend = ConnectionTrait::get_database_backend(&self.inner);
        let mut scan = Scan::filtered(self, tenant, plan, approved(kinds));
        let mut marked = 0;
        while let Some(found) = scan.next().await? {
            let ids: Vec<MemberId> = found.iter().flat_map(Found::heads).filter_map(&named).collect();
            for ids in ids.chunks(bulk::ids_max(backend)) {
                let is_one = bulk::is_one_of(backend, members::Column::Id, ids.iter().map(|id| id.0));
                let update = Query::update()
                    .table(members::Entity)
                    .value(column, value.clone())
                    .and_where(Expr::col(members::Column::TenantId).eq(tenant.0))
                    .and_where(is_one)
                    // Who is gone keeps their address, by which they may come back.
                    .and_where(Expr::col(members::Column::DeletedAt).is_null())
                    .to_owned();
                marked += self.inner.execute(&update).await?.rows_affected();
            }
        }
        Ok(marked)
    }
}
