//! Walking through a plan: block by block, in either direction, and which of their actions are meant.

use std::ops::Range;

use entity::{action_blocks, decision_blocks};
use memchr::memmem::Finder;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Order, Query, SelectStatement, SimpleExpr};

use super::block::{ACTIONS_MAX, Block, BlockRow, Decided, Head};
use super::{ActionFilter, ActionTarget};
use crate::domain::action::FieldChange;
use crate::domain::id::{PlanId, TenantId};
use crate::domain::value::fold::fold;
use crate::store::scope::plans_of;
use crate::store::{Db, Result};

/// Blocks that are read at once, at most, without their bodies and with them; at first it is one, as a page seldom takes
/// more.
const BLOCKS_AT_ONCE: u64 = 64;
const BODIES_AT_ONCE: u64 = 8;

/// Behind all places.
const END: u32 = i32::MAX.unsigned_abs();

fn a(column: action_blocks::Column) -> SimpleExpr {
    Expr::col((action_blocks::Entity, column))
}

fn d(column: decision_blocks::Column) -> SimpleExpr {
    Expr::col((decision_blocks::Entity, column))
}

/// Some of a plan's blocks beside their decisions, in order; of what is large, only what is wanted.
fn blocks(tenant: TenantId, plan: PlanId, search_keys: bool, bodies: bool) -> SelectStatement {
    use action_blocks::Column::{Block, Bodies, Heads, PlanId as Plan, SearchKeys};
    let large = |wanted, column| if wanted { a(column) } else { Expr::val(Vec::<u8>::new()) };
    Query::select()
        .columns([Block, Heads].map(|column| (action_blocks::Entity, column)))
        .column((decision_blocks::Entity, decision_blocks::Column::Runs))
        .expr(large(search_keys, SearchKeys))
        .expr(large(bodies, Bodies))
        .from(action_blocks::Entity)
        .join(
            JoinType::LeftJoin,
            decision_blocks::Entity,
            d(decision_blocks::Column::PlanId)
                .eq(a(Plan))
                .and(d(decision_blocks::Column::Block).eq(a(Block))),
        )
        .and_where(a(Plan).eq(plan.0))
        .and_where(a(Plan).in_subquery(plans_of(tenant, &[plan])))
        .to_owned()
}

async fn read<D: Db>(db: &D, select: &SelectStatement) -> Result<Vec<Block>> {
    let rows = db.connection().query_all(select).await?;
    rows.iter().map(|row| Block::read(row.try_get_many_by_index::<BlockRow>()?)).collect()
}

/// A block, and which places in it are meant, in order.
#[derive(Debug)]
pub(super) struct Found {
    pub block: Block,
    pub places: Vec<usize>,
}

impl Found {
    /// What the actions that are meant are about.
    pub fn heads(&self) -> impl Iterator<Item = &Head> {
        self.places.iter().map(|place| &self.block.heads[*place])
    }
}

/// Goes through the blocks of a plan, and finds what is meant.
pub(super) struct Scan<'a, D> {
    db: &'a D,
    tenant: TenantId,
    plan: PlanId,
    filter: ActionFilter,
    search: Option<Finder<'static>>,
    /// These blocks alone, if these places alone are meant.
    positions: Option<&'a [u32]>,
    /// Places that are still to be looked at.
    range: Range<u32>,
    backward: bool,
    bodies: bool,
    at_once: u64,
    at_most: u64,
}

impl<'a, D: Db> Scan<'a, D> {
    /// Through all of what the target is.
    pub fn of(db: &'a D, tenant: TenantId, plan: PlanId, target: &'a ActionTarget) -> Self {
        match target {
            ActionTarget::All => Self::filtered(db, tenant, plan, ActionFilter::default()),
            ActionTarget::Filter(filter) => Self::filtered(db, tenant, plan, filter.clone()),
            ActionTarget::Positions(positions) => {
                let all = Self::filtered(db, tenant, plan, ActionFilter::default());
                Self { positions: Some(positions), ..all }
            }
        }
    }

    /// Through all that the filter shows.
    pub fn filtered(db: &'a D, tenant: TenantId, plan: PlanId, filter: ActionFilter) -> Self {
        let search = filter.search.as_deref().map(|text| Finder::new(fold(text).as_bytes()).into_owned());
        Self {
            db,
            tenant,
            plan,
            filter,
            search,
            positions: None,
            range: 0..END,
            backward: false,
            bodies: false,
            at_once: 1,
            at_most: BLOCKS_AT_ONCE,
        }
    }

    /// Only places from `first` on and before `end`.
    pub fn within(self, first: Option<u32>, end: Option<u32>) -> Self {
        Self {
            range: first.map_or(0, |first| Ord::min(first, END))..end.map_or(END, |end| Ord::min(end, END)),
            ..self
        }
    }

    /// From the end.
    pub fn backward(self, backward: bool) -> Self {
        Self { backward, ..self }
    }

    /// Reads the bodies along.
    pub fn with_bodies(self) -> Self {
        Self { bodies: true, at_most: BODIES_AT_ONCE, ..self }
    }

    /// Reads no more than so many blocks at once.
    pub fn at_most(self, blocks: u64) -> Self {
        Self { at_most: blocks, ..self }
    }

    /// The next blocks, those included of which nothing is meant; none at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<Found>>> {
        if self.range.is_empty() {
            return Ok(None);
        }
        let block = action_blocks::Column::Block;
        let (first, last) = (self.range.start / ACTIONS_MAX, (self.range.end - 1) / ACTIONS_MAX);
        let mut select = blocks(self.tenant, self.plan, self.search.is_some(), self.bodies);
        select
            .and_where(a(block).between(first as i32, last as i32))
            .order_by((action_blocks::Entity, block), if self.backward { Order::Desc } else { Order::Asc })
            .limit(self.at_once);
        if let Some(positions) = self.positions {
            let mut numbers: Vec<i32> = positions.iter().map(|place| (place / ACTIONS_MAX) as i32).collect();
            numbers.sort_unstable();
            numbers.dedup();
            select.and_where(a(block).is_in(numbers));
        }
        let read = read(self.db, &select).await?;
        let mut found = Vec::with_capacity(read.len());
        for block in read {
            let places = self.places(&block)?;
            found.push(Found { block, places });
        }
        if self.filter.changed_field.is_some() {
            self.keep_changed(&mut found).await?;
        }
        let Some(last) = found.last().map(|found| found.block.number) else { return Ok(None) };
        if self.backward {
            self.range.end = last * ACTIONS_MAX;
        } else {
            self.range.start = (last + 1) * ACTIONS_MAX;
        }
        self.at_once = Ord::min(self.at_once * 2, self.at_most);
        Ok(Some(found))
    }

    /// How many actions are meant.
    pub async fn count(mut self) -> Result<u64> {
        let mut count = 0;
        while let Some(found) = self.next().await? {
            count += found.iter().map(|found| found.places.len() as u64).sum::<u64>();
        }
        Ok(count)
    }

    /// Which actions of the block are meant, as far as can be told without their bodies.
    fn places(&self, block: &Block) -> Result<Vec<usize>> {
        let filter = &self.filter;
        let is_meant = |place: &usize| {
            let (head, decided) = (block.heads[*place], block.decided[*place]);
            let position = block.position(*place);
            self.range.contains(&position)
                && self.positions.is_none_or(|positions| positions.binary_search(&position).is_ok())
                && filter.kind.as_ref().is_none_or(|kinds| kinds.contains(&head.kind))
                && filter.has_warnings.is_none_or(|has| has == head.has_warnings)
                && filter.decided_by.is_none_or(|by| decided.is_some_and(|decided| decided.by == by))
                && (filter.decision.as_ref())
                    .is_none_or(|decisions| decisions.contains(&Decided::decision(decided)))
        };
        let mut places: Vec<usize> = (0..block.heads.len()).filter(is_meant).collect();
        if let Some(text) = self.search.as_ref().filter(|_| !places.is_empty()) {
            block.search(&mut places, text)?;
        }
        Ok(places)
    }

    /// Keeps of what is meant what changes one of the fields.
    async fn keep_changed(&self, found: &mut [Found]) -> Result<()> {
        add_bodies(self.db, self.tenant, self.plan, found).await?;
        let Some(fields) = &self.filter.changed_field else { return Ok(()) };
        for Found { block, places } in found.iter_mut().filter(|found| !found.places.is_empty()) {
            let mut changes = block.changes(places)?.into_iter();
            let changes_one =
                |changes: Vec<_>| changes.iter().any(|change: &FieldChange| fields.contains(&change.0));
            places.retain(|_| changes.next().is_some_and(changes_one));
        }
        Ok(())
    }
}

/// Reads the bodies of those blocks of which something is meant.
pub(super) async fn add_bodies<D: Db>(
    db: &D,
    tenant: TenantId,
    plan: PlanId,
    found: &mut [Found],
) -> Result<()> {
    let without = |found: &&mut Found| !found.places.is_empty() && !found.block.has_bodies();
    let mut without: Vec<&mut Found> = found.iter_mut().filter(without).collect();
    if without.is_empty() {
        return Ok(());
    }
    use action_blocks::Column::{Block, Bodies, PlanId as Plan};
    let select = Query::select()
        .columns([Block, Bodies])
        .from(action_blocks::Entity)
        .and_where(Expr::col(Plan).eq(plan.0))
        .and_where(Expr::col(Plan).in_subquery(plans_of(tenant, &[plan])))
        .and_where(Expr::col(Block).is_in(without.iter().map(|found| found.block.number as i32)))
        .to_owned();
    for row in db.connection().query_all(&select).await? {
        let (number, bodies) = row.try_get_many_by_index::<(i32, Vec<u8>)>()?;
        if let Some(found) = without.iter_mut().find(|found| found.block.number == number.unsigned_abs()) {
            found.block.take_bodies(bodies);
        }
    }
    Ok(())
}
