//! Growth of accounts.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::DiscoveryService;
use crate::core::envelope::Status;
use crate::core::error::{Error, Refusal};
use crate::core::query::{ListIn, Sort, compile};
use crate::core::route::ListFields as _;
use crate::core::types::{Plan, Platform};
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::discovery::dao;
use crate::modules::discovery::dao::time_series::GrowthQuery;
use crate::modules::discovery::dto::{GrowthFields, TimeSeriesOut};
use crate::modules::discovery::entity::time_series::SeriesPoint;
use crate::modules::discovery::manager::account_path::AccountPath;
use crate::modules::discovery::manager::time_series::{
    DEFAULT_SORT, SORT_ONLY, growth, growth_filters,
};
use crate::modules::usage::Activity;

impl DiscoveryService {
    /// Growth of an account. The plan is looked at before the list request, and the first call of
    /// a partner for a profile is charged, and unlocks it, after everything else went well.
    ///
    /// # Errors
    /// `invalid Request` without a paid plan or for unknown fields, `record not found`,
    /// `invalid request` when the charge is refused, a store error.
    pub async fn time_series(
        &self,
        unit: &UnitOfWork,
        account: AccountPath,
        list: Result<ListIn, Error>,
    ) -> Result<TimeSeriesOut, Error> {
        let plan = unit.caller().gated_plan();
        if plan == Some(Plan::Free) {
            return Err(Error::plan_required());
        }
        let list = list?;
        let query = growth_query(account, &list, self.zone)?;
        if !self.account_exists(unit, account.platform, account.id).await? {
            return Err(Error::record_not_found());
        }
        let rows = dao::time_series::growth(&unit.clickhouse().await?, &query).await?;
        if rows.is_empty() {
            return Err(Error::record_not_found());
        }
        if plan.is_some() {
            self.charge_profile_page(unit, account).await?;
        }
        Ok(TimeSeriesOut {
            status: Status::success("Profile Growth successfully retrieved", 1),
            growth: Some(vec![growth(account, &rows)]),
        })
    }

    /// Charges the profile page, unless the partner has it already.
    async fn charge_profile_page(
        &self,
        unit: &UnitOfWork,
        account: AccountPath,
    ) -> Result<(), Error> {
        let growth = (Activity::ProfilePageTimeseries, None);
        match self.usage.unlock(unit, growth, account.unlock_key()).await {
            Err(Error::Refused(refusal)) => {
                Err(Error::Refused(Refusal { text: "invalid request".into(), ..refusal }))
            }
            outcome => outcome,
        }
    }

    /// Weekly totals of several accounts, for the weeks all of whose days are from `from` to `to` (both
    /// included), by account and date.
    ///
    /// # Errors
    /// A store error.
    pub async fn weekly_series(
        &self,
        unit: &UnitOfWork,
        accounts: &[(Platform, i64)],
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<SeriesPoint>, Error> {
        if accounts.is_empty() {
            return Ok(Vec::new());
        }
        let clickhouse = unit.clickhouse().await?;
        let weeks = dao::time_series::weeks(&clickhouse, accounts, from, to).await?;
        let points = weeks.into_iter().filter_map(|week| {
            Some(SeriesPoint {
                platform: Platform::parse(&week.platform)?,
                account_id: week.platform_profile_id,
                date: week.date,
                followers: week.followers,
                views_total: week.views_total,
                plays_total: week.plays_total,
            })
        });
        Ok(points.collect())
    }
}

fn growth_query(account: AccountPath, list: &ListIn, zone: Tz) -> Result<GrowthQuery, Error> {
    let sort_fields = [GrowthFields::FIELDS, SORT_ONLY].concat();
    let sort_by = list.sort_by.as_deref().unwrap_or(DEFAULT_SORT);
    Ok(GrowthQuery {
        platform: account.platform,
        account_id: account.id,
        clauses: compile(&growth_filters(&list.filters), GrowthFields::FIELDS, zone)?,
        sort: Sort::resolve(&sort_fields, sort_by, list.sort_dir.as_deref())?,
        page: list.page,
    })
}
