//! Rows of a file as its mapping reads them.

use std::borrow::Cow;

pub use super::doubt::Doubt;
use super::fingerprint::{Fingerprint, Fingerprinter, ShortFingerprint};
use super::resolve::Outcome;
use super::trace::{MemberTrace, REQUIRED_FIELDS_MAX, RowTrace};
use crate::domain::field::{FieldType, ProfileField, key};
use crate::domain::file::{Flaw, Record};
use crate::domain::id::MemberId;
use crate::domain::issue::{RowIssue, RowIssueCode, Severity};
use crate::domain::mapping::{
    EmptyCells, FileColumn, HELD_CODE_HEADER, HELD_MESSAGE_HEADER, Mapping, MatchKey,
};
use crate::domain::member::{Profile, ProfileView};
use crate::domain::value::cell::ColumnReader;
use crate::domain::value::sentences::{self, About};
use crate::domain::value::{email, unique_id};

/// A column that is mapped to a field.
#[derive(Debug)]
struct MappedColumn {
    index: usize,
    field: ProfileField,
    reader: ColumnReader,
    clears: bool,
    required: u32,
}

impl MappedColumn {
    /// What makes the value the same as another: spelled otherwise, an address is the same.
    fn key_of<'a>(&self, value: &'a str) -> Cow<'a, str> {
        match self.field.field_type {
            FieldType::Email => email::key(value),
            _ => Cow::Borrowed(value),
        }
    }
}

/// Reads the rows of a file by its mapping.
#[derive(Debug)]
pub struct RowReader {
    columns: Vec<MappedColumn>,
    required: Vec<String>,
    match_by: MatchKey,
    prints: Fingerprinter,
    /// Of a file of held rows, the column that says why each was held.
    held_for: Option<usize>,
}

/// A row that has been read and waits to be compared.
#[derive(Debug)]
pub struct Draft {
    /// Place of its trace.
    pub place: u32,
    /// See [`RowIssue::row_number`].
    pub row_number: u32,
    /// What becomes of it.
    pub outcome: Outcome,
    /// What its mapped cells say, in the order of the reader's columns.
    pub values: Vec<Option<String>>,
    /// What is wrong with its shape and its cells.
    pub issues: Vec<RowIssue>,
}

/// The required fields that a plan counts with, in order.
#[must_use]
pub fn required_fields(fields: &[ProfileField], match_by: MatchKey) -> Vec<String> {
    let is_key = |field: &ProfileField| match match_by {
        MatchKey::UniqueId => field.key == key::UNIQUE_ID,
        MatchKey::Email => field.key == key::EMAIL,
    };
    let required = fields.iter().filter(|field| !field.archived && (field.required || is_key(field)));
    // A status always has a value.
    required
        .filter(|field| field.key != key::STATUS)
        .map(|field| field.key.clone())
        .take(REQUIRED_FIELDS_MAX)
        .collect()
}

impl RowReader {
    /// For a file with these columns, mapped so to these fields. `key` is random: see [`Fingerprinter`].
    #[must_use]
    pub fn new(fields: &[ProfileField], columns: &[FileColumn], mapping: &Mapping, key: u128) -> Self {
        let required = required_fields(fields, mapping.match_by);
        let has_header = |name: &str| columns.iter().any(|column| column.header == name);
        // What Muster wrote, it escaped.
        let is_ours = has_header(HELD_CODE_HEADER) && has_header(HELD_MESSAGE_HEADER);
        let mapped = fields.iter().filter(|field| !field.archived).filter_map(|field| {
            let column = mapping.column_of(&field.key)?;
            Some(MappedColumn {
                index: column.index as usize,
                reader: ColumnReader::new(field, column).unescaping(is_ours),
                clears: column.empty_cells == EmptyCells::Clear && field.key != key::STATUS,
                required: bit(&required, &field.key),
                field: field.clone(),
            })
        });
        Self {
            columns: mapped.collect(),
            required,
            match_by: mapping.match_by,
            prints: Fingerprinter::new(key),
            held_for: columns.iter().position(|column| is_ours && column.header == HELD_CODE_HEADER),
        }
    }

    /// What ties a row to a member.
    #[must_use]
    pub fn match_by(&self) -> MatchKey {
        self.match_by
    }

    /// Why a file of held rows may not delete anybody: it never is the whole roster.
    #[must_use]
    pub fn held_rows_sentence(&self) -> Option<String> {
        let sentence = "Nobody is proposed for deletion, because this is a file of held rows, which are a part of the \
                        roster. Set its scope to PARTIAL.";
        self.held_for.map(|_| sentence.to_owned())
    }

    /// A row that was held because its cells are a guess, and that comes as it was held, for all one can see.
    fn still_guessed(&self, record: &Record<'_>) -> Option<RowIssue> {
        let column = self.held_for?;
        let word = record.cell(column).trim();
        let code = RowIssueCode::of_word(word)
            .filter(|code| matches!(code, RowIssueCode::RowTooShort | RowIssueCode::MalformedQuoting))?;
        Some(RowIssue {
            row_number: record.row_number(),
            severity: Severity::Warning,
            code,
            column: Some(column as u32),
            value: Some(word.to_owned()),
            message: format!(
                "This row was held for {word}, so that its cells were a guess. Check that they are right now, and empty \
                 this cell."
            ),
        })
    }

    /// A bit for each required field.
    #[must_use]
    pub fn required_bits(&self) -> u32 {
        self.required.iter().map(|field_key| bit(&self.required, field_key)).sum()
    }

    /// The fields that have a column, in order.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = &ProfileField> {
        self.columns.iter().map(|column| &column.field)
    }

    /// Whether an empty cell of the field's column clears the value.
    #[must_use]
    pub fn clears(&self, column: usize) -> bool {
        self.columns[column].clears
    }

    /// What is to be remembered of a row. Rows that leave open whom they are about are counted in `doubt`.
    pub fn trace(&self, record: &Record<'_>, doubt: &mut Doubt) -> RowTrace {
        let mut trace = RowTrace { row_number: record.row_number(), in_doubt: true, ..RowTrace::default() };
        trace.remarkable = record.flaws().next().is_some() || self.still_guessed(record).is_some();
        let mut content = self.prints.start();
        for column in &self.columns {
            let raw = record.cell(column.index);
            let reading = column.reader.read(raw);
            trace.remarkable |= !reading.is_clean();
            match (reading.value.as_deref(), reading.error) {
                (Some(value), _) => {
                    let key = column.key_of(value);
                    content.add(Some(&key));
                    trace.provides |= column.required;
                    trace.in_doubt &= !self.is_key(column);
                    self.note_key(&mut trace, column, &key);
                }
                // It says something, but nobody can tell what.
                (None, Some(_)) => {
                    content.add_unread(raw);
                    trace.provides |= column.required;
                    trace.flawed = true;
                }
                (None, None) => {
                    content.add(None);
                    if column.clears {
                        trace.clears |= column.required;
                        trace.clears_email |= column.field.key == key::EMAIL;
                    }
                }
            }
        }
        trace.content = content.end().short();
        trace.in_doubt |= !record.is_sound();
        trace.flawed |= trace.in_doubt;
        if trace.in_doubt {
            doubt.add(record.row_number());
        }
        trace
    }

    fn note_key(&self, trace: &mut RowTrace, column: &MappedColumn, key: &str) {
        match column.field.key.as_str() {
            key::UNIQUE_ID => {
                trace.unique_id = self.prints.of(key);
                trace.similar_id = self.prints.of(&unique_id::similar_key(key)).short();
            }
            key::EMAIL => trace.email = self.prints.of(key),
            _ => {}
        }
    }

    fn is_key(&self, column: &MappedColumn) -> bool {
        match self.match_by {
            MatchKey::UniqueId => column.field.key == key::UNIQUE_ID,
            MatchKey::Email => column.field.key == key::EMAIL,
        }
    }

    /// What is to be remembered of a member.
    #[must_use]
    pub fn member_trace(
        &self,
        id: MemberId,
        profile: &ProfileView<'_>,
        email_key: Option<&str>,
        deleted: bool,
    ) -> MemberTrace {
        let unique_id = profile.unique_id;
        let mut content = self.prints.start();
        for column in &self.columns {
            match (column.field.key.as_str(), profile.get(&column.field.key)) {
                (key::EMAIL, Some(_)) => content.add(email_key),
                (_, Some(value)) => content.add(Some(&column.key_of(value))),
                (_, None) => content.add(None),
            }
        }
        let has = self.required.iter().filter(|field_key| profile.get(field_key).is_some());
        MemberTrace {
            id,
            unique_id: unique_id.map_or(Fingerprint::NONE, |id| self.prints.of(id)),
            similar_id: unique_id
                .map_or(ShortFingerprint::NONE, |id| self.prints.of(&unique_id::similar_key(id)).short()),
            email: email_key.map_or(Fingerprint::NONE, |email| self.prints.of(email)),
            content: content.end().short(),
            has: has.map(|field_key| bit(&self.required, field_key)).sum(),
            deleted,
        }
    }

    /// Reads a row for comparison.
    #[must_use]
    pub fn draft(&self, place: u32, record: &Record<'_>, outcome: Outcome) -> Draft {
        let row_number = record.row_number();
        let mut issues: Vec<RowIssue> = record.flaws().map(|flaw| flaw_issue(row_number, flaw)).collect();
        issues.extend(self.still_guessed(record));
        let mut values = Vec::with_capacity(self.columns.len());
        let mut key_seen = false;
        for column in &self.columns {
            let raw = record.cell(column.index);
            let reading = column.reader.read(raw);
            // In a row that is damaged, the cells may be in wrong columns: what they say is beside the point.
            if record.is_sound() {
                let found = reading.issues();
                issues.extend(
                    found.map(|(code, severity)| column.reader.issue(row_number, code, severity, raw)),
                );
            }
            key_seen |= self.is_key(column) && (reading.value.is_some() || reading.error.is_some());
            values.push(reading.value.map(|value| value.into_owned()));
        }
        if !key_seen && record.is_sound() {
            issues.push(self.missing_key(row_number));
        }
        Draft { place, row_number, outcome, values, issues }
    }

    fn missing_key(&self, row_number: u32) -> RowIssue {
        let (code, matched_by_email) = match self.match_by {
            MatchKey::UniqueId => (RowIssueCode::SuspectUniqueId, false),
            MatchKey::Email => (RowIssueCode::MissingRequired, true),
        };
        let key = self.columns.iter().find(|column| self.is_key(column));
        let column = key.map(|column| column.index as u32);
        let field = key.map_or("key", |column| column.field.label.as_str());
        let message = sentences::message(code, &About { field, matched_by_email, ..About::default() });
        RowIssue { row_number, severity: Severity::Error, code, column, value: None, message }
    }

    /// The place of the field among the reader's columns, and its column in the file.
    #[must_use]
    pub fn column_of(&self, field_key: &str) -> Option<(usize, u32)> {
        let place = self.columns.iter().position(|column| column.field.key == field_key)?;
        Some((place, self.columns[place].index as u32))
    }

    /// The labels of the required fields that a row leaves empty, given what its member has.
    #[must_use]
    pub fn missing(&self, draft: &Draft, before: Option<&Profile>, fields: &[ProfileField]) -> Vec<String> {
        let label = |field_key: &str| {
            fields
                .iter()
                .find(|field| field.key == field_key)
                .map_or(field_key.to_owned(), |field| field.label.clone())
        };
        // A cell with an error is not empty, and has a sentence of its own.
        let has_error = |index: u32| {
            draft.issues.iter().any(|issue| issue.severity == Severity::Error && issue.column == Some(index))
        };
        let empty = self.required.iter().filter(|field_key| {
            let column = self.column_of(field_key);
            let given =
                column.is_some_and(|(place, index)| draft.values[place].is_some() || has_error(index));
            let kept = before.is_some_and(|before| before.get(field_key).is_some())
                && !column.is_some_and(|(place, _)| self.columns[place].clears);
            !given && !kept
        });
        empty.map(|field_key| label(field_key)).collect()
    }
}

fn flaw_issue(row_number: u32, flaw: Flaw) -> RowIssue {
    RowIssue {
        row_number,
        severity: flaw.severity(),
        code: flaw.code(),
        column: flaw.column(),
        value: None,
        message: flaw.message(),
    }
}

fn bit(required: &[String], field_key: &str) -> u32 {
    required.iter().position(|required| required == field_key).map_or(0, |place| 1 << place)
}
