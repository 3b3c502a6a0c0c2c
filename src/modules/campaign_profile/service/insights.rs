//! Accounts as their creators see them, asked with the creator's access token. Nothing is stored.

use std::fmt;

use utoipa::IntoParams;

use super::super::dto::{AudienceInsightsOut, CampaignProfilesOut, InsightsOut};
use super::super::manager::audience;
use super::{CampaignProfileService, FOUND, one, seen};
use crate::core::envelope::{Status, Success as _};
use crate::core::error::{Code, Error};
use crate::core::query::QueryPairs;
use crate::core::route::QueryIn;
use crate::core::types::Platform;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::campaign::{Model, service as campaign};
use crate::modules::discovery::{AccountRow, CreatorToken};

/// Access of a creator.
#[derive(Clone, Default, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct TokenQuery {
    /// The creator's access token.
    #[param(value_type = String)]
    pub token: Option<String>,
    /// The creator's user id.
    #[param(value_type = String)]
    pub user_id: Option<String>,
}

impl fmt::Debug for TokenQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenQuery")
    }
}

impl QueryIn for TokenQuery {
    fn read(query: &QueryPairs) -> Self {
        let text = |name| query.get(name).filter(|text| !text.is_empty()).map(str::to_owned);
        Self { token: text("token"), user_id: text("userId") }
    }
}

impl CampaignProfileService {
    /// The profile with the metrics of its account.
    ///
    /// # Errors
    /// `platform is not supported`; `token missing`; `invalid Record Id - <id>`; `error from beat: …`;
    /// `profile not found` for somebody else's; a store error.
    pub async fn insights(
        &self,
        unit: &UnitOfWork,
        (id, platform): (i64, &str),
        query: &TokenQuery,
    ) -> Result<CampaignProfilesOut, Error> {
        let token = admitted(platform, query)?;
        let (row, account) = self.of_creator(unit, id).await?;
        let entry = self.discovery.insights(unit, &account, token).await?;
        let mut profile = seen(unit, row, Some(&account));
        profile.social_details = Some(entry);
        Ok(one(profile))
    }

    /// The audience of the account of a profile.
    ///
    /// # Errors
    /// As [`Self::insights`].
    pub async fn audience_insights(
        &self,
        unit: &UnitOfWork,
        (id, platform): (i64, &str),
        query: &TokenQuery,
    ) -> Result<AudienceInsightsOut, Error> {
        let token = admitted(platform, query)?;
        let (row, account) = self.of_creator(unit, id).await?;
        let collected = self.discovery.audience_insights(unit, &account, token).await?;
        let profile = InsightsOut {
            id: row.id,
            platform: Platform::Instagram,
            platform_account_id: account.id(),
            handle: Some(account.handle().to_owned()),
            updated_at: account.updated_at().map(|at| at.to_string()),
            audience_data: audience::shares(&collected),
        };
        Ok(AudienceInsightsOut::of(Status::success(FOUND, 1), profile))
    }

    async fn of_creator(&self, unit: &UnitOfWork, id: i64) -> Result<(Model, AccountRow), Error> {
        let row = campaign::get(unit, id).await?;
        if row.platform != Platform::Instagram.name() {
            return Err(unsupported());
        }
        let account = self.account(unit, &row).await?.ok_or_else(unsupported)?;
        Ok((row, account))
    }
}

fn admitted<'a>(platform: &str, query: &'a TokenQuery) -> Result<CreatorToken<'a>, Error> {
    if platform != Platform::Instagram.name() {
        return Err(unsupported());
    }
    let missing = |field| Error::invalid_value(field, "token missing");
    let token = query.token.as_deref().ok_or_else(|| missing("token"))?;
    let user_id = query.user_id.as_deref().ok_or_else(|| missing("userId"))?;
    Ok(CreatorToken { token, user_id })
}

fn unsupported() -> Error {
    Error::refused(Code::NotSupported, "platform is not supported").at("platform")
}
