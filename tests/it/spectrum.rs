//! The files of csv-spectrum, a corpus that CSV readers are tested with, as its JSON says they are to be read.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use muster::domain::file::{Inspection, ReadOptions, Reader, Record};
use muster::domain::limits::FileLimits;
use muster::domain::user_error::UserError;
use serde_json::{Map, Value, json};

/// How many there are.
const FILES: usize = 12;

/// What is to be read otherwise, and why: file, what the corpus says, what is read, and the reason.
fn exceptions() -> [(&'static str, Value, Value, &'static str); 1] {
    let cell = |phone: &str| {
        json!([{ "Contact Phone Number": phone, "Location Coordinates": "37\u{FFFD}36'37.8\"N 121\u{FFFD}2'17.9\"W",
                 "Cities": "Modesto", "Counties": "Stanislaus" }])
    };
    let reason = "the corpus says another telephone number than its file has, and says it without a list";
    [("location_coordinates", cell("1234567890")[0].clone(), cell("2095257564"), reason)]
}

/// The rows as objects, and the flaws of each row that has some.
fn read(file: &[u8]) -> Result<(Value, Vec<String>), UserError> {
    let options = ReadOptions { has_header: Some(true), ..ReadOptions::default() };
    let choose = |_: &[String]| Vec::new();
    let mut inspection = Inspection::new(options, FileLimits::default(), |_: &str| false, choose)?;
    inspection.push(file)?;
    let inspected = inspection.finish()?;
    let (mut rows, mut flaws) = (Vec::new(), Vec::new());
    let mut keep = |record: &Record<'_>| {
        if !record.is_header() {
            let headers = inspected.columns.iter().map(|column| column.header.clone());
            rows.push(headers.zip(record.cells().map(Value::from)).collect::<Map<_, _>>().into());
            assert_eq!(record.len(), inspected.columns.len());
        }
        flaws.extend(record.flaws().map(|flaw| format!("{flaw:?}")));
        Ok(())
    };
    let mut reader = Reader::new(&inspected.dialect, FileLimits::default())?;
    reader.push(file, &mut keep)?;
    reader.finish(&mut keep)?;
    Ok((Value::Array(rows), flaws))
}

#[test]
#[ignore = "needs the corpus in the folder MUSTER_TEST_CSV_SPECTRUM: see .ci/run"]
fn csv_spectrum_is_read_as_it_says() {
    let folder =
        PathBuf::from(std::env::var_os("MUSTER_TEST_CSV_SPECTRUM").expect("MUSTER_TEST_CSV_SPECTRUM"));
    let files = fs::read_dir(folder.join("csvs")).expect("the corpus").map(|entry| entry.unwrap().path());
    let files: BTreeSet<PathBuf> = files.collect();
    assert_eq!(files.len(), FILES);
    let mut differing = BTreeSet::new();
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let expected = fs::read(folder.join(format!("json/{name}.json"))).unwrap();
        let expected: Value = serde_json::from_slice(&expected).unwrap();
        let (rows, flaws) =
            read(&fs::read(&file).unwrap()).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        // Quotes in the midst of a cell that does not begin with one: seconds of arc.
        let expected_flaws: &[&str] =
            if name == "location_coordinates" { &["BareQuote { column: 1 }"] } else { &[] };
        assert_eq!(flaws, expected_flaws, "{name}");
        match exceptions().into_iter().find(|(of, ..)| *of == name) {
            None => assert_eq!(rows, expected, "{name}"),
            Some((_, said, read, reason)) => {
                assert_eq!((&expected, &rows), (&said, &read), "{name}: {reason}");
                differing.insert(name.to_owned());
            }
        }
    }
    assert_eq!(differing.len(), exceptions().len());
}
