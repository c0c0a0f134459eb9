//! One import, from the upload to the end.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use muster_benches::memory::Memory;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::Roster;
use crate::books::{Decided, Plan, check_decided, check_members, check_plan, check_upload};
use crate::client::Client;
use crate::table::Table;

/// Between two polls: a part of what the phase has taken until then, so that short phases are measured well and polling is
/// not what is measured.
const POLL_SHARE: u32 = 50;
const POLL_INTERVAL_MIN: Duration = Duration::from_millis(5);
const POLL_INTERVAL_MAX: Duration = Duration::from_millis(100);

const UPLOAD: &str = "mutation($input: UploadMembershipFileInput!) { uploadMembershipFile(input: $input) {
    membershipImport {
        id status step version problem { code message }
        file { rowCount sizeBytes } mapping { blockers { code message } }
    }
    userErrors { code message rowNumber } } }";
const APPROVE: &str = "mutation($input: ApproveMappingInput!) { approveMapping(input: $input) {
    membershipImport { id status step version problem { code message } }
    userErrors { code message } } }";
const DECIDE: &str = "mutation($input: DecideProfileActionsInput!) { decideProfileActions(input: $input) {
    decidedCount
    membershipImport {
        id status step version problem { code message }
        plan { deletionsToConfirm counts { kind proposed approved rejected } }
    }
    userErrors { code message } } }";
const COMPLETE: &str = "mutation($input: CompleteImportInput!) { completeImport(input: $input) {
    membershipImport { id status step version problem { code message } }
    userErrors { code message } } }";
const POLL: &str = "query($id: ID!) { membershipImport(id: $id) {
    id status step version problem { code message } } }";
const PLAN: &str = "query($id: ID!) { membershipImport(id: $id) { plan {
    id rowsRead rowsUnchanged rowsHeld rowsRepeated rowsWithActions deletionsBlocked
    counts { kind proposed approved rejected } issueCounts { code severity count } } } }";
const MEMBERS: &str = "{ viewer { tenant { memberCount } } }";

/// What the phases share.
pub struct Run<'a> {
    pub client: &'a Client,
    pub memory: &'a Memory,
    pub table: &'a mut Table,
    pub patience: Duration,
}

/// An import as it stands.
#[derive(Deserialize)]
struct Import {
    id: String,
    status: String,
    step: String,
    version: i64,
    problem: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ImportPayload<T> {
    membership_import: T,
}

#[derive(Deserialize)]
struct Uploaded {
    #[serde(flatten)]
    import: Import,
    file: UploadedFile,
    mapping: Mapping,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UploadedFile {
    row_count: u64,
    size_bytes: u64,
}

#[derive(Deserialize)]
struct Mapping {
    blockers: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DecidedPayload {
    decided_count: u64,
    membership_import: DecidedImport,
}

#[derive(Deserialize)]
struct DecidedImport {
    #[serde(flatten)]
    import: Import,
    plan: Decided,
}

impl Run<'_> {
    /// Imports a roster and answers what the server counted wrongly.
    pub async fn import(&mut self, roster: &Roster) -> anyhow::Result<Vec<String>> {
        let counts = &roster.counts;
        let size_bytes = std::fs::metadata(&roster.path).context("the roster")?.len();
        println!("{}: {}", roster.name, serde_json::to_string(counts).context("the counts")?);

        let began = self.begin();
        let uploaded: ImportPayload<Uploaded> =
            self.client.upload("uploadMembershipFile", UPLOAD, &roster.path).await?;
        let Uploaded { import, file, mapping } = uploaded.membership_import;
        self.end(roster, "upload", began)?;
        ensure!(import.step == "MAPPING", "after the upload, the step is {}", import.step);
        ensure!(
            mapping.blockers.is_empty(),
            "the suggested mapping cannot be approved: {:?}",
            mapping.blockers
        );
        let mut mistakes = check_upload(counts, size_bytes, file.row_count, file.size_bytes);

        let began = self.begin();
        let input = json!({ "importId": import.id, "ifVersion": import.version });
        let approved: ImportPayload<Import> = self.client.mutate("approveMapping", APPROVE, input).await?;
        let import = self.wait(approved.membership_import, "PLANNING", "REVIEW", "IN_PROGRESS").await?;
        self.end(roster, "planning", began)?;

        let variables = json!({ "id": import.id });
        let plan: Plan = self.client.run("membershipImport.plan", PLAN, variables).await?;
        mistakes.extend(check_plan(counts, &plan));

        let began = self.begin();
        let input = json!({ "planId": plan.id, "decision": "APPROVED", "target": { "all": true } });
        let payload: DecidedPayload = self.client.mutate("decideProfileActions", DECIDE, input).await?;
        self.end(roster, "deciding", began)?;
        let DecidedImport { import, plan: decided } = payload.membership_import;
        mistakes.extend(check_decided(&plan, payload.decided_count, &decided));

        let began = self.begin();
        let mut input = json!({ "importId": import.id, "ifVersion": import.version });
        if let Some(number) = decided.deletions_to_confirm {
            input["confirmDeletions"] = json!(number);
        }
        let completed: ImportPayload<Import> = self.client.mutate("completeImport", COMPLETE, input).await?;
        self.wait(completed.membership_import, "APPLYING", "DONE", "COMPLETE").await?;
        self.end(roster, "applying", began)?;

        let members: u64 = self.client.run("viewer.tenant.memberCount", MEMBERS, json!({})).await?;
        mistakes.extend(check_members(counts, members));
        Ok(mistakes.into_iter().map(|mistake| format!("{} roster: {mistake}", roster.name)).collect())
    }

    fn begin(&self) -> Instant {
        self.memory.reset();
        Instant::now()
    }

    fn end(&mut self, roster: &Roster, phase: &'static str, began: Instant) -> anyhow::Result<()> {
        let took = began.elapsed();
        let peak_mib = self.memory.peak_mib()?;
        println!("  {phase} took {:.3} s", took.as_secs_f64());
        self.table.phase(&roster.name, phase, took, roster.counts.rows, peak_mib);
        Ok(())
    }

    /// Polls while the step is `during`, until it is `until`; anything else on the way is a failure.
    async fn wait(
        &self,
        mut import: Import,
        during: &str,
        until: &str,
        status: &str,
    ) -> anyhow::Result<Import> {
        let began = Instant::now();
        loop {
            if let Some(problem) = &import.problem {
                bail!("{during} failed: {problem}");
            }
            if import.step == until && import.status == status {
                return Ok(import);
            }
            ensure!(
                import.step == during && import.status == "IN_PROGRESS",
                "waiting for {until}, the import is {} in step {}",
                import.status,
                import.step
            );
            ensure!(
                began.elapsed() < self.patience,
                "{during} takes longer than {} s",
                self.patience.as_secs()
            );
            sleep((began.elapsed() / POLL_SHARE).clamp(POLL_INTERVAL_MIN, POLL_INTERVAL_MAX)).await;
            import = self.client.run("membershipImport", POLL, json!({ "id": import.id })).await?;
        }
    }
}
