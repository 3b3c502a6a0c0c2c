//! One profile, by id or by handle.

use utoipa::IntoParams;

use super::super::dto::CampaignProfilesOut;
use super::super::manager::handle;
use super::{CampaignProfileService, alone, one, seen};
use crate::core::error::Error;
use crate::core::query::{QueryPairs, parse_bool};
use crate::core::route::QueryIn;
use crate::core::types::CampaignPlatform;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::campaign::{ChangesIn, Model, service as campaign};
use crate::modules::discovery::AccountRow;

/// Whether accounts are shown.
#[derive(Debug, Clone, Copy, Default, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct AccountQuery {
    /// true: with accounts. `socials` is the same.
    #[param(value_type = Option<String>)]
    pub fetch_socials: bool,
}

impl QueryIn for AccountQuery {
    fn read(query: &QueryPairs) -> Self {
        let is_true = |name| query.get(name).and_then(parse_bool).unwrap_or_default();
        Self { fetch_socials: is_true("fetchSocials") || is_true("socials") }
    }
}

/// Whether the account is fetched anew.
#[derive(Debug, Clone, Copy, Default, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct RefreshQuery {
    /// 1: fetched anew, for callers with a partner.
    #[param(value_type = Option<String>)]
    pub full_refresh: bool,
}

impl QueryIn for RefreshQuery {
    fn read(query: &QueryPairs) -> Self {
        Self { full_refresh: query.get("fullRefresh") == Some("1") }
    }
}

impl CampaignProfileService {
    /// The profile with this id.
    ///
    /// # Errors
    /// `invalid Record Id - <id>`; `record not found` where its account is missing; a store error.
    pub async fn get(
        &self,
        unit: &UnitOfWork,
        id: i64,
        query: AccountQuery,
    ) -> Result<CampaignProfilesOut, Error> {
        let row = campaign::get(unit, id).await?;
        let account = match query.fetch_socials {
            true => self.account(unit, &row).await?,
            false => None,
        };
        Ok(one(seen(unit, row, account.as_ref())))
    }

    /// The profile of a handle. What is missing, account and profile, is created for callers with a partner,
    /// each in a transaction of its own; none is open while the collector works.
    ///
    /// # Errors
    /// `handle invalid`; another platform; `profile not found`; no partner, where there is something to do; a
    /// store error.
    pub async fn by_handle(
        &self,
        unit: &UnitOfWork,
        (platform, name): (&str, &str),
        query: RefreshQuery,
    ) -> Result<CampaignProfilesOut, Error> {
        handle::check(platform, name)?;
        let platform = handle::platform(platform)?;
        if query.full_refresh {
            unit.caller().partner()?;
        }
        let social = platform.social().ok_or_else(|| Error::not_found("profile not found"))?;
        let account = self.discovery.account_of_handle(unit, social, name).await?;
        let row = match campaign::of_account(unit, platform, account.id()).await? {
            Some(row) => row,
            None => self.create(unit, platform, &account).await?,
        };
        let mut profile = seen(unit, row, Some(&account));
        if query.full_refresh {
            match self.discovery.fetch_anew(unit, &account).await {
                Ok(entry) => profile.social_details = Some(entry),
                // What is stored is answered instead.
                Err(error) => tracing::info!(%error, "an account could not be fetched anew"),
            }
        }
        Ok(one(profile))
    }

    /// The profile of an account that has none, with what follows from the account.
    async fn create(
        &self,
        unit: &UnitOfWork,
        platform: CampaignPlatform,
        account: &AccountRow,
    ) -> Result<Model, Error> {
        unit.caller().partner()?;
        let own = unit.apart();
        let pair = alone(account.platform(), account.id());
        let accounts = self.discovery.lock_pair(&own, pair).await?;
        let locked_account = accounts.into_iter().next().ok_or_else(Error::record_not_found)?;
        let locked = campaign::lock_of_accounts(&own, &[(platform, account.id())]).await?;
        let (mut row, is_new) = locked.into_iter().next().ok_or_else(Error::record_not_found)?;
        if is_new {
            let changes =
                ChangesIn { updated_by: campaign::author(own.caller()), ..ChangesIn::default() };
            row = campaign::merge(row, &changes, locked_account.of_account())?;
            campaign::save(&own, std::slice::from_ref(&row)).await?;
            self.discovery.write_pair(&own, vec![(locked_account, &row)], false).await?;
        }
        own.commit().await?;
        Ok(row)
    }
}
