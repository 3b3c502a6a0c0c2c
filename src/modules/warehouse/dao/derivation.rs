//! The derived tables and the SELECTs that fill them.

use chrono_tz::Tz;

use crate::core::db::clickhouse::ClickHouse;
use crate::core::error::Error;

/// Tables that hold generations.
pub(super) const TABLES: [&str; 6] = [
    "accounts",
    "account_periods",
    "social_profile_time_series",
    "leaderboard",
    "genre_overview",
    "trending_content",
];

/// A derived table.
#[derive(Debug, Clone, Copy)]
pub(in crate::modules::warehouse) struct Derivation {
    table: &'static str,
    /// A `?` stands for the business time zone, the parameter `generation` for that of the rebuild.
    select: &'static str,
}

/// In the order in which they depend on each other.
pub(in crate::modules::warehouse) const DERIVATIONS: [Derivation; 5] = [
    Derivation { table: "account_periods", select: include_str!("../sql/10_account_periods.sql") },
    Derivation {
        table: "social_profile_time_series",
        select: include_str!("../sql/20_social_profile_time_series.sql"),
    },
    Derivation { table: "leaderboard", select: include_str!("../sql/30_leaderboard.sql") },
    Derivation { table: "genre_overview", select: include_str!("../sql/40_genre_overview.sql") },
    Derivation {
        table: "trending_content",
        select: include_str!("../sql/50_trending_content.sql"),
    },
];

/// Writes the rows of one table and generation.
pub(in crate::modules::warehouse) async fn derive(
    clickhouse: &ClickHouse,
    Derivation { table, select }: Derivation,
    generation: u64,
    zone: Tz,
) -> Result<(), Error> {
    // By position: the generation is the first column.
    let insert = format!("INSERT INTO {table} SELECT {{generation:UInt64}}, * FROM ({select})");
    let insert = clickhouse.client().query(&insert).param("generation", generation);
    let insert = if select.contains('?') { insert.bind(zone.name()) } else { insert };
    Ok(insert.execute().await?)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, found);
            } else {
                let text = std::fs::read_to_string(&path).expect("text");
                let words: Vec<&str> = text.split_whitespace().collect();
                found.push((path.display().to_string(), words.join(" ")));
            }
        }
    }

    /// `ClickHouseSession::derived` is how a query gets at such a table.
    #[test]
    fn nobody_reads_a_derived_table_without_its_generation() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        sources(&source, &mut files);
        let others = |path: &str| !path.contains("modules/warehouse");
        for (path, text) in files.iter().filter(|(path, _)| others(path)) {
            for table in TABLES {
                for before in ["FROM", "JOIN", "from", "join"] {
                    let read = format!("{before} {table} ");
                    assert!(!text.contains(&read), "{path}: {read}");
                }
            }
        }
    }
}
