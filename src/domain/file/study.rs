//! What the values of some columns are: which ones there are, and what dates they write.

use std::collections::HashMap;

use super::record::Record;
use crate::domain::limits::{
    DISTINCT_BYTES_MAX, DISTINCT_VALUES_MAX, FILE_DISTINCT_BYTES_MAX, VALUE_MAPPINGS_MAX,
};
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
    /// What is kept of all tallies.
    kept_bytes: usize,
}

/// Bytes that it takes to keep a value, beside its own.
const VALUE_BYTES: usize = 64;

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
        Self { columns: studies.len(), studied, kept_bytes: 0 }
    }

    /// Takes a record into account.
    pub fn observe(&mut self, record: &Record<'_>) {
        if record.is_header() || !record.is_sound() {
            return;
        }
        let Self { studied, kept_bytes, .. } = self;
        for (column, tally, dates) in studied {
            let cell = record.cell(*column);
            if text::is_blank(cell) {
                continue;
            }
            if let Some(tally) = tally {
                tally.count(&text::trim_and_nfc(cell), kept_bytes);
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
    /// Counts a value, if there is room left of what all columns have together.
    fn count(&mut self, value: &str, kept_bytes: &mut usize) {
        let bytes = value.len() + VALUE_BYTES;
        if let Some(count) = self.counts.get_mut(value) {
            *count += 1;
        } else if self.counts.len() < DISTINCT_VALUES_MAX
            && self.bytes + value.len() <= DISTINCT_BYTES_MAX
            && *kept_bytes + bytes <= FILE_DISTINCT_BYTES_MAX
        {
            *kept_bytes += bytes;
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
        let mut kept_bytes = 0;
        values.into_iter().for_each(|value| tally.count(&value, &mut kept_bytes));
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

    #[test]
    fn all_columns_together_keep_so_much() {
        // As many values as fit, in columns that each have room for them.
        let (each, bytes) = (8_000, 36 + VALUE_BYTES);
        let fit = FILE_DISTINCT_BYTES_MAX / bytes;
        let mut kept_bytes = 0;
        let mut tallies: Vec<Tally> = (0..=fit / each).map(|_| Tally::default()).collect();
        for number in 0..fit {
            tallies[number / each].count(&format!("{number:036}"), &mut kept_bytes);
        }
        assert!(kept_bytes <= FILE_DISTINCT_BYTES_MAX && tallies.iter().all(|tally| !tally.overflowed));
        let mut late = Tally::default();
        late.count("one more, which is of thirty-six bytes", &mut kept_bytes);
        assert!(late.overflowed && late.counts.is_empty() && kept_bytes <= FILE_DISTINCT_BYTES_MAX);
        assert_eq!(late.finish().1 as usize, DISTINCT_VALUES_MAX);
        // What is known already is counted on.
        tallies[0].count(&format!("{:036}", 0), &mut kept_bytes);
        assert_eq!(tallies.swap_remove(0).finish().0[0].count, 2);
    }
}
