//! Queries.

use async_graphql::{Context, ID, Object, Result};

use super::error::Show;
use super::ids::{self, NodeId};
use super::inputs::{MemberFilter, MembershipImportFilter, MembershipImportOrder};
use super::page::{self, PageArgs, Paged};
use super::session::{app, lasting, loaders, requester};
use super::types::{
    ImportPlan, Member, MemberConnection, MembershipImport, MembershipImportConnection, Node, ProfileAction,
    ProfileField, Tenant, User, Viewer,
};
use crate::app::imports::{history, review};
use crate::app::{fields, identity, members};
use crate::store::{ImportCursor, MemberCursor};

/// What can be asked. Everything but `viewer` takes the role tenant_admin, and shows the requester's tenant alone.
pub struct Query;

/// What can be asked. Everything but `viewer` takes the role tenant_admin, and shows the requester's tenant alone.
#[Object]
impl Query {
    /// Whoever the token names.
    async fn viewer(&self) -> Viewer {
        Viewer
    }

    /// Anything that has an id; null for one that was never given out.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id, as some field gave it.")] id: ID,
    ) -> Option<Result<Node>> {
        find(ctx, &id).await.transpose()
    }

    /// The history, newest upload first unless `orderBy` says otherwise.
    #[allow(clippy::too_many_arguments, reason = "the contract's")]
    async fn membership_imports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start: 1 to 200, 50 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only items behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only items before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones; all unless given.")] filter: Option<MembershipImportFilter>,
        #[graphql(desc = "In which order; newest upload first unless given.")] order_by: Option<
            MembershipImportOrder,
        >,
    ) -> Result<MembershipImportConnection> {
        let request = PageArgs { first, after, last, before }.request::<ImportCursor>()?;
        let filter = filter.unwrap_or_default().into_store()?;
        let order = MembershipImportOrder::into_store(order_by);
        let found =
            history::page(lasting::app(ctx), requester(ctx), &filter, order, &request).await.show(ctx)?;
        let node = |import| (page::encode(&order.sort.cursor(&import)), MembershipImport(import));
        Ok(MembershipImportConnection { page: Paged::of(found, node), filter })
    }

    /// One import; null if there is no such one.
    async fn membership_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Option<Result<MembershipImport>> {
        let found = lasting::loaders(ctx).one(ids::import(&id)).await.show(ctx);
        found.map(|found| found.map(MembershipImport)).transpose()
    }

    /// The import that is in progress, if there is one: the notification banner. A tenant has at most one.
    async fn active_import(&self, ctx: &Context<'_>) -> Option<Result<MembershipImport>> {
        let found = history::active(lasting::app(ctx), requester(ctx)).await.show(ctx);
        found.map(|found| found.map(MembershipImport)).transpose()
    }

    /// What a column can be mapped to: built-in fields first, then the tenant's own segments, archived ones included.
    async fn profile_fields(&self, ctx: &Context<'_>) -> Result<Vec<ProfileField>> {
        let found = fields::fields(app(ctx), requester(ctx)).await.show(ctx)?;
        Ok(found.into_iter().map(ProfileField).collect())
    }

    /// The members by name, inactive ones included, deleted ones not.
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start: 1 to 200, 50 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only items behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only items before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones; all unless given.")] filter: Option<MemberFilter>,
    ) -> Result<MemberConnection> {
        let request = PageArgs { first, after, last, before }.request::<MemberCursor>()?;
        let filter = filter.unwrap_or_default().into_store()?;
        let found = members::page(app(ctx), requester(ctx), &filter, &request).await.show(ctx)?;
        let node = |member| (page::encode(&MemberCursor::of(&member)), Member(member));
        Ok(MemberConnection { page: Paged::of(found, node), filter })
    }
}

async fn find(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>> {
    crate::app::access::require_admin(requester(ctx)).show(ctx)?;
    Ok(match ids::node(id) {
        None => None,
        Some(NodeId::Tenant(id)) if id != requester(ctx).tenant => None,
        Some(NodeId::Tenant(_)) => {
            Some(Node::Tenant(Tenant(identity::tenant(app(ctx), requester(ctx)).await.show(ctx)?)))
        }
        Some(NodeId::User(id)) => loaders(ctx).one(id).await.show(ctx)?.map(|user| Node::User(User(user))),
        Some(NodeId::Import(id)) => loaders(ctx)
            .one(id)
            .await
            .show(ctx)?
            .map(|import| Node::MembershipImport(MembershipImport(import))),
        Some(NodeId::Plan(id)) => {
            loaders(ctx).one(id).await.show(ctx)?.map(|plan| Node::ImportPlan(ImportPlan(plan)))
        }
        Some(NodeId::Action(id)) => {
            let found = review::actions_by_id(app(ctx), requester(ctx), &[id]).await.show(ctx)?;
            found.into_iter().next().map(|action| Node::ProfileAction(ProfileAction(action)))
        }
        Some(NodeId::Member(id)) => {
            loaders(ctx).one(id).await.show(ctx)?.map(|member| Node::Member(Member(member)))
        }
    })
}
