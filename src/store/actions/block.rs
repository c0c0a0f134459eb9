//! Blocks: a thousand actions in a row of the database.
//!
//! A plan is written once, and read by pages, or as a whole. So its actions need no rows of their own, each with the
//! indexes and the bookkeeping of one: what they are about is kept in records of one size, which are walked through by the
//! thousand; what the review shows of them in lines, of which only those that are shown are parsed; both compressed. An
//! action's place says which block it is in.

use std::borrow::Cow;
use std::collections::BTreeMap;

use entity::{action_blocks, decision_blocks};
use sea_orm::Set;
use uuid::Uuid;

use crate::domain::action::{ActionKind, Approval, Decision, FieldChange, PlannedAction, ProfileAction};
use crate::domain::id::{ActionId, MemberId, PlanId, UserId};
use crate::domain::issue::RowIssue;
use crate::domain::member::search_key;
use crate::domain::timestamp::Timestamp;
use crate::store::{Result, StoreError};

/// Actions of a block, at most. A place in the plan is its block's, and the place in that.
pub(super) const ACTIONS_MAX: u32 = 1_000;
/// Bytes of a block's bodies, before they are compressed, from which on it takes no more.
const BODY_BYTES: usize = 1024 * 1024;
/// Between the search keys, in which it cannot be.
const KEY_END: u8 = 0;

const HEAD_BYTES: usize = 1 + 1 + 4 + 16 + 16;
const RUN_BYTES: usize = 2 + 1 + 16 + 8;
const APPROVAL_BYTES: usize = 1 + 16 + 4 + 8;

const HAS_WARNINGS: u8 = 1;
const FREES_EMAIL: u8 = 2;

/// What an action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub kind: ActionKind,
    pub has_warnings: bool,
    pub frees_email: bool,
    pub row_number: Option<u32>,
    pub member: Option<MemberId>,
    pub takes_email_from: Option<MemberId>,
}

/// What the review shows of an action.
#[derive(serde::Serialize, serde::Deserialize)]
struct Body<'a> {
    name: Cow<'a, str>,
    email: Option<Cow<'a, str>>,
    id: Option<Cow<'a, str>>,
    changes: Cow<'a, [FieldChange]>,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    warnings: Cow<'a, [RowIssue]>,
}

/// What was decided about an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decided {
    pub approved: bool,
    pub by: UserId,
    pub at: Timestamp,
}

impl Decided {
    /// None is PENDING.
    pub fn decision(decided: Option<Self>) -> Decision {
        match decided {
            None => Decision::Pending,
            Some(Self { approved: true, .. }) => Decision::Approved,
            Some(_) => Decision::Rejected,
        }
    }
}

/// A block as it was read, without what was not asked for.
#[derive(Debug)]
pub(super) struct Block {
    pub number: u32,
    pub heads: Vec<Head>,
    /// One for each action.
    pub decided: Vec<Option<Decided>>,
    search_keys: Vec<u8>,
    bodies: Vec<u8>,
}

/// Columns of a row that a block is read from: the last two are empty if they were not asked for.
pub(super) type BlockRow = (i32, Vec<u8>, Option<Vec<u8>>, Vec<u8>, Vec<u8>);

impl Block {
    pub fn read((number, heads, runs, search_keys, bodies): BlockRow) -> Result<Self> {
        let heads = unpack(&heads)?.chunks(HEAD_BYTES).map(head).collect::<Result<Vec<_>>>()?;
        let mut decided = runs.map_or_else(|| Ok(Vec::new()), |runs| read_runs(&runs))?;
        decided.resize(heads.len(), None);
        Ok(Self { number: number.unsigned_abs(), heads, decided, search_keys, bodies })
    }

    /// The place in the plan.
    pub fn position(&self, place: usize) -> u32 {
        self.number * ACTIONS_MAX + place as u32
    }

    /// Which of `places` have a key that contains `text`.
    pub fn search(&self, places: &mut Vec<usize>, text: &memchr::memmem::Finder<'_>) -> Result<()> {
        let keys = unpack(&self.search_keys)?;
        if text.find(&keys).is_none() {
            places.clear();
            return Ok(());
        }
        let keys: Vec<&[u8]> = keys.split(|byte| *byte == KEY_END).collect();
        places.retain(|place| keys.get(*place).is_some_and(|key| text.find(key).is_some()));
        Ok(())
    }

    /// Takes the bodies from elsewhere.
    pub fn take_bodies(&mut self, bodies: Vec<u8>) {
        self.bodies = bodies;
    }

    pub fn has_bodies(&self) -> bool {
        !self.bodies.is_empty()
    }

    /// Hands the bodies of `places`, which are in order, to `each`.
    fn bodies(&self, places: &[usize], mut each: impl FnMut(usize, Body<'_>)) -> Result<()> {
        let bodies = unpack(&self.bodies)?;
        let mut lines = bodies.split(|byte| *byte == b'\n').enumerate();
        for place in places {
            let line = lines.find(|(number, _)| number == place);
            let (_, line) =
                line.ok_or_else(|| StoreError::Unreadable("a block without a line".to_owned()))?;
            each(*place, serde_json::from_slice(line)?);
        }
        Ok(())
    }

    /// What the actions at `places`, which are in order, change.
    pub fn changes(&self, places: &[usize]) -> Result<Vec<Vec<FieldChange>>> {
        let mut changes = Vec::with_capacity(places.len());
        self.bodies(places, |_, body| changes.push(body.changes.into_owned()))?;
        Ok(changes)
    }

    /// The actions at `places`, which are in order.
    pub fn actions(&self, plan: PlanId, places: &[usize]) -> Result<Vec<ProfileAction>> {
        let mut actions = Vec::with_capacity(places.len());
        self.bodies(places, |place, body| {
            let (head, decided) = (self.heads[place], self.decided[place]);
            actions.push(ProfileAction {
                id: ActionId { plan, position: self.position(place) },
                planned: PlannedAction {
                    kind: head.kind,
                    member: head.member,
                    row_number: head.row_number,
                    member_name: body.name.into_owned(),
                    member_email: body.email.map(Cow::into_owned),
                    member_unique_id: body.id.map(Cow::into_owned),
                    changes: body.changes.into_owned(),
                    warnings: body.warnings.into_owned(),
                    frees_email: head.frees_email,
                    takes_email_from: head.takes_email_from,
                },
                decision: Decided::decision(decided),
                decided: decided.map(|decided| (decided.by, decided.at)),
            });
        })?;
        Ok(actions)
    }

    /// The decisions as a row, and who approved what with them.
    pub fn decision_row(&self, plan: PlanId) -> decision_blocks::ActiveModel {
        let mut runs = Vec::new();
        for run in self.decided.chunk_by(|one, next| one == next) {
            runs.extend((run.len() as u16).to_be_bytes());
            let (state, by, at) = run[0].map_or((0, Uuid::nil(), 0), |decided| {
                (if decided.approved { 1 } else { 2 }, decided.by.0, decided.at.0)
            });
            runs.push(state);
            runs.extend(by.as_bytes());
            runs.extend(at.to_be_bytes());
        }
        let mut sums: BTreeMap<(ActionKind, UserId), (u32, Timestamp)> = BTreeMap::new();
        for (head, decided) in self.heads.iter().zip(&self.decided) {
            if let Some(Decided { approved: true, by, at }) = *decided {
                let (count, last) = sums.entry((head.kind, by)).or_insert((0, at));
                *count += 1;
                *last = at.max(*last);
            }
        }
        let mut approvals = Vec::with_capacity(sums.len() * APPROVAL_BYTES);
        for ((kind, by), (count, last)) in sums {
            approvals.push(kind_byte(kind));
            approvals.extend(by.0.as_bytes());
            approvals.extend(count.to_be_bytes());
            approvals.extend(last.0.to_be_bytes());
        }
        decision_blocks::ActiveModel {
            plan_id: Set(plan.0),
            block: Set(self.number as i32),
            approvals: Set(approvals),
            runs: Set(pack(&runs)),
        }
    }
}

/// What a row says of who approved what.
pub(super) fn approvals(plan: PlanId, row: &[u8]) -> Result<Vec<Approval>> {
    let approvals = row.chunks(APPROVAL_BYTES).map(|mut record| {
        Ok(Approval {
            plan,
            kind: kind(take::<1>(&mut record)?)?,
            by: UserId(Uuid::from_bytes(take(&mut record)?)),
            count: u32::from_be_bytes(take(&mut record)?),
            last_decided_at: Timestamp(i64::from_be_bytes(take(&mut record)?)),
        })
    });
    approvals.collect()
}

/// A block as it is written, but for its number.
#[derive(Debug)]
struct Packed {
    heads: Vec<u8>,
    search_keys: Vec<u8>,
    bodies: Vec<u8>,
}

/// Actions that are ready to be written.
#[derive(Debug)]
pub struct ActionBlocks(Vec<Packed>);

impl ActionBlocks {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.0.len() as u32
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As rows of a plan, behind its first `before` blocks.
    pub(super) fn rows(
        self,
        plan: PlanId,
        before: u32,
    ) -> impl Iterator<Item = action_blocks::ActiveModel> + use<> {
        (before..).zip(self.0).map(move |(block, packed)| action_blocks::ActiveModel {
            plan_id: Set(plan.0),
            block: Set(block as i32),
            heads: Set(packed.heads),
            search_keys: Set(packed.search_keys),
            bodies: Set(packed.bodies),
        })
    }
}

/// Makes actions ready to be written, each block as full as it may be.
#[derive(Debug, Default)]
pub struct ActionPacker {
    full: Vec<Packed>,
    count: u32,
    heads: Vec<u8>,
    search_keys: Vec<u8>,
    bodies: Vec<u8>,
}

impl ActionPacker {
    /// Adds an action behind the others.
    ///
    /// # Errors
    /// If it cannot be written down.
    pub fn push(&mut self, action: &PlannedAction) -> Result<()> {
        if self.count == ACTIONS_MAX || self.bodies.len() >= BODY_BYTES {
            self.close();
        }
        self.count += 1;
        push_head(&mut self.heads, action);
        let (email, id) = (action.member_email.as_deref(), action.member_unique_id.as_deref());
        self.search_keys.extend(search_key(&action.member_name, email, id).bytes());
        self.search_keys.push(KEY_END);
        let body = Body {
            name: action.member_name.as_str().into(),
            email: email.map(Into::into),
            id: id.map(Into::into),
            changes: action.changes.as_slice().into(),
            warnings: action.warnings.as_slice().into(),
        };
        serde_json::to_writer(&mut self.bodies, &body)?;
        self.bodies.push(b'\n');
        Ok(())
    }

    /// All that were added.
    #[must_use]
    pub fn finish(mut self) -> ActionBlocks {
        self.close();
        ActionBlocks(self.full)
    }

    fn close(&mut self) {
        if self.count == 0 {
            return;
        }
        self.full.push(Packed {
            heads: pack(&self.heads),
            search_keys: pack(&self.search_keys),
            bodies: pack(&self.bodies),
        });
        self.count = 0;
        for bytes in [&mut self.heads, &mut self.search_keys, &mut self.bodies] {
            bytes.clear();
        }
    }
}

fn push_head(heads: &mut Vec<u8>, action: &PlannedAction) {
    let id = |member: Option<MemberId>| member.map_or(Uuid::nil(), |member| member.0);
    let warns = if action.warnings.is_empty() { 0 } else { HAS_WARNINGS };
    let frees = if action.frees_email { FREES_EMAIL } else { 0 };
    heads.push(kind_byte(action.kind));
    heads.push(warns | frees);
    heads.extend(action.row_number.unwrap_or(0).to_be_bytes());
    heads.extend(id(action.member).as_bytes());
    heads.extend(id(action.takes_email_from).as_bytes());
}

fn head(mut record: &[u8]) -> Result<Head> {
    let kind = kind(take::<1>(&mut record)?)?;
    let [flags] = take(&mut record)?;
    let row_number = u32::from_be_bytes(take(&mut record)?);
    let mut member = || {
        let id = Uuid::from_bytes(take(&mut record)?);
        Ok::<_, StoreError>((!id.is_nil()).then_some(MemberId(id)))
    };
    Ok(Head {
        kind,
        has_warnings: flags & HAS_WARNINGS != 0,
        frees_email: flags & FREES_EMAIL != 0,
        row_number: (row_number != 0).then_some(row_number),
        member: member()?,
        takes_email_from: member()?,
    })
}

fn read_runs(runs: &[u8]) -> Result<Vec<Option<Decided>>> {
    let mut decided = Vec::new();
    for mut record in unpack(runs)?.chunks(RUN_BYTES) {
        let length = u16::from_be_bytes(take(&mut record)?);
        let [state] = take(&mut record)?;
        let by = UserId(Uuid::from_bytes(take(&mut record)?));
        let at = Timestamp(i64::from_be_bytes(take(&mut record)?));
        let run = (state != 0).then_some(Decided { approved: state == 1, by, at });
        decided.resize(decided.len() + usize::from(length), run);
    }
    Ok(decided)
}

/// Written down with every plan: a number stands for its kind for good.
fn kind_byte(kind: ActionKind) -> u8 {
    match kind {
        ActionKind::Create => 0,
        ActionKind::Update => 1,
        ActionKind::Deactivate => 2,
        ActionKind::Reactivate => 3,
        ActionKind::Delete => 4,
    }
}

fn kind([byte]: [u8; 1]) -> Result<ActionKind> {
    let kind = ActionKind::ALL.into_iter().find(|kind| kind_byte(*kind) == byte);
    kind.ok_or_else(|| StoreError::Unreadable(format!("a kind of action with the number {byte}")))
}

fn take<const N: usize>(record: &mut &[u8]) -> Result<[u8; N]> {
    let (taken, rest) = record
        .split_first_chunk()
        .ok_or_else(|| StoreError::Unreadable("a record that is cut".to_owned()))?;
    *record = rest;
    Ok(*taken)
}

fn pack(bytes: &[u8]) -> Vec<u8> {
    lz4_flex::compress_prepend_size(bytes)
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>> {
    lz4_flex::decompress_size_prepended(packed).map_err(|error| StoreError::Unreadable(error.to_string()))
}
