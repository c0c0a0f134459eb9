//! A roster of one day, and how many members it changes.

use std::io;

use crate::member::{COLUMNS, Member};
use crate::random::Random;

/// Of a hundred members: with other data on the second day.
pub const UPDATED_PERCENT: u64 = 5;
/// Of a hundred members: not in the file of the second day.
pub const ABSENT_PERCENT: u64 = 3;
/// For a hundred members: new ones on the second day.
pub const CREATED_PERCENT: u64 = 2;

/// The number under which [`Random`] decides about the second day; no member has it.
const SECOND_DAY: u64 = u64::MAX;

/// Which day's roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// Everybody is new.
    First,
    /// Most are as they were; some have changed, some are gone, some are new.
    Second,
    /// Nobody is gone, nobody is new; so many have changed.
    Changed(u64),
}

/// What a roster is made of.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    /// Members on the first day.
    pub rows: u64,
    /// Another seed, other members.
    pub seed: u64,
    /// Which day.
    pub day: Day,
}

/// What a roster holds, exactly: what an import of it has to find, if the roster of the day before has
/// been imported. Shares of the members are rounded down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Counts {
    /// Rows below the header.
    pub rows: u64,
    /// Members with other data than on the day before, those of the next two counts included.
    pub updated: u64,
    /// Members who were active and are not.
    pub deactivated: u64,
    /// Members who were not active and are.
    pub reactivated: u64,
    /// Members of the day before who are not in the file.
    pub absent: u64,
    /// Members who were not there the day before.
    pub created: u64,
}

impl Counts {
    /// Rows that are the same as on the day before.
    #[must_use]
    pub fn unchanged(&self) -> u64 {
        self.rows.saturating_sub(self.updated + self.created)
    }
}

/// Writes a roster, row by row.
///
/// # Errors
///
/// What writing answers.
pub fn write(recipe: Recipe, out: impl io::Write) -> io::Result<Counts> {
    // CRLF, as RFC 4180 has it and as most systems export.
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    csv.write_record(COLUMNS).map_err(io_error)?;
    let mut counts = Counts::default();
    let mut put = |member: Member| csv.write_record(member.cells()).map_err(io_error);

    match recipe.day {
        Day::First => {
            for index in 0..recipe.rows {
                put(Member::new(recipe.seed, index))?;
            }
            counts.created = recipe.rows;
        }
        Day::Second | Day::Changed(_) => {
            let mut fates = Fates::new(recipe);
            for index in 0..recipe.rows {
                let before = Member::new(recipe.seed, index);
                match fates.next(recipe.rows - index) {
                    Fate::Absent => counts.absent += 1,
                    Fate::Unchanged => put(before)?,
                    Fate::Updated => {
                        let after = before.changed(&mut fates.random);
                        counts.updated += 1;
                        counts.deactivated += u64::from(before.is_active() && !after.is_active());
                        counts.reactivated += u64::from(!before.is_active() && after.is_active());
                        put(after)?;
                    }
                }
            }
            let percent = if recipe.day == Day::Second { CREATED_PERCENT } else { 0 };
            counts.created = share(recipe.rows, percent);
            for index in recipe.rows..recipe.rows + counts.created {
                put(Member::new(recipe.seed, index))?;
            }
        }
    }
    counts.rows = recipe.rows - counts.absent + if recipe.day == Day::First { 0 } else { counts.created };
    csv.flush()?;
    Ok(counts)
}

/// The crate's own conversion hides the kind, and with it that a pipe was closed.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// What becomes of a member on a later day.
enum Fate {
    Unchanged,
    Updated,
    Absent,
}

/// Deals fates: exactly so many of each, anywhere in the file, without a list of them (Knuth's
/// selection sampling).
struct Fates {
    random: Random,
    updated_left: u64,
    absent_left: u64,
}

impl Fates {
    fn new(recipe: Recipe) -> Self {
        let (updated_left, absent_left) = match recipe.day {
            Day::Changed(updated) => (updated.min(recipe.rows), 0),
            _ => (share(recipe.rows, UPDATED_PERCENT), share(recipe.rows, ABSENT_PERCENT)),
        };
        Self { random: Random::new(recipe.seed, SECOND_DAY), updated_left, absent_left }
    }

    /// The fate of the next member, of so many who have none yet.
    fn next(&mut self, members_left: u64) -> Fate {
        let drawn = self.random.below(members_left);
        if drawn < self.absent_left {
            self.absent_left -= 1;
            Fate::Absent
        } else if drawn < self.absent_left + self.updated_left {
            self.updated_left -= 1;
            Fate::Updated
        } else {
            Fate::Unchanged
        }
    }
}

fn share(rows: u64, percent: u64) -> u64 {
    rows * percent / 100
}
