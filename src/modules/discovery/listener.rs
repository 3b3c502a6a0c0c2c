//! Messages that the module hears: accounts that were collected.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;

use super::DiscoveryService;
use super::dto::{InstagramAccountIn, YoutubeAccountIn};
use crate::core::events::{Batch, Queue, Subscription};

const EXCHANGE: &str = "upserttracker.dx";
/// Accounts of one queue that are stored together at most: beyond it they get no cheaper.
const TOGETHER: usize = 128;
/// Whatever waits is stored together; nothing waits for more.
const AT_ONCE: Duration = Duration::ZERO;
/// Transactions at the same time, so that one works while the other commits.
const LANES: u16 = 2;

/// What the module does with messages.
pub fn subscriptions(service: &Arc<DiscoveryService>) -> Vec<Subscription> {
    let (instagram, youtube) = (Arc::clone(service), Arc::clone(service));
    vec![
        Subscription::batched(
            Queue::new(EXCHANGE, "upsert_instagram_account_q"),
            "upsert_instagram_account",
            TOGETHER,
            AT_ONCE,
            move |unit, batch: Batch<InstagramAccountIn>| {
                let service = Arc::clone(&instagram);
                async move { service.upsert_instagram(unit, batch).await }.boxed()
            },
        )
        .checked(DiscoveryService::check_instagram)
        .concurrency(LANES)
        .ordered_by("ig_id"),
        Subscription::batched(
            Queue::new(EXCHANGE, "upsert_youtube_account_q"),
            "upsert_youtube_account",
            TOGETHER,
            AT_ONCE,
            move |unit, batch: Batch<YoutubeAccountIn>| {
                let service = Arc::clone(&youtube);
                async move { service.upsert_youtube(unit, batch).await }.boxed()
            },
        )
        .checked(DiscoveryService::check_youtube)
        .concurrency(LANES)
        .ordered_by("handle"),
    ]
}
