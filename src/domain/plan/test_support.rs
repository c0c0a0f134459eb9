//! Reads, maps, plans and applies in memory, by the same rules in the same order as the service.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use uuid::Uuid;

use super::books::Books;
use super::resolve::{Rules, resolve};
use super::rows::{Doubt, Draft, RowReader};
use super::settle::{Settled, Settler, Verdict, deletion};
use super::trace::{MemberTrace, RowTrace};
use crate::domain::action::{ActionKind, PlannedAction};
use crate::domain::field::{BUILT_IN_FIELDS, FieldType, ProfileField};
use crate::domain::file::{Inspected, Inspection, ReadOptions, Reader, Record, Study};
use crate::domain::id::{FieldId, MemberId};
use crate::domain::issue::{RowIssueCode, Severity};
use crate::domain::limits::FileLimits;
use crate::domain::mapping::assemble::{MappingInputs, suggest_mapping};
use crate::domain::mapping::blockers::blockers;
use crate::domain::mapping::remembered::Remembered;
use crate::domain::mapping::suggest::{is_known_name, suggest};
use crate::domain::mapping::{FileScope, Mapping, mappable};
use crate::domain::member::{Member, Profile};
use crate::domain::timestamp::Timestamp;
use crate::domain::user_error::UserError;

/// A tenant, in memory.
#[derive(Debug, Clone)]
pub struct Roster {
    pub fields: Vec<ProfileField>,
    pub members: Vec<Member>,
    /// Those whose record is still kept.
    pub deleted: Vec<Member>,
    pub remembered: Option<Remembered>,
    next_id: u128,
}

impl Roster {
    /// With the built-in fields, and nobody in it.
    pub fn new() -> Self {
        let fields = BUILT_IN_FIELDS.iter().map(|field| ProfileField {
            id: FieldId(Uuid::nil()),
            key: field.key.into(),
            label: field.label.into(),
            field_type: field.field_type,
            required: field.required,
            built_in: true,
            archived: false,
            choices: field.choices.iter().map(ToString::to_string).collect(),
        });
        Self { fields: fields.collect(), members: vec![], deleted: vec![], remembered: None, next_id: 1 }
    }

    /// With one more field of its own.
    pub fn segment(mut self, key: &str, field_type: FieldType) -> Self {
        self.fields.push(ProfileField {
            id: FieldId(Uuid::nil()),
            key: key.into(),
            label: key.replace('_', " "),
            field_type,
            required: false,
            built_in: false,
            archived: false,
            choices: vec![],
        });
        self
    }

    /// With just these fields required.
    pub fn requiring(mut self, keys: &[&str]) -> Self {
        self.fields.iter_mut().for_each(|field| field.required = keys.contains(&field.key.as_str()));
        self
    }

    pub fn add(&mut self, profile: Profile) {
        let member = self.new_member(profile);
        self.members.push(member);
    }

    pub fn add_deleted(&mut self, profile: Profile) {
        let member = self.new_member(profile);
        self.deleted.push(member);
    }

    fn new_member(&mut self, profile: Profile) -> Member {
        let id = MemberId(Uuid::from_u128(self.next_id));
        self.next_id += 1;
        Member { id, profile, created_at: Timestamp(0), updated_at: Timestamp(0) }
    }

    pub fn any_member_has_unique_id(&self) -> bool {
        self.members.iter().any(|member| member.profile.unique_id.is_some())
    }

    pub fn member(&self, unique_id: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.profile.unique_id.as_deref() == Some(unique_id))
    }

    pub fn member_by_email(&self, email_key: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.profile.email_key().as_deref() == Some(email_key))
    }
}

/// A file that was not refused, with the mapping that is suggested for it.
#[derive(Debug, Clone)]
pub struct Upload {
    pub bytes: Vec<u8>,
    pub inspected: Inspected,
    pub mapping: Mapping,
}

impl Upload {
    pub fn blockers(&self, roster: &Roster) -> Vec<UserError> {
        blockers(&self.mapping, &self.inspected.columns, &roster.fields)
    }

    /// The place of a column among those of the file.
    pub fn column(&self, header: &str) -> usize {
        self.inspected.columns.iter().position(|column| column.header == header).expect("a column")
    }
}

/// Uploads a file: inspects it, and suggests a mapping.
pub fn upload_in_memory(roster: &Roster, bytes: &[u8]) -> Result<Upload, UserError> {
    let (fields, last) = (&roster.fields, roster.remembered.as_ref());
    let known = |header: &str| is_known_name(header, fields) || last.is_some_and(|last| last.knows(header));
    let study = |field: &ProfileField| Study {
        tally: field.field_type.is_closed_list(),
        dates: field.field_type == FieldType::Date,
    };
    let choose = |headers: &[String]| {
        let suggested = suggest(headers, fields, last).into_iter();
        let field = suggested.map(|suggestion| mappable(fields, suggestion.field_key.as_deref()?));
        field.map(|field| field.map_or_else(Study::default, study)).collect()
    };
    let mut inspection = Inspection::new(ReadOptions::default(), FileLimits::default(), known, choose)?;
    inspection.push(bytes)?;
    let inspected = inspection.finish()?;
    let mapping = suggest_mapping(&MappingInputs {
        columns: &inspected.columns,
        studies: &inspected.studies,
        fields,
        remembered: last,
        any_member_has_unique_id: roster.any_member_has_unique_id(),
    });
    Ok(Upload { bytes: bytes.to_vec(), inspected, mapping })
}

/// What planning found.
#[derive(Debug, Default)]
pub struct InMemoryPlan {
    pub books: Books,
    /// By row; then the deletions.
    pub actions: Vec<PlannedAction>,
    /// In the order of the file.
    pub settled: Vec<Settled>,
    /// How many of them need not have been compared.
    pub settled_by_traces: u32,
    pub deletions_blocked: Option<String>,
}

impl InMemoryPlan {
    pub fn codes(&self) -> BTreeSet<RowIssueCode> {
        self.settled.iter().flat_map(|settled| &settled.issues).map(|issue| issue.code).collect()
    }

    pub fn count(&self, kind: ActionKind) -> u32 {
        self.books.proposed.get(&kind).copied().unwrap_or_default()
    }

    pub fn held_rows(&self) -> impl Iterator<Item = &Settled> {
        self.settled.iter().filter(|settled| settled.verdict == Verdict::Held)
    }
}

/// Plans a file by its mapping.
pub fn plan_in_memory(roster: &Roster, upload: &Upload) -> InMemoryPlan {
    let (fields, mapping) = (&roster.fields, &upload.mapping);
    let reader = Arc::new(RowReader::new(fields, &upload.inspected.columns, mapping, 0x5EED));
    let (mut rows, mut doubt): (Vec<RowTrace>, _) = (Vec::new(), Doubt::default());
    read(upload, |record| rows.push(reader.trace(record, &mut doubt)));
    let members = traces(roster, &reader);
    let deletions_blocked = doubt.sentence();
    let rules = Rules {
        match_by: mapping.match_by,
        may_delete: mapping.file_scope == FileScope::FullRoster && deletions_blocked.is_none(),
        required: reader.required_bits(),
    };
    let resolution = resolve(rows, members, rules);
    let settler = Settler { reader, fields: fields.clone(), resolution };
    let mut drafts: Vec<Draft> = Vec::new();
    read(upload, |record| {
        drafts.push(settler.draft(drafts.len() as u32, record));
    });
    let mut plan = InMemoryPlan { deletions_blocked, ..InMemoryPlan::default() };
    let everybody: HashMap<MemberId, &Member> =
        roster.members.iter().map(|member| (member.id, member)).collect();
    for draft in drafts {
        // No more is known than what was asked for, as in the service.
        let known =
            settler.needs(draft.place).filter_map(|id| Some((id, (*everybody.get(&id)?).clone()))).collect();
        let is_settled = settler.is_settled(draft.place);
        let settled = settler.settle(draft, &known);
        // What the traces alone say is what comparing says.
        assert!(
            !is_settled || settled.verdict == Verdict::Unchanged && settled.issues.is_empty(),
            "{settled:?}"
        );
        plan.settled_by_traces += u32::from(is_settled);
        keep(&mut plan, settled);
    }
    for member in settler.resolution.absent() {
        plan.books.count_action(ActionKind::Delete);
        plan.actions.push(deletion(everybody[&member]));
    }
    assert!(plan.books.balance(), "{:?}", plan.books);
    plan
}

fn read(upload: &Upload, mut row: impl FnMut(&Record<'_>)) {
    let mut reader = Reader::new(&upload.inspected.dialect, FileLimits::default()).expect("a dialect");
    let mut sink = |record: &Record<'_>| {
        if !record.is_header() {
            row(record);
        }
        Ok::<_, UserError>(())
    };
    reader.push(&upload.bytes, &mut sink).expect("a file that was read before");
    reader.finish(&mut sink).expect("a file that was read before");
}

fn traces(roster: &Roster, reader: &RowReader) -> Vec<MemberTrace> {
    let live = roster.members.iter().map(|member| (member, false));
    let all = live.chain(roster.deleted.iter().map(|member| (member, true)));
    let trace = |(member, deleted): (&Member, bool)| {
        let email_key = member.profile.email_key();
        reader.member_trace(member.id, &member.profile.view(), email_key.as_deref(), deleted)
    };
    all.map(trace).collect()
}

fn keep(plan: &mut InMemoryPlan, settled: Settled) {
    plan.books.read += 1;
    match &settled.verdict {
        Verdict::Unchanged => plan.books.unchanged += 1,
        Verdict::Repeated => plan.books.repeated += 1,
        Verdict::Held => plan.books.held += 1,
        Verdict::Action(action) => {
            plan.books.with_actions += 1;
            plan.books.count_action(action.kind);
            plan.actions.push((**action).clone());
        }
    }
    let has_error = settled.issues.iter().any(|issue| issue.severity == Severity::Error);
    assert_eq!(has_error, settled.verdict == Verdict::Held, "{settled:?}");
    for issue in &settled.issues {
        plan.books.count_issue(issue);
    }
    plan.settled.push(settled);
}

/// Whether some of the approved actions take addresses from members who would keep them.
pub fn conflicts_in_memory(approved: &[PlannedAction]) -> bool {
    let frees = |member| approved.iter().any(|action| action.member == Some(member) && action.frees_email);
    approved.iter().filter_map(|action| action.takes_email_from).any(|member| !frees(member))
}

/// Applies actions as the service does: deletions, then addresses are let go, then the others one by one.
/// Two members with one id or address are a panic, as they are an error of the database.
pub fn apply_in_memory(roster: &mut Roster, actions: &[PlannedAction]) {
    let (deletions, others): (Vec<_>, Vec<_>) =
        actions.iter().partition(|action| action.kind == ActionKind::Delete);
    for action in deletions {
        let place = place_of(roster, action.member).expect("a member to delete");
        let member = roster.members.remove(place);
        roster.deleted.push(member);
    }
    let mut parked: HashMap<MemberId, Option<String>> = HashMap::new();
    for taken in others.iter().filter_map(|action| action.takes_email_from) {
        // Who was deleted just now is out of the way.
        let Some(place) = place_of(roster, Some(taken)) else { continue };
        let member = &mut roster.members[place];
        parked.insert(member.id, member.profile.email.take());
    }
    for action in others {
        let mut member = match (action.kind, action.member) {
            (ActionKind::Create, None) => roster.new_member(Profile::default()),
            (ActionKind::Create, Some(id)) => {
                let place = roster.deleted.iter().position(|member| member.id == id).expect("a deleted one");
                Member { profile: Profile::default(), ..roster.deleted.remove(place) }
            }
            (_, id) => {
                let place = place_of(roster, id).expect("a member who changes");
                let mut member = roster.members.remove(place);
                if let Some(email) = parked.remove(&member.id) {
                    member.profile.email = email;
                }
                member
            }
        };
        for change in &action.changes {
            assert_eq!(
                member.profile.get(&change.0).filter(|_| action.kind != ActionKind::Create),
                change.1.as_deref()
            );
            member.profile.set(&change.0, change.2.clone());
        }
        roster.members.push(member);
        assert_unique(roster);
    }
}

fn place_of(roster: &Roster, id: Option<MemberId>) -> Option<usize> {
    roster.members.iter().position(|member| Some(member.id) == id)
}

fn assert_unique(roster: &Roster) {
    let (mut ids, mut emails) = (BTreeSet::new(), BTreeSet::new());
    for member in &roster.members {
        let is_new_id = member.profile.unique_id.as_ref().is_none_or(|id| ids.insert(id.clone()));
        let is_new_email = member.profile.email_key().is_none_or(|email| emails.insert(email));
        assert!(is_new_id && is_new_email, "two have one id or address: {:?}", roster.members);
    }
}
