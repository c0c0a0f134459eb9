use uuid::Uuid;

use super::*;
use crate::domain::id::FieldId;
use crate::domain::mapping::{EmptyCells, MappingSource, ValueMapping};

fn field(key: &str, field_type: FieldType, choices: &[&str]) -> ProfileField {
    ProfileField {
        id: FieldId(Uuid::nil()),
        key: key.into(),
        label: key.into(),
        field_type,
        required: false,
        built_in: false,
        archived: false,
        choices: choices.iter().map(ToString::to_string).collect(),
    }
}

fn mapping(key: &str, date_order: Option<DateOrder>, values: &[(&str, Option<&str>)]) -> ColumnMapping {
    let value = |&(value, maps_to): &(&str, Option<&str>)| ValueMapping {
        value: value.into(),
        count: 1,
        maps_to: maps_to.map(Into::into),
        source: MappingSource::Exact,
    };
    ColumnMapping {
        index: 3,
        field_key: Some(key.into()),
        source: MappingSource::Exact,
        empty_cells: EmptyCells::Keep,
        date_order,
        values: values.iter().map(value).collect(),
        distinct_value_count: 0,
    }
}

fn reader(key: &str, field_type: FieldType) -> ColumnReader {
    ColumnReader::new(&field(key, field_type, &[]), &mapping(key, None, &[]))
}

fn status() -> ColumnReader {
    let values = [("A", Some("active")), ("L", None), ("gone", Some("deleted"))];
    let field = field("status", FieldType::Choice, &["active", "inactive"]);
    ColumnReader::new(&field, &mapping("status", None, &values))
}

/// Value and codes, short.
fn read(reader: &ColumnReader, raw: &str) -> (Option<String>, Vec<RowIssueCode>, Option<RowIssueCode>) {
    let reading = reader.read(raw);
    (reading.value.map(Cow::into_owned), reading.notices, reading.error)
}

fn fine(value: &str) -> (Option<String>, Vec<RowIssueCode>, Option<RowIssueCode>) {
    (Some(value.into()), vec![], None)
}

fn noticed(value: &str, codes: &[RowIssueCode]) -> (Option<String>, Vec<RowIssueCode>, Option<RowIssueCode>) {
    (Some(value.into()), codes.to_vec(), None)
}

fn held(code: RowIssueCode) -> (Option<String>, Vec<RowIssueCode>, Option<RowIssueCode>) {
    (None, vec![], Some(code))
}

use RowIssueCode::{
    BidiControl, ConfusableCharacters, ControlCharacter, FormulaLike, InvalidBoolean, InvalidChoice,
    InvalidDate, InvalidEmail, PlaceholderValue, SuspectUniqueId, ValueCleaned, ValueTooLong,
};

#[test]
fn clean_cells_are_borrowed() {
    let text = reader("phone", FieldType::Text);
    let reading = text.read("+44 20 7946 0100");
    assert!(reading.is_clean());
    assert!(matches!(reading.value, Some(Cow::Borrowed("+44 20 7946 0100"))));
}

#[test]
fn blank_cells_say_nothing() {
    for key in ["unique_id", "email", "status", "phone"] {
        let reader = reader(key, FieldType::Text);
        for raw in ["", " ", "\u{A0}\t", "\u{200B}"] {
            assert_eq!(reader.read(raw), Reading::BLANK, "{key} {raw:?}");
        }
    }
}

#[test]
fn placeholders_are_empty_with_a_warning() {
    let text = reader("phone", FieldType::Text);
    for raw in ["NULL", "n/a", "#N/A", "None", "\\N", "-", " - "] {
        assert_eq!(read(&text, raw), (None, vec![PlaceholderValue], None), "{raw}");
    }
    assert_eq!(read(&text, "NA"), fine("NA"));
    assert_eq!(read(&reader("last_name", FieldType::Text), "Null"), fine("Null"));
    assert_eq!(read(&text, "Null"), (None, vec![PlaceholderValue], None));
}

#[test]
fn a_choice_is_no_placeholder() {
    let field = field("shift", FieldType::Choice, &["Day", "None"]);
    let shift = ColumnReader::new(&field, &mapping("shift", None, &[("None", Some("None"))]));
    assert_eq!(read(&shift, "None"), fine("None"));
    assert_eq!(read(&shift, "none"), fine("None"));
    assert_eq!(read(&shift, "NULL"), (None, vec![PlaceholderValue], None));
}

#[test]
fn trims_are_noticed_and_composing_is_not() {
    let name = reader("first_name", FieldType::Text);
    assert_eq!(read(&name, " Ada\u{A0}"), noticed("Ada", &[ValueCleaned]));
    assert_eq!(read(&name, "Chloe\u{301}"), fine("Chlo\u{E9}"));
    assert_eq!(read(&name, "Ali\u{200C}reza"), fine("Ali\u{200C}reza"));
}

#[test]
fn control_characters_hold_the_row() {
    let text = reader("department", FieldType::Text);
    assert_eq!(read(&text, "Sv\u{85}en"), held(ControlCharacter));
    // Also where a blank would be trimmed: it is not certain what was there.
    assert_eq!(read(&text, "Sven\u{85}"), held(ControlCharacter));
    assert_eq!(read(&text, "a\u{1B}[31m"), held(ControlCharacter));
    assert_eq!(read(&text, "two\r\nlines\tcells"), fine("two\r\nlines\tcells"));
    assert_eq!(read(&text, "Ro\u{2028}sa"), fine("Ro\u{2028}sa"));
    assert_eq!(read(&reader("unique_id", FieldType::Text), "M-\n1"), held(ControlCharacter));
    assert_eq!(read(&reader("email", FieldType::Email), "a@b\t.co"), held(ControlCharacter));
}

#[test]
fn bidi_controls_hold_the_row() {
    assert_eq!(read(&reader("last_name", FieldType::Text), "\u{202E}timdA\u{202C}"), held(BidiControl));
    assert_eq!(read(&status(), "active\u{2066}"), held(BidiControl));
    for mark in ['\u{200E}', '\u{200F}', '\u{61C}'] {
        assert_eq!(read(&reader("unique_id", FieldType::Text), &format!("M{mark}1")), held(BidiControl));
        assert_eq!(read(&reader("email", FieldType::Email), &format!("{mark}a@b.co")), held(BidiControl));
        assert_eq!(read(&reader("department", FieldType::Text), &mark.to_string()), held(BidiControl));
    }
}

#[test]
fn lengths_are_counted_in_characters() {
    let at = |key, field_type, n: usize| read(&reader(key, field_type), &"é".repeat(n));
    assert_eq!(at("first_name", FieldType::Text, 200), fine(&"é".repeat(200)));
    assert_eq!(at("first_name", FieldType::Text, 201), held(ValueTooLong));
    assert_eq!(at("unique_id", FieldType::Text, 201), held(ValueTooLong));
    // A text has no bound but that of its cell.
    assert_eq!(at("department", FieldType::Text, 32_768), fine(&"é".repeat(32_768)));
    assert_eq!(at("date_of_birth", FieldType::Date, 4_001), held(InvalidDate));
    assert_eq!(at("email", FieldType::Email, 255), held(ValueTooLong));
    // What is trimmed does not count.
    let padded = format!("{}{}", "a".repeat(200), " ".repeat(50));
    assert_eq!(
        read(&reader("last_name", FieldType::Text), &padded),
        noticed(&"a".repeat(200), &[ValueCleaned])
    );
}

#[test]
fn formulas_are_stored_as_they_are() {
    let text = reader("department", FieldType::Text);
    assert_eq!(read(&text, "=1+1"), noticed("=1+1", &[FormulaLike]));
    assert_eq!(read(&text, " =1+1"), noticed("=1+1", &[ValueCleaned, FormulaLike]));
    assert_eq!(read(&text, "\tSales"), noticed("Sales", &[ValueCleaned, FormulaLike]));
    assert_eq!(read(&text, "-5"), fine("-5"));
    assert_eq!(read(&text, "=\"0042\""), noticed("=\"0042\"", &[FormulaLike]));
    assert_eq!(read(&text, "'=1+1"), fine("'=1+1"));
}

#[test]
fn muster_takes_its_own_escapes_off() {
    let text = reader("department", FieldType::Text).unescaping(true);
    assert_eq!(read(&text, "'=1+1"), noticed("=1+1", &[FormulaLike]));
    assert_eq!(read(&text, "'+44 20 7946"), fine("+44 20 7946"));
    assert_eq!(read(&text, "'t Hooft"), fine("'t Hooft"));
    assert_eq!(read(&text, "'-"), (None, vec![PlaceholderValue], None));
}

#[test]
fn ids_are_read_as_they_were_meant() {
    let id = reader("unique_id", FieldType::Text);
    assert_eq!(read(&id, "M-0001"), fine("M-0001"));
    assert_eq!(read(&id, "=\"0042\""), noticed("0042", &[ValueCleaned]));
    assert_eq!(read(&id, "M-\u{200B}4\u{FEFF}"), noticed("M-4", &[ValueCleaned]));
    assert_eq!(read(&id, "1.2E+11"), held(SuspectUniqueId));
    assert_eq!(read(&id, "=A1"), noticed("=A1", &[FormulaLike]));
    assert_eq!(read(&id, "=\"a\"&B1"), noticed("=\"a\"&B1", &[FormulaLike]));
    assert_eq!(read(&id, "=\"\""), (None, vec![ValueCleaned], None));
    assert_eq!(read(&id, "\u{41C}-0001"), noticed("\u{41C}-0001", &[ConfusableCharacters]));
}

#[test]
fn addresses_keep_their_spelling() {
    let email = reader("email", FieldType::Email);
    assert_eq!(read(&email, "Ada@Example.org"), fine("Ada@Example.org"));
    assert_eq!(read(&email, "ada\u{200B}@example.org "), noticed("ada@example.org", &[ValueCleaned]));
    assert_eq!(read(&email, "Ada <ada@example.org>"), held(InvalidEmail));
    assert_eq!(
        read(&email, "\u{430}da@example.org"),
        noticed("\u{430}da@example.org", &[ConfusableCharacters])
    );
}

#[test]
fn dates_become_canonical() {
    let date = |order, raw: &str| {
        let field = field("start_date", FieldType::Date, &[]);
        read(&ColumnReader::new(&field, &mapping("start_date", order, &[])), raw)
    };
    assert_eq!(date(Some(DateOrder::DayFirst), "3.4.1985"), fine("1985-04-03"));
    assert_eq!(date(Some(DateOrder::YearFirst), "3.4.1985"), held(InvalidDate));
    assert_eq!(date(None, "1970-01-01 "), noticed("1970-01-01", &[ValueCleaned]));
    assert_eq!(date(None, "44927"), held(InvalidDate));
}

#[test]
fn closed_lists_go_through_the_mapping() {
    let status = status();
    assert_eq!(read(&status, "A"), fine("active"));
    assert_eq!(read(&status, " A "), noticed("active", &[ValueCleaned]));
    assert_eq!(read(&status, "L"), held(InvalidChoice));
    // Values that were cut from the list, or padded so that they are not on it.
    assert_eq!(read(&status, "Inactive"), fine("inactive"));
    assert_eq!(read(&status, "unknown"), held(InvalidChoice));
    // A choice that is no longer there.
    assert_eq!(read(&status, "gone"), held(InvalidChoice));
}

#[test]
fn booleans_are_a_closed_list_of_two() {
    let field = field("vip", FieldType::Boolean, &["true", "false"]);
    let vip = ColumnReader::new(&field, &mapping("vip", None, &[("yes", Some("true"))]));
    assert_eq!(read(&vip, "yes"), fine("true"));
    assert_eq!(read(&vip, "FALSE"), fine("false"));
    assert_eq!(read(&vip, "no"), held(InvalidBoolean));
}

#[test]
fn issues_teach() {
    let issue = status().issue(7, InvalidChoice, Severity::Error, "L\u{A0}");
    assert_eq!(issue.column, Some(3));
    assert_eq!(issue.value.as_deref(), Some("L⟨U+00A0⟩"));
    assert_eq!(
        issue.message,
        "L⟨U+00A0⟩ is not mapped to a choice of status. Map it in the mapping, or use one of: active, inactive."
    );
    let name = reader("last_name", FieldType::Text);
    assert!(name.issue(1, ValueTooLong, Severity::Error, "x").message.contains("the 200 characters"));
}
