//! How many requests work at a time, and who is next: more than the stores can serve would only wait for
//! each other, and end in vain at their deadlines.
//!
//! A request takes a place when its body is read, and keeps it to its answer. While all places are taken it
//! waits, tenants by turns, so that one tenant's burst is that tenant's wait. One tenant has three quarters of
//! the places and half of the queue at most. Who would wait for too long is told so at once.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::config::ServerConfig;
use super::telemetry::WorkMetrics;

/// Requests that may always wait.
const LEAST_QUEUE: usize = 128;

/// Requests that do not take each other's places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lane {
    /// Those of modules.
    #[default]
    Module,
    /// Signing in and out.
    Identity,
    /// Those that wait for the collector, for up to a minute.
    Collector,
}

/// Whose request it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tenant {
    /// A partner's.
    Partner(i64),
    /// Of somebody without partner, by address.
    Address(IpAddr),
    /// Of somebody of whom nothing is known.
    Unknown,
}

/// Places of one process, by lane.
pub struct Capacity([Arc<Places>; 3]);

/// Places of one lane.
struct Places {
    size: usize,
    queue: usize,
    state: Mutex<State>,
    metrics: WorkMetrics,
}

#[derive(Default)]
struct State {
    taken: usize,
    waiting: usize,
    tenants: HashMap<Tenant, Share>,
    /// Tenants that wait, the next one first.
    turns: VecDeque<Tenant>,
    last_ticket: u64,
}

/// What one tenant has of a lane.
#[derive(Default)]
struct Share {
    taken: usize,
    waiting: VecDeque<(u64, oneshot::Sender<Place>)>,
}

/// A place; free for the next one when dropped.
pub struct Place(Option<(Arc<Places>, Tenant)>);

/// There is no place, and none soon enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overloaded;

impl Capacity {
    /// As configured, for a process with so many connections to the database.
    pub fn new(config: &ServerConfig, connections: u32, metrics: &[WorkMetrics; 3]) -> Self {
        let size = match config.concurrency {
            0 => 2 * connections as usize,
            size => size,
        };
        let queue = match config.queue {
            0 => (4 * size).max(LEAST_QUEUE),
            queue => queue,
        };
        let [module, identity, collector] = metrics;
        Self([
            Places::new(size, queue, module),
            Places::new(size.div_ceil(4), queue, identity),
            Places::new(size, queue, collector),
        ])
    }

    /// Takes a place, waiting for one until `until` at most.
    ///
    /// Cancel safe: whoever gives up is not waiting any more.
    ///
    /// # Errors
    /// Too many wait already, or none became free in time.
    pub async fn place(
        &self,
        lane: Lane,
        tenant: Tenant,
        until: Instant,
    ) -> Result<Place, Overloaded> {
        let places = &self.0[lane as usize];
        let (ticket, granted) = match places.take(tenant) {
            Ok(place) => return Ok(place),
            Err(queued) => queued?,
        };
        let _waiter = Waiter { places, tenant, ticket };
        match timeout_at(until, granted).await {
            Ok(Ok(place)) => Ok(place),
            _ => {
                places.metrics.late.inc();
                Err(Overloaded)
            }
        }
    }
}

type Queued = (u64, oneshot::Receiver<Place>);

impl Places {
    fn new(size: usize, queue: usize, metrics: &WorkMetrics) -> Arc<Self> {
        Arc::new(Self { size, queue, state: Mutex::default(), metrics: metrics.clone() })
    }

    /// Places that one tenant may have.
    fn share(&self) -> usize {
        self.size - self.size / 4
    }

    /// A place, or what a waiter waits for.
    fn take(self: &Arc<Self>, tenant: Tenant) -> Result<Place, Result<Queued, Overloaded>> {
        let mut state = self.state();
        let state = &mut *state;
        let share = state.tenants.entry(tenant).or_default();
        // Where there is room, nobody waits who could have it.
        if state.taken < self.size && share.taken < self.share() {
            share.taken += 1;
            state.taken += 1;
            self.metrics.running.inc();
            return Ok(Place(Some((Arc::clone(self), tenant))));
        }
        if state.waiting >= self.queue || share.waiting.len() >= self.queue.div_ceil(2) {
            state.forget_if_idle(tenant);
            self.metrics.refused.inc();
            return Err(Err(Overloaded));
        }
        let (sender, receiver) = oneshot::channel();
        if share.waiting.is_empty() {
            state.turns.push_back(tenant);
        }
        state.waiting += 1;
        state.last_ticket += 1;
        share.waiting.push_back((state.last_ticket, sender));
        self.metrics.waiting.inc();
        Err(Ok((state.last_ticket, receiver)))
    }

    /// Gives the place of `tenant` back, and free places to who waits, tenants by turns.
    fn give_back(self: &Arc<Self>, tenant: Tenant) {
        let mut state = self.state();
        state.taken -= 1;
        self.metrics.running.dec();
        if let Some(share) = state.tenants.get_mut(&tenant) {
            share.taken -= 1;
        }
        state.forget_if_idle(tenant);
        let mut full = 0;
        while state.taken < self.size && full < state.turns.len() {
            let Some(next) = state.turns.pop_front() else { break };
            if state.tenants.get(&next).is_some_and(|share| share.taken >= self.share()) {
                state.turns.push_back(next);
                full += 1;
                continue;
            }
            self.grant(&mut state, next);
        }
    }

    /// Gives a place to the first waiter of a tenant who is still there.
    fn grant(self: &Arc<Self>, state: &mut State, tenant: Tenant) {
        let Some(share) = state.tenants.get_mut(&tenant) else { return };
        while let Some((_, waiter)) = share.waiting.pop_front() {
            state.waiting -= 1;
            self.metrics.waiting.dec();
            match waiter.send(Place(Some((Arc::clone(self), tenant)))) {
                Ok(()) => {
                    share.taken += 1;
                    state.taken += 1;
                    self.metrics.running.inc();
                    break;
                }
                // Nobody has it: there is nothing to give back.
                Err(mut place) => place.0 = None,
            }
        }
        if !share.waiting.is_empty() {
            state.turns.push_back(tenant);
        }
        state.forget_if_idle(tenant);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn forget_if_idle(&mut self, tenant: Tenant) {
        if let Entry::Occupied(share) = self.tenants.entry(tenant)
            && share.get().taken == 0
            && share.get().waiting.is_empty()
        {
            share.remove();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((places, tenant)) = self.0.take() {
            places.give_back(tenant);
        }
    }
}

/// Leaves the queue when dropped.
struct Waiter<'a> {
    places: &'a Arc<Places>,
    tenant: Tenant,
    ticket: u64,
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut state = self.places.state();
        let Some(share) = state.tenants.get_mut(&self.tenant) else { return };
        let Some(at) = share.waiting.iter().position(|(ticket, _)| *ticket == self.ticket) else {
            return;
        };
        let left = share.waiting.remove(at);
        let none_waits = share.waiting.is_empty();
        state.waiting -= 1;
        self.places.metrics.waiting.dec();
        if none_waits {
            state.turns.retain(|tenant| *tenant != self.tenant);
            state.forget_if_idle(self.tenant);
        }
        drop(state);
        drop(left);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt as _;

    use super::*;
    use crate::core::config::Config;
    use crate::core::telemetry::Metrics;

    const A: Tenant = Tenant::Partner(1);
    const B: Tenant = Tenant::Partner(2);

    fn capacity(concurrency: usize, queue: usize) -> Capacity {
        let toml = format!("[server]\nconcurrency = {concurrency}\nqueue = {queue}");
        let config = Config::from_toml(&toml).expect("loads");
        let metrics = Metrics::new(Duration::ZERO, &config.metrics).expect("registers");
        Capacity::new(&config.server, 1, &metrics.work)
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[tokio::test(start_paused = true)]
    async fn one_tenants_burst_is_that_tenants_wait() {
        let capacity = capacity(4, 100);
        let place = |tenant| Box::pin(capacity.place(Lane::Module, tenant, soon()));
        let mut held = Vec::new();
        for _ in 0..3 {
            held.push(place(A).await.expect("room"));
        }
        let mut burst: Vec<_> = (0..20).map(|_| place(A)).collect();
        for waiting in &mut burst {
            assert!(waiting.now_or_never().is_none(), "three quarters at most");
        }
        let mine = place(B).await.expect("the burst is in nobody's way");
        let mut next = place(B);
        assert!((&mut next).now_or_never().is_none(), "all places are taken");
        held.pop();
        // A waited first, but then it is B's turn although 19 of A are before it.
        assert!((&mut burst[0]).now_or_never().is_some_and(|place| place.is_ok()));
        assert!((&mut burst[1]).now_or_never().is_none(), "one place is for one request");
        assert!((&mut next).now_or_never().is_some_and(|place| place.is_ok()));
        drop((mine, held, burst));
        let left = capacity.0[0].state();
        assert!(left.tenants.is_empty());
        assert_eq!((left.taken, left.waiting), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn who_would_wait_in_vain_is_told_so_at_once() {
        let capacity = capacity(4, 6);
        let place = |tenant| Box::pin(capacity.place(Lane::Module, tenant, soon()));
        let _held = [place(A).await, place(A).await, place(A).await, place(B).await];
        let mut queue: Vec<_> = (0..6).map(|i| place(if i < 3 { A } else { B })).collect();
        for (i, waiting) in queue.iter_mut().enumerate() {
            assert!(waiting.now_or_never().is_none(), "{i}");
        }
        assert_eq!(place(A).await.err(), Some(Overloaded));
        assert_eq!(place(Tenant::Unknown).await.err(), Some(Overloaded));
        // Who gives up makes room.
        queue.pop();
        assert!(place(Tenant::Unknown).now_or_never().is_none());
        let past = capacity.place(Lane::Module, Tenant::Unknown, Instant::now());
        assert_eq!(past.await.err(), Some(Overloaded));
        let identity = capacity.place(Lane::Identity, Tenant::Unknown, soon());
        assert!(identity.await.is_ok(), "another lane");
    }
}
