//! What an import did.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::dao::Written;
use super::source::SkippedRow;

/// Skipped rows, and handles of repeated ones, that a summary names.
const NAMED: usize = 100;
/// Those that its text names.
const PRINTED: usize = 20;

/// What was wrong with a row that could be imported nevertheless.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repair {
    DamagedVideoId,
    DamagedName,
    UnknownCountry,
}

impl Repair {
    fn name(self) -> &'static str {
        match self {
            Self::DamagedVideoId => "damaged video id",
            Self::DamagedName => "damaged name",
            Self::UnknownCountry => "unknown country",
        }
    }
}

/// Rows and accounts of one import, its time and memory.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Rows of all files: the imported and the skipped ones.
    pub read: u64,
    /// Rows that became observations.
    pub imported: u64,
    /// Rows left out, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Rows imported without a part that makes no sense, by reason.
    pub repaired: BTreeMap<&'static str, u64>,
    /// Rows of a profile that an earlier row of the file has: of both the highest numbers count.
    pub duplicates: u64,
    /// Handles of the first 100 of them.
    pub duplicate_handles: Vec<String>,
    /// Where and why the first 100 rows were left out.
    pub problems: Vec<SkippedRow>,
    /// The files were only read: nothing was written.
    pub dry_run: bool,
    /// Accounts that did not exist before.
    pub accounts_created: u64,
    /// Accounts of which the import changed something.
    pub accounts_updated: u64,
    /// Accounts that were the same already.
    pub accounts_unchanged: u64,
    /// Collections that rows were put into.
    pub collections: u64,
    /// Items that they have from the rows, those among them that they had before.
    pub items: u64,
    /// Duration, derivation included.
    pub elapsed_seconds: f64,
    /// Largest resident memory of the process; absent where the system does not tell.
    pub peak_memory_bytes: Option<u64>,
}

impl Summary {
    pub(super) fn imported(&mut self, repairs: impl IntoIterator<Item = Repair>) {
        self.read += 1;
        self.imported += 1;
        for repair in repairs {
            *self.repaired.entry(repair.name()).or_default() += 1;
        }
    }

    pub(super) fn skipped(&mut self, row: SkippedRow) {
        self.read += 1;
        *self.skipped.entry(row.reason).or_default() += 1;
        if self.problems.len() < NAMED {
            self.problems.push(row);
        }
    }

    pub(super) fn repeated(&mut self, handle: &str) {
        self.duplicates += 1;
        if self.duplicate_handles.len() < NAMED {
            self.duplicate_handles.push(handle.to_owned());
        }
    }

    /// Whether there were rows and none of them was of use.
    pub fn is_fruitless(&self) -> bool {
        self.read > 0 && self.imported == 0
    }

    pub(super) fn written(&mut self, accounts: Written) {
        self.accounts_created += accounts.created;
        self.accounts_updated += accounts.updated;
        self.accounts_unchanged += accounts.unchanged;
    }

    pub(super) fn dry(mut self, elapsed: Duration) -> Self {
        self.dry_run = true;
        self.finished(elapsed);
        self
    }

    fn write_costs(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "took      {:.1} s", self.elapsed_seconds)?;
        match self.peak_memory_bytes {
            Some(bytes) => write!(f, ", peak memory {} MB", bytes.div_ceil(1_000_000)),
            None => Ok(()),
        }
    }

    pub(super) fn finished(&mut self, elapsed: Duration) {
        self.elapsed_seconds = (elapsed.as_secs_f64() * 1000.0).round() / 1000.0;
        self.peak_memory_bytes = peak_memory();
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let skipped: u64 = self.skipped.values().sum();
        writeln!(f, "rows      {} read, {} imported, {skipped} skipped", self.read, self.imported)?;
        for (title, reasons) in [("skipped", &self.skipped), ("repaired", &self.repaired)] {
            for (reason, rows) in reasons {
                writeln!(f, "{title:<9} {rows} {reason}")?;
            }
        }
        for row in self.problems.iter().take(PRINTED) {
            writeln!(f, "          {row}")?;
        }
        if skipped > PRINTED as u64 {
            writeln!(f, "          … and {} more", skipped - PRINTED as u64)?;
        }
        if self.duplicates > 0 {
            let handles = self.duplicate_handles.iter().take(PRINTED);
            let handles = handles.map(String::as_str).collect::<Vec<_>>().join(", ");
            let more = if self.duplicates > PRINTED as u64 { ", …" } else { "" };
            writeln!(f, "repeated  {} ({handles}{more})", self.duplicates)?;
        }
        if self.dry_run {
            return write!(f, "a dry run: nothing was written");
        }
        if self.collections > 0 {
            writeln!(f, "into      {} collections, {} items", self.collections, self.items)?;
            return self.write_costs(f);
        }
        writeln!(
            f,
            "accounts  {} created, {} updated, {} unchanged",
            self.accounts_created, self.accounts_updated, self.accounts_unchanged
        )?;
        self.write_costs(f)
    }
}

/// Largest resident memory that the process has had, in bytes (Linux: `VmHWM`, in kibibytes).
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim_end().parse().ok()?;
    Some(kibibytes * 1024)
}
