//! Use cases of the module.

mod accounts;
mod announced;
mod audience;
mod by_handle;
mod collected;
mod content;
mod edited;
mod found;
mod hashtags;
pub(super) mod jobs;
mod locations;
mod owners;
mod profile;
mod refresh;
mod resolve;
mod search;
mod similar;
mod time_series;
mod upsert;

use std::sync::Arc;

use chrono_tz::Tz;

pub use accounts::AccountCard;
pub use collected::Collected;
pub use edited::{campaign_profile, own_entry, unmasked_campaign_profile};
pub use profile::ProfileQuery;
pub use resolve::{AccountName, NamedBy, ResolvedAccount};
pub use search::{SearchParams, SearchQuery};
pub use similar::SourceIn;

pub use super::manager::account::Source;

use super::client::Collector;
use super::dto::ProfileOut;
use super::entity::Found;
use super::manager::account::profile;
use crate::core::config::{Config, SearchStore};
use crate::core::error::Error;
use crate::core::turns::Turns;
use crate::core::types::Platform;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::profile_search::ProfileSearch;
use crate::modules::usage::UsageService;

/// Accounts of creators: search, profiles, links and what they publish.
#[derive(Clone)]
pub struct DiscoveryService {
    usage: UsageService,
    /// Business zone, in which days begin.
    zone: Tz,
    /// Where searches look.
    search_in: SearchStore,
    table: ProfileSearch,
    /// Matches that a search counts at most.
    most_counted: u64,
    /// Country whose accounts tenants find; none = all.
    country: Option<Arc<str>>,
    collector: Arc<Collector>,
    /// At most one collector call per account at a time.
    fetches: Arc<Turns<(Platform, String)>>,
}

impl DiscoveryService {
    /// The service of a process.
    pub fn new(config: &Config, usage: UsageService) -> Self {
        let country = Some(config.discovery.country.as_str()).filter(|code| !code.is_empty());
        Self {
            usage,
            zone: config.app.time_zone,
            search_in: config.discovery.search_in,
            table: ProfileSearch::default(),
            most_counted: config.discovery.most_counted,
            country: country.map(Arc::from),
            collector: Arc::new(Collector::new(&config.collector)),
            fetches: Arc::default(),
        }
    }
}

/// Platform of a path.
fn platform(text: &str) -> Result<Platform, Error> {
    Platform::parse(text).ok_or_else(Error::invalid_platform)
}

/// The profile of an account whose links were read by the same source.
fn shown(found: &Found, source: Source, unit: &UnitOfWork) -> ProfileOut {
    profile(found, source, source.link(), unit.caller())
}
