//! Accounts that their collectors announce.

use super::super::dao::upsert::{self, Written};
use super::super::dto::{InstagramAccountIn, YoutubeAccountIn};
use super::super::entity::facts::{DerivedColumns, Facts, Merged};
use super::super::manager::admin_search::AdminSearch;
use super::super::manager::announced;
use super::super::manager::upsert::{by_account, is_apart};
use super::DiscoveryService;
use super::upsert::{Held, hold};
use crate::core::error::Error;
use crate::core::events::{Batch, BatchMessage};
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::campaign::{NewProfile, StoredDetails, service as campaign};

impl DiscoveryService {
    /// Whether a message is about an Instagram account.
    ///
    /// # Errors
    /// A refusal of what is no account.
    pub fn check_instagram(account: InstagramAccountIn) -> Result<(), Error> {
        announced::instagram(account).map(drop)
    }

    /// Likewise a YouTube channel.
    ///
    /// # Errors
    /// As [`Self::check_instagram`].
    pub fn check_youtube(account: YoutubeAccountIn) -> Result<(), Error> {
        announced::youtube(account).map(drop)
    }

    /// Stores Instagram accounts with their campaign profiles; what is not known stays as it was. However many
    /// there are, in eight statements.
    ///
    /// # Errors
    /// A refusal of what is no account, or a store error.
    pub async fn upsert_instagram(
        &self,
        unit: &UnitOfWork,
        batch: Batch<InstagramAccountIn>,
    ) -> Result<(), Error> {
        store(unit, read(batch, announced::instagram)?).await
    }

    /// Likewise YouTube channels.
    ///
    /// # Errors
    /// As [`Self::upsert_instagram`].
    pub async fn upsert_youtube(
        &self,
        unit: &UnitOfWork,
        batch: Batch<YoutubeAccountIn>,
    ) -> Result<(), Error> {
        store(unit, read(batch, announced::youtube)?).await
    }
}

/// What each message knows, and who sent it.
fn read<P, F>(
    batch: Batch<P>,
    facts: fn(P) -> Result<F, Error>,
) -> Result<Vec<(String, F)>, Error> {
    let one =
        |message: BatchMessage<P>| Ok((campaign::author(&message.caller), facts(message.payload)?));
    batch.messages.into_iter().map(one).collect()
}

async fn store<F: Facts>(unit: &UnitOfWork, messages: Vec<(String, F)>) -> Result<(), Error> {
    let together = |one: &(String, F), next: &(String, F)| !is_apart(&one.1) && !is_apart(&next.1);
    for some in messages.chunk_by(together) {
        store_together(unit, some.to_vec()).await?;
    }
    Ok(())
}

/// The accounts of messages, their campaign profiles, and what follows from both.
async fn store_together<F: Facts>(
    unit: &UnitOfWork,
    messages: Vec<(String, F)>,
) -> Result<(), Error> {
    let accounts = by_account(messages);
    let unknown = |row: &Merged| derived(row, &StoredDetails::default());
    let held = hold(unit, &accounts, unknown).await?;
    let profiles = accounts.iter().zip(&held).map(|(account, held)| profile(&account.author, held));
    let profiles: Vec<NewProfile> = profiles.collect();
    let details = campaign::create_missing(unit, F::PLATFORM, &profiles).await?;
    let mut known: Vec<Held<F>> = held.into_iter().filter(|account| !account.is_new).collect();
    let mut written = Vec::with_capacity(known.len());
    for account in &mut known {
        let row = account.facts.merged(&account.rest);
        let details = details.get(&account.id).cloned().unwrap_or_default();
        account.facts.set_place(announced::stored_place(&row));
        let derived = Some(derived(&row, &details));
        written.push(Written { id: Some(account.id), facts: &account.facts, derived });
    }
    upsert::update(&unit.write().await?, &written, true).await
}

fn derived(row: &Merged, details: &StoredDetails) -> DerivedColumns {
    let admin = AdminSearch::new(
        [details.admin.as_ref(), details.user.as_ref()],
        [row.name.as_deref(), row.handle.as_deref()],
        row.channel_id.as_deref(),
    );
    announced::derived(row, admin)
}

/// The first message makes it, so it says what was known then.
fn profile<F: Facts>(author: &str, account: &Held<F>) -> NewProfile {
    let present = |contact: &Option<String>| contact.as_ref().is_some_and(|text| !text.is_empty());
    NewProfile {
        account_id: account.id,
        updated_by: author.to_owned(),
        has_email: present(&account.rest.email),
        has_phone: present(&account.rest.phone),
        gender: account.rest.gender.clone(),
        location: announced::place(&account.first.merged(&account.rest)).location_list(),
        languages: account.rest.languages.clone(),
    }
}
