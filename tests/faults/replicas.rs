//! Two servers on the same stores, and one of them frozen.

use std::time::Duration;

use futures_util::join;
use rand::RngExt as _;

use super::bed::Bed;
use super::load::Load;
use super::process::within;
use super::runner::moments;
use super::server::Server;

/// Sessions of relays, and of units of work, by their application name.
const RELAY: &str = "coffee relay";
const WORK: &str = "coffee ________-%";
/// A live relay shows itself once a second; a session that is silent for longer belongs to a frozen one.
const SILENT_MS: u64 = 1500;

pub async fn replicas_share_the_work() {
    let bed = Bed::start(true).await;
    let servers = vec![bed.server().await, bed.server().await];
    let load = bed.load();
    load.addresses.set(&[&servers[0].public, &servers[1].public]);
    load.run(16, 3_000, Duration::from_secs(10)).await;
    bed.drained(60).await;
    for server in &servers {
        let carried = server.metric("coffee_events_carried_total").await;
        let handled = "coffee_messages_total{handler=\"faults\",result=\"done\"";
        let handled = server.metric(handled).await;
        println!("  one replica carried {carried} events and handled {handled} messages");
        assert!(carried > 300.0 && handled > 300.0, "a replica that does not work");
    }
    bed.settle(servers, &load.written()).await;
}

pub async fn a_frozen_relay_is_replaced() {
    a_frozen_server_is_replaced(Bed::start(true).await, RELAY, 10_000).await;
}

pub async fn a_frozen_handler_is_replaced() {
    let mut bed = Bed::start(true).await;
    bed.settings.pause_ms = 150;
    a_frozen_server_is_replaced(bed, WORK, 1_000).await;
}

/// Freezes a server while a session of that name is in a transaction, under a load of so many writes a
/// minute: the other one does all the work, and what the frozen one does when it wakes up changes nothing.
async fn a_frozen_server_is_replaced(bed: Bed, session: &str, writes: usize) {
    let (frozen, other) = (bed.server().await, bed.server().await);
    let load = bed.load();
    load.addresses.set(&[&frozen.public, &other.public]);
    let freezing = async {
        within(10, "both write", async || load.acknowledged() > 20).await;
        freeze(&bed, &frozen, session).await;
        load.addresses.set(&[&other.public]);
        let before = load.acknowledged();
        within(30, "the other one serves", async || load.acknowledged() > before + 100).await;
        load.end();
    };
    join!(load.run(16, writes, Duration::from_secs(60)), freezing);
    bed.drained(60).await;
    let handled = bed.number("SELECT count(*) FROM fault_effect").await;
    println!("  frozen in its work; the other one finished all {handled}");
    frozen.process.signal("CONT");
    within(30, "it is awake", async || carries_again(&bed, &load, &frozen).await).await;
    bed.settle(vec![frozen, other], &load.written()).await;
}

/// Stops the server at random moments until one is in the middle of something.
async fn freeze(bed: &Bed, server: &Server, session: &str) {
    let mut random = moments();
    let held = async |silent_ms| {
        let sql = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '{session}' \
             AND state = 'idle in transaction' AND backend_xid IS NOT NULL \
             AND state_change < clock_timestamp() - interval '{silent_ms} ms'"
        );
        bed.number(&sql).await > 0
    };
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(random.random_range(1..200))).await;
        server.process.signal("STOP");
        tokio::time::sleep(Duration::from_millis(300)).await;
        if held(250).await {
            tokio::time::sleep(Duration::from_millis(SILENT_MS)).await;
            if held(SILENT_MS).await {
                return;
            }
        }
        server.process.signal("CONT");
    }
    panic!("never frozen in the middle of its work");
}

/// Writes to the server and looks whether it carries events. What it answers on connections that
/// outlived their time in its sleep is a matter of luck, so a write may take several attempts.
async fn carries_again(bed: &Bed, load: &Load, server: &Server) -> bool {
    let before = server.metric("coffee_events_carried_total").await;
    load.addresses.set(&[&server.public]);
    let writing = load.run(1, 20, Duration::ZERO);
    tokio::time::timeout(Duration::from_secs(30), writing).await.expect("it answers");
    bed.drained(30).await;
    server.metric("coffee_events_carried_total").await > before
}
