//! The collector service: fetches accounts and posts from the platforms on request.

use std::time::Duration;

use reqwest::Client;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::core::config::CollectorConfig;
use crate::core::outbound::with_caller;
use crate::core::tls::install_provider;
use crate::core::types::Platform;
use crate::core::unit_of_work::UnitOfWork;

const POSTS_TIMEOUT: Duration = Duration::from_secs(5);
const PROFILE_TIMEOUT: Duration = Duration::from_secs(60);
const CHANNEL_TIMEOUT: Duration = Duration::from_secs(30);
const SUCCESS: &str = "SUCCESS";

/// The collector did not give a readable answer.
#[derive(Debug)]
pub struct NoAnswer;

/// Client of the collector.
pub struct Collector {
    endpoint: Option<(Client, Url)>,
    cdn_url: String,
}

#[derive(Debug, Deserialize)]
struct RemoteStatus {
    #[serde(rename = "type", default)]
    kind: String,
}

#[derive(Debug, Deserialize)]
struct PostsAnswer {
    status: RemoteStatus,
    data: Option<PostsData>,
}

#[derive(Debug, Deserialize)]
struct PostsData {
    recent_posts: Option<Vec<CollectedPost>>,
}

#[derive(Debug, Deserialize)]
struct ProfileAnswer {
    status: RemoteStatus,
    profile: Option<CollectedProfile>,
}

#[derive(Debug, Deserialize)]
struct ChannelAnswer {
    status: RemoteStatus,
    response: Option<Channel>,
}

#[derive(Debug, Deserialize)]
struct Channel {
    channel_id: Option<String>,
}

/// A post as the collector delivers it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CollectedPost {
    pub post_id: Option<String>,
    pub post_type: Option<String>,
    pub post_url: Option<String>,
    /// UTC, `YYYY-MM-DDTHH:MM:SS`.
    pub publish_time: Option<String>,
    pub metrics: CollectedMetrics,
    pub dimensions: CollectedDimensions,
}

/// Counters of a post.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CollectedMetrics {
    pub reach: Option<i64>,
    pub engagement_rate: Option<f64>,
    pub likes: Option<i64>,
    pub play_count: Option<i64>,
}

/// Texts of a post, and its comments.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CollectedDimensions {
    pub caption: Option<String>,
    pub comments: Option<i64>,
    pub thumbnail_url: Option<String>,
    pub display_url: Option<String>,
}

/// An account of either platform as the collector delivers it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CollectedProfile {
    pub handle: Option<String>,
    pub fbid: Option<String>,
    pub profile_pic_url: Option<String>,
    /// Id on Instagram.
    pub profile_id: Option<String>,
    pub biography: Option<String>,
    pub following: Option<i64>,
    pub followers: Option<i64>,
    pub full_name: Option<String>,
    pub is_private: Option<bool>,
    pub media_count: Option<i64>,
    pub channel_id: Option<String>,
    pub title: Option<String>,
    pub subscribers: Option<i64>,
    pub uploads: Option<i64>,
    pub views: Option<i64>,
    pub thumbnail: Option<String>,
}

impl Collector {
    /// A client of the configured collector; without one it never gives an answer.
    pub fn new(config: &CollectorConfig) -> Self {
        let url = Some(config.url.as_str()).filter(|url| !url.is_empty());
        Self { endpoint: url.and_then(endpoint), cdn_url: config.cdn_url.clone() }
    }

    /// Base address of assets that come without a host.
    pub fn cdn_url(&self) -> &str {
        &self.cdn_url
    }

    /// Recent posts of an account.
    pub async fn recent_posts(
        &self,
        unit: &UnitOfWork,
        platform: Platform,
        id: &str,
    ) -> Result<Vec<CollectedPost>, NoAnswer> {
        let path = ["recent", "posts", &lower(platform), "byprofileid", id];
        let answer: PostsAnswer = self.get(unit, &path, POSTS_TIMEOUT).await?;
        match answer.data {
            Some(data) if answer.status.kind == SUCCESS => {
                Ok(data.recent_posts.unwrap_or_default())
            }
            _ => Err(NoAnswer),
        }
    }

    /// The account of a handle or channel id; `None` when the platform has none.
    pub async fn profile(
        &self,
        unit: &UnitOfWork,
        platform: Platform,
        handle: &str,
    ) -> Result<Option<CollectedProfile>, NoAnswer> {
        let path = ["profiles", &lower(platform), "byhandle", handle];
        let answer: ProfileAnswer = self.get(unit, &path, PROFILE_TIMEOUT).await?;
        Ok(answer.profile.filter(|_| answer.status.kind == SUCCESS))
    }

    /// The id of the channel behind a name (`@name`); `None` when there is none.
    pub async fn channel_of(
        &self,
        unit: &UnitOfWork,
        name: &str,
    ) -> Result<Option<String>, NoAnswer> {
        let path = ["youtube", "channel", "byhandle", name];
        let answer: ChannelAnswer = self.get(unit, &path, CHANNEL_TIMEOUT).await?;
        let channel = answer.response.filter(|_| answer.status.kind == SUCCESS);
        Ok(channel.and_then(|channel| channel.channel_id).filter(|id| !id.is_empty()))
    }

    async fn get<T: DeserializeOwned>(
        &self,
        unit: &UnitOfWork,
        path: &[&str],
        timeout: Duration,
    ) -> Result<T, NoAnswer> {
        let Some((client, base)) = &self.endpoint else {
            return Err(NoAnswer);
        };
        let mut url = base.clone();
        url.path_segments_mut().map_err(|()| NoAnswer)?.pop_if_empty().extend(path);
        let request = client.get(url).timeout(timeout.min(unit.remaining()));
        let answer = with_caller(request, unit.caller()).send().await;
        let answer = answer.and_then(reqwest::Response::error_for_status);
        let read = match answer {
            Ok(answer) => answer.json().await,
            Err(error) => Err(error),
        };
        read.map_err(|error| {
            let error = error.without_url();
            tracing::warn!(%error, "the collector gave no answer");
            NoAnswer
        })
    }
}

fn endpoint(url: &str) -> Option<(Client, Url)> {
    install_provider();
    match (Client::builder().build(), Url::parse(url)) {
        (Ok(client), Ok(url)) if !url.cannot_be_a_base() => Some((client, url)),
        _ => {
            tracing::error!("collector.url is no usable address; the collector is not asked");
            None
        }
    }
}

fn lower(platform: Platform) -> String {
    platform.name().to_lowercase()
}
