//! The profiles of one creator, created or changed together, and the links between their accounts.

use super::super::dto::{CampaignProfileIn, CampaignProfilesOut, SocialIn};
use super::super::manager::{changes, handle};
use super::edit::edited_profile;
use super::{CampaignProfileService, FOUND};
use crate::core::envelope::{Status, Success as _};
use crate::core::error::{Code, Error};
use crate::core::types::{CampaignPlatform, Platform};
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::campaign::{Model, service as campaign};
use crate::modules::discovery::{AccountRow, Pair};

/// Most accounts that a request may name; two of a platform are refused anyway.
const MOST_SOCIALS: usize = 20;

/// An account of the creator.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Named {
    /// The one of the creator application.
    Gcc,
    /// By row.
    Row(Platform, i64),
    /// By handle or channel id.
    Handle(Platform, String),
}

impl Named {
    fn platform(&self) -> CampaignPlatform {
        match self {
            Self::Gcc => CampaignPlatform::Gcc,
            Self::Row(platform, _) | Self::Handle(platform, _) => (*platform).into(),
        }
    }
}

impl CampaignProfileService {
    /// Creates or changes the profiles of all accounts of a creator, and links the accounts to each other and
    /// to nothing else. Accounts that are not known are imported before the transaction begins. At most six
    /// statements where they are known by handle.
    ///
    /// # Errors
    /// What is wrong with the request; `profile not found` for an account that nobody knows; a store error.
    /// Nothing is changed then.
    pub async fn upsert(
        &self,
        unit: &UnitOfWork,
        code: Option<&str>,
        input: CampaignProfileIn,
    ) -> Result<CampaignProfilesOut, Error> {
        let changes = changes::of_upsert(&input, campaign::author(unit.caller()));
        campaign::check(&changes)?;
        let named = self.named(unit, code, &input).await?;
        let pair = self.pair(unit, &named).await?;
        let keys = named.iter().map(|one| match one.platform() {
            CampaignPlatform::Instagram => Ok((CampaignPlatform::Instagram, pair.instagram)),
            CampaignPlatform::Youtube => Ok((CampaignPlatform::Youtube, pair.youtube)),
            CampaignPlatform::Gcc => {
                let missing = || Error::invalid_value("accountId", "accountID missing in request");
                Ok((CampaignPlatform::Gcc, Some(changes.account_id.ok_or_else(missing)?)))
            }
        });
        let keys: Vec<_> = keys.collect::<Result<_, Error>>()?;
        let key = |(platform, id): (CampaignPlatform, Option<i64>)| Some((platform, id?));
        let keys: Option<Vec<_>> = keys.into_iter().map(key).collect();
        let keys = keys.ok_or_else(Error::record_not_found)?;
        let accounts = match pair {
            Pair { instagram: None, youtube: None } => Vec::new(),
            pair => self.discovery.lock_pair(unit, pair).await?,
        };
        let locked = campaign::lock_of_accounts(unit, &keys).await?;
        let merged = locked.into_iter().map(|(row, _)| {
            let account = account_of(&row, &accounts);
            let of_account = account.map(AccountRow::of_account).unwrap_or_default();
            campaign::merge(row, &changes, of_account)
        });
        let rows: Vec<Model> = merged.collect::<Result<_, _>>()?;
        campaign::save(unit, &rows).await?;
        let edited = accounts.into_iter().filter_map(|account| {
            let row = rows.iter().find(|row| is_of(row, &account))?;
            Some((account, row))
        });
        let accounts = self.discovery.write_pair(unit, edited.collect(), true).await?;
        let profiles = rows.into_iter().map(|row| {
            let account = account_of(&row, &accounts);
            edited_profile(row, account)
        });
        let profiles: Vec<_> = profiles.collect();
        let status = Status::success(FOUND, profiles.len() as i64);
        Ok(CampaignProfilesOut::of(status, profiles))
    }

    /// The accounts that a request names, one per platform.
    async fn named(
        &self,
        unit: &UnitOfWork,
        code: Option<&str>,
        input: &CampaignProfileIn,
    ) -> Result<Vec<Named>, Error> {
        let socials = input.socials.as_deref().unwrap_or_default();
        if socials.len() > MOST_SOCIALS {
            return Err(Error::invalid_value("socials", "too many socials"));
        }
        let ids: Vec<i64> = socials.iter().filter_map(profile_id).collect();
        let mut profiles = campaign::get_all(unit, &ids).await?.into_iter();
        let mut named = Vec::new();
        for social in socials {
            let one = match profile_id(social) {
                Some(_) => profiles.next().and_then(|row| of_profile(&row)),
                None => Some(sent(social)?),
            };
            let one = one.ok_or_else(Error::record_not_found)?;
            if one == Named::Gcc && named.contains(&one) {
                continue;
            }
            if named.iter().any(|other: &Named| other.platform() == one.platform()) {
                let text = match one.platform() {
                    CampaignPlatform::Youtube => "cannot link multiple youtube profiles",
                    _ => "cannot link multiple instagram profiles",
                };
                return Err(Error::refused(Code::InvalidValue, text).at("socials"));
            }
            named.push(one);
        }
        if let (true, Some(code)) = (named.is_empty(), code) {
            named = self.of_code(unit, code).await?;
        }
        if input.account_id.is_some() && !named.contains(&Named::Gcc) {
            named.push(Named::Gcc);
        }
        match named.is_empty() {
            true => Err(Error::invalid_value("socials", "socials missing")),
            false => Ok(named),
        }
    }

    /// The accounts behind a profile code of confirmed links: of an Instagram account also its channel.
    async fn of_code(&self, unit: &UnitOfWork, code: &str) -> Result<Vec<Named>, Error> {
        let not_found = || Error::not_found("profile not found");
        let platform = code.get(..2).and_then(Platform::from_code).ok_or_else(not_found)?;
        let account = self.discovery.account_of_code(unit, platform, code).await?;
        let account = account.ok_or_else(not_found)?;
        let own = Named::Row(platform, account.id());
        let linked = account.gcc_linked().filter(|_| platform == Platform::Instagram);
        let linked = linked.map(|channel| Named::Handle(Platform::Youtube, channel.to_owned()));
        Ok(std::iter::once(own).chain(linked).collect())
    }

    /// Rows of the accounts; unknown ones are imported.
    async fn pair(&self, unit: &UnitOfWork, named: &[Named]) -> Result<Pair, Error> {
        let handle = |wanted: Platform| {
            named.iter().find_map(|one| match one {
                Named::Handle(platform, handle) if *platform == wanted => Some(handle.as_str()),
                _ => None,
            })
        };
        let row = |wanted: Platform| {
            named.iter().find_map(|one| match one {
                Named::Row(platform, id) if *platform == wanted => Some(*id),
                _ => None,
            })
        };
        let (handle, channel) = (handle(Platform::Instagram), handle(Platform::Youtube));
        let pair = self.discovery.pair_of_handles(unit, handle, channel).await?;
        Ok(Pair {
            instagram: row(Platform::Instagram).or(pair.instagram),
            youtube: row(Platform::Youtube).or(pair.youtube),
        })
    }
}

fn profile_id(social: &SocialIn) -> Option<i64> {
    social.id.filter(|id| *id > 0)
}

fn sent(social: &SocialIn) -> Result<Named, Error> {
    let platform = handle::platform(social.platform.as_deref().unwrap_or_default())?;
    match platform.social() {
        None => Ok(Named::Gcc),
        Some(platform) => {
            let handle = handle::sent(social.handle.as_deref())?;
            Ok(Named::Handle(platform, handle.to_owned()))
        }
    }
}

fn of_profile(row: &Model) -> Option<Named> {
    let platform = CampaignPlatform::parse(&row.platform)?;
    let social = platform.social();
    Some(social.map_or(Named::Gcc, |platform| Named::Row(platform, row.platform_account_id)))
}

fn is_of(row: &Model, account: &AccountRow) -> bool {
    row.platform == account.platform().name() && row.platform_account_id == account.id()
}

fn account_of<'a>(row: &Model, accounts: &'a [AccountRow]) -> Option<&'a AccountRow> {
    accounts.iter().find(|account| is_of(row, account))
}
