//! The numbered steps, as they lie in `migrations/`.

use super::Migrated;

/// Line that begins the part of `schema.sql` which every migration repeats.
const REPEATED: &str = "-- Repeated by every migration:";
/// Line in the head of a step whose statements cannot run in a transaction.
const ALONE: &str = "-- no transaction";

/// Schema of a new installation and the steps of older ones.
#[derive(Debug, Clone, Copy)]
pub struct Migrations {
    /// What a new installation runs.
    pub schema: &'static str,
    /// Steps from version 1 on: the first one leads to version 2.
    pub steps: &'static [Step],
}

/// One step.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// File name without ending: number and subject.
    pub name: &'static str,
    /// Statements.
    pub sql: &'static str,
}

macro_rules! steps {
    ($folder:literal: $($name:literal),* $(,)?) => {
        &[$(Step {
            name: $name,
            sql: include_str!(concat!("../../../../migrations/", $folder, "/", $name, ".sql")),
        }),*]
    };
}

/// Those of PostgreSQL.
pub const POSTGRES: Migrations = Migrations {
    schema: include_str!("../../../../schema.sql"),
    steps: steps!("postgres":
        "0002_indexes",
        "0003_outbox_without_trigger",
        "0004_job_position",
        "0005_handles_in_any_case",
        "0006_charged_search",
        "0007_tenant_keys",
        "0008_tenant_keys_replace",
        "0009_row_security",
        "0010_sign_in",
        "0011_job_failures",
        "0012_is_blacklisted",
        "0013_names",
        "0014_names_filled",
        "0015_measured_collections",
        "0016_campaign_profile_lists",
        "0017_profile_search",
        "0018_campaign_profile_search",
        "0019_campaign_profile_search_filled",
    ),
};

/// Those of ClickHouse.
pub const CLICKHOUSE: Migrations = Migrations {
    schema: include_str!("../../../../schema.clickhouse.sql"),
    steps: steps!("clickhouse":
        "0002_highest_observation",
        "0003_generations",
        "0004_search_text",
        "0005_collection_series",
        "0006_profile_search",
    ),
};

impl Migrations {
    /// Version that the schema describes and that the last step leads to.
    pub const fn version(&self) -> i32 {
        // There are never two billion steps.
        1 + self.steps.len() as i32
    }

    /// Steps that an installation of this version lacks, with the version that each leads to.
    pub(super) fn after(self, from: i32) -> impl Iterator<Item = (i32, &'static Step)> {
        (2..).zip(self.steps).filter(move |(version, _)| *version > from)
    }

    /// What a migration from this version would do.
    pub(super) fn plan(self, from: Option<i32>) -> Migrated {
        let steps = match from {
            None => vec![format!("{:04} the whole schema of a new installation", self.version())],
            Some(from) => self.after(from).map(|(_, step)| step.to_string()).collect(),
        };
        Migrated { from, to: from.map_or(self.version(), |from| from.max(self.version())), steps }
    }

    /// End of the schema, which every migration repeats: functions, policies and rights.
    pub(super) fn repeated(self) -> Option<&'static str> {
        self.schema.find(REPEATED).and_then(|start| self.schema.get(start..))
    }
}

impl Step {
    /// Whether its statements run in one transaction; else each runs by itself, and again after one that
    /// failed.
    pub fn in_transaction(&self) -> bool {
        !self.sql.lines().take_while(|line| line.starts_with("--")).any(|line| line == ALONE)
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let about = self.sql.lines().next().unwrap_or_default().trim_start_matches("--").trim();
        write!(f, "{}: {about}", self.name)
    }
}

/// Statements of a script whose statements end with `;` at the end of a line, outside of `$$`; comments
/// dropped.
pub fn statements(script: &str) -> Vec<String> {
    let lines = script.lines().filter(|line| !line.trim_start().starts_with("--"));
    let text: Vec<&str> = lines.collect();
    let mut statements: Vec<String> = Vec::new();
    for part in text.join("\n").split_inclusive(";\n") {
        match statements.last_mut() {
            Some(open) if open.matches("$$").count() % 2 == 1 => open.push_str(part),
            _ => statements.push(part.to_owned()),
        }
    }
    let parts = statements.iter().map(|part| part.trim().trim_end_matches(';').trim());
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_split_at_line_ends() {
        let script = "-- a;\nCREATE TABLE a (b String DEFAULT 'x;y');\n\n-- c\nSELECT 1;\n";
        assert_eq!(statements(script), ["CREATE TABLE a (b String DEFAULT 'x;y')", "SELECT 1"]);
        let procedure = "CREATE PROCEDURE p() AS $$\nBEGIN\nCOMMIT;\nCOMMIT;\nEND\n$$";
        assert_eq!(statements(&format!("{procedure};\nCALL p();\n")), [procedure, "CALL p()"]);
    }

    #[test]
    fn every_file_of_a_folder_is_a_step_numbered_without_gaps() {
        for (folder, migrations) in [("postgres", POSTGRES), ("clickhouse", CLICKHOUSE)] {
            let path = format!("{}/migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
            let files = std::fs::read_dir(path).expect("the folder");
            let names = files.map(|file| file.expect("a file").file_name().into_string());
            let mut names: Vec<String> = names.map(|name| name.expect("readable")).collect();
            names.sort();
            let steps = migrations.steps.iter().map(|step| format!("{}.sql", step.name));
            let known: Vec<String> =
                std::iter::once("0001_baseline.sql".to_owned()).chain(steps).collect();
            assert_eq!(names, known, "migrations/{folder} and the list in this file differ");
            for (number, name) in (1..).zip(&names) {
                assert!(name.starts_with(&format!("{number:04}_")), "{name} is number {number}");
            }
        }
    }

    #[test]
    fn the_head_of_a_step_says_how_it_runs() {
        let step = |sql| Step { name: "0002_a", sql };
        assert!(step("-- Make a table.\n\nCREATE TABLE a ();").in_transaction());
        assert!(!step("-- Index a table.\n-- no transaction\n\nSELECT 1;").in_transaction());
        assert!(step("-- Late.\n\n-- no transaction\nSELECT 1;").in_transaction());
        assert_eq!(step("-- Make a table.\nSELECT 1;").to_string(), "0002_a: Make a table.");
        assert!(POSTGRES.repeated().is_some_and(|sql| sql.contains("GRANT USAGE ON SCHEMA")));
    }
}
