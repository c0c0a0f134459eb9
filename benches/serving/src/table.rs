//! What is printed: a line for each contender, with the median of its rounds and its ratio to the first line.

use std::fmt;

/// A table of one kind of work.
pub struct Table {
    title: String,
    unit: &'static str,
    lines: Vec<(String, Vec<f64>)>,
}

impl Table {
    /// Empty. The first line that is added is the floor.
    pub fn new(title: impl Into<String>, unit: &'static str) -> Self {
        Self { title: title.into(), unit, lines: Vec::new() }
    }

    /// Adds what one round of `name` came to.
    pub fn add(&mut self, name: &str, value: f64) {
        match self.lines.iter_mut().find(|(line, _)| line == name) {
            Some((_, values)) => values.push(value),
            None => self.lines.push((name.to_owned(), vec![value])),
        }
    }

    /// The lines that are Muster's own, with their ratios: all but the floor and the peers.
    pub fn ours(&self) -> impl Iterator<Item = (&str, f64)> {
        let is_ours = |name: &str| !["mercurius", "yoga"].contains(&name);
        self.lines
            .iter()
            .skip(1)
            .filter(move |(name, _)| is_ours(name))
            .map(|(name, _)| (name.as_str(), self.ratio(name)))
    }

    /// How many times the floor `name` has come to, each round for itself: the median of these ratios, as rounds that
    /// follow each other had the same machine.
    pub fn ratio(&self, name: &str) -> f64 {
        let values = |name: &str| self.lines.iter().find(|(line, _)| line == name).map(|(_, values)| values);
        let (Some((_, floor)), Some(values)) = (self.lines.first(), values(name)) else { return f64::NAN };
        median(&values.iter().zip(floor).map(|(value, floor)| value / floor).collect::<Vec<_>>())
    }
}

/// The one in the middle.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        len if len % 2 == 1 => sorted[len / 2],
        len => (sorted[len / 2 - 1] + sorted[len / 2]) / 2.0,
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| {} | {} | Lowest to highest | Ratio |\n|---|---|---|---|", self.title, self.unit)?;
        for (name, values) in &self.lines {
            let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
            let highest = values.iter().copied().fold(0.0, f64::max);
            let (middle, ratio) = (median(values), self.ratio(name));
            writeln!(f, "| {name} | {middle:.1} | {lowest:.1} to {highest:.1} | {ratio:.2} |")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_of_rounds_that_follow_each_other() {
        let mut table = Table::new("work", "seconds");
        for (floor, other) in [(1.0, 2.0), (10.0, 20.0), (3.0, 9.0)] {
            table.add("floor", floor);
            table.add("other", other);
        }
        assert_eq!((table.ratio("floor"), table.ratio("other")), (1.0, 2.0));
        assert!(table.to_string().contains("| other | 9.0 | 2.0 to 20.0 | 2.00 |"), "{table}");
    }
}
