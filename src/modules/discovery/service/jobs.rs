//! What is rebuilt on a schedule.

use serde::{Deserialize, Serialize};

use super::super::dao::{locations as locations_dao, search_phrase};
use super::super::entity::search_phrase::{Phrase, SearchedBy};
use super::super::manager::admin_search::AdminSearch;
use crate::core::error::Error;
use crate::core::jobs::JobRun;
use crate::core::types::Platform;

/// Rebuilds the places of the accounts; those that were added, changed or removed.
pub async fn locations(run: &JobRun) -> Result<u64, Error> {
    let unit = run.as_platform();
    let written = locations_dao::refresh(&unit.write().await?).await?;
    unit.commit().await?;
    Ok(written)
}

/// The account behind which a run goes on.
#[derive(Serialize, Deserialize)]
struct Reached {
    platform: Platform,
    id: i64,
}

/// Writes `keywords_admin` and `search_phrase_admin` of the accounts in which they differ from what
/// account and campaign profile say. Goes on where an earlier run stopped.
pub async fn search_phrases(run: &JobRun) -> Result<u64, Error> {
    let mut written = 0;
    let mut reached = run.position::<Reached>().await?;
    for platform in [Platform::Instagram, Platform::Youtube] {
        let mut after = match &reached {
            Some(reached) if reached.platform != platform => continue,
            Some(reached) => reached.id,
            None => i64::MIN,
        };
        reached = None;
        loop {
            let unit = run.as_platform();
            let db = unit.write().await?;
            let accounts = search_phrase::accounts(&db, platform, after).await?;
            let Some(last) = accounts.last() else { break };
            after = last.id;
            let changes: Vec<Phrase> = accounts.into_iter().filter_map(change).collect();
            if !changes.is_empty() {
                written += search_phrase::write(&db, platform, &changes).await?;
            }
            run.reach(&db, Some(&Reached { platform, id: after })).await?;
            unit.commit().await?;
        }
    }
    start_again(run).await?;
    Ok(written)
}

async fn start_again(run: &JobRun) -> Result<(), Error> {
    let unit = run.as_platform();
    run.reach::<Reached>(&unit.write().await?, None).await?;
    unit.commit().await?;
    Ok(())
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
