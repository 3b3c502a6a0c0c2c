//! Carries the events of the outbox: to the broker, or without one straight to the handlers.
//!
//! Lanes take events in batches, each lane in a transaction of its own, so lanes of one process and
//! of several share the work in the same way. A watcher wakes them and measures what waits.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use sea_orm::sqlx::PgPool;
use sea_orm::sqlx::postgres::PgListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::backoff::Backoff;
use super::carrier::{Carrier, Uncarried};
use super::holds::{Holds, LOOK_AGAIN};
use super::outbox::{CHANNEL, Claim, Event, GivenOut, given_out, sweep};
use super::topology::Topology;
use crate::core::db::postgres::relay_pool;
use crate::core::error::Error;
use crate::core::stores::Stores;

/// How often the watcher looks by itself, for events whose signal was lost.
const SWEEP_PAUSE: Duration = Duration::from_secs(1);
/// Pause before a lane looks again for events that others hold.
const BLOCKED_PAUSE: Duration = Duration::from_millis(20);
/// How often the watcher looks at the whole table: a server that took another one's place may give out ids
/// that the other one gave out before.
const FULL_SWEEP_PAUSE: Duration = Duration::from_secs(10);
/// A full look takes at most this share of the time.
const FULL_SWEEP_SHARE: u32 = 50;

/// The relay of a process.
pub(super) struct Relay {
    stores: Stores,
    topology: Arc<Topology>,
    pool: PgPool,
    holds: Holds,
}

impl Relay {
    /// A relay with connections of its own.
    ///
    /// # Errors
    /// A bad URL.
    pub fn new(stores: &Stores, topology: Arc<Topology>) -> Result<Self, Error> {
        let pool = relay_pool(&stores.config)?;
        Ok(Self { stores: stores.clone(), topology, pool, holds: Holds::default() })
    }

    /// Carries events until `stop`; what is in hand is finished.
    pub async fn lane(self: Arc<Self>, stop: CancellationToken) {
        let mut signals = self.stores.outbox.watch();
        let mut backoff = Backoff::default();
        while !stop.is_cancelled() {
            let Some(carrier) = self.connect(&mut backoff, &stop).await else { return };
            let Err(error) = self.carry(carrier, &mut signals, &mut backoff, &stop).await else {
                return;
            };
            self.stores.metrics.events.relay_failures.inc();
            tracing::warn!(%error, "events wait");
            backoff.wait(&stop).await;
        }
    }

    async fn connect(&self, backoff: &mut Backoff, stop: &CancellationToken) -> Option<Carrier> {
        loop {
            match Carrier::open(&self.stores, &self.topology, &self.holds).await {
                Ok(carrier) => return Some(carrier),
                Err(error) => backoff.report(&self.stores, &error, "no way to carry events"),
            }
            backoff.wait(stop).await;
            if stop.is_cancelled() {
                return None;
            }
        }
    }

    async fn carry(
        &self,
        mut carrier: Carrier,
        signals: &mut watch::Receiver<u64>,
        backoff: &mut Backoff,
        stop: &CancellationToken,
    ) -> Result<(), Error> {
        while !stop.is_cancelled() {
            signals.mark_unchanged();
            if self.holds.is_due() {
                carrier.look(&self.holds).await?;
            }
            let step = self.step(&mut carrier).await?;
            backoff.reset();
            let pause = match step {
                Step::Carried => continue,
                Step::Blocked => BLOCKED_PAUSE,
                Step::Idle if self.holds.is_amiss() => LOOK_AGAIN,
                Step::Idle => Duration::MAX,
            };
            tokio::select! {
                _ = signals.changed() => {}
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => {}
            }
        }
        carrier.close().await;
        Ok(())
    }

    /// Takes one batch and carries it.
    async fn step(&self, carrier: &mut Carrier) -> Result<Step, Error> {
        let (held, floor) = self.holds.now();
        let mut claim = Claim::take(&self.pool, (floor, held.as_slice()), carrier.batch()).await?;
        if claim.events.is_empty() {
            return Ok(if claim.blocked { Step::Blocked } else { Step::Idle });
        }
        let events = std::mem::take(&mut claim.events);
        let uncarried = claim.hold(carrier.carry(&events)).await??;
        // Before they can be claimed again.
        let topics: BTreeSet<String> = uncarried.held.iter().map(|one| one.topic.clone()).collect();
        if !topics.is_empty() {
            self.holds.hold(topics);
        }
        claim.settle(&uncarried).await?;
        self.record(&events, &uncarried);
        Ok(Step::Carried)
    }

    fn record(&self, events: &[Event], uncarried: &Uncarried) {
        let Uncarried { failed, held } = uncarried;
        let metrics = &self.stores.metrics.events;
        metrics.carried.inc_by((events.len() - failed.len() - held.len()) as u64);
        metrics.unroutable.inc_by(failed.len() as u64);
        let now = Utc::now();
        let held: HashSet<i64> = held.iter().map(|event| event.id).collect();
        for event in events.iter().filter(|event| !held.contains(&event.id)) {
            metrics.carried_seconds.observe((now - event.created_at).as_seconds_f64().max(0.0));
        }
        for (event, reason) in failed {
            let (id, topic) = (event.id, event.topic.as_str());
            tracing::error!(id, topic, reason, "nothing takes this event: kept in the outbox");
        }
    }

    /// Wakes the lanes at every notification and looks by itself once per second, until `stop`.
    pub async fn watch(self: Arc<Self>, stop: CancellationToken) {
        let mut history = History::default();
        while !stop.is_cancelled() {
            if let Err(error) = self.listen(&mut history, &stop).await {
                tracing::warn!(%error, "cannot hear of new events");
                self.sweep(&mut history).await;
                let _ = stop.run_until_cancelled(tokio::time::sleep(SWEEP_PAUSE)).await;
            }
        }
    }

    async fn listen(&self, history: &mut History, stop: &CancellationToken) -> Result<(), Error> {
        let failed = |error| Error::internal("outbox", error);
        let mut listener = PgListener::connect_with(&self.pool).await.map_err(failed)?;
        listener.listen(CHANNEL).await.map_err(failed)?;
        let mut ticks = tokio::time::interval(SWEEP_PAUSE);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                heard = listener.recv() => {
                    heard.map_err(failed)?;
                    self.stores.outbox.wake();
                }
                _ = ticks.tick() => self.sweep(history).await,
                () = stop.cancelled() => return Ok(()),
            }
        }
    }

    async fn sweep(&self, history: &mut History) {
        let started = Instant::now();
        let full = history.full_is_due(started);
        let (held, floor) = self.holds.now();
        let floor = if full { 0 } else { floor };
        // In this order: the sweep sees whatever was committed by those who were over before it.
        let looked = async {
            let settled = history.settled(given_out(&self.pool).await?);
            Ok::<_, Error>((settled, sweep(&self.pool, (floor, held.as_slice()), full).await?))
        };
        let (settled, waiting) = match looked.await {
            Ok(looked) => looked,
            Err(error) => return tracing::warn!(%error, "cannot look at the outbox"),
        };
        if full {
            history.full_done(started);
        }
        let metrics = &self.stores.metrics.events;
        metrics.waiting.set(waiting.count);
        metrics.waiting_seconds.set(waiting.age_secs);
        metrics.failed.set(waiting.failed);
        if let Some(count) = waiting.held {
            metrics.held.set(count);
        }
        let floor = waiting.first.map_or(settled, |first| settled.min(first - 1));
        self.holds.set_floor(floor.max(0), &held);
        if waiting.count > 0 {
            self.stores.outbox.wake();
        }
    }
}

/// What a step found.
enum Step {
    Carried,
    /// Others hold what waits before the rest.
    Blocked,
    Idle,
}

/// What earlier sweeps saw.
#[derive(Default)]
struct History {
    /// The look whose writers are waited for.
    awaited: Option<GivenOut>,
    settled: i64,
    next_full: Option<Instant>,
}

impl History {
    fn full_is_due(&self, now: Instant) -> bool {
        self.next_full.is_none_or(|due| now >= due)
    }

    fn full_done(&mut self, started: Instant) {
        let pause = FULL_SWEEP_PAUSE.max(started.elapsed() * FULL_SWEEP_SHARE);
        self.next_full = Some(started + pause);
    }

    /// Takes a look, and returns the largest id up to which every transaction is over that was given one.
    fn settled(&mut self, look: GivenOut) -> i64 {
        let is_over = |earlier: &GivenOut| earlier.writers.is_disjoint(&look.writers);
        if let Some(earlier) = self.awaited.take_if(|earlier| is_over(earlier)) {
            self.settled = earlier.last_id;
        }
        if look.writers.is_empty() {
            self.settled = look.last_id;
        } else {
            self.awaited.get_or_insert(look);
        }
        self.settled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_settle_once_their_writers_are_over() {
        let mut history = History::default();
        let mut look = |last_id, writers: &[&str]| {
            let writers = writers.iter().map(|one| (*one).to_owned()).collect();
            history.settled(GivenOut { last_id, writers })
        };
        assert_eq!(look(10, &["a", "b"]), 0);
        assert_eq!(look(20, &["b", "c"]), 0);
        assert_eq!(look(30, &["c"]), 10);
        assert_eq!(look(40, &["d"]), 30);
        assert_eq!(look(40, &[]), 40);
        // Another server, which gave out less.
        assert_eq!(look(7, &[]), 7);
    }
}
