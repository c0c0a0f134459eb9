//! What is printed at the end.

use std::fmt;
use std::time::Duration;

/// A line for each phase of each roster.
pub struct Table {
    peaks_are_of_phases: bool,
    lines: Vec<Line>,
}

struct Line {
    roster: String,
    phase: &'static str,
    seconds: Option<f64>,
    rows: u64,
    peak_mib: f64,
}

impl Table {
    /// Empty. `peaks_are_of_phases`: whether a peak is the phase's own, not the one of all until then.
    pub fn new(peaks_are_of_phases: bool) -> Self {
        Self { peaks_are_of_phases, lines: Vec::new() }
    }

    /// The server before it has done anything.
    pub fn idle(&mut self, peak_mib: f64) {
        self.lines.push(Line { roster: "-".to_owned(), phase: "idle", seconds: None, rows: 0, peak_mib });
    }

    /// A phase that is over.
    pub fn phase(&mut self, roster: &str, phase: &'static str, took: Duration, rows: u64, peak_mib: f64) {
        let seconds = Some(took.as_secs_f64());
        self.lines.push(Line { roster: roster.to_owned(), phase, seconds, rows, peak_mib });
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<8}{:<10}{:>10}{:>14}{:>11}",
            "roster", "phase", "seconds", "rows/second", "peak MiB"
        )?;
        for Line { roster, phase, seconds, rows, peak_mib } in &self.lines {
            write!(f, "{roster:<8}{phase:<10}")?;
            match seconds {
                Some(seconds) => {
                    // A phase that took no time has no rate.
                    let rate = *rows as f64 / seconds.max(0.001);
                    write!(f, "{seconds:>10.3}{rate:>14.0}")?;
                }
                None => write!(f, "{:>10}{:>14}", "", "")?,
            }
            writeln!(f, "{peak_mib:>11.1}")?;
        }
        let total: f64 = self.lines.iter().filter_map(|line| line.seconds).sum();
        write!(f, "{:<18}{total:>10.3}", "all phases")?;
        if !self.peaks_are_of_phases {
            write!(f, "\nThe peaks are since the server started: this kernel does not reset them.")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = Table::new(true);
        table.idle(14.0);
        table.phase("first", "upload", Duration::from_millis(2_500), 1_000_000, 20.25);
        table.phase("second", "applying", Duration::from_secs(10), 990_000, 120.0);
        let expected = [
            "roster  phase        seconds   rows/second   peak MiB",
            "-       idle                                     14.0",
            "first   upload         2.500        400000       20.2",
            "second  applying      10.000         99000      120.0",
            "all phases            12.500",
        ];
        assert_eq!(table.to_string().lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn peaks_that_could_not_be_reset_are_called_so() {
        assert!(Table::new(false).to_string().contains("since the server started"));
    }
}
