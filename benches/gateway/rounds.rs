//! Loads in turns: every contender once per round, so that a slow minute of the machine hits all.

use std::process::Stdio;

use deadpool_redis::redis;

use super::load::{Load, Outcome};
use super::process::{Server, part};

/// Keep-alive connections of a load.
const CONNECTIONS: usize = 32;
/// Share of its own peak at which a contender's latency is measured.
const OPEN_LOOP_SHARE: f64 = 0.7;

/// A server and those behind it whose processor time counts too.
pub type Chain<'a> = Vec<&'a Server>;

/// A server, or a chain of servers, under load.
pub struct Contender<'a> {
    pub name: &'static str,
    /// Processes of the same program, which take turns: where a process happens to lie in memory makes
    /// a difference of several percent.
    chains: Vec<Chain<'a>>,
    turn: usize,
    pub path: &'a str,
    pub token: &'a str,
    rates: Vec<f64>,
    micros: Vec<f64>,
    latencies: Vec<Outcome>,
}

impl<'a> Contender<'a> {
    pub fn new(name: &'static str, chains: Vec<Chain<'a>>, path: &'a str, token: &'a str) -> Self {
        Self {
            name,
            chains,
            turn: 0,
            path,
            token,
            rates: Vec::new(),
            micros: Vec::new(),
            latencies: Vec::new(),
        }
    }

    /// Has its caches filled: what only the first request asks for is none of the measured.
    pub fn warm(&mut self) {
        for _ in 0..self.chains.len() {
            self.load(0.1, 0.0);
            self.turn += 1;
        }
    }

    /// Finds its peak once; the number of requests that took.
    pub fn closed_round(&mut self, seconds: f64) -> u64 {
        let before = self.processor_time();
        let outcome = self.load(seconds, 0.0);
        let spent = self.processor_time() - before;
        self.turn += 1;
        self.rates.push(outcome.rate);
        self.micros.push(spent as f64 / 1000.0 / outcome.total as f64);
        outcome.total
    }

    /// Measures its latency once.
    pub fn open_round(&mut self, seconds: f64) {
        let rate = self.rate() * OPEN_LOOP_SHARE;
        let outcome = self.load(seconds, rate);
        self.turn += 1;
        self.latencies.push(outcome);
    }

    /// Requests per second at its peak.
    pub fn rate(&self) -> f64 {
        median(self.rates.iter().copied())
    }

    /// Processor time of a request in microseconds.
    pub fn micros(&self) -> f64 {
        median(self.micros.iter().copied())
    }

    /// p50, p99 and p99.9 in microseconds.
    pub fn latency(&self) -> [f64; 3] {
        let of = |part: fn(&Outcome) -> f64| median(self.latencies.iter().map(part));
        [of(|o| o.p50), of(|o| o.p99), of(|o| o.p999)]
    }

    fn load(&self, seconds: f64, rate: f64) -> Outcome {
        let load = Load {
            address: self.chain()[0].address,
            path: self.path.to_owned(),
            token: self.token.to_owned(),
            connections: CONNECTIONS,
            seconds,
            rate,
        };
        let load = serde_json::to_string(&load).expect("a load");
        let mut generator = part("load", false);
        let output = generator.arg(load).stderr(Stdio::inherit()).output().expect("a load runs");
        let outcome: Outcome = serde_json::from_slice(&output.stdout).expect("an outcome");
        assert_eq!(outcome.refused, 0, "{} refused requests", self.name);
        outcome
    }

    fn processor_time(&self) -> u64 {
        self.chain().iter().map(|server| server.processor_time()).sum()
    }

    /// The one whose turn it is, its front first.
    fn chain(&self) -> &Chain<'a> {
        &self.chains[self.turn % self.chains.len()]
    }
}

/// Middle value.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Commands that Redis ran so far, without those that look after connections.
pub async fn redis_commands(address: &str) -> u64 {
    let client = redis::Client::open(format!("redis://{address}")).expect("an address");
    let mut connection = client.get_multiplexed_async_connection().await.expect("Redis answers");
    let info: String = redis::cmd("INFO")
        .arg("commandstats")
        .query_async(&mut connection)
        .await
        .expect("statistics");
    let ours = info.lines().filter(|line| {
        !["info", "ping", "client", "subscribe", "hello"]
            .iter()
            .any(|name| line.starts_with(&format!("cmdstat_{name}")))
    });
    let calls =
        ours.filter_map(|line| line.split_once("calls=")?.1.split(',').next()?.parse::<u64>().ok());
    calls.sum()
}
