//! The most memory that a process has had. Linux only: it comes from `/proc`.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;

/// Asks for the peak to start again from what is in use (proc(5), `clear_refs`).
const RESET_PEAK: &str = "5";

/// The memory of one process.
pub struct Memory {
    status: PathBuf,
    clear_refs: PathBuf,
}

impl Memory {
    /// Of the process.
    #[must_use]
    pub fn of(pid: u32) -> Self {
        let folder = PathBuf::from(format!("/proc/{pid}"));
        Self { status: folder.join("status"), clear_refs: folder.join("clear_refs") }
    }

    /// Whether the peak of a phase can be told from the one of all phases until then: containers and
    /// hardened kernels do not always allow it.
    #[must_use]
    pub fn can_reset(&self) -> bool {
        fs::write(&self.clear_refs, RESET_PEAK).is_ok()
    }

    /// Starts a phase.
    pub fn reset(&self) {
        // `can_reset` has told whether this works; the table says so.
        let _ = fs::write(&self.clear_refs, RESET_PEAK);
    }

    /// The most that was resident since the reset, in MiB.
    ///
    /// # Errors
    ///
    /// If there is no such process any more, or the system is another one.
    pub fn peak_mib(&self) -> anyhow::Result<f64> {
        let status = fs::read_to_string(&self.status).context("the server's memory: has it ended?")?;
        Ok(peak_kib(&status).context("no VmHWM in the server's status")? as f64 / 1_024.0)
    }
}

fn peak_kib(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_read() {
        assert_eq!(
            peak_kib("Name:\tmuster\nVmPeak:\t  99 kB\nVmHWM:\t   14336 kB\nVmRSS:\t 1 kB\n"),
            Some(14_336)
        );
        assert_eq!(peak_kib("Name:\tmuster\n"), None);
    }

    #[test]
    fn a_process_has_a_peak() {
        assert!(Memory::of(std::process::id()).peak_mib().unwrap() > 0.0);
    }
}
