//! Which field each column is suggested for.

use std::collections::HashMap;

use super::remembered::Remembered;
use super::{HELD_CODE_HEADER, HELD_MESSAGE_HEADER, MappingSource, similarity, synonyms};
use crate::domain::field::{ProfileField, key};
use crate::domain::value::fold::fold_header;
use crate::domain::value::text;

/// Letters from which a synonym may be misspelled. Shorter ones are too near to other words.
const SIMILAR_SYNONYM_CHARS_MIN: usize = 8;

/// What a column is suggested to be mapped to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The key of the field; none ignores the column.
    pub field_key: Option<String>,
    /// How it came about.
    pub source: MappingSource,
}

const NOTHING: Suggestion = Suggestion { field_key: None, source: MappingSource::None };

/// A field that a column may be mapped to. The least is the surest.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    /// Kind of likeness, then how sure it is within its kind.
    rank: (u8, usize),
    column: usize,
    /// Place of the field, as fields have no order of their own.
    field: usize,
}

/// A suggestion for each header.
///
/// What the tenant approved last time comes first, then a key, a label, a synonym, a likeness. A
/// field goes to the one column that is surest to be meant. A blank header, one that repeats, and
/// those that Muster adds to held rows are mapped to nothing.
#[must_use]
pub fn suggest(
    headers: &[String],
    fields: &[ProfileField],
    remembered: Option<&Remembered>,
) -> Vec<Suggestion> {
    let names: Vec<Names> = headers.iter().map(|header| Names::of(header)).collect();
    let mut occurrences: HashMap<&str, u32> = HashMap::new();
    for name in &names {
        *occurrences.entry(&name.folded).or_default() += 1;
    }
    let mut suggestions = vec![NOTHING; headers.len()];
    let mut candidates = Vec::new();
    for (column, name) in names.iter().enumerate() {
        if name.folded.is_empty() || occurrences[name.folded.as_str()] > 1 || is_held_header(&name.folded) {
            continue;
        }
        match remembered
            .and_then(|remembered| remembered.column(&name.folded))
            .map(|c| c.field_key.as_deref())
        {
            Some(None) => {
                suggestions[column] = Suggestion { field_key: None, source: MappingSource::Remembered };
                continue;
            }
            Some(Some(key)) => {
                let field = fields.iter().position(|field| field.key == key && !field.archived);
                candidates.extend(field.map(|field| Candidate { rank: (0, 0), column, field }));
            }
            None => {}
        }
        candidates.extend(name.candidates(fields).map(|(rank, field)| Candidate { rank, column, field }));
    }
    candidates.sort_unstable();
    let mut is_given = vec![false; fields.len()];
    for Candidate { rank, column, field } in candidates {
        if suggestions[column].field_key.is_none() && !is_given[field] {
            is_given[field] = true;
            let field_key = Some(fields[field].key.clone());
            suggestions[column] = Suggestion { field_key, source: source_of(rank) };
        }
    }
    suggestions
}

/// Whether the header is the name of a field, by key, label or synonym, or one that Muster adds to
/// held rows: what tells a header from data.
#[must_use]
pub fn is_known_name(header: &str, fields: &[ProfileField]) -> bool {
    let name = Names::of(header);
    !name.folded.is_empty()
        && (is_held_header(&name.folded)
            || fields.iter().any(|field| !field.archived && name.known_as(field).is_some()))
}

fn is_held_header(folded: &str) -> bool {
    [HELD_CODE_HEADER, HELD_MESSAGE_HEADER].iter().any(|header| fold_header(header) == folded)
}

fn source_of((kind, _): (u8, usize)) -> MappingSource {
    match kind {
        0 => MappingSource::Remembered,
        1 => MappingSource::Exact,
        2 => MappingSource::Synonym,
        _ => MappingSource::Similar,
    }
}

/// A header in the forms in which it is compared.
struct Names<'a> {
    header: &'a str,
    folded: String,
    /// `Member #` is a member number.
    with_number: Option<String>,
}

impl<'a> Names<'a> {
    fn of(header: &'a str) -> Self {
        let folded = fold_header(header);
        let with_number = text::trim(header).ends_with('#').then(|| format!("{folded}number"));
        Self { header, folded, with_number }
    }

    /// How the header names the field, if it does so exactly or by a synonym.
    fn known_as(&self, field: &ProfileField) -> Option<(u8, usize)> {
        if self.folded == fold_header(&field.key) {
            return Some((1, 0));
        }
        if self.folded == fold_header(&field.label) {
            return Some((1, 1));
        }
        // A segment of the tenant's own means what the tenant says.
        if !field.built_in {
            return None;
        }
        let rank = |name: &str| synonyms::rank(&field.key, name);
        rank(&self.folded).or_else(|| rank(self.with_number.as_deref()?)).map(|rank| (2, rank))
    }

    fn is_similar(&self, field: &ProfileField) -> bool {
        // Nobody's identity is guessed: `employer_id` is one slip away from `employee_id`.
        field.key != key::UNIQUE_ID
            && ([&field.key, &field.label].iter().any(|name| similarity::is_similar(self.header, name))
                || field.built_in
                    && synonyms::names(&field.key)
                        .filter(|name| name.len() >= SIMILAR_SYNONYM_CHARS_MIN)
                        .any(|name| similarity::is_similar_to_name(self.header, name)))
    }

    fn candidates(&self, fields: &[ProfileField]) -> impl Iterator<Item = ((u8, usize), usize)> {
        let mappable = || fields.iter().enumerate().filter(|(_, field)| !field.archived);
        let known: Vec<_> =
            mappable().filter_map(|(place, field)| Some((self.known_as(field)?, place))).collect();
        // A name that is known is no slip of another one; one that is like two names is neither.
        let similar = if known.is_empty() {
            let mut similar = mappable().filter(|(_, field)| self.is_similar(field)).map(|(place, _)| place);
            similar.next().filter(|_| similar.next().is_none())
        } else {
            None
        };
        known.into_iter().chain(similar.map(|place| ((3, 0), place)))
    }
}

#[cfg(test)]
#[path = "suggest_tests.rs"]
mod tests;
