//! Members.

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use super::MemberStatus;
use crate::app::members;
use crate::domain::id::MemberId;
use crate::domain::member;
use crate::graphql::error::Show;
use crate::graphql::ids::{Kind, encode};
use crate::graphql::page::{Cursor, connection};
use crate::graphql::scalars::DateTime;
use crate::graphql::session::{app, list, requester};
use crate::store::{MemberCursor, MemberFilter};

/// A member of the tenant.
#[derive(Clone)]
pub struct Member(pub member::Member);

/// A member of the tenant.
#[Object]
impl Member {
    /// Opaque, globally unique, stable; it survives a deletion that is taken back.
    pub async fn id(&self) -> ID {
        encode(Kind::Member, self.0.id.0)
    }

    /// The id by which the customer knows them.
    async fn unique_id(&self) -> Option<&str> {
        self.0.profile.unique_id.as_deref()
    }

    /// As it was spelled first; another case alone is no change.
    async fn email(&self) -> Option<&str> {
        self.0.profile.email.as_deref()
    }

    /// Given name.
    async fn first_name(&self) -> Option<&str> {
        self.0.profile.first_name.as_deref()
    }

    /// Family name.
    async fn last_name(&self) -> Option<&str> {
        self.0.profile.last_name.as_deref()
    }

    /// Whether the member takes part.
    async fn status(&self) -> MemberStatus {
        self.0.profile.status.into()
    }

    /// The other fields that have a value, by key.
    async fn attributes(&self, ctx: &Context<'_>) -> Result<Vec<MemberAttribute>> {
        list(ctx, self.0.profile.attributes.len())?;
        let attribute =
            |(key, value): (&String, &String)| MemberAttribute { key: key.clone(), value: value.clone() };
        Ok(self.0.profile.attributes.iter().map(attribute).collect())
    }

    /// When the member came.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When the member last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

/// A field of a member that has a value.
#[derive(SimpleObject)]
pub struct MemberAttribute {
    /// The field's `ProfileField.key`.
    pub key: String,
    /// The value; dates as YYYY-MM-DD, booleans as true or false.
    pub value: String,
}

impl Cursor for MemberCursor {
    fn write(&self) -> String {
        format!("{}:{}", self.id.0.simple(), self.name_key)
    }

    fn read(text: &str) -> Option<Self> {
        let (id, name_key) = text.split_once(':')?;
        Some(Self { id: MemberId(uuid::Uuid::try_parse(id).ok()?), name_key: name_key.to_owned() })
    }
}

async fn count(ctx: &Context<'_>, filter: &MemberFilter) -> Result<u64> {
    members::count(app(ctx), requester(ctx), filter).await.show(ctx)
}

connection!(MemberConnection, MemberEdge, Member, MemberFilter, count, "members");
