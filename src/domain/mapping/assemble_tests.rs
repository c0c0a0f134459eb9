use super::*;
use crate::domain::file::ValueCount;
use crate::domain::mapping::test_support::{built_in_fields, file_columns, segment, strings};
use crate::domain::mapping::{DateOrder, MappingSource, remembered::dropped_headers};

fn study(values: &[&str]) -> ColumnStudy {
    let mut study = ColumnStudy::default();
    for value in values {
        study.dates.observe(value);
        study.values.push(ValueCount { value: (*value).into(), count: 1 });
        study.distinct_value_count += 1;
    }
    study
}

fn suggested(
    headers: &[&str],
    studies: &[ColumnStudy],
    remembered: Option<&Remembered>,
    any_id: bool,
) -> Mapping {
    let mut fields = built_in_fields();
    fields.push(segment("vip", FieldType::Boolean));
    suggest_mapping(&MappingInputs {
        columns: &file_columns(headers),
        studies,
        fields: &fields,
        remembered,
        any_member_has_unique_id: any_id,
    })
}

#[test]
fn columns_are_mapped_with_values_and_dates() {
    let studies = [study(&["M-1"]), study(&["A", "??"]), study(&["31.12.2020"]), study(&["31.12.2020"])];
    let mapping = suggested(&["member_id", "status", "start_date", "birthday"], &studies, None, false);
    assert_eq!(mapping.match_by, MatchKey::UniqueId);
    assert_eq!(mapping.file_scope, FileScope::FullRoster);
    assert_eq!(mapping.columns[0].values, []);
    let values: Vec<_> =
        mapping.columns[1].values.iter().map(|v| (v.value.as_str(), v.maps_to.as_deref())).collect();
    assert_eq!(values, [("??", None), ("A", Some("active"))]);
    assert_eq!(mapping.columns[1].distinct_value_count, 2);
    assert_eq!(mapping.columns[2].date_order, Some(DateOrder::DayFirst));
    // Nothing is mapped to it, so nothing has to be settled.
    assert_eq!(mapping.columns[3].date_order, None);
    assert_eq!(mapping.columns[3].source, MappingSource::None);
}

#[test]
fn rows_are_matched_by_ids_as_soon_as_there_is_one() {
    let studies = [study(&[])];
    assert_eq!(suggested(&["email"], &studies, None, false).match_by, MatchKey::Email);
    assert_eq!(suggested(&["email"], &studies, None, true).match_by, MatchKey::UniqueId);
    assert_eq!(suggested(&["member_id"], &studies, None, false).match_by, MatchKey::UniqueId);
}

#[test]
fn an_approved_mapping_is_remembered() {
    let headers = ["Status", "Start date", "Shoe size", "Notes"];
    let studies = [study(&["L", "?"]), study(&["3/4/2020"]), study(&[]), study(&[])];
    let mut approved = suggested(&headers, &studies, None, false);
    approved.columns[0].values.iter_mut().filter(|v| v.value == "L").for_each(|v| {
        v.maps_to = Some("inactive".into());
        v.source = MappingSource::Manual;
    });
    approved.columns[1].date_order = Some(DateOrder::MonthFirst);
    approved.columns[1].empty_cells = EmptyCells::Clear;
    approved.columns[3].source = MappingSource::Manual;
    let remembered = Remembered::new(&approved, &file_columns(&headers));
    // Nobody decided anything about shoe sizes.
    let kept: Vec<_> = remembered.columns.iter().map(|c| c.header.as_str()).collect();
    assert_eq!(kept, ["Status", "Start date", "Notes"]);
    assert_eq!(remembered.columns[0].values, [("L".to_owned(), Some("inactive".to_owned()))]);

    let next = suggested(
        &["start_date", "STATUS"],
        &[study(&["5/6/2020"]), study(&["L"])],
        Some(&remembered),
        false,
    );
    assert_eq!(next.columns[0].date_order, Some(DateOrder::MonthFirst));
    assert_eq!(next.columns[0].empty_cells, EmptyCells::Clear);
    assert_eq!(next.columns[0].source, MappingSource::Remembered);
    assert_eq!(next.columns[1].values[0].maps_to.as_deref(), Some("inactive"));
    let contradicted =
        suggested(&["start_date"], &[study(&["31/6/2020", "30/6/2020"])], Some(&remembered), false);
    assert_eq!(contradicted.columns[0].date_order, Some(DateOrder::DayFirst));
}

#[test]
fn headers_that_are_gone_are_named() {
    let headers = ["Status", "Start date", "Notes"];
    let mut approved = suggested(&headers, &[study(&[]), study(&[]), study(&[])], None, false);
    approved.columns[2].source = MappingSource::Manual;
    let remembered = Remembered::new(&approved, &file_columns(&headers));
    assert_eq!(dropped_headers(&remembered, &strings(&["START_DATE"])), ["Status"]);
    assert!(dropped_headers(&remembered, &strings(&headers)).is_empty());
}

#[test]
fn one_header_in_two_ways_is_not_remembered() {
    let headers = ["Code", "code"];
    let mut approved = suggested(&headers, &[study(&[]), study(&[])], None, false);
    for (column, key) in approved.columns.iter_mut().zip(["location", "job_title"]) {
        column.field_key = Some(key.into());
        column.source = MappingSource::Manual;
    }
    let remembered = Remembered::new(&approved, &file_columns(&headers));
    let next = suggested(&["Code"], &[study(&[])], Some(&remembered), false);
    assert_eq!(next.columns[0].field_key, None);
}
