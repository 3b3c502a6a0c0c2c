//! Which accounts a search finds.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::super::dao;
use super::super::entity::{Answer, Question};
use crate::core::db::clickhouse_is_away;
use crate::core::error::Error;
use crate::core::query::Clause;
use crate::core::stores::Stores;
use crate::core::unit_of_work::UnitOfWork;

/// How long ClickHouse is not asked after it did not answer.
const PAUSE: Duration = Duration::from_secs(1);
/// Longest wait for its word whether the table is complete.
const PATIENCE: Duration = Duration::from_secs(1);
/// What is left of a request for PostgreSQL, which answers where ClickHouse does not in time.
const RESERVE: Duration = Duration::from_secs(2);
/// How long it is taken for granted that the table is complete, and that it is not.
const READY_AGE: Duration = Duration::from_secs(30);
const UNREADY_AGE: Duration = Duration::from_secs(1);

/// The search table of a process. Cloning is cheap.
#[derive(Clone, Default)]
pub struct ProfileSearch {
    seen: Arc<Mutex<Option<Seen>>>,
}

/// What was seen of the table.
#[derive(Debug, Clone, Copy)]
struct Seen {
    state: State,
    until: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ready,
    /// It was never built.
    Unready,
    /// ClickHouse does not answer.
    Away,
}

/// Why the search table did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// It was never built, or there is no ClickHouse.
    Unready,
    /// ClickHouse does not answer.
    Away,
}

impl ProfileSearch {
    /// Whether the table answers a condition just as PostgreSQL does.
    pub fn knows(clause: &Clause) -> bool {
        dao::is_askable(clause)
    }

    /// The page of a search, where [`ProfileSearch::silence`] said nothing; why there is none where it falls
    /// silent now.
    ///
    /// # Errors
    /// Too many searches are at work; the deadline passed; ClickHouse refuses the statement.
    pub async fn find(
        &self,
        unit: &UnitOfWork,
        question: &Question<'_>,
    ) -> Result<Result<Answer, Silence>, Error> {
        let asking = async { dao::find(&unit.clickhouse().await?, question).await };
        let patience = unit.remaining().saturating_sub(RESERVE);
        match tokio::time::timeout(patience, asking).await {
            Ok(Err(error)) if clickhouse_is_away(&error) => {
                tracing::warn!(%error, "searches go to PostgreSQL");
            }
            Ok(answered) => return answered.map(Ok),
            Err(_) => {
                tracing::warn!("ClickHouse did not answer in time; searches go to PostgreSQL");
            }
        }
        self.remember(State::Away, PAUSE);
        Ok(Err(Silence::Away))
    }

    /// Why the table cannot be asked now, if so.
    pub async fn silence(&self, stores: &Stores) -> Option<Silence> {
        match self.state(stores).await {
            State::Ready => None,
            State::Unready => Some(Silence::Unready),
            State::Away => Some(Silence::Away),
        }
    }

    /// One asks for all; the others go by what was seen before, so that nobody waits for a ClickHouse that does
    /// not answer.
    async fn state(&self, stores: &Stores) -> State {
        let Some(clickhouse) = &stores.clickhouse else { return State::Unready };
        if let Some(state) = self.known() {
            return state;
        }
        let asked = tokio::time::timeout(PATIENCE, dao::is_ready(clickhouse)).await;
        let (state, age) = match asked {
            Ok(Ok(true)) => (State::Ready, READY_AGE),
            Ok(Ok(false)) => (State::Unready, UNREADY_AGE),
            Ok(Err(error)) => {
                tracing::warn!(%error, "searches go to PostgreSQL");
                (State::Away, PAUSE)
            }
            Err(_) => (State::Away, PAUSE),
        };
        self.remember(state, age);
        state
    }

    /// What was seen last, unless that was too long ago: then for the first one nothing.
    fn known(&self) -> Option<State> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let last = seen.map_or(State::Unready, |seen| seen.state);
        if seen.is_some_and(|seen| Instant::now() < seen.until) {
            return Some(last);
        }
        *seen = Some(Seen { state: last, until: Instant::now() + PATIENCE });
        None
    }

    fn remember(&self, state: State, age: Duration) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen = Some(Seen { state, until: Instant::now() + age });
    }
}
