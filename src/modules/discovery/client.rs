//! The collector service: fetches accounts and posts from the platforms on request.

use std::time::Duration;

use reqwest::{Client, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::dto::{CollectedAudience, CreatorToken};
use crate::core::config::CollectorConfig;
use crate::core::outbound::{read, with_caller};
use crate::core::tls::install_provider;
use crate::core::types::Platform;
use crate::core::unit_of_work::UnitOfWork;

const POSTS_TIMEOUT: Duration = Duration::from_secs(5);
const PROFILE_TIMEOUT: Duration = Duration::from_secs(60);
const CHANNEL_TIMEOUT: Duration = Duration::from_secs(30);
const SUCCESS: &str = "SUCCESS";

/// Kept of the request for what follows when the collector does not answer.
const RESERVE: Duration = Duration::from_secs(2);

/// The collector did not give a readable answer.
#[derive(Debug)]
pub struct NoAnswer;

/// Why there is no account.
#[derive(Debug)]
pub enum Unanswered {
    /// No readable answer in time.
    Silent,
    /// The collector's text.
    Refused(String),
}

impl From<NoAnswer> for Unanswered {
    fn from(NoAnswer: NoAnswer) -> Self {
        Self::Silent
    }
}

/// Which account, and how the collector looks for it.
#[derive(Debug, Clone, Copy)]
pub enum Ask<'a> {
    /// Everything about a handle or channel id, fetched anew.
    Anew(&'a str),
    /// By the platform's own id.
    Id(&'a str),
    /// With the access token of its creator, whose user id follows; Instagram only. Handle first.
    Insights(&'a str, CreatorToken<'a>),
}

/// Client of the collector.
pub struct Collector {
    endpoint: Option<(Client, Url)>,
    cdn_url: String,
}

#[derive(Debug, Deserialize)]
struct RemoteStatus {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    message: Option<String>,
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
struct AudienceAnswer {
    status: RemoteStatus,
    profile: Option<AudienceProfile>,
}

#[derive(Debug, Deserialize)]
struct AudienceProfile {
    handle: Option<String>,
    audience_data: Option<CollectedAudience>,
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
    /// When the collector saw the account, as it says.
    pub updated_at: Option<String>,
    pub recent_posts: Option<Vec<CollectedPost>>,
    pub post_metrics: Option<PostMetrics>,
}

/// Averages by kind of post.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PostMetrics {
    pub r#static: Option<Averages>,
    pub reels: Option<Averages>,
    pub story: Option<Averages>,
    pub all: Option<Averages>,
}

/// Averages of posts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Averages {
    /// Percent.
    pub avg_engagement: Option<f64>,
    pub avg_plays: Option<f64>,
    pub avg_likes: Option<f64>,
    pub avg_comments: Option<f64>,
    pub avg_reach: Option<f64>,
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
        let answer: PostsAnswer = self.get(unit, (&path, &[]), POSTS_TIMEOUT).await?;
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
        let answer: ProfileAnswer =
            self.get(unit, (&path, &[]), within(unit, PROFILE_TIMEOUT)).await?;
        Ok(answer.profile.filter(|_| answer.status.kind == SUCCESS))
    }

    /// An account with its averages and recent posts.
    pub async fn complete(
        &self,
        unit: &UnitOfWork,
        platform: Platform,
        ask: Ask<'_>,
    ) -> Result<CollectedProfile, Unanswered> {
        let name = lower(platform);
        let limit = within(unit, PROFILE_TIMEOUT);
        let answer: ProfileAnswer = match ask {
            Ask::Anew(handle) => {
                let path = ["profiles", &name, "byhandle", handle];
                self.get(unit, (&path, &[("full_refresh", "1")]), limit).await?
            }
            Ask::Id(id) => self.get(unit, (&["profiles", &name, "byid", id], &[]), limit).await?,
            Ask::Insights(handle, CreatorToken { token, user_id }) => {
                let path = ["profiles", platform.name(), "byhandle", handle, "insights"];
                let query = [("token", token), ("user_id", user_id)];
                self.get(unit, (&path, &query), limit).await?
            }
        };
        succeeded(answer.status)?;
        answer.profile.ok_or_else(|| Unanswered::Refused(String::new()))
    }

    /// The audience of an Instagram account, and the handle that it is of.
    pub async fn audience(
        &self,
        unit: &UnitOfWork,
        handle: &str,
        CreatorToken { token, user_id }: CreatorToken<'_>,
    ) -> Result<(Option<String>, CollectedAudience), Unanswered> {
        let name = Platform::Instagram.name();
        let path = ["profiles", name, "byhandle", handle, "audienceinsights"];
        let query = [("token", token), ("user_id", user_id)];
        let limit = within(unit, PROFILE_TIMEOUT);
        let answer: AudienceAnswer = self.get(unit, (&path, &query), limit).await?;
        succeeded(answer.status)?;
        let profile = answer.profile.ok_or_else(|| Unanswered::Refused(String::new()))?;
        Ok((profile.handle, profile.audience_data.unwrap_or_default()))
    }

    /// The id of the channel behind a name (`@name`); `None` when there is none.
    pub async fn channel_of(
        &self,
        unit: &UnitOfWork,
        name: &str,
    ) -> Result<Option<String>, NoAnswer> {
        let path = ["youtube", "channel", "byhandle", name];
        let answer: ChannelAnswer =
            self.get(unit, (&path, &[]), within(unit, CHANNEL_TIMEOUT)).await?;
        let channel = answer.response.filter(|_| answer.status.kind == SUCCESS);
        Ok(channel.and_then(|channel| channel.channel_id).filter(|id| !id.is_empty()))
    }

    async fn get<T: DeserializeOwned>(
        &self,
        unit: &UnitOfWork,
        (path, query): (&[&str], &[(&str, &str)]),
        timeout: Duration,
    ) -> Result<T, NoAnswer> {
        let Some((client, base)) = &self.endpoint else {
            return Err(NoAnswer);
        };
        let mut url = base.clone();
        url.path_segments_mut().map_err(|()| NoAnswer)?.pop_if_empty().extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = client.get(url).timeout(timeout.min(unit.remaining()));
        let answer = with_caller(request, unit.caller()).send().await;
        let answer = answer.and_then(Response::error_for_status);
        let body = match answer {
            Ok(answer) => read(answer).await,
            Err(error) => Err(error),
        };
        let body = body.map_err(|error| {
            // The address may have a creator's token in it.
            let error = error.without_url();
            tracing::warn!(%error, "the collector gave no answer");
            NoAnswer
        })?;
        serde_json::from_slice(&body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            tracing::warn!(line, column, "the collector's answer cannot be read");
            NoAnswer
        })
    }
}

/// The limit, or what the request can spare.
fn within(unit: &UnitOfWork, limit: Duration) -> Duration {
    limit.min(unit.remaining().saturating_sub(RESERVE))
}

fn succeeded(status: RemoteStatus) -> Result<(), Unanswered> {
    match status.kind.as_str() {
        SUCCESS => Ok(()),
        _ => Err(Unanswered::Refused(status.message.unwrap_or_default())),
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
