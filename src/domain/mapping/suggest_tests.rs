use super::*;
use crate::domain::field::FieldType;
use crate::domain::mapping::remembered::RememberedColumn;
use crate::domain::mapping::test_support::{built_in_fields, segment, strings};
use crate::domain::mapping::{EmptyCells, MappingSource};

fn fields() -> Vec<ProfileField> {
    let mut fields = built_in_fields();
    fields.push(segment("date_of_birth", FieldType::Date));
    fields.push(segment("department", FieldType::Text));
    fields.push(segment("phone", FieldType::Text));
    fields
}

/// The fields of the headers, `-` for none.
fn keys(headers: &[&str], remembered: Option<&Remembered>) -> Vec<String> {
    let suggestions = suggest(&strings(headers), &fields(), remembered);
    suggestions.into_iter().map(|s| s.field_key.unwrap_or("-".into())).collect()
}

fn source(header: &str) -> MappingSource {
    suggest(&strings(&[header]), &fields(), None)[0].source
}

fn remembered(columns: &[(&str, Option<&str>)]) -> Remembered {
    let column = |&(header, key): &(&str, Option<&str>)| RememberedColumn {
        header: header.into(),
        field_key: key.map(Into::into),
        values: vec![],
        empty_cells: EmptyCells::Keep,
        date_order: None,
    };
    Remembered { columns: columns.iter().map(column).collect() }
}

#[test]
fn keys_labels_and_synonyms() {
    assert_eq!(
        keys(&["Member No.", "Given name", "SURNAME", "E-Mail *", "Hire Date", "Language", "Phone #"], None),
        ["unique_id", "first_name", "last_name", "email", "start_date", "locale", "phone"]
    );
    assert_eq!(
        keys(
            &["Mitgliedsnummer", "Vorname", "Nachname", "E-Mail", "Geburtsdatum", "Abteilung", "Telefon"],
            None
        ),
        ["unique_id", "first_name", "last_name", "email", "-", "-", "-"]
    );
    assert_eq!(
        keys(&["Matricule", "Prénom", "Nom de famille", "Courriel", "Statut", "Date d'embauche"], None),
        ["unique_id", "first_name", "last_name", "email", "status", "start_date"]
    );
    assert_eq!(
        keys(&["Número de empleado", "Nombre", "Apellidos", "Correo electrónico", "Puesto", "Sede"], None),
        ["unique_id", "first_name", "last_name", "email", "job_title", "location"]
    );
    assert_eq!(
        keys(&["Employee #", "date_of_birth", "department"], None),
        ["unique_id", "date_of_birth", "department"]
    );
}

#[test]
fn columns_of_other_things_are_left_alone() {
    let headers = [
        "bioguide_id",
        "thomas_id",
        "govtrack_id",
        "youtube_id",
        "wikipedia_id",
        "full_name",
        "nickname",
        "middle_name",
        "suffix",
        "birthday",
        "type",
        "state",
        "district",
        "address",
        "employer_id",
        "display_name",
        "Name",
        "End date",
        "Manager",
        "url",
    ];
    assert!(keys(&headers, None).iter().all(|key| key == "-"), "{:?}", keys(&headers, None));
}

#[test]
fn sources_tell_how() {
    assert_eq!(source("first_name"), MappingSource::Exact);
    assert_eq!(source("FIRST NAME"), MappingSource::Exact);
    assert_eq!(source("Forename"), MappingSource::Synonym);
    assert_eq!(source("Frist name"), MappingSource::Similar);
    assert_eq!(source("Depratment"), MappingSource::Similar);
    assert_eq!(source("Shoe size"), MappingSource::None);
}

#[test]
fn ids_are_never_guessed() {
    assert_eq!(keys(&["uniqe_id", "membr_id", "employeeed id"], None), ["-", "-", "-"]);
}

#[test]
fn a_field_goes_to_the_surest_column() {
    assert_eq!(keys(&["id", "member_id"], None), ["-", "unique_id"]);
    assert_eq!(keys(&["Email address", "email"], None), ["-", "email"]);
    assert_eq!(keys(&["Mail", "Work email"], None), ["-", "email"]);
    assert_eq!(keys(&["id", "name"], None), ["unique_id", "-"]);
}

#[test]
fn a_repeated_header_is_mapped_to_nothing() {
    assert_eq!(keys(&["email", "first_name", "E-Mail"], None), ["-", "first_name", "-"]);
    let remembered = remembered(&[("email", Some("email"))]);
    assert_eq!(keys(&["email", "E-Mail"], Some(&remembered)), ["-", "-"]);
}

#[test]
fn blank_and_own_headers_are_mapped_to_nothing() {
    assert_eq!(keys(&["", " ", "**", "muster_code", "muster_message"], None), ["-"; 5]);
}

#[test]
fn what_was_approved_last_time_comes_first() {
    let remembered = remembered(&[
        ("Kennung", Some("unique_id")),
        ("department", None),
        ("phone", Some("no_longer_there")),
        ("Mail", Some("email")),
    ]);
    let headers = strings(&["kennung", "member_id", "department", "phone", "mail", "email"]);
    let suggestions = suggest(&headers, &fields(), Some(&remembered));
    let short: Vec<_> = suggestions.iter().map(|s| (s.field_key.as_deref(), s.source)).collect();
    assert_eq!(
        short,
        [
            (Some("unique_id"), MappingSource::Remembered),
            (None, MappingSource::None),
            (None, MappingSource::Remembered),
            (Some("phone"), MappingSource::Exact),
            (Some("email"), MappingSource::Remembered),
            (None, MappingSource::None),
        ]
    );
}

#[test]
fn archived_fields_are_not_suggested() {
    let mut fields = fields();
    fields.iter_mut().for_each(|field| field.archived = field.key == "phone");
    let remembered = remembered(&[("phone", Some("phone"))]);
    assert_eq!(suggest(&strings(&["phone"]), &fields, Some(&remembered)), [NOTHING]);
    assert!(!is_known_name("phone", &fields));
}

#[test]
fn a_label_of_the_tenants_is_as_good_as_a_key() {
    let mut fields = fields();
    fields.iter_mut().filter(|f| f.key == "location").for_each(|f| f.label = "Kostenstelle".into());
    let suggestions = suggest(&strings(&["KOSTENSTELLE", "Site"]), &fields, None);
    assert_eq!(suggestions[0].field_key.as_deref(), Some("location"));
    assert_eq!(suggestions[1], NOTHING);
}

#[test]
fn segments_keep_their_own_names() {
    let mut fields = fields();
    fields.push(segment("language", FieldType::Text));
    let suggestions = suggest(&strings(&["Language"]), &fields, None);
    assert_eq!(suggestions[0].field_key.as_deref(), Some("language"));
}

#[test]
fn a_header_is_told_from_data() {
    for header in ["member_id", "E-Mail", "Vorname", "id", "department", "muster_code", " Phone "] {
        assert!(is_known_name(header, &fields()), "{header}");
    }
    for cell in ["", "M-0001", "Ada", "ada@example.org", "active", "1960-01-01", "Sales", "42"] {
        assert!(!is_known_name(cell, &fields()), "{cell}");
    }
}
