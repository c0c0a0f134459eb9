//! The whole suggested mapping of a file that was read through once.

use super::remembered::{Remembered, RememberedColumn};
use super::suggest::{Suggestion, suggest};
use super::values::suggest_values;
use super::{ColumnMapping, EmptyCells, FileColumn, FileScope, Mapping, MatchKey, mappable};
use crate::domain::field::{FieldType, ProfileField, key};
use crate::domain::file::ColumnStudy;
use crate::domain::value::fold::fold_header;

/// What a mapping is suggested from.
#[derive(Debug, Clone, Copy)]
pub struct MappingInputs<'a> {
    /// The columns of the file.
    pub columns: &'a [FileColumn],
    /// One for each column.
    pub studies: &'a [ColumnStudy],
    /// All fields of the tenant.
    pub fields: &'a [ProfileField],
    /// The tenant's last approved mapping.
    pub remembered: Option<&'a Remembered>,
    /// Whether ids tie rows to members already.
    pub any_member_has_unique_id: bool,
}

/// The mapping that an admin is shown first.
#[must_use]
pub fn suggest_mapping(inputs: &MappingInputs<'_>) -> Mapping {
    let headers: Vec<String> = inputs.columns.iter().map(|column| column.header.clone()).collect();
    let suggestions = suggest(&headers, inputs.fields, inputs.remembered);
    let unstudied = ColumnStudy::default();
    let columns = inputs
        .columns
        .iter()
        .zip(suggestions)
        .enumerate()
        .map(|(place, (column, suggestion))| {
            let study = inputs.studies.get(place).unwrap_or(&unstudied);
            let field = suggestion.field_key.as_deref().and_then(|key| mappable(inputs.fields, key));
            // Its values and dates are remembered for the field that they were mapped for.
            let remembered = inputs
                .remembered
                .and_then(|remembered| remembered.column(&fold_header(&column.header)))
                .filter(|remembered| field.is_some() && remembered.field_key == suggestion.field_key);
            map_column(column.index, suggestion, field, study, remembered)
        })
        .collect();
    let mut mapping = Mapping { columns, file_scope: FileScope::FullRoster, match_by: MatchKey::Email };
    mapping.match_by = default_match_by(&mapping, inputs.any_member_has_unique_id);
    mapping
}

/// Ids, as soon as the file or a member has one; else emails.
#[must_use]
pub fn default_match_by(mapping: &Mapping, any_member_has_unique_id: bool) -> MatchKey {
    if any_member_has_unique_id || mapping.column_of(key::UNIQUE_ID).is_some() {
        MatchKey::UniqueId
    } else {
        MatchKey::Email
    }
}

/// The column as mapped to `field`, with what its study settles.
pub(super) fn map_column(
    index: u32,
    suggestion: Suggestion,
    field: Option<&ProfileField>,
    study: &ColumnStudy,
    remembered: Option<&RememberedColumn>,
) -> ColumnMapping {
    let is_date = field.is_some_and(|field| field.field_type == FieldType::Date);
    let closed_list = field.filter(|field| field.field_type.is_closed_list());
    ColumnMapping {
        index,
        field_key: suggestion.field_key,
        source: suggestion.source,
        empty_cells: remembered.map_or(EmptyCells::Keep, |column| column.empty_cells),
        date_order: match remembered.and_then(|column| column.date_order) {
            Some(order) if is_date => study.dates.order_after(order),
            None if is_date => study.dates.order(),
            _ => None,
        },
        values: closed_list.map_or_else(Vec::new, |field| suggest_values(field, &study.values, remembered)),
        distinct_value_count: study.distinct_value_count,
    }
}

#[cfg(test)]
#[path = "assemble_tests.rs"]
mod tests;
