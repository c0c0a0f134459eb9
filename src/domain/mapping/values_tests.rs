use super::*;
use crate::domain::mapping::test_support::{built_in_fields, choice, segment};
use crate::domain::mapping::{DateOrder, EmptyCells};

fn built_in(key: &str) -> ProfileField {
    built_in_fields().into_iter().find(|field| field.key == key).expect("built in")
}

fn suggested(field: &ProfileField, value: &str) -> (Option<String>, MappingSource) {
    suggest_value(field, value, None)
}

fn some(choice: &str, source: MappingSource) -> (Option<String>, MappingSource) {
    (Some(choice.into()), source)
}

const NOTHING: (Option<String>, MappingSource) = (None, MappingSource::None);

#[test]
fn statuses() {
    let status = built_in("status");
    assert_eq!(suggested(&status, "active"), some("active", MappingSource::Exact));
    for word in ["ACTIVE", "A", "Aktiv", "actif", "Activo"] {
        assert_eq!(suggested(&status, word), some("active", MappingSource::Synonym), "{word}");
    }
    for word in ["Inactive", "I", "not active", "inaktiv", "Inactif", "Inactivo"] {
        assert_eq!(suggested(&status, word), some("inactive", MappingSource::Synonym), "{word}");
    }
    assert_eq!(suggested(&status, "inactve"), NOTHING, "a slip");
}

#[test]
fn a_status_that_is_neither_is_left_to_an_admin() {
    let status = built_in("status");
    for word in [
        "Terminated",
        "terminate",
        "left",
        "leaver",
        "resigned",
        "Retired",
        "former",
        "disabled",
        "deactivated",
        "no longer employed",
        "ausgeschieden",
        "baja",
        "suspended",
        "employed",
        "inactiv",
        "activ",
        "yes",
        "0",
    ] {
        assert_eq!(suggested(&status, word), NOTHING, "{word}");
    }
}

#[test]
fn no_word_deletes_anybody() {
    let status = built_in("status");
    for word in
        ["deleted", "delete", "Remove", "removed", "gelöscht", "purge", "D", "X", "on leave", "pending", "1"]
    {
        assert_eq!(suggested(&status, word), NOTHING, "{word}");
    }
}

#[test]
fn eligibility_and_booleans() {
    let eligibility = built_in("program_eligibility");
    assert_eq!(suggested(&eligibility, "Yes"), some("eligible", MappingSource::Synonym));
    assert_eq!(suggested(&eligibility, "not eligible"), some("ineligible", MappingSource::Synonym));
    let vip = segment("vip", FieldType::Boolean);
    assert_eq!(suggested(&vip, "true"), some("true", MappingSource::Exact));
    assert_eq!(suggested(&vip, "Nein"), some("false", MappingSource::Synonym));
    assert_eq!(suggested(&vip, "maybe"), NOTHING);
}

#[test]
fn segments_have_no_synonyms_but_slips() {
    let region = choice("region", &["Tier 1", "Tier 2", "Northern", "Level A"]);
    assert_eq!(suggested(&region, "tier 1"), some("Tier 1", MappingSource::Synonym));
    assert_eq!(suggested(&region, "Nothern"), some("Northern", MappingSource::Similar));
    assert_eq!(suggested(&region, "Tier 3"), NOTHING);
    assert_eq!(suggested(&region, "Level B"), NOTHING);
    assert_eq!(suggested(&region, "yes"), NOTHING);
}

#[test]
fn what_is_like_two_choices_is_neither() {
    let field = choice("team", &["Planner", "Planter"]);
    assert_eq!(suggested(&field, "Planer"), NOTHING);
}

#[test]
fn what_was_mapped_last_time_comes_first() {
    let column = RememberedColumn {
        header: "State".into(),
        field_key: Some("status".into()),
        values: vec![
            ("A".into(), Some("inactive".into())),
            ("L".into(), None),
            ("Z".into(), Some("no longer a choice".into())),
        ],
        empty_cells: EmptyCells::Keep,
        date_order: None::<DateOrder>,
    };
    let status = built_in("status");
    assert_eq!(suggest_value(&status, "A", Some(&column)), some("inactive", MappingSource::Remembered));
    assert_eq!(suggest_value(&status, "L", Some(&column)), (None, MappingSource::Remembered));
    assert_eq!(suggest_value(&status, "Z", Some(&column)), NOTHING);
    assert_eq!(suggest_value(&status, "active", Some(&column)), some("active", MappingSource::Exact));
}

#[test]
fn the_most_frequent_come_first_and_empty_ones_not_at_all() {
    let tally = [("b", 1), ("A", 7), ("a", 1), ("", 5), ("N/A", 9), ("None", 3)]
        .map(|(v, count)| ValueCount { value: v.to_owned(), count });
    let shown = |field: &ProfileField| -> Vec<String> {
        suggest_values(field, &tally, None).into_iter().map(|v| v.value).collect()
    };
    assert_eq!(shown(&built_in("status")), ["A", "a", "b"]);
    assert_eq!(shown(&choice("shift", &["none"])), ["A", "None", "a", "b"]);
}

#[test]
fn the_list_is_bounded() {
    let counted = |n| ValueCount { value: format!("v{n}"), count: 1 };
    let tally = |n: usize| -> Vec<ValueCount> { (0..n).map(counted).collect() };
    let status = built_in("status");
    assert_eq!(suggest_values(&status, &tally(VALUE_MAPPINGS_MAX), None).len(), VALUE_MAPPINGS_MAX);
    assert_eq!(suggest_values(&status, &tally(VALUE_MAPPINGS_MAX + 1), None).len(), VALUE_MAPPINGS_MAX);
}
