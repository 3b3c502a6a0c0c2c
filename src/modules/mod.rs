//! The modules: one per service prefix, each with its own api, service, manager and dao.

pub mod activity;
pub mod campaign;
pub mod campaign_profile;
pub mod collection_analytics;
pub mod collection_group;
pub mod collection_metrics;
pub mod content;
pub mod discovery;
pub mod genre_insights;
pub mod identity;
pub mod keyword_collection;
/// The module that CONTRIBUTING.md has people copy: it compiles.
#[cfg(test)]
#[path = "../../examples/label/mod.rs"]
mod label;
pub mod leaderboard;
pub mod partner;
pub mod partner_usage;
pub mod post_collection;
pub mod profile_collection;
pub mod profile_search;
pub mod usage;
pub mod warehouse;

use std::sync::Arc;
use std::time::Duration;

use crate::core::config::{Config, ConfigError};
use crate::core::events::Topology;
use crate::core::files::Files;
use crate::core::job_batch::JobTracker;
use crate::core::jobs::{self, Job};
use crate::core::module::{self, Module, Standing};
use activity::ActivityService;
use discovery::DiscoveryService;
use identity::IdentityService;
use partner::PartnerService;
use post_collection::PostCollectionEditor;
use profile_collection::ProfileCollectionEditor;
use usage::UsageService;

/// The modules, built once and shared by all workers.
#[derive(Clone)]
pub struct Modules {
    /// People and sessions.
    pub identity: Arc<IdentityService>,
    /// Contracts.
    pub partner: Arc<PartnerService>,
    /// All of them, also those that are off.
    pub all: Arc<[Module]>,
    /// What is done on a schedule.
    pub jobs: Arc<[Job]>,
}

impl Modules {
    /// Builds the modules; nothing is connected yet.
    ///
    /// # Errors
    /// `modules.off` names one that does not exist.
    pub fn new(config: &Config) -> Result<Self, ConfigError> {
        let identity = Arc::new(IdentityService::default());
        let partner = Arc::new(PartnerService::new(config));
        let discovery = Arc::new(DiscoveryService::new(config, UsageService::new(config)));
        let activity = Arc::new(ActivityService::new(config));
        let files = Arc::new(Files::new(config));
        let tracker = Arc::new(JobTracker::new(&config.job_tracker));
        let post_collections =
            PostCollectionEditor::new(UsageService::new(config), &discovery, &tracker);
        let post_collections = Arc::new(post_collections);
        let profiles =
            ProfileCollectionEditor::new(UsageService::new(config), &discovery, &tracker);
        let profiles = Arc::new(profiles);
        let mut all = vec![
            usage::module(config),
            campaign::module(config),
            discovery::module(config, &discovery),
            leaderboard::module(config, &discovery, (&files, &tracker)),
            genre_insights::module(),
            content::module(&discovery),
            collection_group::module(),
            collection_metrics::module(),
            partner_usage::module(config, (&discovery, &activity)),
            activity::module(&activity),
            warehouse::module(config),
            profile_search::module(config),
            profile_collection::module(&profiles, (&files, &tracker)),
            post_collection::module(&post_collections, &tracker),
            collection_analytics::module(&discovery, (&files, &tracker)),
            keyword_collection::module(config, &discovery),
            campaign_profile::module(config, &discovery),
            Module::new("social-profile").standing(Standing::Elsewhere),
        ];
        // An external service takes the place of a built-in one.
        if config.identity.url.is_empty() {
            all.push(identity::module(config, &identity));
        }
        if config.partner.url.is_empty() {
            all.push(partner::module(&partner));
        }
        module::switch_off(&mut all, &config.modules.off)?;
        let housekeeping = Duration::from_secs(config.jobs.housekeeping_secs);
        let jobs = all.iter().flat_map(|module| module.jobs().to_vec());
        let jobs = jobs.chain([jobs::housekeeping(housekeeping)]).collect();
        Ok(Self { identity, partner, all: all.into(), jobs })
    }

    /// What a process with them does with messages, and who listens to its own.
    pub fn topology(&self) -> Topology {
        module::topology(&self.all)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_module_to_copy_has_its_routes() {
        let module = super::label::module();
        let routes: Vec<_> =
            module.all_routes().map(|(path, route)| (route.method.to_string(), path)).collect();
        let expected = [
            ("POST", "/label-service/api/label"),
            ("POST", "/label-service/api/label/search"),
            ("GET", "/label-service/api/label/{id}"),
            ("PUT", "/label-service/api/label/{id}"),
        ];
        assert_eq!(routes, expected.map(|(method, path)| (method.to_owned(), path.to_owned())));
    }
}
