use super::test_support::{inspect, inspect_as, read_as};
use super::{Inspected, ReadOptions, ValueCount};
use crate::domain::limits::{COLUMN_SAMPLES_MAX, SAMPLE_CHARS_MAX};
use crate::domain::user_error::{UserError, UserErrorCode};

fn headers(inspected: &Inspected) -> Vec<&str> {
    inspected.columns.iter().map(|column| column.header.as_str()).collect()
}

fn code(inspected: Result<Inspected, UserError>) -> Option<UserErrorCode> {
    inspected.err().map(|error| error.code)
}

fn with_header(has_header: bool, file: &str) -> Result<Inspected, UserError> {
    inspect_as(ReadOptions { has_header: Some(has_header), encoding: None }, file.as_bytes())
}

#[test]
fn a_roster_is_described() {
    let file = "\u{FEFF}ID ;\u{A0}Name;status;born\r\n1;Ann;active;03/04/1990\r\n\r\n2;; Active\u{A0};31/12/1990\r\n";
    let found = inspect(file).unwrap();
    assert_eq!(headers(&found), ["ID", "Name", "status", "born"]);
    assert_eq!((found.row_count, found.dialect.delimiter, found.dialect.bom_bytes), (2, ';', 3));
    assert_eq!(found.columns[1].samples, ["Ann"]);
    assert_eq!(found.columns.iter().map(|column| column.blank_count).collect::<Vec<_>>(), [0, 1, 0, 0]);
    let count = |value: &str| ValueCount { value: value.to_owned(), count: 1 };
    assert_eq!(found.studies[2].values, [count("Active"), count("active")]);
    assert_eq!(found.studies[2].distinct_value_count, 2);
    assert_eq!((found.studies[3].dates.day_first_count, found.studies[3].dates.ambiguous_count), (1, 1));
    assert_eq!(found.studies[0], super::ColumnStudy::default());
}

#[test]
fn what_was_settled_reads_the_file_again() {
    let file = b"sep=|\nid|name\n1|Ann\n";
    let found = inspect(file).unwrap();
    let (rows, finished) = read_as(&found.dialect, file);
    assert_eq!((rows[1].cells.concat(), finished), ("1Ann".to_owned(), Ok(found.row_count)));
}

#[test]
fn samples_are_distinct_few_and_short() {
    let values: String = (0..=COLUMN_SAMPLES_MAX).map(|n| format!("{n}\n{n} \n")).collect();
    assert_eq!(inspect(format!("id\n{values}")).unwrap().columns[0].samples, ["0", "1", "2", "3", "4"]);
    for chars in [SAMPLE_CHARS_MAX, SAMPLE_CHARS_MAX + 1] {
        let found = inspect(format!("name\n{}\n", "é".repeat(chars))).unwrap();
        assert_eq!(found.columns[0].samples, ["é".repeat(SAMPLE_CHARS_MAX)]);
    }
}

#[test]
fn rows_in_doubt_are_counted_but_tell_nothing() {
    let found = inspect("id,name,status\n1,Ann,active\n2,\"B\"ob,R&D\n3,Cem,x,y\n4\n").unwrap();
    assert_eq!(found.row_count, 4);
    assert_eq!(found.columns[2].samples, ["active"]);
    assert_eq!(found.studies[2].distinct_value_count, 1);
    assert_eq!(found.columns[2].blank_count, 1);
}

#[test]
fn tallied_values_are_composed() {
    let found = inspect("id,status\n1,Cafe\u{301}\n2,Caf\u{E9}\n").unwrap();
    assert_eq!(found.studies[1].values, [ValueCount { value: "Caf\u{E9}".to_owned(), count: 2 }]);
}

#[test]
fn a_first_record_of_data_is_no_header_unless_somebody_says_so() {
    let file = "M-1,Ann,ann@example.org\nM-2,Bob,bob@example.org\n";
    assert_eq!(code(inspect(file)), Some(UserErrorCode::HeaderNotRecognised));
    assert_eq!(headers(&with_header(true, file).unwrap()), ["M-1", "Ann", "ann@example.org"]);
    let found = with_header(false, file).unwrap();
    assert_eq!(headers(&found), ["Column 1", "Column 2", "Column 3"]);
    assert_eq!(
        (found.row_count, found.columns[1].samples.as_slice()),
        (2, &["Ann".into(), "Bob".into()][..])
    );
    assert_eq!(code(inspect("Kennung,Vorname\n1,Ann\n")), None);
}

#[test]
fn nothing_to_import_is_refused() {
    for file in ["", "\u{FEFF}", "\u{FEFF}\u{FEFF}\n", " \n\r\n", "sep=;\n"] {
        assert_eq!(code(inspect(file)), Some(UserErrorCode::FileEmpty), "{file:?}");
    }
    for file in
        [",,\n", ";;\n;;\n", "|||\r\n|||\r\n", " ; ;\n", "\"\",\" \"\n\"\",\"\"\n", "\"\";\"\"\n", "\t\t\n"]
    {
        assert_eq!(code(inspect(file)), Some(UserErrorCode::FileEmpty), "{file:?}");
        assert_eq!(code(with_header(false, file)), Some(UserErrorCode::FileEmpty), "{file:?}");
    }
    assert_eq!(headers(&inspect(";;\nid;name;x\n1;Ann;\n").unwrap()), ["id", "name", "x"]);
    assert_eq!(code(inspect("id,name\n\n")), Some(UserErrorCode::FileNoRows));
    assert_eq!(code(with_header(false, "\n\n")), Some(UserErrorCode::FileEmpty));
    assert_eq!(code(inspect(b"\x1F\x8B\x08\0\0")), Some(UserErrorCode::FileNotCsv));
}

#[test]
fn encodings_are_said_or_utf_8() {
    let file = b"id,name\n1,Bj\xF6rn\n";
    let error = inspect(file).unwrap_err();
    assert_eq!((error.code, error.row_number), (UserErrorCode::FileBadEncoding, Some(1)));
    assert_eq!(error.byte_offset, Some(12));
    let named = |encoding| inspect_as(ReadOptions { encoding: Some(encoding), has_header: None }, file);
    let found = named("latin1").unwrap();
    assert_eq!(
        (found.dialect.encoding.as_str(), found.columns[1].samples[0].as_str()),
        ("windows-1252", "Björn")
    );
    assert_eq!(code(named("klingon")), Some(UserErrorCode::InvalidInput));
}

#[test]
fn utf_16_that_is_not_what_it_is_said_to_be_is_refused_by_name() {
    let wide = |big: bool| -> Vec<u8> {
        let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        "id,name\n1,Ann\n".encode_utf16().flat_map(bytes).collect()
    };
    let as_encoding = |encoding, file: &[u8]| inspect_as(ReadOptions { encoding, has_header: None }, file);
    let narrow = b"id,name\n1,Ann\n";
    for (encoding, file, byte, words) in [
        (None, wide(false), 1, "encoding utf-16le"),
        (None, wide(true), 0, "encoding utf-16be"),
        (Some("windows-1252"), wide(false), 1, "encoding utf-16le"),
        (Some("utf-16be"), wide(false), 0, "encoding utf-16le"),
        (Some("utf-16"), narrow.to_vec(), 0, "encoding utf-8"),
        (None, [b"\xFF\xFE", &narrow[..]].concat(), 2, "mark"),
        (None, [b"\xFE\xFF", &wide(false)[..]].concat(), 2, "mark"),
        (None, [b"\xFF\xFE\0\0", &wide(false)[..]].concat(), 0, "UTF-32"),
        (None, b"\0\0\xFE\xFF\0\0\0i".to_vec(), 0, "UTF-32"),
    ] {
        let error = as_encoding(encoding, &file).unwrap_err();
        assert_eq!((error.code, error.byte_offset), (UserErrorCode::FileBadEncoding, Some(byte)), "{words}");
        assert!(error.message.contains(words), "{}", error.message);
    }
    assert_eq!(as_encoding(Some("utf-16le"), &wide(false)).unwrap().row_count, 1);
    assert_eq!(code(inspect("id,name\n1,\0\n")), Some(UserErrorCode::FileMalformed));
    let open = inspect("id;name;\"born\n1;Ann;1990-01-01\n").unwrap_err();
    assert_eq!(open.code, UserErrorCode::FileMalformed, "{}", open.message);
    let marked = inspect(b"\xEF\xBB\xBFid\nBj\xF6rn\n").unwrap_err();
    assert!(marked.message.contains("mark at the beginning"), "{}", marked.message);
}

#[test]
fn files_longer_than_the_head_are_read_whole() {
    let rows: String = (0..7_000).map(|row| format!("{row},Zoë\n")).collect();
    let found = inspect(format!("id,name\n{rows}")).unwrap();
    assert_eq!((found.row_count, found.columns[1].blank_count), (7_000, 0));
}
