//! Ids as clients see them: opaque, globally unique, stable.

use async_graphql::ID;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::domain::id::{ActionId, FieldId, ImportId, MemberId, PlanId, TenantId, UserId};

/// What an id is of: its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Tenant = 1,
    User = 2,
    Import = 3,
    Plan = 4,
    Action = 5,
    Member = 6,
    Field = 7,
    File = 8,
    Mapping = 9,
    Viewer = 10,
}

/// An id that was given out, or might have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NodeId {
    Tenant(TenantId),
    User(UserId),
    Import(ImportId),
    Plan(PlanId),
    Action(ActionId),
    Member(MemberId),
}

pub(super) fn encode(kind: Kind, id: Uuid) -> ID {
    let mut bytes = vec![kind as u8];
    bytes.extend_from_slice(id.as_bytes());
    ID(URL_SAFE_NO_PAD.encode(bytes))
}

pub(super) fn encode_action(id: ActionId) -> ID {
    let mut bytes = vec![Kind::Action as u8];
    bytes.extend_from_slice(id.plan.0.as_bytes());
    bytes.extend_from_slice(&id.position.to_be_bytes());
    ID(URL_SAFE_NO_PAD.encode(bytes))
}

pub(super) fn encode_field(id: FieldId) -> ID {
    encode(Kind::Field, id.0)
}

fn decode(id: &ID) -> Option<(u8, Uuid, Option<u32>)> {
    let bytes = URL_SAFE_NO_PAD.decode(id.as_str()).ok()?;
    let (kind, rest) = bytes.split_first()?;
    let (uuid, position) = rest.split_at_checked(16)?;
    let uuid = Uuid::from_slice(uuid).ok()?;
    let position = match position {
        [] => None,
        _ => Some(u32::from_be_bytes(position.try_into().ok()?)),
    };
    Some((*kind, uuid, position))
}

/// What `id` names; none if it cannot have been given out.
pub(super) fn node(id: &ID) -> Option<NodeId> {
    let (kind, uuid, position) = decode(id)?;
    match (kind, position) {
        (1, None) => Some(NodeId::Tenant(TenantId(uuid))),
        (2, None) => Some(NodeId::User(UserId(uuid))),
        (3, None) => Some(NodeId::Import(ImportId(uuid))),
        (4, None) => Some(NodeId::Plan(PlanId(uuid))),
        (5, Some(position)) => Some(NodeId::Action(ActionId { plan: PlanId(uuid), position })),
        (6, None) => Some(NodeId::Member(MemberId(uuid))),
        _ => None,
    }
}

/// The import that `id` names. An id that was never given out names one that does not exist.
pub(super) fn import(id: &ID) -> ImportId {
    match node(id) {
        Some(NodeId::Import(import)) => import,
        _ => ImportId(Uuid::nil()),
    }
}

/// The plan that `id` names. An id that was never given out names one that does not exist.
pub(super) fn plan(id: &ID) -> PlanId {
    match node(id) {
        Some(NodeId::Plan(plan)) => plan,
        _ => PlanId(Uuid::nil()),
    }
}

/// The user that `id` names. An id that was never given out names one that does not exist.
pub(super) fn user(id: &ID) -> UserId {
    match node(id) {
        Some(NodeId::User(user)) => user,
        _ => UserId(Uuid::nil()),
    }
}

/// The action that `id` names.
pub(super) fn action(id: &ID) -> Option<ActionId> {
    match node(id) {
        Some(NodeId::Action(action)) => Some(action),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_what_it_was_made_for() {
        let uuid = Uuid::from_u128(7);
        assert_eq!(node(&encode(Kind::Import, uuid)), Some(NodeId::Import(ImportId(uuid))));
        let action = ActionId { plan: PlanId(uuid), position: 70_000 };
        assert_eq!(node(&encode_action(action)), Some(NodeId::Action(action)));
        for nonsense in ["", "AA", "%%%", "BQAAAAAAAAAAAAAAAAAAAAcA", "x".repeat(10_000).as_str()] {
            assert_eq!(node(&ID(nonsense.to_owned())), None, "{nonsense:.40}");
        }
        assert_eq!(import(&encode(Kind::Member, uuid)), ImportId(Uuid::nil()), "an id of another kind");
    }
}
