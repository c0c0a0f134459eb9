//! What the fuzzer demands of the reader (`fuzz/oracle.rs`), of its corpus and of files drawn here.

#[path = "../../fuzz/oracle.rs"]
mod oracle;

use std::path::PathBuf;

use muster::domain::limits::CELL_BYTES_MAX;
use oracle::{Case, ENCODINGS, HEADERS};
use proptest::prelude::*;
use proptest::sample::select;

#[test]
fn the_corpus_of_the_fuzzer_is_read_as_it_should() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/reader");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 40, "{} files", files.len());
    for file in files {
        eprintln!("{}", file.display());
        Case::of(&std::fs::read(file).unwrap()).check();
    }
}

/// Bytes that mean something to the reader, and any others.
fn part() -> impl Strategy<Value = Vec<u8>> {
    let telling = select(vec![
        "a",
        "1",
        ",",
        ";",
        "\t",
        "|",
        "\"",
        "\"\"",
        "\n",
        "\r",
        "\r\n",
        " ",
        "\0",
        "\x1A",
        "é",
        "東",
        "\u{FEFF}",
        "\u{2028}",
        "id",
        "name",
        "sep=;\n",
        "id,name\n",
        "1,Ann\n",
        "<",
        "{",
        "PK\u{3}\u{4}",
    ]);
    prop_oneof![
        12 => telling.prop_map(|text| text.as_bytes().to_vec()),
        2 => telling_wide(),
        2 => prop::collection::vec(any::<u8>(), 1..4),
    ]
}

/// The same in UTF-16.
fn telling_wide() -> impl Strategy<Value = Vec<u8>> {
    let units = select(vec!["\u{FEFF}", "id,name\n", "\"", ",", "\n", "\u{1F600}", "\x1A"]);
    (units, any::<bool>()).prop_map(|(text, big)| {
        text.encode_utf16()
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    })
}

/// As long as a cell may be, or about twice as long: there the reader keeps no more.
fn run() -> impl Strategy<Value = Vec<u8>> {
    let around = (CELL_BYTES_MAX - 2)..(CELL_BYTES_MAX + 3);
    (select(vec!["x", "é", "\"\"", ",", "1,Ann\n"]), prop_oneof![around, Just(2 * CELL_BYTES_MAX)])
        .prop_map(|(text, bytes)| text.as_bytes().iter().copied().cycle().take(bytes).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_alike_however_they_are_cut(
        parts in prop::collection::vec(part(), 0..40),
        encoding in select(&ENCODINGS[..]),
        has_header in select(&HEADERS[..]),
        piece_bytes in 1..300_usize,
    ) {
        Case { encoding, has_header, piece_bytes, file: &parts.concat() }.check();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn long_files_are_read_alike_however_they_are_cut(
        before in prop::collection::vec(part(), 0..10),
        run in run(),
        after in prop::collection::vec(part(), 0..10),
        has_header in select(&HEADERS[..]),
        piece_bytes in prop_oneof![1..300_usize, 32_000..70_000_usize],
    ) {
        let file = [b"id,name\n".to_vec(), before.concat(), run, after.concat()].concat();
        Case { encoding: None, has_header, piece_bytes, file: &file }.check();
    }
}
