//! Mutations. Each is nullable, so that a second one that fails does not hide that the first one was done; and each
//! leaves a line in the audit log, however it ends.

use async_graphql::{Context, ID, MaybeUndefined, Object, Result};

use super::audited::ended;
use super::error::{Code, Show, error};
use super::ids;
use super::inputs::{
    ApproveMappingInput, CompleteImportInput, DecideProfileActionsInput, DiscardImportInput,
    ProfileActionTarget, RemoveProfileFieldInput, ReopenMappingInput, ResumeImportInput, SaveMappingInput,
    SaveProfileFieldInput, UploadMembershipFileInput,
};
use super::session::{app, requester};
use super::types::{
    DecideProfileActionsPayload, ImportPayload, ProfileFieldPayload, UploadMembershipFilePayload,
};
use crate::app::fields::{FieldInput, remove_field, save_field};
use crate::app::imports::complete::complete_import;
use crate::app::imports::decide::{Decided, decide_profile_actions};
use crate::app::imports::discard::discard_import;
use crate::app::imports::mapping::{approve_mapping, reopen_mapping, save_mapping};
use crate::app::imports::resume::resume_import;
use crate::app::imports::upload::{UploadInput, Uploaded, upload};
use crate::domain::id::PlanId;
use crate::store::ActionTarget;

/// What can be done. Everything takes the role tenant_admin. A refusal that a person can act on is data, in
/// `userErrors`; everything else is an error with a code.
pub struct Mutation;

/// What can be done. Everything takes the role tenant_admin. A refusal that a person can act on is data, in
/// `userErrors`; everything else is an error with a code.
#[Object]
impl Mutation {
    /// Stores the file, starts an import, and turns the one that was in progress INCOMPLETE. A refused file changes
    /// nothing.
    async fn upload_membership_file(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file, and how to take it.")] input: UploadMembershipFileInput,
    ) -> Option<Result<UploadMembershipFilePayload>> {
        ended(ctx, upload_file(ctx, input).await, UploadMembershipFilePayload::of)
    }

    /// Takes any tenant admin to the step of the in-progress import that needs attention, and tells the others who works
    /// on it now. Changes neither `version` nor `updatedAt`.
    async fn resume_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import.")] input: ResumeImportInput,
    ) -> Option<Result<ImportPayload>> {
        let done = resume_import(app(ctx), requester(ctx), ids::import(&input.import_id)).await;
        ended(ctx, done.show(ctx), ImportPayload::of)
    }

    /// Changes the mapping without approving it. What is not named stays.
    async fn save_mapping(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: SaveMappingInput,
    ) -> Option<Result<ImportPayload>> {
        let (id, if_version) = (ids::import(&input.import_id), input.if_version);
        let done = save_mapping(app(ctx), requester(ctx), id, input.into_edit(), if_version).await;
        ended(ctx, done.show(ctx), ImportPayload::of)
    }

    /// Approves the mapping and starts planning the bulk profile actions.
    async fn approve_mapping(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import, as it was looked at.")] input: ApproveMappingInput,
    ) -> Option<Result<ImportPayload>> {
        let id = ids::import(&input.import_id);
        let done = approve_mapping(app(ctx), requester(ctx), id, input.if_version).await;
        ended(ctx, done.show(ctx), ImportPayload::of)
    }

    /// Goes back to MAPPING from PLANNING or REVIEW; the plan and its decisions are dropped.
    async fn reopen_mapping(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import.")] input: ReopenMappingInput,
    ) -> Option<Result<ImportPayload>> {
        let id = ids::import(&input.import_id);
        let done = reopen_mapping(app(ctx), requester(ctx), id, input.if_version).await;
        ended(ctx, done.show(ctx), ImportPayload::of)
    }

    /// Approves or rejects proposed actions of the plan that was looked at, in one transaction.
    async fn decide_profile_actions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision, and what it is about.")] input: DecideProfileActionsInput,
    ) -> Option<Result<DecideProfileActionsPayload>> {
        ended(ctx, decide(ctx, input).await, DecideProfileActionsPayload::of)
    }

    /// Applies what was approved, all of it or nothing, then turns the import COMPLETE. What is PENDING is not applied:
    /// with nothing approved, the members stay as they are.
    async fn complete_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import, as it was looked at.")] input: CompleteImportInput,
    ) -> Option<Result<ImportPayload>> {
        let id = ids::import(&input.import_id);
        let done =
            complete_import(app(ctx), requester(ctx), id, input.if_version, input.confirm_deletions).await;
        ended(ctx, done.show(ctx), ImportPayload::of)
    }

    /// Gives an in-progress import up: it turns INCOMPLETE, and the banner goes.
    async fn discard_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import.")] input: DiscardImportInput,
    ) -> Option<Result<ImportPayload>> {
        let id = ids::import(&input.import_id);
        let done = discard_import(app(ctx), requester(ctx), id, input.if_version).await;
        ended(ctx, done.show(ctx), ImportPayload::of)
    }

    /// Adds a segment or changes one; of a built-in field, the label and `required` can change.
    async fn save_profile_field(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The field as it is to be.")] input: SaveProfileFieldInput,
    ) -> Option<Result<ProfileFieldPayload>> {
        let input = FieldInput {
            key: input.key,
            label: input.label,
            field_type: input.field_type.into(),
            required: input.required,
            choices: input.choices,
        };
        let done = save_field(app(ctx), requester(ctx), input).await;
        ended(ctx, done.show(ctx), ProfileFieldPayload::of)
    }

    /// Archives a segment: it can no longer be mapped, and old records still show it.
    async fn remove_profile_field(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The segment.")] input: RemoveProfileFieldInput,
    ) -> Option<Result<ProfileFieldPayload>> {
        let done = remove_field(app(ctx), requester(ctx), &input.key).await;
        ended(ctx, done.show(ctx), ProfileFieldPayload::of)
    }
}

async fn upload_file(ctx: &Context<'_>, input: UploadMembershipFileInput) -> Result<Uploaded> {
    let input = UploadInput {
        file: input.file.take(ctx)?,
        encoding: input.encoding,
        has_header: input.has_header,
        idempotency_key: input.idempotency_key,
        if_active_import: match input.if_active_import {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(id) => Some(Some(ids::import(&id))),
        },
    };
    upload(app(ctx), requester(ctx), input).await.show(ctx)
}

async fn decide(ctx: &Context<'_>, input: DecideProfileActionsInput) -> Result<Decided> {
    let plan = ids::plan(&input.plan_id);
    let target = match input.target {
        ProfileActionTarget::All(true) => ActionTarget::All,
        ProfileActionTarget::All(false) => {
            return Err(error(Code::BadUserInput, "`all` can only be true: leave it out otherwise."));
        }
        ProfileActionTarget::Filter(filter) => ActionTarget::Filter(filter.into_store()?),
        ProfileActionTarget::Ids(ids) => ActionTarget::Positions(positions(plan, &ids)),
    };
    decide_profile_actions(app(ctx), requester(ctx), plan, input.decision.into(), target).await.show(ctx)
}

/// The places in `plan` that the ids name. An id of something else names a place that no plan has.
fn positions(plan: PlanId, ids: &[ID]) -> Vec<u32> {
    let place = |id| ids::action(id).filter(|action| action.plan == plan).map(|action| action.position);
    ids.iter().map(|id| place(id).unwrap_or(u32::MAX)).collect()
}
