//! What the error tracker is told about the request in which something went wrong.

use std::sync::Arc;

use actix_web::http::header::HeaderMap;
use sentry::{Hub, SentryFutureExt as _};
use uuid::Uuid;

use crate::core::caller::Caller;

/// Headers of the client that become tags.
const TAGS: [&str; 4] =
    ["x-apollo-operation-name", "x-bb-version", "x-bb-clientid", "x-bb-channelid"];

/// Runs `inside` so that its error reports carry tags of the request; costs nothing without an error
/// tracker.
pub async fn tagged<T>(tags: Option<Arc<Hub>>, inside: impl Future<Output = T>) -> T {
    match tags {
        Some(hub) => Box::pin(inside).bind_hub(hub).await,
        None => inside.await,
    }
}

/// Tags of a request; `None` without an error tracker.
pub fn tags(headers: &HeaderMap, id: Uuid) -> Option<Arc<Hub>> {
    let current = Hub::current();
    current.client()?;
    let hub = Hub::new_from_top(current);
    hub.configure_scope(|scope| {
        scope.set_tag("x-bb-requestid", id);
        for name in TAGS {
            if let Some(value) = headers.get(name).and_then(|value| value.to_str().ok()) {
                scope.set_tag(name, value);
            }
        }
    });
    Some(Arc::new(hub))
}

/// Adds who the caller is to the tags of the request.
pub fn tag_user(caller: &Caller) {
    if let Some(user) = caller.user_id {
        sentry::configure_scope(|scope| scope.set_tag("userId", user));
    }
}
