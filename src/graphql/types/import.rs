//! Imports and their changes.

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use super::file::MembershipFile;
use super::mapping::ImportMapping;
use super::{ImportAction, ImportPlan, ImportStatus, ImportStep, User, UserError};
use crate::app::imports::{history, watch};
use crate::domain;
use crate::domain::id::{ImportId, UserId};
use crate::domain::import::Import;
use crate::graphql::error::Show;
use crate::graphql::ids::{Kind, encode};
use crate::graphql::loaders::{CountsOf, MappingOf, PlanOf};
use crate::graphql::page::{Cursor, connection};
use crate::graphql::scalars::DateTime;
use crate::graphql::session::{app, lasting, loaders, requester};
use crate::store::{ImportCursor, ImportFilter, SortKey};

/// A membership import: a file on its way to becoming changes of members, and the record of it.
#[derive(Clone)]
pub struct MembershipImport(pub Import);

async fn user(ctx: &Context<'_>, id: Option<UserId>) -> Result<Option<User>> {
    let Some(id) = id else { return Ok(None) };
    Ok(lasting::loaders(ctx).one(id).await.show(ctx)?.map(User))
}

impl MembershipImport {
    async fn its_plan(&self, ctx: &Context<'_>) -> Result<Option<ImportPlan>> {
        if !self.0.has_plan() {
            return Ok(None);
        }
        Ok(loaders(ctx).one(PlanOf(self.0.id)).await.show(ctx)?.map(ImportPlan))
    }
}

/// A membership import: a file on its way to becoming changes of members, and the record of it.
#[Object]
impl MembershipImport {
    /// Opaque, globally unique, stable.
    pub async fn id(&self) -> ID {
        encode(Kind::Import, self.0.id.0)
    }

    /// Where it stands in the history.
    async fn status(&self) -> ImportStatus {
        self.0.status.into()
    }

    /// How far it has come; of an INCOMPLETE import, the step that it had reached.
    async fn step(&self) -> ImportStep {
        self.0.step.into()
    }

    /// What an admin can do with it.
    async fn action(&self) -> ImportAction {
        if self.0.can_be_resumed() { ImportAction::Resume } else { ImportAction::View }
    }

    /// The notification banner's sentence; not null exactly while the import is IN_PROGRESS.
    async fn banner_message(&self) -> Option<String> {
        self.0.banner_message()
    }

    /// The file, as it was uploaded.
    async fn file(&self) -> MembershipFile {
        MembershipFile(self.0.clone())
    }

    /// Who uploaded the file.
    async fn uploaded_by(&self, ctx: &Context<'_>) -> Result<User> {
        let found = user(ctx, Some(self.0.uploaded_by)).await?;
        found.ok_or(crate::app::AppError::NotFound("user")).show(ctx)
    }

    /// When the file was uploaded.
    async fn uploaded_at(&self) -> DateTime {
        DateTime(self.0.uploaded_at)
    }

    /// When `version` last rose.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// Who resumed it last: an admin who opens it sees that somebody else is on it.
    async fn resumed_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, self.0.resumed.map(|(by, _)| by)).await
    }

    /// When it was resumed last.
    async fn resumed_at(&self) -> Option<DateTime> {
        self.0.resumed.map(|(_, at)| DateTime(at))
    }

    /// Who completed it.
    async fn completed_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, self.0.completed.map(|(by, _)| by)).await
    }

    /// When what was approved was applied.
    async fn completed_at(&self) -> Option<DateTime> {
        self.0.completed.map(|(_, at)| DateTime(at))
    }

    /// Who gave it up, if somebody did.
    async fn discarded_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, self.0.discarded_by).await
    }

    /// The later import that turned this one INCOMPLETE.
    async fn superseded_by(&self, ctx: &Context<'_>) -> Result<Option<MembershipImport>> {
        let Some(id) = self.0.superseded_by else { return Ok(None) };
        Ok(lasting::loaders(ctx).one(id).await.show(ctx)?.map(MembershipImport))
    }

    /// How far the background work has come; null unless the step is PLANNING or APPLYING.
    async fn progress(&self, ctx: &Context<'_>) -> Result<Option<ImportProgress>> {
        let counts = match self.its_plan(ctx).await? {
            Some(plan) => loaders(ctx).one(CountsOf(plan.0.id)).await.show(ctx)?.unwrap_or_default(),
            None => Vec::new(),
        };
        let approved = counts.iter().map(|count| count.approved).sum();
        let progress = history::progress(app(ctx), requester(ctx), &self.0, approved).await.show(ctx)?;
        Ok(progress.map(|progress| ImportProgress { processed: progress.processed, total: progress.total }))
    }

    /// What went wrong in the background, if it did; the import is then back at the step before.
    async fn problem(&self) -> Option<UserError> {
        let problem = self.0.problem.as_ref()?;
        Some(UserError(domain::user_error::UserError::new(problem.code, problem.message.clone())))
    }

    /// How columns and values map to profile fields.
    async fn mapping(&self, ctx: &Context<'_>) -> Result<ImportMapping> {
        let found = loaders(ctx).one(MappingOf(self.0.id)).await.show(ctx)?;
        found.map(ImportMapping).ok_or(crate::app::AppError::NotFound("mapping")).show(ctx)
    }

    /// What the file implies for the members; null until planning is done.
    async fn plan(&self, ctx: &Context<'_>) -> Result<Option<ImportPlan>> {
        self.its_plan(ctx).await
    }

    /// Rises by one with each transaction that changes status, step, mapping, decisions or problem; never for progress.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// How far background work has come: in rows while PLANNING, in actions while APPLYING.
#[derive(SimpleObject)]
pub struct ImportProgress {
    /// Those that are done.
    pub processed: u32,
    /// All of them.
    pub total: u32,
}

impl Cursor for ImportCursor {
    fn write(&self) -> String {
        match &self.key {
            SortKey::UploadedAt(time) => format!("t{}:{time}", self.id.0.simple()),
            SortKey::UpdatedAt(time) => format!("u{}:{time}", self.id.0.simple()),
            SortKey::FileName(text) => format!("n{}:{text}", self.id.0.simple()),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let (id, key) = text.get(1..)?.split_once(':')?;
        let key = match text.as_bytes().first()? {
            b't' => SortKey::UploadedAt(key.parse().ok()?),
            b'u' => SortKey::UpdatedAt(key.parse().ok()?),
            b'n' => SortKey::FileName(key.to_owned()),
            _ => return None,
        };
        Some(Self { key, id: ImportId(uuid::Uuid::try_parse(id).ok()?) })
    }
}

async fn count(ctx: &Context<'_>, filter: &ImportFilter) -> Result<u64> {
    history::count(lasting::app(ctx), requester(ctx), filter).await.show(ctx)
}

connection!(
    MembershipImportConnection,
    MembershipImportEdge,
    MembershipImport,
    ImportFilter,
    count,
    "imports"
);

/// A change of an import.
///
/// Transitions of status and step are all sent, in the order in which they were committed. Other rises of `version`,
/// and progress, may be merged (about two a second), never across a transition, and the last one is always sent.
/// `version` never falls.
pub struct ImportEvent(pub watch::ImportEvent);

/// A change of an import.
///
/// Transitions of status and step are all sent, in the order in which they were committed. Other rises of `version`,
/// and progress, may be merged (about two a second), never across a transition, and the last one is always sent.
/// `version` never falls.
#[Object]
impl ImportEvent {
    /// The import as it now stands: it may be newer than `version`.
    async fn membership_import(&self, ctx: &Context<'_>) -> Result<MembershipImport> {
        let found = loaders(ctx).one(self.0.import).await.show(ctx)?;
        found.map(MembershipImport).ok_or(crate::app::AppError::NotFound("import")).show(ctx)
    }

    /// The status after the change.
    async fn status(&self) -> ImportStatus {
        self.0.status.into()
    }

    /// The step after the change.
    async fn step(&self) -> ImportStep {
        self.0.step.into()
    }

    /// The version after the change.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was changed.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }
}

/// A change of any import of the tenant.
pub struct TenantImportsEvent(pub Option<watch::ImportEvent>);

/// A change of any import of the tenant.
#[Object]
impl TenantImportsEvent {
    /// The change; null in the first event after a (re)connect: refetch what you show.
    async fn change(&self) -> Option<ImportEvent> {
        self.0.clone().map(ImportEvent)
    }

    /// The import that is in progress now, if there is one.
    async fn active_import(&self, ctx: &Context<'_>) -> Result<Option<MembershipImport>> {
        Ok(history::active(app(ctx), requester(ctx)).await.show(ctx)?.map(MembershipImport))
    }
}
