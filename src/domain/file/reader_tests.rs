use super::Flaw;
use super::test_support::{cells, plain, read, read_as, read_pieces};
use crate::domain::issue::RowIssueCode;
use crate::domain::limits::FileLimits;
use crate::domain::user_error::UserErrorCode;

fn flaws(file: &str) -> Vec<(u32, Vec<Flaw>)> {
    let (rows, finished) = read(file);
    finished.unwrap();
    rows.into_iter().filter(|row| !row.flaws.is_empty()).map(|row| (row.number, row.flaws)).collect()
}

fn refusal(file: &str) -> (UserErrorCode, Option<u32>, Option<u64>) {
    let error = read(file).1.unwrap_err();
    (error.code, error.row_number, error.byte_offset)
}

#[test]
fn every_record_end_is_one() {
    let expected = [["id", "name"], ["1", "Ann"], ["2", "Bob"]];
    for file in [
        "id,name\n1,Ann\n2,Bob\n",
        "id,name\r\n1,Ann\r\n2,Bob\r\n",
        "id,name\r1,Ann\r2,Bob\r",
        "id,name\r1,Ann\r\n2,Bob\n",
        "id,name\n1,Ann\n2,Bob",
        "id,name\n1,Ann\n2,\"Bob\"",
        "id,name\n1,Ann\n2,Bob\x1A",
        "id,name\r\n1,Ann\r\n2,Bob\r\n\x1A\x1A",
        "id,name\n1,Ann\n2,Bob\n\x1A\n",
        "id,name\r\n1,Ann\r\n2,Bob\x1A \r\n\x1A\r\n\r\n",
        "id,name\n\"1\",\"Ann\"\n\"2\",\"Bob\"\n",
    ] {
        assert_eq!(cells(file), expected, "{file:?}");
    }
}

#[test]
fn other_separators_and_an_inner_ctrl_z_are_text() {
    let file = "id,name\n1,a\u{2028}b\u{85}c\u{2029}d\u{B}\u{C}\n2,\x1Ax\x1A\n3,\x1A\n4,x";
    let expected = [
        ["id", "name"],
        ["1", "a\u{2028}b\u{85}c\u{2029}d\u{B}\u{C}"],
        ["2", "\x1Ax\x1A"],
        ["3", "\x1A"],
        ["4", "x"],
    ];
    assert_eq!(cells(file), expected);
    assert_eq!(flaws("id,name\n1,a\n\x1A\n2,b\n"), [(2, vec![Flaw::TooShort { cells: 1, columns: 2 }])]);
}

#[test]
fn quotes_are_read_by_the_standard() {
    let file = "id,name\n1,\"a \"\"b\"\" c\"\n2,\"\"\n3,\"\"\"\"\n4,\"x,\r\ny\"\n5,\" \"\n6,\"a\" \t\n";
    let expected = [
        ["id", "name"],
        ["1", "a \"b\" c"],
        ["2", ""],
        ["3", "\""],
        ["4", "x,\r\ny"],
        ["5", " "],
        ["6", "a \t"],
    ];
    assert_eq!(cells(file), expected);
    assert_eq!(flaws(file), []);
}

#[test]
fn rows_are_numbered_with_blank_ones_and_know_where_they_begin() {
    let (rows, finished) = read("\nid,name\n\n1,\"a\r\nb\"\r\n \u{A0}\n,\n2,é\n3,x\n");
    let places: Vec<_> = rows.iter().map(|row| (row.number, row.line, row.byte)).collect();
    assert_eq!(places, [(0, 2, Some(1)), (2, 4, Some(10)), (5, 8, Some(26)), (6, 9, Some(31))]);
    assert_eq!(finished, Ok(3));
}

#[test]
fn a_mark_and_a_sep_line_are_passed_over() {
    let dialect = super::Dialect { bom_bytes: 3, sep_line: true, delimiter: ';', ..plain() };
    let (rows, _) = read_as(&dialect, "\u{FEFF}sep=;\r\nid;name\r\n1;Ann".as_bytes());
    assert_eq!(rows[0].cells, ["id", "name"]);
    assert_eq!((rows[1].number, rows[1].line, rows[1].byte), (1, 3, Some(19)));
}

#[test]
fn without_a_header_the_first_record_is_a_row() {
    let dialect = super::Dialect { has_header: false, ..plain() };
    let (rows, finished) = read_as(&dialect, b"\n1,Ann\n2\n");
    assert_eq!((rows[0].number, rows[1].number, finished), (2, 3, Ok(2)));
    assert_eq!(rows[1].flaws, [Flaw::TooShort { cells: 1, columns: 2 }]);
}

#[test]
fn short_and_long_rows_are_flaws_but_blank_cells_at_the_end_are_not() {
    let short = |cells| vec![Flaw::TooShort { cells, columns: 2 }];
    let surplus = |cells, columns| vec![Flaw::BlankSurplus { cells, columns }];
    assert_eq!(flaws("a,b\n1\n1,2\n1,2, ,\u{A0}\n"), [(1, short(1)), (3, surplus(4, 2))]);
    assert_eq!(flaws("a,b\n1,2,3\n"), [(1, vec![Flaw::TooLong { cells: 3, columns: 2 }])]);
    // Unnamed columns at the end of the header need not be there, and may hold something.
    assert_eq!(flaws("a,b,,\n1,2\n1,2,,\n1,2,3,4\n1\n1,2,,,\n"), [(4, short(1)), (5, surplus(5, 4))]);
    assert_eq!(flaws("a,b\n1,2,3\n")[0].1[0].code(), RowIssueCode::RowTooLong);
}

#[test]
fn text_after_a_closing_quote_is_a_flaw() {
    let after = |column| Flaw::TextAfterQuote { column };
    let bare = |column| Flaw::BareQuote { column };
    assert_eq!(flaws("a,b\n1,\"x\"y\n"), [(1, vec![after(1)])]);
    assert_eq!(flaws("a,b\n\"x\" y,2\n"), [(1, vec![after(0)])]);
    // Escaped by backslashes: the comma inside splits the cell.
    let (rows, _) = read("a,b,c\n1,\"The \\\"Rock\\\", Jr\",x\n");
    assert_eq!(rows[1].cells, ["1", "The \\Rock\\\"", " Jr\"", "x"]);
    assert_eq!(rows[1].flaws, [Flaw::TooLong { cells: 4, columns: 3 }, after(1), bare(1)]);
}

#[test]
fn a_bare_quote_is_read_as_it_stands() {
    assert_eq!(cells("a,b\n5\" pipe, \"x\"\n")[1], ["5\" pipe", " \"x\""]);
    assert_eq!(flaws("a,b\nx,5\" pipe\n"), [(1, vec![Flaw::BareQuote { column: 1 }])]);
}

#[test]
fn rows_swallowed_by_a_stray_quote_are_noticed() {
    let swallowed = |rows| vec![Flaw::RowsSwallowed { rows }];
    let header = "id,name,email\n";
    assert_eq!(
        flaws(&format!("{header}1,\"Ann,a@x\n2,Bob,b@x\n3,Cem\",c@x\n4,D,d@x\n")),
        [(1, swallowed(2))]
    );
    assert_eq!(flaws(&format!("{header}1,\"Ann,a@x\r2,Bob\",b@x\r")), [(1, swallowed(1))]);
    assert_eq!(flaws(&format!("{header}1,\"1 High St\nParis\",fr\n")), []);
    assert_eq!(flaws("id\n\"1\n2\"\n3\n"), [(1, swallowed(1))]);
    let headerless = super::Dialect { has_header: false, ..plain() };
    let (rows, _) = read_as(&headerless, b"1,\"Ann,a@x\n2,Bob\",b@x\n3,C,c@x");
    assert_eq!(rows[0].flaws, swallowed(1));
}

#[test]
fn a_header_whose_quotes_do_not_match_is_refused() {
    for (file, byte, column) in [
        ("id,\"name\"x,email\n1,2,3\n", 3, "column 2"),
        ("id,\"name,email\n1,Ann\",a@x\n2,Bob,b@x\n", 3, "column 2"),
        ("\"i\"\"d\",\"a\nb\",\"c\"x\n1,2,3\n", 13, "column 3"),
        (",,\n\"id\"x\n", 3, "column 1"),
    ] {
        assert_eq!(refusal(file), (UserErrorCode::FileMalformed, None, Some(byte)), "{file}");
        assert!(read(file).1.unwrap_err().message.contains(column), "{file}");
    }
    assert_eq!(cells("id,\"Start\ndate\",email\n1,2,3\n")[0][1], "Start\ndate");
}

#[test]
fn a_quote_that_never_closes_is_named_where_it_opens() {
    let malformed = UserErrorCode::FileMalformed;
    assert_eq!(refusal("id,name\n1,a\n2,\"b\n3,c\n"), (malformed, Some(2), Some(14)));
    assert_eq!(refusal("id,name\n1,\"a\"\n2,\""), (malformed, Some(2), Some(16)));
    assert_eq!(refusal("id,name\n1,\"a\"\"\n"), (malformed, Some(1), Some(10)));
    assert_eq!(refusal("id,name\n1,\"a\x1A"), (malformed, Some(1), Some(10)));
    assert_eq!(refusal("\"id,name\n1,a\n"), (malformed, None, Some(0)));
}

#[test]
fn nul_bytes_are_refused() {
    assert_eq!(refusal("id,name\n1,a\n2,\0"), (UserErrorCode::FileMalformed, Some(2), Some(14)));
    assert_eq!(refusal("id,name\n1,\"\0\""), (UserErrorCode::FileMalformed, Some(1), Some(11)));
    assert!(!read("id\n\0").1.unwrap_err().message.contains("encoding"));
}

#[test]
fn bad_bytes_are_refused_after_the_rows_before_them() {
    let dialect = super::Dialect { bom_bytes: 3, ..plain() };
    let (rows, finished) = read_as(&dialect, b"\xEF\xBB\xBFid,name\n1,\xC3\xA9\n2,Bj\xF6rn\n");
    let error = finished.unwrap_err();
    assert_eq!(rows.len(), 2);
    assert_eq!((error.code, error.row_number), (UserErrorCode::FileBadEncoding, Some(2)));
    assert_eq!(error.byte_offset, Some(20));
    assert_eq!(read_as(&plain(), b"n\xE4me\n1").1.unwrap_err().row_number, None);
    assert_eq!(read_as(&plain(), b"id\n1\xE2\x82").1.unwrap_err().byte_offset, Some(4));
}

#[test]
fn utf_16_and_named_encodings_are_read() {
    let text = "id;name\r\n1;Bj\u{F6}rn\r\n2;\u{1F600}\x1A";
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let wide = super::Dialect { encoding: "UTF-16BE".into(), bom_bytes: 2, delimiter: ';', ..plain() };
    let (rows, finished) = read_as(&wide, &[b"\xFE\xFF", &units[..]].concat());
    assert_eq!((rows[1].cells[1].as_str(), rows[2].cells[1].as_str()), ("Bj\u{F6}rn", "\u{1F600}"));
    assert_eq!((finished, rows[1].byte), (Ok(2), None));

    let western = super::Dialect { encoding: "windows-1252".into(), ..plain() };
    assert_eq!(read_as(&western, b"id,name\n1,Bj\xF6rn").0[1].cells[1], "Bj\u{F6}rn");

    let odd = read_as(&wide, &[b"\xFE\xFF", &units[..units.len() - 1]].concat()).1.unwrap_err();
    assert_eq!((odd.code, odd.row_number), (UserErrorCode::FileBadEncoding, Some(2)));
}

#[test]
fn empty_files_and_files_without_rows_are_refused() {
    for file in ["", "\n", " \r\n\t\u{A0}\n", ",,\n,\n", "\x1A", "\n\x1A", "\"\"\n", "\x1A\r\n \r\n"] {
        assert_eq!(refusal(file).0, UserErrorCode::FileEmpty, "{file:?}");
    }
    for file in ["id,name", "id,name\n", "id,name\r\n\r\n,\r\n\x1A"] {
        assert_eq!(refusal(file).0, UserErrorCode::FileNoRows, "{file:?}");
    }
}

/// Small numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

#[test]
fn any_text_is_read_alike_however_it_is_cut() {
    let parts = ["a", "é", ",", ",", "\"", "\"", "\n", "\r", "\r\n", " ", "\x1A", "\u{2028}", "\0", "\"\""];
    let mut numbers = Numbers(1);
    for _ in 0..1_500 {
        let length = numbers.below(24);
        let body: String = (0..length).map(|_| parts[numbers.below(parts.len())]).collect();
        let _ = read(&format!("a,b\n{body}"));
    }
}

#[test]
fn what_csv_writes_is_what_is_read() {
    let parts = ["a", "é", ",", "\"", "\n", "\r\n", "x y", ";", "\u{2028}"];
    let mut numbers = Numbers(2);
    for _ in 0..300 {
        let mut written = vec![vec!["h".to_owned(); 3]];
        for _ in 0..4 {
            let cell =
                |numbers: &mut Numbers| (0..numbers.below(5)).map(|_| parts[numbers.below(9)]).collect();
            written.push(vec!["x".to_owned(), cell(&mut numbers), cell(&mut numbers)]);
        }
        let mut writer = csv::Writer::from_writer(Vec::new());
        written.iter().for_each(|row| writer.write_record(row).unwrap());
        let file = writer.into_inner().unwrap();
        let (rows, finished) = read_pieces(&plain(), FileLimits::default(), file.chunks(3));
        assert_eq!(finished, Ok(4));
        assert_eq!(rows.into_iter().map(|row| row.cells).collect::<Vec<_>>(), written);
    }
}
