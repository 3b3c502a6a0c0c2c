//! Messages that the module hears: accounts that were collected.

use std::sync::Arc;

use futures_util::FutureExt as _;

use super::DiscoveryService;
use super::dto::{InstagramAccountIn, YoutubeAccountIn};
use crate::core::events::{Queue, Subscription};

const EXCHANGE: &str = "upserttracker.dx";
/// Accounts that are stored at a time.
const AT_ONCE: u16 = 4;

/// What the module does with messages.
pub fn subscriptions(service: &Arc<DiscoveryService>) -> Vec<Subscription> {
    let (instagram, youtube) = (Arc::clone(service), Arc::clone(service));
    vec![
        Subscription::new(
            Queue::new(EXCHANGE, "upsert_instagram_account_q"),
            "upsert_instagram_account",
            move |unit, account: InstagramAccountIn| {
                let service = Arc::clone(&instagram);
                async move { service.upsert_instagram(unit, account).await }.boxed()
            },
        )
        .concurrency(AT_ONCE)
        .ordered_by("ig_id"),
        Subscription::new(
            Queue::new(EXCHANGE, "upsert_youtube_account_q"),
            "upsert_youtube_account",
            move |unit, account: YoutubeAccountIn| {
                let service = Arc::clone(&youtube);
                async move { service.upsert_youtube(unit, account).await }.boxed()
            },
        )
        .concurrency(AT_ONCE)
        .ordered_by("handle"),
    ]
}
