//! What keeps a mapping from being approved.

use super::{FileColumn, Mapping, MatchKey, mappable};
use crate::domain::field::{FieldType, ProfileField, key};
use crate::domain::user_error::{UserError, UserErrorCode};

/// All of it, each with what to do; nothing if the mapping can be approved.
///
/// The way to the culprit is that of the input of `saveMapping` that would mend it.
#[must_use]
pub fn blockers(mapping: &Mapping, columns: &[FileColumn], fields: &[ProfileField]) -> Vec<UserError> {
    let missing = fields.iter().filter_map(|field| missing_column(mapping, field));
    let repeated = fields.iter().filter_map(|field| mapped_twice(mapping, columns, field));
    let column_by_column = mapping.columns.iter().enumerate().flat_map(|(place, column)| {
        let header = header_of(columns, column.index);
        let Some(key) = column.field_key.as_deref() else { return Vec::new() };
        let Some(field) = mappable(fields, key) else {
            let message = format!(
                "The column {header} is mapped to {key:?}, which can no longer be mapped. Map it to another \
                 field, or ignore it."
            );
            return vec![at_column(UserErrorCode::MappingInvalid, message, place, "fieldKey")];
        };
        let mut found = Vec::new();
        if field.field_type == FieldType::Date && column.date_order.is_none() {
            let message = format!(
                "The dates of the column {header} can be read with the day first or with the month first. \
                 Say which with its date order."
            );
            found.push(at_column(UserErrorCode::MappingIncomplete, message, place, "dateOrder"));
        }
        let lost = column.values.iter().find_map(|value| {
            value.maps_to.as_ref().filter(|choice| !field.choices.contains(choice)).map(|choice| (value, choice))
        });
        if let Some((value, choice)) = lost {
            let message = format!(
                "The value {:?} of the column {header} is mapped to {choice:?}, which {} no longer has. Map it \
                 to another choice.",
                value.value, field.label
            );
            found.push(at_column(UserErrorCode::MappingInvalid, message, place, "values"));
        }
        found
    });
    missing.chain(repeated).chain(column_by_column).collect()
}

fn missing_column(mapping: &Mapping, field: &ProfileField) -> Option<UserError> {
    let matches_by = match mapping.match_by {
        MatchKey::UniqueId => field.key == key::UNIQUE_ID,
        MatchKey::Email => field.key == key::EMAIL,
    };
    if field.archived || !(field.required || matches_by) || mapping.column_of(&field.key).is_some() {
        return None;
    }
    let label = &field.label;
    let message = if matches_by {
        format!(
            "Rows are matched by {label}, and no column is mapped to it. Map one, or match by another field."
        )
    } else {
        format!("{label} is required, and no column is mapped to it. Map one, or make the field optional.")
    };
    Some(UserError::new(UserErrorCode::MappingIncomplete, message).at(["columns"]))
}

fn mapped_twice(mapping: &Mapping, columns: &[FileColumn], field: &ProfileField) -> Option<UserError> {
    let mut mapped =
        mapping.columns.iter().enumerate().filter(|(_, c)| c.field_key.as_deref() == Some(&field.key));
    let (_, first) = mapped.next()?;
    let (place, second) = mapped.next()?;
    let message = format!(
        "{} is mapped to two columns, {} and {}. Ignore one of them, or map it to another field.",
        field.label,
        header_of(columns, first.index),
        header_of(columns, second.index)
    );
    Some(at_column(UserErrorCode::MappingIncomplete, message, place, "fieldKey"))
}

fn at_column(code: UserErrorCode, message: String, place: usize, part: &str) -> UserError {
    UserError::new(code, message).at(["columns", &place.to_string(), part])
}

/// Headers may repeat, so a column is named with its place, counted as people do.
fn header_of(columns: &[FileColumn], index: u32) -> String {
    let header = columns.iter().find(|column| column.index == index).map_or("", |column| &column.header);
    format!("{header:?} (column {})", u64::from(index) + 1)
}

#[cfg(test)]
#[path = "blockers_tests.rs"]
mod tests;
