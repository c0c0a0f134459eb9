use super::*;
use crate::domain::file::ColumnStudy;
use crate::domain::mapping::assemble::{MappingInputs, suggest_mapping};
use crate::domain::mapping::test_support::{built_in_fields, file_columns};
use crate::domain::mapping::{MappingSource, ValueMapping};

const HEADERS: [&str; 5] = ["member_id", "first_name", "last_name", "email", "start_date"];

fn mapping(headers: &[&str], any_member_has_unique_id: bool) -> Mapping {
    suggest_mapping(&MappingInputs {
        columns: &file_columns(headers),
        studies: &vec![ColumnStudy::default(); headers.len()],
        fields: &built_in_fields(),
        remembered: None,
        any_member_has_unique_id,
    })
}

fn found(mapping: &Mapping, fields: &[ProfileField]) -> Vec<(UserErrorCode, String)> {
    let errors = blockers(mapping, &file_columns(&HEADERS), fields);
    errors.into_iter().map(|error| (error.code, error.field.join("."))).collect()
}

#[test]
fn a_whole_mapping_has_none() {
    assert_eq!(found(&mapping(&HEADERS, false), &built_in_fields()), []);
}

#[test]
fn required_fields_need_a_column() {
    let errors = blockers(&mapping(&["member_id"], false), &file_columns(&["member_id"]), &built_in_fields());
    let messages: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(
        messages[0],
        "First name is required, and no column is mapped to it. Map one, or make the field optional."
    );
    assert_eq!(messages.len(), 3);
    assert!(errors.iter().all(|error| error.code == UserErrorCode::MappingIncomplete));
}

#[test]
fn what_rows_are_matched_by_needs_a_column() {
    let without_id = mapping(&HEADERS[1..4], true);
    assert_eq!(
        found(&without_id, &built_in_fields()),
        [(UserErrorCode::MappingIncomplete, "columns".into())]
    );
    let mut fields = built_in_fields();
    fields.iter_mut().for_each(|field| field.required = false);
    let without_email = mapping(&HEADERS[1..3], false);
    let errors = blockers(&without_email, &file_columns(&HEADERS[1..3]), &fields);
    assert_eq!(errors.len(), 1);
    assert!(errors[0].message.starts_with("Rows are matched by Email"));
}

#[test]
fn a_field_has_one_column() {
    let mut mapping = mapping(&HEADERS, false);
    mapping.columns[2].field_key = Some("first_name".into());
    let fields = built_in_fields();
    let found = found(&mapping, &fields);
    assert!(found.contains(&(UserErrorCode::MappingIncomplete, "columns.2.fieldKey".into())), "{found:?}");
}

#[test]
fn an_open_date_order_is_named() {
    let mut mapping = mapping(&HEADERS, false);
    mapping.columns[4].date_order = None;
    let errors = blockers(&mapping, &file_columns(&HEADERS), &built_in_fields());
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].field, ["columns", "4", "dateOrder"]);
    assert!(errors[0].message.contains("\"start_date\" (column 5)"), "{}", errors[0].message);
}

#[test]
fn what_was_archived_in_between_is_invalid() {
    let mut fields = built_in_fields();
    fields.iter_mut().for_each(|field| field.archived = field.key == "start_date");
    let expected = [(UserErrorCode::MappingInvalid, "columns.4.fieldKey".to_owned())];
    assert_eq!(found(&mapping(&HEADERS, false), &fields), expected);
}

#[test]
fn a_choice_that_is_gone_is_invalid() {
    let mut mapping = mapping(&["status"], false);
    mapping.columns[0].values.push(ValueMapping {
        value: "A".into(),
        count: 1,
        maps_to: Some("gone".into()),
        source: MappingSource::Manual,
    });
    let found = found(&mapping, &built_in_fields());
    assert!(found.contains(&(UserErrorCode::MappingInvalid, "columns.0.values".into())), "{found:?}");
}
