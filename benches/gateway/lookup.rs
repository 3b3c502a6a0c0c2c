//! Layer 1 of the session cache by itself: time, memory and allocations of a look-up.

use std::hint::black_box;
use std::time::Instant;

use chrono::Utc;
use coffee::core::config::Config;
use coffee::core::stores::Stores;
use coffee::gateway::{Gateway, Login, LoginCache};
use coffee::modules::Modules;
use coffee::modules::identity::Identity;
use rand::RngExt as _;
use rand::seq::SliceRandom as _;
use reqwest::header::HeaderMap;
use serde::{Deserialize, Serialize};

use super::allocations;

/// Entries among which is looked up.
const ENTRIES: usize = 1_000_000;
/// Entries that are put in so that as many are alive.
const INSERTED: u64 = 1_001_000;
const PASSES: usize = 4;
/// Look-ups that are timed together, their tokens in the processor's cache as if read from a socket.
const BATCH: usize = 64;
const BATCHES: usize = 20_000;

/// What was measured.
#[derive(Debug, Serialize, Deserialize)]
pub struct Figures {
    /// Every entry as likely as any other, in nanoseconds.
    pub uniform_ns: f64,
    /// The entry of rank n asked for in proportion to 1/n, in nanoseconds.
    pub skewed_ns: f64,
    /// One read of memory that the next one waits for, among as much as 1 M cache lines.
    pub memory_ns: f64,
    /// Resident memory per entry in bytes.
    pub entry_bytes: f64,
    /// Allocations from token to plan on a hit.
    pub allocations: f64,
    /// From token to plan on a hit, in nanoseconds.
    pub hit_ns: f64,
}

/// Measures with the configuration of the environment and the token in `BENCH_TOKEN`.
pub async fn run() {
    let config = Config::load(None).expect("configuration");
    let stores = Stores::open(config).await.expect("stores");
    stores.invalidations.set_listening(true);
    let (allocations, hit_ns) = hits(&stores).await;
    let before = resident_bytes();
    let cache = LoginCache::new(stores.clone()).expect("memory");
    let now = Utc::now().timestamp_millis();
    let is_alive = |number: &u64| cache.get(&token(*number), now).is_some();
    // The table loses entries whenever it grows, as they would expire; they are put in again.
    for _ in 0..PASSES {
        for number in (0..INSERTED).filter(|number| !is_alive(number)) {
            insert(&stores, &cache, number, now).await;
        }
    }
    let entry_bytes = (resident_bytes() - before) as f64 / ENTRIES as f64;
    let alive: Vec<u64> = (0..INSERTED).filter(is_alive).collect();
    assert!(alive.len() >= ENTRIES, "{} of {INSERTED} entries are alive", alive.len());
    let [uniform_ns, skewed_ns] = look_ups(&alive, |token| cache.get(token, now).is_some());
    drop(cache);
    let figures =
        Figures { uniform_ns, skewed_ns, memory_ns: memory(), entry_bytes, allocations, hit_ns };
    println!("{}", serde_json::to_string(&figures).expect("figures"));
}

/// A walk along a random cycle through 1 M cache lines.
fn memory() -> f64 {
    let mut order: Vec<usize> = (0..ENTRIES).collect();
    order.shuffle(&mut rand::rng());
    let mut lines = vec![[0_usize; 8]; order.len()];
    order.iter().zip(order.iter().cycle().skip(1)).for_each(|(from, to)| lines[*from][0] = *to);
    let since = Instant::now();
    let last = (0..ENTRIES).fold(0, |at, _| lines[at][0]);
    let took = since.elapsed().as_nanos() as f64;
    black_box(last);
    took / ENTRIES as f64
}

/// Allocations and nanoseconds of the way from a known token to the caller's plan.
async fn hits(stores: &Stores) -> (f64, f64) {
    const TIMES: u32 = 100_000;
    let modules = Modules::new(&stores.config).expect("modules");
    let gateway = Gateway::new(stores, &modules).expect("a gateway");
    let token = std::env::var("BENCH_TOKEN").expect("a token");
    let partner = async || {
        let now = Utc::now();
        let login = gateway.authenticator.login(&token, now, HeaderMap::new).await;
        let login = login.expect("accepted");
        let partner = login.identity.partner_id.expect("a partner");
        black_box(gateway.authenticator.plan(partner, (now, Instant::now()), HeaderMap::new).await);
    };
    partner().await;
    let (counted, since) = (allocations::of_this_thread(), Instant::now());
    for _ in 0..TIMES {
        partner().await;
    }
    let took = since.elapsed().as_nanos() as f64;
    let allocated = (allocations::of_this_thread() - counted) as f64;
    (allocated / f64::from(TIMES), took / f64::from(TIMES))
}

fn login(stores: &Stores, number: u64, checked_at: i64) -> Login {
    let stamp = stores.invalidations.session(&number.to_string());
    let identity = Identity {
        user_id: Some(number as i64),
        user_name: None,
        account_id: Some(number as i64),
        partner_id: Some(number as i64 % 1000),
    };
    Login { identity, client: None, exp: i64::MAX, checked_at, stamp }
}

async fn insert(stores: &Stores, cache: &LoginCache, number: u64, now: i64) {
    let login = login(stores, number, now);
    let check = || {
        let login = login.clone();
        async move { Ok(login) }
    };
    cache.check(&token(number), check).await.expect("accepted");
}

/// Nanoseconds of a look-up, every entry equally likely, and the one of rank n in proportion to 1/n.
fn look_ups(alive: &[u64], found: impl Fn(&str) -> bool) -> [f64; 2] {
    let uniform = || rand::rng().random_range(0..ENTRIES);
    let skewed = || ((ENTRIES as f64).powf(rand::random::<f64>()) as usize).min(ENTRIES - 1);
    let mut means = [Vec::with_capacity(BATCHES), Vec::with_capacity(BATCHES)];
    // In turns: a slow moment of the machine hits both.
    for _ in 0..BATCHES {
        means[0].push(batch(&found, || alive[uniform()]));
        means[1].push(batch(&found, || alive[skewed()]));
    }
    means.map(|mut means| {
        means.sort_by(f64::total_cmp);
        means[BATCHES / 2]
    })
}

/// Mean time of a look-up in nanoseconds.
fn batch(found: impl Fn(&str) -> bool, number: impl FnMut() -> u64) -> f64 {
    let numbers = std::iter::repeat_with(number).take(BATCH);
    let tokens: Vec<String> = numbers.map(token).collect();
    let since = Instant::now();
    let all = tokens.iter().filter(|token| found(token)).count();
    let took = since.elapsed().as_nanos() as f64;
    assert_eq!(all, BATCH, "every entry is alive");
    took / BATCH as f64
}

/// A text as long as a session token, different in its middle and at its end.
fn token(number: u64) -> String {
    let spread = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.{number:0>170}.{spread:0>43}")
}

fn resident_bytes() -> u64 {
    const PAGE: u64 = 4096;
    let pages = std::fs::read_to_string("/proc/self/statm").expect("statm");
    pages.split(' ').nth(1).expect("resident").parse::<u64>().expect("a number") * PAGE
}
