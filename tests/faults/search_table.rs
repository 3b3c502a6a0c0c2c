//! The search table, while those die who build it, who read it and who carry changes over to it.

use std::cell::Cell;
use std::time::Duration;

use futures_util::join;
use rand::RngExt as _;
use rand::rngs::StdRng;

use super::accounts::{PARTITIONS, change, clickhouse, search, seed, verify};
use super::bed::Bed;
use super::process::within;
use super::runner::moments;
use super::server::Server;
use super::staff::Staff;
use super::tool::Tool;

/// How many rebuilds are killed before one may come to its end.
const KILLS: usize = 6;
/// About as long as a partition takes.
const MOMENT: Duration = Duration::from_millis(600);
/// Partitions that the newest rebuild has written, and rebuilds that were begun.
const WRITTEN: &str = "SELECT count() FROM profile_search_rebuilt WHERE rebuild > 0 AND partition >= 0 \
                       AND rebuild = (SELECT max(rebuild) FROM profile_search_rebuilt)";
const REBUILDS: &str = "SELECT max(rebuild) FROM profile_search_rebuilt";

pub async fn clickhouse_dies_while_the_search_table_is_built() {
    let (mut bed, server, staff) = start().await;
    let (done, random) = (Cell::new(false), moments());
    let (admin, url) = (bed.admin.clone(), server.public.clone());
    let faults = async {
        build_in_spite(&mut bed, &server, &["job", "run", "profile-search"]).await;
        build_in_spite(&mut bed, &server, &["search", "rebuild", "--anew"]).await;
        done.set(true);
    };
    join!(faults, change(admin, random, &done), search(&staff, &url, &done));
    assert_eq!(clickhouse(&bed).number(REBUILDS).await, 2, "each rebuild went on");
    verify(&bed).await;
    end(server).await;
}

/// Builds the table and kills ClickHouse in the middle, more than once.
async fn build_in_spite(bed: &mut Bed, server: &Server, words: &[&str]) {
    let mut random = moments();
    let again: Vec<&str> = words.iter().copied().filter(|word| *word != "--anew").collect();
    for kill in 0..KILLS / 2 {
        let begun = (clickhouse(bed).number(REBUILDS).await, clickhouse(bed).number(WRITTEN).await);
        let mut tool = Tool::start(bed, if kill == 0 { words } else { &again });
        within(60, "the table is being built", async || {
            let written = clickhouse(bed).number(WRITTEN).await;
            written > 0 && (clickhouse(bed).number(REBUILDS).await, written) > begun
        })
        .await;
        pause(&mut random).await;
        let away = by(server, "postgresql", "away").await;
        let written = clickhouse(bed).number(WRITTEN).await;
        let mut store = bed.clickhouse.take().expect("it runs");
        store.end("KILL").await;
        assert!(!tool.ended().await, "it tells of what it could not do");
        within(30, "PostgreSQL answers", async || by(server, "postgresql", "away").await > away)
            .await;
        store.launch().await;
        bed.clickhouse = Some(store);
        println!("  {words:?} broke off at {written} of {PARTITIONS} partitions");
    }
    let mut tool = Tool::start(bed, &again);
    assert!(tool.ended().await, "it comes to its end");
    let found = by(server, "clickhouse", "").await;
    within(60, "the table answers", async || by(server, "clickhouse", "").await > found).await;
}

pub async fn a_rebuild_is_killed_again_and_again() {
    let (bed, server, staff) = start().await;
    let done = Cell::new(false);
    let kills = async {
        for anew in [false, true] {
            rebuild_in_spite(&bed, anew).await;
        }
        done.set(true);
    };
    let changes = change(bed.admin.clone(), moments(), &done);
    join!(kills, changes, search(&staff, &server.public, &done));
    verify(&bed).await;
    end(server).await;
}

/// Kills a rebuild at random moments; each goes on where the one before it stopped.
async fn rebuild_in_spite(bed: &Bed, mut anew: bool) {
    let mut random = moments();
    let mut reached = 0;
    for kill in 0..=KILLS {
        let words: &[&str] = &["search", "rebuild", "--anew"];
        let mut tool = Tool::start(bed, if anew { words } else { &words[..2] });
        within(60, "it begins", async || reached_by(&tool).is_some()).await;
        let first = reached_by(&tool).expect("it says so");
        assert!(first >= reached, "it begins at {first} although {reached} partitions are there");
        if kill == KILLS {
            assert!(tool.ended().await, "it comes to its end");
            return;
        }
        within(60, "it goes on", async || reached_by(&tool) > Some(first)).await;
        pause(&mut random).await;
        tool.process.end("KILL", 10).await;
        (reached, anew) = (reached_by(&tool).unwrap_or_default(), false);
        println!("  killed at {reached} of {PARTITIONS} partitions");
    }
}

/// Partitions that are written, as it says.
fn reached_by(tool: &Tool) -> Option<i64> {
    let said = tool.said();
    let line = said.iter().rfind(|line| line.ends_with(" partitions"))?;
    line.split(' ').next()?.parse().ok()
}

pub async fn changes_of_accounts_survive_postgresql_and_their_carrier() {
    let (mut bed, mut server, _) = start().await;
    let mut built = Tool::start(&bed, &["search", "rebuild"]);
    assert!(built.ended().await, "the table is built");
    let done = Cell::new(false);
    let changes = change(bed.admin.clone(), moments(), &done);
    let faults = async {
        let mut random = moments();
        for signal in ["INT", "QUIT"] {
            let mut tool = Tool::start(&bed, &["search", "rebuild", "--anew"]);
            within(60, "it goes on", async || reached_by(&tool) >= Some(PARTITIONS / 4)).await;
            pause(&mut random).await;
            bed.postgres.end(signal).await;
            bed.postgres.launch().await;
            let reached = reached_by(&tool);
            let survived = tool.ended().await;
            println!("  {signal} at {reached:?} of {PARTITIONS} partitions, survived: {survived}");
            let mut tool = Tool::start(&bed, &["search", "rebuild"]);
            assert!(tool.ended().await, "it comes to its end");
        }
        for _ in 0..KILLS {
            pause(&mut random).await;
            server.process.end("KILL", 10).await;
            server = bed.server().await;
        }
        done.set(true);
    };
    join!(faults, changes);
    verify(&bed).await;
    end(server).await;
}

/// Accounts, a server that has the search table follow them, and somebody who searches.
async fn start() -> (Bed, Server, Staff) {
    let bed = Bed::start_with_clickhouse(false).await;
    seed(&bed).await;
    let server = bed.server().await;
    let staff = Staff::of(&bed).await;
    (bed, server, staff)
}

async fn end(mut server: Server) {
    assert!(server.process.end("TERM", 45).await, "the server failed at its stop");
}

/// A random moment of what goes on.
async fn pause(random: &mut StdRng) {
    tokio::time::sleep(random.random_range(Duration::ZERO..MOMENT)).await;
}

/// Searches that a store answered for a reason.
async fn by(server: &Server, store: &str, reason: &str) -> f64 {
    server
        .metric(&format!("coffee_profile_searches_total{{reason=\"{reason}\",store=\"{store}\""))
        .await
}
