//! Topics whose events wait, because what they need at the broker is not as it should be. All other
//! events go on.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Pause between two looks at what is not as it should be.
pub(super) const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// The held topics of a process, and from where on its relay looks for events of the others.
#[derive(Default)]
pub(super) struct Holds(Mutex<State>);

#[derive(Default)]
struct State {
    topics: Arc<Vec<String>>,
    /// No event of another topic with this id or a smaller one waits: looking starts behind it, because
    /// rows that were deleted before it may still be there for an old transaction's sake, and those of
    /// held topics are.
    floor: i64,
    /// When to look again; `None` while everything is as it should be.
    look_again: Option<Instant>,
}

impl Holds {
    /// Held topics and the floor that holds for the others.
    pub fn now(&self) -> (Arc<Vec<String>>, i64) {
        let state = self.state();
        (Arc::clone(&state.topics), state.floor)
    }

    /// What a look found: the topics to hold from now on, and whether anything is amiss. True if some
    /// are no longer held.
    pub fn found(&self, topics: BTreeSet<String>, amiss: bool) -> bool {
        let mut state = self.state();
        let released = state.topics.iter().any(|one| !topics.contains(one));
        if released {
            state.floor = 0;
        }
        state.topics = Arc::new(topics.into_iter().collect());
        state.look_again = amiss.then(|| Instant::now() + LOOK_AGAIN);
        released
    }

    /// Holds more topics until the next look.
    pub fn hold(&self, topics: BTreeSet<String>) {
        let mut state = self.state();
        let all: BTreeSet<String> = state.topics.iter().cloned().chain(topics).collect();
        state.topics = Arc::new(all.into_iter().collect());
        state.look_again.get_or_insert_with(|| Instant::now() + LOOK_AGAIN);
    }

    /// Whether it is time to look again; true to one of those who ask.
    pub fn is_due(&self) -> bool {
        let mut state = self.state();
        let now = Instant::now();
        let due = state.look_again.is_some_and(|at| at <= now);
        if due {
            state.look_again = Some(now + LOOK_AGAIN);
        }
        due
    }

    /// Whether anything is amiss.
    pub fn is_amiss(&self) -> bool {
        self.state().look_again.is_some()
    }

    /// Sets the floor that was found while `topics` were held, unless some were released meanwhile.
    pub fn set_floor(&self, floor: i64, topics: &Arc<Vec<String>>) {
        let mut state = self.state();
        let none_released = topics.iter().all(|one| state.topics.contains(one));
        state.floor = if none_released { floor } else { 0 };
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(topics: &[&str]) -> BTreeSet<String> {
        topics.iter().map(|one| (*one).to_owned()).collect()
    }

    #[test]
    fn a_released_topic_is_looked_for_from_the_beginning() {
        let holds = Holds::default();
        assert!(!holds.is_amiss() && !holds.is_due());
        assert!(!holds.found(set(&["a", "b"]), true));
        let (held, _) = holds.now();
        holds.set_floor(70, &held);
        assert_eq!(holds.now().1, 70);
        holds.hold(set(&["c"]));
        assert_eq!((holds.now().0.len(), holds.now().1), (3, 70));
        assert!(holds.found(set(&["a", "c"]), true));
        assert_eq!(holds.now().1, 0);
        // A sweep that began before the release knows nothing of the events of `b`.
        holds.set_floor(90, &held);
        assert_eq!(holds.now().1, 0);
        assert!(holds.found(set(&[]), false));
        assert!(!holds.is_amiss());
    }
}
