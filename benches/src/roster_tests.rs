use std::collections::{HashMap, HashSet};

use crate::roster::{Counts, Day, Recipe, write};

type Row = Vec<String>;

fn roster(rows: u64, seed: u64, day: Day) -> (Vec<u8>, Counts) {
    let mut bytes = Vec::new();
    let counts = write(Recipe { rows, seed, day }, &mut bytes).unwrap();
    (bytes, counts)
}

fn rows(bytes: &[u8]) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(bytes);
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// FNV-1a: enough to see that a byte has changed.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    for day in [Day::First, Day::Second, Day::Changed(10)] {
        assert_eq!(roster(1_000, 1, day), roster(1_000, 1, day));
        assert_ne!(roster(1_000, 1, day), roster(1_000, 2, day));
    }
}

/// Whoever changes the generator changes what all measurements were made of: this says so.
#[test]
fn the_bytes_are_the_ones_of_always() {
    let (first, second) = (roster(1_000, 1, Day::First).0, roster(1_000, 1, Day::Second).0);
    let head: Vec<&str> = std::str::from_utf8(&first).unwrap().split_inclusive("\r\n").take(3).collect();
    assert_eq!(
        head,
        [
            "member_id,first_name,last_name,email,status,business_unit,job_title,location,start_date,\
             program_eligibility\r\n",
            "M-1000000,Emily,Jones,emily.jones1@example.com,Active,Engineering,Account Manager,São Paulo,\
             2002-07-28,Eligible\r\n",
            "M-1000001,Samuel,Wright,samuel.wright2@example.com,Active,Marketing,Analista de datos,London,\
             1995-02-01,Eligible\r\n",
        ]
    );
    assert_eq!((hash(&first), hash(&second)), (4_774_739_785_444_654_661, 2_332_063_706_923_387_328));
}

#[test]
fn a_day_changes_as_many_as_it_is_told() {
    let first = rows(&roster(1_000, 1, Day::First).0);
    for changed in [0, 1, 37, 1_000] {
        let (later, counts) = roster(1_000, 1, Day::Changed(changed));
        assert_eq!((counts.rows, counts.updated, counts.absent, counts.created), (1_000, changed, 0, 0));
        let differ = first.iter().zip(rows(&later)).filter(|(before, after)| *before != after).count();
        assert_eq!(differ as u64, changed);
    }
}

#[test]
fn a_longer_roster_begins_like_a_shorter_one() {
    let (short, long) = (roster(100, 1, Day::First).0, roster(1_000, 1, Day::First).0);
    assert!(long.starts_with(&short));
}

#[test]
fn the_second_day_changes_exactly_what_it_says() {
    let (first, first_counts) = roster(10_000, 1, Day::First);
    let (second, counts) = roster(10_000, 1, Day::Second);
    assert_eq!(first_counts, Counts { rows: 10_000, created: 10_000, ..Counts::default() });

    let first: HashMap<String, Row> = rows(&first).into_iter().map(|row| (row[0].clone(), row)).collect();
    let second: HashMap<String, Row> = rows(&second).into_iter().map(|row| (row[0].clone(), row)).collect();
    let mut found = Counts { rows: second.len() as u64, ..Counts::default() };
    for (id, after) in &second {
        let Some(before) = first.get(id) else {
            found.created += 1;
            continue;
        };
        let changed: Vec<usize> = (0..after.len()).filter(|&cell| before[cell] != after[cell]).collect();
        if changed.is_empty() {
            continue;
        }
        assert!(changed.len() <= 3, "{before:?} {after:?}");
        assert!(changed.iter().all(|&cell| !after[cell].is_empty()), "{before:?} {after:?}");
        found.updated += 1;
        match (before[4].as_str(), after[4].as_str()) {
            ("Active", "Inactive") => found.deactivated += 1,
            ("Inactive", "Active") => found.reactivated += 1,
            _ => {}
        }
    }
    found.absent = first.keys().filter(|id| !second.contains_key(*id)).count() as u64;

    assert_eq!(found, counts);
    assert_eq!((counts.updated, counts.absent, counts.created), (500, 300, 200));
    assert_eq!((counts.rows, counts.unchanged()), (9_900, 9_200));
    assert!(counts.deactivated > 0 && counts.reactivated > 0);
}

#[test]
fn rows_that_stay_are_the_same_bytes() {
    let (first, second) = (roster(10_000, 1, Day::First).0, roster(10_000, 1, Day::Second).0);
    let lines = |bytes: &[u8]| -> HashSet<Vec<u8>> {
        bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
    };
    // The header is among them.
    assert_eq!(lines(&first).intersection(&lines(&second)).count(), 9_200 + 1);
}

#[test]
fn ids_and_addresses_are_unique() {
    for day in [Day::First, Day::Second] {
        let (bytes, counts) = roster(10_000, 1, day);
        let rows = rows(&bytes);
        assert_eq!(rows.len() as u64, counts.rows);
        let ids: HashSet<&str> = rows.iter().map(|row| row[0].as_str()).collect();
        let addresses: HashSet<String> = rows.iter().map(|row| row[3].to_lowercase()).collect();
        assert_eq!((ids.len(), addresses.len()), (rows.len(), rows.len()));
    }
}

#[test]
fn shares_are_rounded_down() {
    for (members, updated, absent, created) in [(0, 0, 0, 0), (1, 0, 0, 0), (39, 1, 1, 0), (99, 4, 2, 1)] {
        let counts = roster(members, 1, Day::Second).1;
        assert_eq!((counts.updated, counts.absent, counts.created), (updated, absent, created));
        assert_eq!(counts.rows, members - absent + created);
    }
}

#[test]
fn scripts_and_quoting_are_there() {
    let text = String::from_utf8(roster(10_000, 1, Day::First).0).unwrap();
    for part in ["Müller", "Łukasz", "Иван", "Ελένη", "佐藤", "김", "محمد", "כהן", "शर्मा", "𠮷田"]
    {
        assert!(text.contains(part), "{part}");
    }
    for part in [",\"Davis, Jr.\",", ",\"William \"\"Bill\"\"\",", ",\"New York, NY\","] {
        assert!(text.contains(part), "{part}");
    }
}
