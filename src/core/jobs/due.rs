//! When a job is due, from what is remembered of it.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::state::JobState;
use super::{Job, When};

/// Longest pause before an attempt after a failure.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// When the job is due, which may be before `now`; `None` = not before another job succeeds, or somebody
/// runs it by hand. `states` are those of all jobs.
pub fn due(job: &Job, states: &[JobState], now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let of = |name: &str| states.iter().find(|state| state.name == name);
    let awaited = match job.when {
        When::After(other) => of(other).and_then(|state| state.last_succeeded_at),
        _ => None,
    };
    let unknown = JobState::default();
    let known = of(job.name).unwrap_or(&unknown);
    let scheduled = scheduled(job, known, awaited, now);
    match job.when {
        When::ByHand => None,
        _ => scheduled.into_iter().chain(retry(job, known)).min(),
    }
}

/// The same without attempts after a failure.
pub(super) fn scheduled(
    job: &Job,
    known: &JobState,
    awaited: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let started = known.last_started_at;
    match &job.when {
        When::Every(every) => match started {
            Some(started) => started.checked_add_signed(chrono::TimeDelta::from_std(*every).ok()?),
            None => Some(now),
        },
        When::Cron(cron, zone) => match started {
            Some(started) => cron.next_after(started, *zone),
            None => Some(now),
        },
        When::After(_) => awaited.filter(|success| started.is_none_or(|start| *success > start)),
        When::ByHand => None,
    }
}

/// The next attempt after a failure, if one is left. A run without an end may be going on, which the lock
/// tells; else its replica died, which counts as a failure.
fn retry(job: &Job, known: &JobState) -> Option<DateTime<Utc>> {
    let started = known.last_started_at?;
    let (failures, since) = match known.last_finished_at {
        Some(finished) if finished >= started => (known.failures, finished),
        _ => (known.failures + 1, started),
    };
    if failures == 0 || failures > job.retries {
        return None;
    }
    let doubled = 2_u32.checked_pow(failures - 1).unwrap_or(u32::MAX);
    let pause = job.retry_pause.saturating_mul(doubled).min(LONGEST_PAUSE);
    since.checked_add_signed(chrono::TimeDelta::from_std(pause).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-03-01T{text}Z").parse().expect("an instant")
    }

    fn job(when: impl Into<When>) -> Job {
        Job::new(("job", "x"), when, async |_| Ok(0)).retries(2, Duration::from_secs(30))
    }

    fn known(started: &str, finished: &str, failures: u32) -> JobState {
        JobState {
            name: "job".to_owned(),
            last_started_at: Some(at(started)),
            last_finished_at: Some(at(finished)),
            failures,
            ..JobState::default()
        }
    }

    fn due_of(job: &Job, states: &[JobState]) -> Option<DateTime<Utc>> {
        due(job, states, at("12:00:00"))
    }

    #[test]
    fn what_never_ran_is_due_unless_it_waits_for_something() {
        let cron = When::Cron("0 3 * * *".parse().expect("cron"), chrono_tz::Tz::UTC);
        for when in [When::Every(HOUR), cron] {
            assert_eq!(due_of(&job(when), &[]), Some(at("12:00:00")));
        }
        for when in [When::After("other"), When::ByHand] {
            assert_eq!(due_of(&job(when), &[]), None);
        }
    }

    #[test]
    fn intervals_and_times_count_from_the_start() {
        let known = [known("10:15:00", "10:20:00", 0)];
        assert_eq!(due_of(&job(HOUR), &known), Some(at("11:15:00")));
        let cron = When::Cron("0 9,11 * * *".parse().expect("cron"), chrono_tz::Tz::UTC);
        assert_eq!(due_of(&job(cron), &known), Some(at("11:00:00")));
    }

    #[test]
    fn a_job_follows_each_success_of_another_one_once() {
        let job = job(When::After("other"));
        let other = |success: &str| JobState {
            name: "other".to_owned(),
            last_succeeded_at: Some(at(success)),
            ..JobState::default()
        };
        assert_eq!(due_of(&job, &[other("10:00:00")]), Some(at("10:00:00")));
        let known = known("10:15:00", "10:20:00", 0);
        assert_eq!(due_of(&job, &[other("10:00:00"), known.clone()]), None);
        assert_eq!(due_of(&job, &[other("10:16:00"), known]), Some(at("10:16:00")));
    }

    #[test]
    fn failures_are_tried_again_with_growing_pauses_until_none_is_left() {
        let due = |failures| due_of(&job(HOUR), &[known("10:15:00", "10:20:00", failures)]);
        assert_eq!(due(1), Some(at("10:20:30")));
        assert_eq!(due(2), Some(at("10:21:00")));
        assert_eq!(due(3), Some(at("11:15:00")));
        let by_hand = job(When::ByHand);
        assert_eq!(due_of(&by_hand, &[known("10:15:00", "10:20:00", 1)]), None);
    }

    #[test]
    fn a_run_that_never_ended_counts_as_a_failure() {
        let due = |failures| due_of(&job(HOUR), &[known("10:15:00", "09:20:00", failures)]);
        assert_eq!(due(0), Some(at("10:15:30")));
        assert_eq!(due(2), Some(at("11:15:00")));
    }
}
