//! What an admin changes about a mapping.

use super::assemble::{default_match_by, map_column};
use super::suggest::Suggestion;
use super::{ColumnMapping, DateOrder, EmptyCells, FileScope, Mapping, MappingSource, MatchKey, mappable};
use crate::domain::field::{FieldType, ProfileField, key};
use crate::domain::file::ColumnStudy;
use crate::domain::user_error::{UserError, UserErrorCode};
use crate::domain::value::text;

/// Changes to a mapping. What is not named stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MappingEdit {
    /// The columns that change.
    pub columns: Vec<ColumnEdit>,
    /// How much of the tenant the file describes.
    pub file_scope: Option<FileScope>,
    /// What ties rows to members.
    pub match_by: Option<MatchKey>,
}

/// Changes to one column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnEdit {
    /// Which column, from 0.
    pub index: i32,
    /// The field; `Some(None)` ignores the column.
    pub field_key: Option<Option<String>>,
    /// The values that change.
    pub values: Vec<ValueEdit>,
    /// What an empty cell does.
    pub empty_cells: Option<EmptyCells>,
    /// The order of its dates.
    pub date_order: Option<DateOrder>,
}

/// What one value maps to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueEdit {
    /// The value.
    pub value: String,
    /// The choice; none holds its rows.
    pub maps_to: Option<String>,
}

/// What an edit is checked against.
#[derive(Debug, Clone, Copy)]
pub struct EditContext<'a> {
    /// All fields of the tenant.
    pub fields: &'a [ProfileField],
    /// One for each column of the file.
    pub studies: &'a [ColumnStudy],
    /// Whether ids tie rows to members already.
    pub any_member_has_unique_id: bool,
}

/// The mapping with the changes, all of them or none.
///
/// A column that gets another field starts anew: its values and date order are those that its study
/// suggests. Unless `match_by` is named, it goes back to its default when the edit maps a first
/// column to `unique_id`, or takes the last one away.
///
/// # Errors
///
/// MAPPING_INVALID, with the way to the input, for a column, field, value or choice that does not
/// exist, and for a date order or values of a field that has none.
pub fn apply_edit(
    mapping: &Mapping,
    edit: &MappingEdit,
    context: &EditContext<'_>,
) -> Result<Mapping, UserError> {
    let mut edited = mapping.clone();
    for (place, column_edit) in edit.columns.iter().enumerate() {
        apply_column(&mut edited, column_edit, context).map_err(|invalid| invalid.at_column(place))?;
    }
    if let Some(file_scope) = edit.file_scope {
        edited.file_scope = file_scope;
    }
    let has_ids = |mapping: &Mapping| mapping.column_of(key::UNIQUE_ID).is_some();
    if let Some(match_by) = edit.match_by {
        edited.match_by = match_by;
    } else if has_ids(mapping) != has_ids(&edited) {
        edited.match_by = default_match_by(&edited, context.any_member_has_unique_id);
    }
    Ok(edited)
}

/// A refusal, with the way to its culprit inside the column's edit.
struct Invalid {
    message: String,
    path: Vec<String>,
}

impl Invalid {
    fn new(message: String, path: &[&str]) -> Self {
        Self { message, path: path.iter().map(ToString::to_string).collect() }
    }

    fn at_column(self, place: usize) -> UserError {
        let path = ["columns".to_owned(), place.to_string()].into_iter().chain(self.path);
        UserError::new(UserErrorCode::MappingInvalid, self.message).at(path)
    }
}

fn apply_column(mapping: &mut Mapping, edit: &ColumnEdit, context: &EditContext<'_>) -> Result<(), Invalid> {
    let columns_count = mapping.columns.len();
    let column = usize::try_from(edit.index).ok().and_then(|index| mapping.columns.get_mut(index));
    let Some(column) = column else {
        let message = format!(
            "The file has no column {}; its columns are 0 to {}.",
            edit.index,
            columns_count.saturating_sub(1)
        );
        return Err(Invalid::new(message, &["index"]));
    };
    if let Some(field_key) = &edit.field_key {
        set_field(column, field_key.as_deref(), context)?;
    }
    let field = column.field_key.as_deref().and_then(|key| mappable(context.fields, key));
    if let Some(order) = edit.date_order {
        if field.is_none_or(|field| field.field_type != FieldType::Date) {
            let message = "Only a column that is mapped to a date field has a date order.".to_owned();
            return Err(Invalid::new(message, &["dateOrder"]));
        }
        column.date_order = Some(order);
    }
    if let Some(empty_cells) = edit.empty_cells {
        column.empty_cells = empty_cells;
    }
    for (place, value_edit) in edit.values.iter().enumerate() {
        set_value(column, field, value_edit, &place.to_string())?;
    }
    Ok(())
}

fn set_field(
    column: &mut ColumnMapping,
    field_key: Option<&str>,
    context: &EditContext<'_>,
) -> Result<(), Invalid> {
    let field = field_key.map(|key| {
        mappable(context.fields, key).ok_or_else(|| {
            let message = format!("There is no profile field {key:?} that a column can be mapped to.");
            Invalid::new(message, &["fieldKey"])
        })
    });
    let field = field.transpose()?;
    if column.field_key.as_deref() == field_key {
        // The admin confirms what was suggested; what hangs on it stays.
        column.source = MappingSource::Manual;
        return Ok(());
    }
    let unstudied = ColumnStudy::default();
    let study =
        usize::try_from(column.index).ok().and_then(|index| context.studies.get(index)).unwrap_or(&unstudied);
    let suggestion =
        Suggestion { field_key: field.map(|field| field.key.clone()), source: MappingSource::Manual };
    *column = map_column(column.index, suggestion, field, study, None);
    Ok(())
}

fn set_value(
    column: &mut ColumnMapping,
    field: Option<&ProfileField>,
    edit: &ValueEdit,
    place: &str,
) -> Result<(), Invalid> {
    let Some(field) = field.filter(|field| field.field_type.is_closed_list()) else {
        let message =
            "Only a column that is mapped to a field with a closed list has values to map.".to_owned();
        return Err(Invalid::new(message, &["values", place]));
    };
    let wanted = text::trim_and_nfc(&edit.value);
    let Some(value) = column.values.iter_mut().find(|value| value.value == wanted) else {
        let message = format!("The column has no value {:?} that can be mapped.", text::show(&edit.value));
        return Err(Invalid::new(message, &["values", place, "value"]));
    };
    if let Some(choice) = edit.maps_to.as_ref().filter(|choice| !field.choices.contains(choice)) {
        let message = format!(
            "{:?} is no choice of {}. Its choices are: {}.",
            text::show(choice),
            field.label,
            field.choices.join(", ")
        );
        return Err(Invalid::new(message, &["values", place, "mapsTo"]));
    }
    value.maps_to.clone_from(&edit.maps_to);
    value.source = MappingSource::Manual;
    Ok(())
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
