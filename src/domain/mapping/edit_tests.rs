use super::*;
use crate::domain::file::ValueCount;
use crate::domain::mapping::assemble::{MappingInputs, suggest_mapping};
use crate::domain::mapping::test_support::{built_in_fields, file_columns};

const HEADERS: [&str; 4] = ["code", "email", "state of things", "begin"];

fn studies() -> Vec<ColumnStudy> {
    let mut studies = vec![ColumnStudy::default(); HEADERS.len()];
    let counted = |value: &str, count| ValueCount { value: value.into(), count };
    studies[2].values = vec![counted("A", 3), counted("L", 1)];
    studies[2].distinct_value_count = 2;
    studies[3].dates.observe("31.12.2020");
    studies
}

fn mapping() -> Mapping {
    suggest_mapping(&MappingInputs {
        columns: &file_columns(&HEADERS),
        studies: &studies(),
        fields: &built_in_fields(),
        remembered: None,
        any_member_has_unique_id: false,
    })
}

fn edited(mapping: &Mapping, columns: Vec<ColumnEdit>) -> Result<Mapping, UserError> {
    let edit = MappingEdit { columns, ..MappingEdit::default() };
    let (fields, studies) = (built_in_fields(), studies());
    let context = EditContext { fields: &fields, studies: &studies, any_member_has_unique_id: false };
    apply_edit(mapping, &edit, &context)
}

fn field(index: i32, key: Option<&str>) -> ColumnEdit {
    ColumnEdit { index, field_key: Some(key.map(Into::into)), ..ColumnEdit::default() }
}

fn value(value: &str, maps_to: Option<&str>) -> ValueEdit {
    ValueEdit { value: value.into(), maps_to: maps_to.map(Into::into) }
}

fn refused(columns: Vec<ColumnEdit>) -> Vec<String> {
    let error = edited(&mapping(), columns).expect_err("refused");
    assert_eq!(error.code, UserErrorCode::MappingInvalid);
    error.field
}

#[test]
fn what_is_not_named_stays() {
    assert_eq!(edited(&mapping(), vec![]), Ok(mapping()));
    let after = edited(
        &mapping(),
        vec![ColumnEdit { empty_cells: Some(EmptyCells::Clear), index: 1, ..ColumnEdit::default() }],
    );
    let after = after.expect("valid");
    assert_eq!(after.columns[1].field_key.as_deref(), Some("email"));
    assert_eq!(after.columns[1].source, MappingSource::Exact);
    assert_eq!(after.columns[1].empty_cells, EmptyCells::Clear);
    assert_eq!(after.columns[0], mapping().columns[0]);
}

#[test]
fn another_field_starts_from_the_study() {
    let after =
        edited(&mapping(), vec![field(2, Some("status")), field(3, Some("start_date"))]).expect("valid");
    assert_eq!(after.columns[2].source, MappingSource::Manual);
    assert_eq!(after.columns[2].values[0].maps_to.as_deref(), Some("active"));
    assert_eq!(after.columns[3].date_order, Some(DateOrder::DayFirst));
    let ignored = edited(&after, vec![field(2, None)]).expect("valid");
    assert_eq!(ignored.columns[2].field_key, None);
    assert_eq!(ignored.columns[2].source, MappingSource::Manual);
    assert!(ignored.columns[2].values.is_empty());
}

#[test]
fn the_same_field_keeps_its_values() {
    let values = ColumnEdit { values: vec![value(" L ", Some("inactive"))], ..field(2, Some("status")) };
    let after = edited(&mapping(), vec![values]).expect("valid");
    assert_eq!(after.columns[2].values[1].maps_to.as_deref(), Some("inactive"));
    assert_eq!(after.columns[2].values[1].source, MappingSource::Manual);
    let again = edited(&after, vec![field(2, Some("status"))]).expect("valid");
    assert_eq!(again, after);
    let held = ColumnEdit { index: 2, values: vec![value("A", None)], ..ColumnEdit::default() };
    let held = edited(&after, vec![held]).expect("valid");
    assert_eq!(held.columns[2].values[0].maps_to, None);
    assert_eq!(held.columns[2].values[0].source, MappingSource::Manual);
    assert_eq!(held.columns[2].values[1].maps_to.as_deref(), Some("inactive"));
}

#[test]
fn match_by_follows_the_first_id_column() {
    assert_eq!(mapping().match_by, MatchKey::Email);
    let with_id = edited(&mapping(), vec![field(0, Some("unique_id"))]).expect("valid");
    assert_eq!(with_id.match_by, MatchKey::UniqueId);
    let without = edited(&with_id, vec![field(0, None)]).expect("valid");
    assert_eq!(without.match_by, MatchKey::Email);
}

#[test]
fn match_by_that_was_asked_for_stays() {
    let (fields, studies) = (built_in_fields(), studies());
    let context = EditContext { fields: &fields, studies: &studies, any_member_has_unique_id: true };
    let edit = MappingEdit {
        columns: vec![field(0, Some("unique_id"))],
        match_by: Some(MatchKey::Email),
        file_scope: Some(FileScope::Partial),
    };
    let after = apply_edit(&mapping(), &edit, &context).expect("valid");
    assert_eq!((after.match_by, after.file_scope), (MatchKey::Email, FileScope::Partial));
    let other = MappingEdit { columns: vec![field(2, Some("status"))], ..MappingEdit::default() };
    assert_eq!(apply_edit(&after, &other, &context).expect("valid").match_by, MatchKey::Email);
}

#[test]
fn what_does_not_exist_is_refused_with_its_place() {
    let fine = field(0, Some("location"));
    assert_eq!(refused(vec![fine.clone(), field(4, None)]), ["columns", "1", "index"]);
    assert_eq!(refused(vec![field(-1, None)]), ["columns", "0", "index"]);
    assert_eq!(refused(vec![fine, field(1, Some("nothing"))]), ["columns", "1", "fieldKey"]);
    let order = ColumnEdit { date_order: Some(DateOrder::DayFirst), index: 1, ..ColumnEdit::default() };
    assert_eq!(refused(vec![order]), ["columns", "0", "dateOrder"]);
    let status = |values| vec![ColumnEdit { values, ..field(2, Some("status")) }];
    assert_eq!(
        refused(status(vec![value("A", None), value("Q", None)])),
        ["columns", "0", "values", "1", "value"]
    );
    assert_eq!(refused(status(vec![value("A", Some("deleted"))])), ["columns", "0", "values", "0", "mapsTo"]);
    let values = ColumnEdit { index: 1, values: vec![value("A", None)], ..ColumnEdit::default() };
    assert_eq!(refused(vec![values]), ["columns", "0", "values", "0"]);
}

#[test]
fn archived_fields_cannot_be_mapped() {
    let (mut fields, studies) = (built_in_fields(), studies());
    fields.iter_mut().for_each(|field| field.archived = field.key == "location");
    let context = EditContext { fields: &fields, studies: &studies, any_member_has_unique_id: false };
    let edit = MappingEdit { columns: vec![field(0, Some("location"))], ..MappingEdit::default() };
    assert_eq!(
        apply_edit(&mapping(), &edit, &context).expect_err("refused").field,
        ["columns", "0", "fieldKey"]
    );
}
