//! The modules: one per service prefix, each with its own api, service, manager and dao.

pub mod activity;
pub mod collection_group;
pub mod content;
pub mod discovery;
pub mod genre_insights;
pub mod identity;
pub mod keyword_collection;
pub mod leaderboard;
pub mod partner;
pub mod partner_usage;
pub mod post_collection;
pub mod profile_collection;
pub mod usage;
pub mod warehouse;

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::core::config::Config;
use crate::core::events::Topology;
use crate::core::files::Files;
use crate::core::job_batch::JobTracker;
use crate::core::jobs::{self, Job};
use activity::ActivityService;
use content::ContentService;
use discovery::DiscoveryService;
use genre_insights::GenreInsightsService;
use identity::IdentityService;
use leaderboard::LeaderboardService;
use partner::PartnerService;
use partner_usage::PartnerUsageService;
use usage::UsageService;

/// The services of all modules, built once and shared by all workers.
#[derive(Clone)]
pub struct Modules {
    /// People and sessions.
    pub identity: IdentityService,
    /// Contracts.
    pub partner: PartnerService,
    activity: Arc<ActivityService>,
    content: Arc<ContentService>,
    discovery: Arc<DiscoveryService>,
    genre_insights: Arc<GenreInsightsService>,
    leaderboard: Arc<LeaderboardService>,
    partner_usage: Arc<PartnerUsageService>,
    jobs: Arc<[Job]>,
    job_tracker: Arc<JobTracker>,
    /// Whether the routes of the built-in services exist: an external one takes their place.
    serves_identity: bool,
    serves_partner: bool,
}

impl Modules {
    /// Builds the services; nothing is connected yet.
    pub fn new(config: &Config) -> Self {
        let files = Arc::new(Files::new(config));
        let discovery = Arc::new(DiscoveryService::new(config, UsageService::new(config)));
        Self {
            identity: IdentityService::default(),
            partner: PartnerService::new(config),
            activity: Arc::new(ActivityService::new(config)),
            content: Arc::new(ContentService::new(Arc::clone(&discovery))),
            genre_insights: Arc::new(GenreInsightsService),
            partner_usage: Arc::new(PartnerUsageService::new(config, Arc::clone(&discovery))),
            jobs: all_jobs(config),
            leaderboard: Arc::new(LeaderboardService::new(config, Arc::clone(&discovery), files)),
            job_tracker: Arc::new(JobTracker::new(&config.job_tracker)),
            discovery,
            serves_identity: config.identity.url.is_empty(),
            serves_partner: config.partner.url.is_empty(),
        }
    }

    /// What the modules do with messages, and who listens to theirs.
    pub fn topology(&self) -> Topology {
        let mut subscriptions = discovery::subscriptions(&self.discovery);
        subscriptions.extend(leaderboard::subscriptions(&self.leaderboard, &self.job_tracker));
        let mut publications = vec![usage::ACTIVITY_LOG];
        if self.serves_identity {
            publications.push(identity::SIGN_IN_BLOCKED);
        }
        Topology { subscriptions, publications }
    }

    /// What is done on a schedule.
    pub fn jobs(&self) -> Arc<[Job]> {
        Arc::clone(&self.jobs)
    }

    /// Mounts the services and routes of all modules.
    pub fn configure(&self, config: &mut ServiceConfig<'_>) {
        config
            .app_data(web::Data::from(Arc::clone(&self.activity)))
            .app_data(web::Data::from(Arc::clone(&self.content)))
            .app_data(web::Data::from(Arc::clone(&self.discovery)))
            .app_data(web::Data::from(Arc::clone(&self.genre_insights)))
            .app_data(web::Data::from(Arc::clone(&self.leaderboard)))
            .app_data(web::Data::from(Arc::clone(&self.partner_usage)))
            .configure(activity::routes)
            .configure(collection_group::routes)
            .configure(content::routes)
            .configure(discovery::routes)
            .configure(genre_insights::routes)
            .configure(leaderboard::routes)
            .configure(partner_usage::routes);
        if self.serves_identity {
            config.app_data(web::Data::new(self.identity.clone())).configure(identity::routes);
        }
        if self.serves_partner {
            config.app_data(web::Data::new(self.partner.clone())).configure(partner::routes);
        }
    }
}

fn all_jobs(config: &Config) -> Arc<[Job]> {
    let mut all = usage::jobs(config);
    all.extend(discovery::jobs(config));
    all.extend(identity::jobs(config));
    all.push(jobs::housekeeping(Duration::from_secs(config.jobs.housekeeping_secs)));
    all.into()
}
