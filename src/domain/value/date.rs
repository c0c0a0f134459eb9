//! Calendar dates: one canonical form, and the order of a column's parts, settled by its values.

use std::borrow::Cow;

use super::text;
use crate::domain::mapping::DateOrder;

/// Years outside are typing errors or sentinels such as `9999-12-31`.
const YEARS: std::ops::RangeInclusive<u32> = 1800..=2100;

/// The date as `YYYY-MM-DD`, if it is one in the column's order.
///
/// A year has four digits. Year first, month and day have two; else one or two. Parts are separated
/// by `-`, `/` or `.`, the same twice. A time of day after it is left out. `YYYY-MM-DD` can be read
/// in one way only, so it is accepted whatever the order.
#[must_use]
pub fn parse(value: &str, order: DateOrder) -> Option<Cow<'_, str>> {
    let date = Parts::of(value)?;
    let (year, month, day) = date.in_order(order)?;
    if !exists(year, month, day) {
        return None;
    }
    if date.year_first && date.separator == b'-' && value.len() == 10 {
        return Some(Cow::Borrowed(value));
    }
    Some(Cow::Owned(format!("{year:04}-{month:02}-{day:02}")))
}

/// Whether it has the form of a date in the column's order, and only the day does not exist.
#[must_use]
pub fn is_no_day(value: &str, order: Option<DateOrder>) -> bool {
    let order = order.unwrap_or(DateOrder::YearFirst);
    let date = Parts::of(text::trim(value)).and_then(|date| date.in_order(order));
    date.is_some_and(|(year, month, day)| exists(year, month, 1) && !exists(year, month, day))
}

/// What the values of a column say about the order of their parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DateEvidence {
    /// Dates with the year first.
    pub year_first_count: u32,
    /// Dates that exist only with the day first.
    pub day_first_count: u32,
    /// Dates that exist only with the month first.
    pub month_first_count: u32,
    /// Dates that exist in both of these orders and differ, such as `03/04/2020`.
    pub ambiguous_count: u32,
    /// Dates that are the same in both of these orders, such as `05/05/2020`.
    pub same_either_way_count: u32,
}

impl DateEvidence {
    /// Counts one more value, trimmed. What is no date in any order counts for nothing.
    pub fn observe(&mut self, value: &str) {
        let Some(Parts { year_first, a, b, c, .. }) = Parts::of(value) else { return };
        let count = if year_first {
            if !exists(a, b, c) {
                return;
            }
            &mut self.year_first_count
        } else {
            match (exists(c, b, a), exists(c, a, b)) {
                (true, true) if a == b => &mut self.same_either_way_count,
                (true, true) => &mut self.ambiguous_count,
                (true, false) => &mut self.day_first_count,
                (false, true) => &mut self.month_first_count,
                (false, false) => return,
            }
        };
        *count = count.saturating_add(1);
    }

    /// The order that the values settle, none where they leave it open.
    ///
    /// Year first if at least half of the dates are so: the rest is then held, row by row. Else the
    /// order that some dates prove and none disproves. A column without any date has nothing to
    /// settle; it counts as year first, which reads nothing wrongly.
    #[must_use]
    pub fn order(&self) -> Option<DateOrder> {
        if u64::from(self.year_first_count) >= self.year_last_count() {
            return Some(DateOrder::YearFirst);
        }
        match (self.day_first_count > 0, self.month_first_count > 0) {
            (true, false) => Some(DateOrder::DayFirst),
            (false, true) => Some(DateOrder::MonthFirst),
            (true, true) | (false, false) => None,
        }
    }

    /// The same, where an order approved last time decides what these values leave open. Values
    /// that prove both orders contradict it, as they contradict each other.
    #[must_use]
    pub fn order_after(&self, remembered: DateOrder) -> Option<DateOrder> {
        if u64::from(self.year_first_count) + self.year_last_count() == 0 {
            return Some(remembered);
        }
        let contradictory = self.day_first_count > 0 && self.month_first_count > 0;
        self.order().or((remembered != DateOrder::YearFirst && !contradictory).then_some(remembered))
    }

    fn year_last_count(&self) -> u64 {
        [self.day_first_count, self.month_first_count, self.ambiguous_count, self.same_either_way_count]
            .into_iter()
            .map(u64::from)
            .sum()
    }
}

/// Three numbers that have the form of a date; not yet one that exists.
struct Parts {
    year_first: bool,
    separator: u8,
    a: u32,
    b: u32,
    c: u32,
}

impl Parts {
    /// Year, month and day.
    fn in_order(&self, order: DateOrder) -> Option<(u32, u32, u32)> {
        let Self { a, b, c, .. } = *self;
        match (order, self) {
            (DateOrder::YearFirst, Self { year_first: true, .. })
            | (_, Self { year_first: true, separator: b'-', .. }) => Some((a, b, c)),
            (DateOrder::DayFirst, Self { year_first: false, .. }) => Some((c, b, a)),
            (DateOrder::MonthFirst, Self { year_first: false, .. }) => Some((c, a, b)),
            _ => None,
        }
    }

    fn of(value: &str) -> Option<Self> {
        let bytes = value.as_bytes();
        let (a, a_len) = number(bytes)?;
        let separator = *bytes.get(a_len)?;
        if !matches!(separator, b'-' | b'/' | b'.') {
            return None;
        }
        let rest = &bytes[a_len + 1..];
        let (b, b_len) = number(rest)?;
        if rest.get(b_len) != Some(&separator) {
            return None;
        }
        let rest = &rest[b_len + 1..];
        let (c, c_len) = number(rest)?;
        let year_first = match (a_len, b_len, c_len) {
            (4, 2, 2) => true,
            (1 | 2, 1 | 2, 4) => false,
            _ => return None,
        };
        let time = &rest[c_len..];
        (time.is_empty() || is_time(time, year_first)).then_some(Self { year_first, separator, a, b, c })
    }
}

/// The number at the start, of at most four digits, and how many digits it has.
fn number(bytes: &[u8]) -> Option<(u32, usize)> {
    let digits_count = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    if !(1..=4).contains(&digits_count) {
        return None;
    }
    let number = bytes[..digits_count].iter().fold(0, |number, b| number * 10 + u32::from(b - b'0'));
    Some((number, digits_count))
}

/// Whether a time of day follows a date: `T` (after an ISO date) or blanks, hours and minutes,
/// perhaps seconds with a fraction, AM or PM, and an offset.
fn is_time(bytes: &[u8], after_iso_date: bool) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let text = match text.strip_prefix(['T', 't']) {
        Some(text) if after_iso_date => text,
        Some(_) => return false,
        None => match text.trim_start_matches(' ') {
            unpadded if unpadded.len() < text.len() => unpadded,
            _ => return false,
        },
    };
    let clock_len =
        text.bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b',')).count();
    let (clock, zone) = text.split_at(clock_len);
    is_clock(clock) && is_zone(zone.trim_start_matches(' '))
}

fn is_clock(text: &str) -> bool {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let mut parts = whole.split(':');
    let mut within = |max: u32, missing: bool| match parts.next() {
        Some(part) => part.len() <= 2 && part.parse::<u32>().is_ok_and(|number| number <= max),
        None => missing,
    };
    let valid = within(24, false) && within(59, false) && within(60, true);
    valid && parts.next().is_none() && !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit())
}

fn is_zone(text: &str) -> bool {
    match text.as_bytes() {
        [] | [b'Z' | b'z'] => true,
        [half, b'M' | b'm'] => matches!(half, b'A' | b'a' | b'P' | b'p'),
        b"UTC" | b"GMT" => true,
        [b'+' | b'-', offset @ ..] => match offset {
            [h, i, b':', m, n] | [h, i, m, n] => [h, i, m, n].into_iter().all(u8::is_ascii_digit),
            [h, i] => h.is_ascii_digit() && i.is_ascii_digit(),
            _ => false,
        },
        _ => false,
    }
}

fn exists(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days_count = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    YEARS.contains(&year) && (1..=days_count).contains(&day)
}

#[cfg(test)]
#[path = "date_tests.rs"]
mod tests;
