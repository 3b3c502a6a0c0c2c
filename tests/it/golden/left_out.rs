//! Cases that do not hold, and what a suite came to.

use std::collections::BTreeMap;

use super::suite::file;

/// Warnings of one case that are printed.
const SHOWN: usize = 6;

/// Outcomes of the cases of a suite.
pub(super) struct Report {
    left_out: BTreeMap<String, String>,
    passed: usize,
    failed: Vec<String>,
    warned: usize,
}

impl Report {
    pub(super) fn new() -> Self {
        let left_out = serde_json::from_str(&file("left_out.json")).expect("ids with reasons");
        Self { left_out, passed: 0, failed: Vec::new(), warned: 0 }
    }

    /// Notes what a case came to and prints what differs.
    pub(super) fn add(&mut self, id: &str, what: &str, problems: &[String], warnings: &[String]) {
        for warning in warnings.iter().take(SHOWN) {
            eprintln!("warn {id}  {warning}");
        }
        self.warned += usize::from(!warnings.is_empty());
        match (self.left_out.get(id), problems) {
            (None, []) => self.passed += 1,
            (Some(reason), []) => {
                eprintln!("FAIL {id} holds: take it off the list of those left out ({reason})");
                self.failed.push(id.to_owned());
            }
            (None, problems) => {
                eprintln!("FAIL {id}  {what}");
                problems.iter().for_each(|problem| eprintln!("      {problem}"));
                self.failed.push(id.to_owned());
            }
            (Some(reason), _) => eprintln!("left out {id}: {reason}"),
        }
    }

    /// Fails the test if a case failed, or none ran.
    pub(super) fn finish(self) {
        let Self { passed, failed, warned, .. } = self;
        eprintln!("{passed} passed, {} failed, {warned} with warnings", failed.len());
        assert!(passed > 0, "no case ran");
        assert!(failed.is_empty(), "{} cases: {}", failed.len(), failed.join(" "));
    }
}
