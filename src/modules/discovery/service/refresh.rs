//! Accounts that the collector is asked for anew.

use super::super::client::{Ask, CollectedProfile, Unanswered};
use super::super::dao::refresh as dao;
use super::super::dto::{CollectedAudience, CreatorToken, SocialAccountOut};
use super::super::entity::AccountRow;
use super::super::manager::instagram::known_id;
use super::super::manager::refreshed;
use super::{DiscoveryService, own_entry};
use crate::core::error::{Code, Error};
use crate::core::unit_of_work::UnitOfWork;

impl DiscoveryService {
    /// Fetches everything about the account and stores what was delivered, in a transaction of its own; the
    /// entry with it. No transaction may be open: the collector takes its time. One call at a time for an
    /// account.
    ///
    /// # Errors
    /// No partner, `profile not found`, a collector that gives no answer, a store error.
    pub async fn fetch_anew(
        &self,
        unit: &UnitOfWork,
        account: &AccountRow,
    ) -> Result<SocialAccountOut, Error> {
        let profile = self.fetched(unit, account, Ask::Anew(account.handle())).await?;
        let mut entry = own_entry(account);
        refreshed::show(&mut entry, &profile, account);
        Ok(entry)
    }

    /// The same by the platform's own id, without the entry.
    ///
    /// # Errors
    /// As [`Self::fetch_anew`]; `profile not found` also for an account whose id is not known.
    pub async fn refresh(&self, unit: &UnitOfWork, account: &AccountRow) -> Result<(), Error> {
        let id = match account {
            AccountRow::Instagram(row) => known_id(row).ok_or_else(not_found)?,
            AccountRow::Youtube(row) => row.channel_id.as_str(),
        };
        self.fetched(unit, account, Ask::Id(id)).await.map(drop)
    }

    /// The entry of an Instagram account as its creator sees it; nothing is stored.
    ///
    /// # Errors
    /// `error from beat: …`, `profile not found` for somebody else's profile.
    pub async fn insights(
        &self,
        unit: &UnitOfWork,
        account: &AccountRow,
        token: CreatorToken<'_>,
    ) -> Result<SocialAccountOut, Error> {
        let ask = Ask::Insights(account.handle(), token);
        let profile = self.collector.complete(unit, account.platform(), ask).await;
        let profile = profile.map_err(from_beat)?;
        if !refreshed::is_of(&profile, account) {
            return Err(not_found());
        }
        let mut entry = own_entry(account);
        refreshed::show(&mut entry, &profile, account);
        (entry.followers_growth7d, entry.followers_growth30d) = account.growth();
        entry.updated_at = account.updated_at().map(|at| at.to_string());
        Ok(entry)
    }

    /// The audience of an Instagram account as its creator sees it.
    ///
    /// # Errors
    /// As [`Self::insights`].
    pub async fn audience_insights(
        &self,
        unit: &UnitOfWork,
        account: &AccountRow,
        token: CreatorToken<'_>,
    ) -> Result<CollectedAudience, Error> {
        let answer = self.collector.audience(unit, account.handle(), token).await;
        let (handle, audience) = answer.map_err(from_beat)?;
        match handle {
            Some(handle) if !handle.eq_ignore_ascii_case(account.handle()) => Err(not_found()),
            _ => Ok(audience),
        }
    }

    async fn fetched(
        &self,
        unit: &UnitOfWork,
        account: &AccountRow,
        ask: Ask<'_>,
    ) -> Result<CollectedProfile, Error> {
        unit.caller().partner()?;
        let (platform, id) = (account.platform(), account.id());
        let _turn = self.fetches.enter((platform, account.handle().to_owned())).await;
        let profile = self.collector.complete(unit, platform, ask).await;
        let profile = profile.map_err(|unanswered| match unanswered {
            Unanswered::Silent => {
                let text = "error due to beat returning no data";
                Error::refused(Code::UpstreamUnavailable, text)
            }
            Unanswered::Refused(_) => not_found(),
        })?;
        if !refreshed::is_of(&profile, account) {
            return Err(not_found());
        }
        let own = unit.apart();
        let delivered = refreshed::delivered(&profile, platform);
        let is_written = dao::write(&own.write().await?, (platform, id), delivered).await?;
        own.commit().await?;
        if is_written { Ok(profile) } else { Err(not_found()) }
    }
}

fn from_beat(unanswered: Unanswered) -> Error {
    let reason = match unanswered {
        Unanswered::Silent => "no answer".to_owned(),
        Unanswered::Refused(reason) => reason,
    };
    Error::refused(Code::UpstreamUnavailable, format!("error from beat: {reason}"))
}

fn not_found() -> Error {
    Error::not_found("profile not found")
}
