//! How long reading a roster takes, beside the `csv` crate on the same bytes in the same run.
//!
//! Each reads the file from disk through a buffer of the same size and looks at every cell. The times
//! are medians of rounds in which all take their turn, so that what else the machine does hits all alike;
//! what counts is the ratio.

use std::fs::File;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use clap::Parser;
use muster::app::imports::study::studies_for;
use muster::domain::field::{BUILT_IN_FIELDS, ProfileField};
use muster::domain::file::{Dialect, Inspection, ReadOptions, Reader};
use muster::domain::id::FieldId;
use muster::domain::limits::FileLimits;
use muster::domain::mapping::suggest::{is_known_name, suggest};
use muster::domain::user_error::UserError;
use muster_benches::memory::Memory;
use muster_benches::roster::{Day, Recipe, write};
use uuid::Uuid;

const CHUNK_BYTES: usize = 64 * 1024;
const MIB: f64 = 1024.0 * 1024.0;

/// Reads a generated roster with the `csv` crate, with Muster's reader, and with the inspection that an
/// upload makes; prints what each took, and fails if they do not read the same.
#[derive(Parser)]
struct Arguments {
    /// Rows of the roster. Memory is looked at for a tenth of them too.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(10..=1_900_000))]
    rows: u64,
    /// The roster's seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How often each has its turn.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Fail if a reading of ours takes longer than so many times that of the `csv` crate.
    #[arg(long)]
    at_most: Option<f64>,
    /// What `cargo bench` says to each bench.
    #[arg(long, hide = true)]
    bench: bool,
}

/// One way to read a file.
type Way = fn(&Path) -> anyhow::Result<Found>;

/// The first is what the others are compared with.
const WAYS: [(&str, Way); 3] =
    [("csv::StringRecord", by_csv), ("Reader", by_reader), ("Inspection", by_inspection)];

/// What was read.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    rows: u64,
    /// None where the cells are not handed out.
    cell_bytes: Option<u64>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir()?;
    let roster = |rows: u64| -> anyhow::Result<_> {
        let path = folder.path().join(format!("{rows}.csv"));
        let mut out = BufWriter::new(File::create(&path)?);
        write(Recipe { rows, seed: arguments.seed, day: Day::First }, &mut out)?;
        out.flush()?;
        Ok(path)
    };
    let (small, large) = (roster(arguments.rows / 10)?, roster(arguments.rows)?);

    let memory = Memory::of(std::process::id());
    let peaks = WAYS.map(|(_, read)| peaks_mib(&memory, read, &small, &large));
    let medians = medians(&large, arguments.rows, arguments.rounds)?;

    let mib = std::fs::metadata(&large)?.len() as f64 / MIB;
    println!("{} rows, {mib:.1} MiB, median of {} rounds", arguments.rows, arguments.rounds);
    println!("| | Seconds | MiB/s | Ratio | Peak memory (MiB) | For a tenth of the rows |");
    println!("|---|---|---|---|---|---|");
    for (((name, _), median), peaks) in WAYS.iter().zip(&medians).zip(peaks) {
        let seconds = median.as_secs_f64();
        let ratio = seconds / medians[0].as_secs_f64();
        let (tenth, all) = peaks?;
        println!("| {name} | {seconds:.3} | {:.0} | {ratio:.2} | {all} | {tenth} |", mib / seconds);
    }
    let slowest = medians.iter().max().context("a way to read")?.as_secs_f64() / medians[0].as_secs_f64();
    if let Some(at_most) = arguments.at_most {
        ensure!(
            slowest <= at_most,
            "reading took {slowest:.2} times as long as the csv crate, not {at_most}"
        );
    }
    Ok(())
}

/// How much each way took, in the middle of all rounds. All have to find the same.
fn medians(roster: &Path, rows: u64, rounds: u32) -> anyhow::Result<Vec<Duration>> {
    let mut times = WAYS.map(|_| Vec::new());
    let mut expected = None;
    for _ in 0..rounds {
        for ((name, read), times) in WAYS.iter().zip(&mut times) {
            let start = Instant::now();
            let found = read(roster)?;
            times.push(start.elapsed());
            ensure!(found.rows == rows, "{name} found {} rows", found.rows);
            if let Some(bytes) = found.cell_bytes {
                let expected = *expected.get_or_insert(bytes);
                ensure!(bytes == expected, "{name} found {bytes} bytes of cells, not {expected}");
            }
        }
    }
    let median = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    Ok(times.into_iter().map(median).collect())
}

/// The most memory that this program has while the small and the large roster are read.
fn peaks_mib(memory: &Memory, read: Way, small: &Path, large: &Path) -> anyhow::Result<(String, String)> {
    if !memory.can_reset() {
        return Ok(("not known".to_owned(), "not known".to_owned()));
    }
    let peak = |roster| -> anyhow::Result<_> {
        memory.reset();
        read(roster)?;
        Ok(format!("{:.1}", memory.peak_mib()?))
    };
    Ok((peak(small)?, peak(large)?))
}

fn by_csv(path: &Path) -> anyhow::Result<Found> {
    let mut reader = csv::ReaderBuilder::new().buffer_capacity(CHUNK_BYTES).from_path(path)?;
    let mut record = csv::StringRecord::new();
    let (mut rows, mut cell_bytes) = (0, 0);
    while reader.read_record(&mut record)? {
        rows += 1;
        cell_bytes += record.iter().map(|cell| cell.len() as u64).sum::<u64>();
    }
    Ok(Found { rows, cell_bytes: Some(cell_bytes) })
}

fn by_reader(path: &Path) -> anyhow::Result<Found> {
    let dialect = Dialect {
        encoding: "UTF-8".to_owned(),
        bom_bytes: 0,
        delimiter: ',',
        sep_line: false,
        has_header: true,
    };
    let mut reader = Reader::new(&dialect, FileLimits::default()).map_err(refused)?;
    let mut cell_bytes = 0;
    let mut look = |record: &muster::domain::file::Record<'_>| {
        if !record.is_header() {
            cell_bytes += record.cells().map(|cell| cell.len() as u64).sum::<u64>();
        }
        Ok(())
    };
    for_each_chunk(path, |chunk| reader.push(chunk, &mut look))?;
    let rows = reader.finish(&mut look).map_err(refused)?;
    Ok(Found { rows: rows.into(), cell_bytes: Some(cell_bytes) })
}

/// As an upload does: with the built-in fields.
fn by_inspection(path: &Path) -> anyhow::Result<Found> {
    let fields = BUILT_IN_FIELDS.map(|field| ProfileField {
        id: FieldId(Uuid::nil()),
        key: field.key.to_owned(),
        label: field.label.to_owned(),
        field_type: field.field_type,
        required: field.required,
        built_in: true,
        archived: false,
        choices: field.choices.iter().map(ToString::to_string).collect(),
    });
    let known = |header: &str| is_known_name(header, &fields);
    let choose = |headers: &[String]| studies_for(&suggest(headers, &fields, None), &fields);
    let mut inspection =
        Inspection::new(ReadOptions::default(), FileLimits::default(), known, choose).map_err(refused)?;
    for_each_chunk(path, |chunk| inspection.push(chunk))?;
    let inspected = inspection.finish().map_err(refused)?;
    Ok(Found { rows: inspected.row_count.into(), cell_bytes: None })
}

fn for_each_chunk(path: &Path, mut take: impl FnMut(&[u8]) -> Result<(), UserError>) -> anyhow::Result<()> {
    let mut file = File::open(path)?;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(()),
            bytes => take(&chunk[..bytes]).map_err(refused)?,
        }
    }
}

fn refused(error: UserError) -> anyhow::Error {
    anyhow::Error::msg(error.message)
}
