//! What is rebuilt on a schedule.

use super::super::dao::search_phrase::{self, Phrase, SearchedBy};
use super::super::dao::{contact_flags as flags_dao, locations as locations_dao};
use super::super::manager::admin_search::AdminSearch;
use crate::core::error::Error;
use crate::core::jobs::JobRun;
use crate::core::types::Platform;

/// Rebuilds the places of the accounts.
pub async fn locations(run: &JobRun) -> Result<u64, Error> {
    let session = run.as_platform();
    locations_dao::refresh(&session.write().await?).await?;
    session.commit().await?;
    Ok(0)
}

/// Writes `keywords_admin` and `search_phrase_admin` of the accounts in which they differ from what
/// account and campaign profile say.
pub async fn search_phrases(run: &JobRun) -> Result<u64, Error> {
    let mut written = 0;
    for platform in [Platform::Instagram, Platform::Youtube] {
        let mut after = i64::MIN;
        loop {
            let session = run.as_platform();
            let db = session.write().await?;
            let accounts = search_phrase::accounts(&db, platform, after).await?;
            let Some(last) = accounts.last() else { break };
            after = last.id;
            let changes: Vec<Phrase> = accounts.into_iter().filter_map(change).collect();
            if !changes.is_empty() {
                written += search_phrase::write(&db, platform, &changes).await?;
            }
            session.commit().await?;
        }
    }
    Ok(written)
}

/// Writes `has_email` and `has_phone` of the campaign profiles in which they are wrong.
pub async fn contact_flags(run: &JobRun) -> Result<u64, Error> {
    let (mut written, mut after) = (0, Some(i64::MIN));
    while let Some(id) = after {
        let session = run.as_platform();
        let batch = flags_dao::correct(&session.write().await?, id).await?;
        session.commit().await?;
        written += batch.written;
        after = batch.last;
    }
    Ok(written)
}

/// What has to be written, if anything.
fn change(account: SearchedBy) -> Option<Phrase> {
    let search = AdminSearch::new(
        [account.admin_details.as_ref(), account.user_details.as_ref()],
        [account.name.as_deref(), account.handle.as_deref()],
        account.channel_id.as_deref(),
    );
    let is_stored = account.keywords.as_ref() == Some(&search.keywords)
        && account.phrase.as_ref() == Some(&search.phrase);
    (!is_stored).then_some(Phrase {
        id: account.id,
        version: account.version,
        keywords: search.keywords,
        phrase: search.phrase,
    })
}
