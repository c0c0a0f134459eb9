//! Reviewing: pages of actions, and who approved what.

use std::collections::BTreeMap;

use entity::decision_blocks;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};

use super::scan::{Found, Scan, add_bodies};
use super::{ActionFilter, ActionTarget, block};
use crate::domain::action::{Approval, ProfileAction};
use crate::domain::id::{PlanId, TenantId};
use crate::domain::page::{Page, PageRequest};
use crate::store::scope::{one_of, plans_of};
use crate::store::{Db, Result, Store};

impl Store {
    /// One page of a plan's actions, in the order of the plan.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn action_page(
        &self,
        tenant: TenantId,
        plan: PlanId,
        filter: &ActionFilter,
        request: &PageRequest<u32>,
    ) -> Result<Page<ProfileAction>> {
        let first = request.after.map(|after| after.saturating_add(1));
        let scan = Scan::filtered(self, tenant, plan, filter.clone());
        let mut scan = scan.within(first, request.before).backward(request.backward);
        let wanted = request.limit as usize + 1;
        let mut actions: Vec<ProfileAction> = Vec::with_capacity(wanted);
        while actions.len() < wanted {
            let Some(mut found) = scan.next().await? else { break };
            take_first(&mut found, wanted - actions.len(), request.backward);
            add_bodies(self, tenant, plan, &mut found).await?;
            for Found { block, places } in found.iter().filter(|found| !found.places.is_empty()) {
                let mut of_block = block.actions(plan, places)?;
                if request.backward {
                    of_block.reverse();
                }
                actions.extend(of_block);
            }
        }
        Ok(Page::from_found(actions, request))
    }

    /// How many actions the list has.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn action_count(&self, tenant: TenantId, plan: PlanId, filter: &ActionFilter) -> Result<u64> {
        Scan::filtered(self, tenant, plan, filter.clone()).count().await
    }

    /// Some actions of a plan.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn actions(
        &self,
        tenant: TenantId,
        plan: PlanId,
        positions: &[u32],
    ) -> Result<Vec<ProfileAction>> {
        let mut positions = positions.to_vec();
        positions.sort_unstable();
        let target = ActionTarget::Positions(positions);
        let mut scan = Scan::of(self, tenant, plan, &target).with_bodies();
        let mut actions = Vec::new();
        while let Some(found) = scan.next().await? {
            for Found { block, places } in found {
                actions.extend(block.actions(plan, &places)?);
            }
        }
        Ok(actions)
    }

    /// Who approved how many of what in several plans, and when last.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn approvals(&self, tenant: TenantId, plans: &[PlanId]) -> Result<Vec<Approval>> {
        use decision_blocks::Column::{Approvals, PlanId as Plan};
        let select = Query::select()
            .columns([Plan, Approvals])
            .from(decision_blocks::Entity)
            .and_where(one_of(Expr::col(Plan), plans))
            .and_where(Expr::col(Plan).in_subquery(plans_of(tenant, plans)))
            .to_owned();
        let mut sums: BTreeMap<_, Approval> = BTreeMap::new();
        for row in self.connection().query_all(&select).await? {
            let (plan, approvals) = row.try_get_many_by_index::<(uuid::Uuid, Vec<u8>)>()?;
            for approval in block::approvals(PlanId(plan), &approvals)? {
                sums.entry((approval.plan, approval.kind, approval.by))
                    .and_modify(|sum| {
                        sum.count += approval.count;
                        sum.last_decided_at = sum.last_decided_at.max(approval.last_decided_at);
                    })
                    .or_insert(approval);
            }
        }
        Ok(sums.into_values().collect())
    }
}

/// Keeps the first `wanted` places, in the order in which they are looked through.
fn take_first(found: &mut [Found], mut wanted: usize, backward: bool) {
    for Found { places, .. } in found {
        if backward {
            places.drain(..places.len().saturating_sub(wanted));
        } else {
            places.truncate(wanted);
        }
        wanted -= places.len();
    }
}
