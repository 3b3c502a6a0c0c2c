//! What a group of measurements is asked for.

use std::process::exit;

use super::report::{self, Row};

/// `[--json FILE] [--only PART] [--quick]`, and of those that generate accounts `[--profiles N] [--keep DATABASE]`.
pub struct Plan {
    json: Option<String>,
    only: Option<String>,
    /// Whether a first impression is enough.
    pub quick: bool,
    /// Generated accounts, for those that generate some.
    pub profiles: Option<u64>,
    /// Name of the databases that they stay in for the next time.
    pub keep: Option<String>,
}

impl Plan {
    /// Reads the command line; `parts` is what can be measured by itself.
    pub fn parse(parts: &[&str], generates: bool) -> Self {
        let mut plan = Self { json: None, only: None, quick: false, profiles: None, keep: None };
        let mut rest = std::env::args().skip(1).filter(|argument| argument != "--bench");
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--json" => plan.json = Some(rest.next().expect("--json FILE")),
                "--only" => {
                    let name = rest.next().unwrap_or_default();
                    assert!(parts.contains(&name.as_str()), "--only {}", parts.join("|"));
                    plan.only = Some(name);
                }
                "--quick" => plan.quick = true,
                "--profiles" if generates => {
                    let number = rest.next().and_then(|text| text.parse().ok());
                    plan.profiles = Some(number.expect("--profiles N"));
                }
                "--keep" if generates => plan.keep = Some(rest.next().expect("--keep DATABASE")),
                other => panic!("unknown argument {other}: ./dev help has those of each group"),
            }
        }
        plan
    }

    /// Whether a part is wanted.
    pub fn has(&self, part: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == part)
    }

    /// Prints the rows and writes them where they are wanted; the process fails if one misses its aim.
    pub fn finish(&self, rows: &[Row]) {
        let all_met = report::print(rows);
        if let Some(file) = &self.json {
            report::write(rows, file);
        }
        if !all_met {
            exit(1);
        }
    }
}
