//! The jobs of a process as its configuration has them.

use std::sync::Arc;

use super::{Job, When};
use crate::core::config::{Config, ConfigError};

/// The jobs, with the times of `[jobs.cron]` in place of what their modules say.
///
/// # Errors
/// `[jobs.cron]` names an unknown job; two jobs have one name; a job waits for one that does not exist,
/// or in a circle.
pub fn plan(jobs: &[Job], config: &Config) -> Result<Arc<[Job]>, ConfigError> {
    let refuse = |key, reason: String| Err(ConfigError::Value { key, reason });
    let mut planned = jobs.to_vec();
    for (key, cron) in &config.jobs.cron {
        let job = planned.iter_mut().find(|job| job.name.replace('-', "_") == *key);
        let Some(job) = job else {
            let names = jobs.iter().map(|job| job.name.replace('-', "_"));
            let names: Vec<_> = names.collect();
            return refuse("jobs.cron", format!("no job {key}, only {}", names.join(", ")));
        };
        job.when = When::Cron(cron.clone(), config.app.time_zone);
    }
    for (index, job) in planned.iter().enumerate() {
        if planned.iter().take(index).any(|other| other.name == job.name) {
            return refuse("jobs", format!("two jobs are named {}", job.name));
        }
        let mut at = job;
        for _ in 0..planned.len() {
            let When::After(before) = at.when else { break };
            let Some(found) = planned.iter().find(|other| other.name == before) else {
                return refuse("jobs", format!("{} is after {before}, which is no job", at.name));
            };
            at = found;
        }
        if matches!(at.when, When::After(_)) {
            return refuse("jobs", format!("{} waits for itself", at.name));
        }
    }
    Ok(planned.into())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn job(name: &'static str, when: impl Into<When>) -> Job {
        Job::new((name, "x"), when, async |_| Ok(0))
    }

    fn planned(jobs: &[Job], config: &str) -> Result<Vec<String>, String> {
        let config = Config::from_toml(config).map_err(|error| error.to_string())?;
        let planned = plan(jobs, &config).map_err(|error| error.to_string())?;
        Ok(planned.iter().map(|job| job.when.to_string()).collect())
    }

    #[test]
    fn operators_choose_times_of_day() {
        let jobs = [job("a-b", Duration::from_secs(5)), job("c", When::After("a-b"))];
        let config = "[app]\ntime_zone = \"Europe/Berlin\"\n[jobs.cron]\na_b = \"30 3 * * *\"\n";
        let whens = planned(&jobs, config).expect("a plan");
        assert_eq!(whens, ["30 3 * * * (Europe/Berlin)", "after a-b"]);
        assert_eq!(planned(&jobs, "").expect("a plan")[0], "every 5 s");
        let refused = planned(&jobs, "[jobs.cron]\nx = \"0 3 * * *\"\n").expect_err("unknown");
        assert!(refused.ends_with("no job x, only a_b, c"), "{refused}");
        let refused = planned(&jobs, "[jobs.cron]\na_b = \"soon\"\n").expect_err("no cron");
        assert!(refused.contains("soon"), "{refused}");
    }

    #[test]
    fn jobs_that_could_never_run_are_refused() {
        for (jobs, reason) in [
            (vec![job("a", When::After("b"))], "a is after b, which is no job"),
            (vec![job("a", When::After("b")), job("b", When::After("a"))], "waits for itself"),
            (vec![job("a", When::ByHand), job("a", When::ByHand)], "two jobs are named a"),
        ] {
            let refused = planned(&jobs, "").expect_err(reason);
            assert!(refused.contains(reason), "{refused}");
        }
    }
}
