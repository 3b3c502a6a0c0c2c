//! Accounts of about the same size and categories as another one.

use utoipa::IntoParams;

use super::super::dao::account::{Along, Link};
use super::super::dao::search::{FoundPage, Search, SortKey};
use super::super::dto::ProfilesOut;
use super::super::manager::account::Source;
use super::super::manager::account_path::AccountPath;
use super::super::manager::{counting, mask, similar, sort};
use super::profile::account;
use super::{DiscoveryService, shown};
use crate::core::envelope::Status;
use crate::core::error::Error;
use crate::core::query::{Direction, ListIn, QueryPairs};
use crate::core::route::QueryIn;
use crate::core::unit_of_work::UnitOfWork;

/// Parameters of a search for similar accounts besides those of lists.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SourceIn {
    /// GCC: links that creators confirmed.
    #[param(value_type = Option<String>)]
    pub source: Source,
}

impl QueryIn for SourceIn {
    fn read(query: &QueryPairs) -> Self {
        Self { source: Source::parse(query.get("source")) }
    }
}

impl DiscoveryService {
    /// A page of accounts that are similar to one; filters of the list are ignored.
    ///
    /// # Errors
    /// `record not found`, another direction than `asc` or `desc`, or a
    /// store error.
    pub async fn similar(
        &self,
        unit: &UnitOfWork,
        path: AccountPath,
        list: &ListIn,
        source: Source,
    ) -> Result<ProfilesOut, Error> {
        let direction = Direction::parse(list.sort_dir.as_deref())?;
        let platform = path.platform;
        let of = account(unit, path, Along::link(Link::Saas)).await?;
        let sort = sort::keys(platform, list.sort_by.as_deref(), false);
        let paging = list.paging("", sort.iter().map(SortKey::kind))?;
        let before = paging.before();
        let found = match similar::clauses(&of.account) {
            None => FoundPage::default(),
            Some(clauses) => {
                let search = Search {
                    platform,
                    clauses,
                    uses_campaign: false,
                    collection: None,
                    sort,
                    direction,
                    paging,
                    counts_to: None,
                    along: Along::link(source.link()),
                };
                self.page(unit, &unit.stale_read(), &search).await?
            }
        };
        let FoundPage { rows: found, next, may_follow, .. } = found;
        let total = counting::uncounted(before, found.len(), may_follow);
        let message = ProfilesOut::message(found.len());
        let status = Status::success(message, total).with_next(next);
        let plan = unit.caller().gated_plan();
        let profiles = found.iter().map(|found| {
            let mut profile = shown(found, source, unit);
            mask::listed(&mut profile, plan);
            profile
        });
        Ok(ProfilesOut { status, profiles: profiles.collect() })
    }
}
