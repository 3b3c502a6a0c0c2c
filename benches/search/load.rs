//! Generated accounts in PostgreSQL, and how fast and how small they become the search table.

use std::time::Instant;

use coffee::core::db::Purpose;
use coffee::core::stores::Stores;
use coffee::import::generate;
use coffee::modules::profile_search::Maintenance;

use super::bed::Bed;
use super::report::{Aim, Row};

/// Columns that hold texts: what they take depends on the texts alone.
const TEXTS: &str = "'name', 'name_text', 'search_phrase', 'search_text', 'search_phrase_admin', \
                     'search_text_admin', 'keywords', 'keywords_admin'";

pub async fn run(bed: &Bed, profiles: u64) -> Vec<Row> {
    let count =
        "SELECT (SELECT count(*) FROM instagram_account) + (SELECT count(*) FROM youtube_account)";
    let there = bed.number(count).await.unsigned_abs();
    if there < profiles {
        let started = Instant::now();
        generate(&bed.config, profiles - there).await.expect("generated");
        eprintln!("{profiles} accounts in PostgreSQL after {} s", started.elapsed().as_secs());
    }
    let profiles = profiles.max(there);
    let stores = Stores::open(bed.config.clone()).await.expect("stores").of(Purpose::Background);
    let maintenance = Maintenance::new(&stores).expect("ClickHouse");
    let started = Instant::now();
    let rows = maintenance.rebuild(true, |_| {}).await.expect("built");
    let rate = rows as f64 / started.elapsed().as_secs_f64();
    assert!(rows.abs_diff(profiles) <= 1, "{rows} of {profiles} accounts");
    let size = format!(
        "SELECT sum(data_compressed_bytes + marks_bytes) / {rows} FROM system.columns \
         WHERE database = currentDatabase() AND table = 'profile_search' AND name NOT IN ({TEXTS})"
    );
    let bytes = bed.clickhouse(&size).await.trim().parse().expect("a number");
    vec![
        Row::new("loading the search table", rate, "1/s").aims(Aim::AtLeast(50_000.0)),
        Row::new("size of a profile beside its texts", bytes, "B").aims(Aim::AtMost(130.0)),
    ]
}
