//! What the values of some columns are: which ones there are, and what dates they write.

use std::collections::HashMap;

use super::record::Record;
use crate::domain::limits::{DISTINCT_BYTES_MAX, DISTINCT_VALUES_MAX, VALUE_MAPPINGS_MAX};
use crate::domain::value::date::DateEvidence;
use crate::domain::value::text;

/// What to find out about a column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Study {
    /// Which values it has, and how often.
    pub tally: bool,
    /// In what order its dates are written.
    pub dates: bool,
}

/// A value, trimmed and NFC, and how often it occurs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueCount {
    /// The value.
    pub value: String,
    /// Rows that have it.
    pub count: u32,
}

/// What was found out about a column; nothing where it was not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnStudy {
    /// The values, most frequent first, then by value; at most [`VALUE_MAPPINGS_MAX`].
    pub values: Vec<ValueCount>,
    /// How many distinct values there are. [`DISTINCT_VALUES_MAX`] stands for that many or more.
    pub distinct_value_count: u32,
    /// What its values say about the order of dates.
    pub dates: DateEvidence,
}

/// Studies columns, row by row. Rows whose values may be in wrong columns tell nothing.
#[derive(Debug, Default)]
pub struct Studies {
    columns: usize,
    studied: Vec<(usize, Option<Tally>, Option<DateEvidence>)>,
}

impl Studies {
    /// Studies the columns as `studies` says, one for each in the order of the file.
    #[must_use]
    pub fn new(studies: &[Study]) -> Self {
        let wanted = studies.iter().enumerate().filter(|(_, study)| study.tally || study.dates);
        let studied = wanted
            .map(|(column, study)| {
                (column, study.tally.then(Tally::default), study.dates.then(DateEvidence::default))
            })
            .collect();
        Self { columns: studies.len(), studied }
    }

    /// Takes a record into account.
    pub fn observe(&mut self, record: &Record<'_>) {
        if record.is_header() || !record.is_sound() {
            return;
        }
        for (column, tally, dates) in &mut self.studied {
            let cell = record.cell(*column);
            if text::is_blank(cell) {
                continue;
            }
            if let Some(tally) = tally {
                tally.count(&text::trim_and_nfc(cell));
            }
            if let Some(dates) = dates {
                dates.observe(text::trim(cell));
            }
        }
    }

    /// What was found out, one for each column in the order of the file.
    #[must_use]
    pub fn finish(self) -> Vec<ColumnStudy> {
        let mut found = vec![ColumnStudy::default(); self.columns];
        for (column, tally, dates) in self.studied {
            let (values, distinct_value_count) = tally.map(Tally::finish).unwrap_or_default();
            found[column] = ColumnStudy { values, distinct_value_count, dates: dates.unwrap_or_default() };
        }
        found
    }
}

#[derive(Debug, Default)]
struct Tally {
    counts: HashMap<String, u32>,
    bytes: usize,
    overflowed: bool,
}

impl Tally {
    fn count(&mut self, value: &str) {
        if let Some(count) = self.counts.get_mut(value) {
            *count += 1;
        } else if self.counts.len() < DISTINCT_VALUES_MAX && self.bytes + value.len() <= DISTINCT_BYTES_MAX {
            self.bytes += value.len();
            self.counts.insert(value.to_owned(), 1);
        } else {
            self.overflowed = true;
        }
    }

    fn finish(self) -> (Vec<ValueCount>, u32) {
        let distinct = if self.overflowed { DISTINCT_VALUES_MAX } else { self.counts.len() };
        let mut values: Vec<_> =
            self.counts.into_iter().map(|(value, count)| ValueCount { value, count }).collect();
        values.sort_unstable_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        values.truncate(VALUE_MAPPINGS_MAX);
        (values, distinct as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tallied(values: impl IntoIterator<Item = String>) -> (Vec<ValueCount>, u32) {
        let mut tally = Tally::default();
        values.into_iter().for_each(|value| tally.count(&value));
        tally.finish()
    }

    #[test]
    fn the_most_frequent_come_first_and_draws_go_by_value() {
        let (values, distinct) = tallied(["b", "c", "a", "c"].map(str::to_owned));
        let shown: Vec<_> = values.iter().map(|value| (value.value.as_str(), value.count)).collect();
        assert_eq!((shown, distinct), (vec![("c", 2), ("a", 1), ("b", 1)], 3));
    }

    #[test]
    fn as_many_values_are_listed_and_told_apart_as_allowed() {
        let numbers = |count: usize| (0..count).map(|number| number.to_string());
        for (count, listed) in
            [(VALUE_MAPPINGS_MAX, VALUE_MAPPINGS_MAX), (VALUE_MAPPINGS_MAX + 1, VALUE_MAPPINGS_MAX)]
        {
            let (values, distinct) = tallied(numbers(count));
            assert_eq!((values.len(), distinct as usize), (listed, count));
        }
        for count in [DISTINCT_VALUES_MAX, DISTINCT_VALUES_MAX + 1] {
            assert_eq!(tallied(numbers(count)).1 as usize, DISTINCT_VALUES_MAX);
        }
    }

    #[test]
    fn long_values_are_no_closed_list() {
        let long = |number: usize| format!("{number:02}{}", "x".repeat(64 * 1024 - 2));
        assert_eq!(tallied((0..32).map(long)).1, 32);
        assert_eq!(tallied((0..33).map(long)).1 as usize, DISTINCT_VALUES_MAX);
    }
}
