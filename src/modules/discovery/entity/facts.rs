//! What is known of an account, and what follows from it: as statements write and read it.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::core::types::Platform;

/// Begins the id of an Instagram account that is known by its handle alone.
pub const WITHOUT_ID: &str = "MISSING";

/// What may be known of an account of one platform. Its members are columns; an absent one is not known.
pub trait Facts: Clone + Serialize + FromQueryResult + Send + Sync {
    const PLATFORM: Platform;
    /// Names and types of the members.
    const COLUMNS: &'static [(&'static str, &'static str)];

    /// The platform's id.
    fn key(&self) -> &str;

    /// Handle by which the account may be stored without its id.
    fn handle(&self) -> Option<&str>;

    /// What `newer` knows wins, what it does not know stays.
    fn learn(&mut self, newer: Self);

    /// What other columns follow from.
    fn merged(&self, rest: &Rest) -> Merged;

    /// City, state and country as they are stored.
    fn set_place(&mut self, place: [Option<String>; 3]);
}

/// What is known of an Instagram account.
#[derive(Debug, Clone, Default, Serialize, FromQueryResult)]
pub struct InstagramFacts {
    pub ig_id: String,
    pub handle: String,
    pub business_id: Option<String>,
    pub thumbnail: Option<String>,
    pub bio: Option<String>,
    pub name: Option<String>,
    pub followers: Option<i64>,
    pub following: Option<i64>,
    pub post_count: Option<i64>,
    pub is_private: Option<bool>,
    pub account_type: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub country: Option<String>,
    /// Fraction.
    pub engagement_rate: Option<f64>,
    pub avg_likes: Option<f64>,
    pub avg_comments: Option<f64>,
    pub avg_reach: Option<f64>,
    pub avg_views: Option<f64>,
    pub avg_reels_play_count: Option<f64>,
    pub ffratio: Option<f64>,
    pub image_reach: Option<i64>,
    pub story_reach: Option<i64>,
}

/// What is known of a YouTube channel.
#[derive(Debug, Clone, Default, Serialize, FromQueryResult)]
pub struct YoutubeFacts {
    pub channel_id: String,
    pub title: Option<String>,
    pub thumbnail: Option<String>,
    pub followers: Option<i64>,
    pub uploads_count: Option<i64>,
    pub views_count: Option<i64>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub country: Option<String>,
}

/// What else is stored of an account and matters for what follows from it.
#[derive(Debug, Clone, Default, FromQueryResult)]
pub struct Rest {
    pub email: Option<String>,
    pub phone: Option<String>,
    pub gender: Option<String>,
    pub languages: Option<Vec<String>>,
    /// This and the following: YouTube only.
    pub username: Option<String>,
    pub avg_views: Option<f64>,
}

/// The merged row, as far as other columns follow from it.
#[derive(Debug, Clone, Default)]
pub struct Merged {
    /// Name or title.
    pub name: Option<String>,
    /// Handle or user name.
    pub handle: Option<String>,
    /// YouTube only.
    pub channel_id: Option<String>,
    /// City, state, country.
    pub place: [Option<String>; 3],
    pub followers: Option<i64>,
    /// YouTube only.
    pub views_count: Option<i64>,
    pub avg_views: Option<f64>,
    /// This and the following: Instagram only.
    pub avg_reach: Option<f64>,
    pub avg_likes: Option<f64>,
    pub avg_comments: Option<f64>,
    pub engagement_rate: Option<f64>,
}

/// Columns that follow from a merged row.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct DerivedColumns {
    pub label: Option<&'static str>,
    pub keywords: Vec<String>,
    pub search_phrase: String,
    pub keywords_admin: Vec<String>,
    pub search_phrase_admin: String,
    pub location: Vec<String>,
    pub location_list: Vec<String>,
    pub enabled_for_saas: bool,
}

impl DerivedColumns {
    /// Names and types of the members.
    pub const COLUMNS: &'static [(&'static str, &'static str)] = &[
        ("label", "text"),
        ("keywords", "text[]"),
        ("search_phrase", "text"),
        ("keywords_admin", "text[]"),
        ("search_phrase_admin", "text"),
        ("location", "text[]"),
        ("location_list", "text[]"),
        ("enabled_for_saas", "boolean"),
    ];
}

/// `known` where the newer one says nothing.
fn replace<T>(known: &mut Option<T>, newer: Option<T>) {
    if newer.is_some() {
        *known = newer;
    }
}

impl Facts for InstagramFacts {
    const PLATFORM: Platform = Platform::Instagram;
    const COLUMNS: &'static [(&'static str, &'static str)] = &[
        ("ig_id", "text"),
        ("handle", "text"),
        ("business_id", "text"),
        ("thumbnail", "text"),
        ("bio", "text"),
        ("name", "text"),
        ("followers", "bigint"),
        ("following", "bigint"),
        ("post_count", "bigint"),
        ("is_private", "boolean"),
        ("account_type", "text"),
        ("city", "text"),
        ("state", "text"),
        ("country", "text"),
        ("engagement_rate", "double precision"),
        ("avg_likes", "double precision"),
        ("avg_comments", "double precision"),
        ("avg_reach", "double precision"),
        ("avg_views", "double precision"),
        ("avg_reels_play_count", "double precision"),
        ("ffratio", "double precision"),
        ("image_reach", "bigint"),
        ("story_reach", "bigint"),
    ];

    fn key(&self) -> &str {
        &self.ig_id
    }

    fn handle(&self) -> Option<&str> {
        Some(&self.handle)
    }

    fn learn(&mut self, newer: Self) {
        self.ig_id = newer.ig_id;
        self.handle = newer.handle;
        replace(&mut self.business_id, newer.business_id);
        replace(&mut self.thumbnail, newer.thumbnail);
        replace(&mut self.bio, newer.bio);
        replace(&mut self.name, newer.name);
        replace(&mut self.followers, newer.followers);
        replace(&mut self.following, newer.following);
        replace(&mut self.post_count, newer.post_count);
        replace(&mut self.is_private, newer.is_private);
        replace(&mut self.account_type, newer.account_type);
        replace(&mut self.city, newer.city);
        replace(&mut self.state, newer.state);
        replace(&mut self.country, newer.country);
        replace(&mut self.engagement_rate, newer.engagement_rate);
        replace(&mut self.avg_likes, newer.avg_likes);
        replace(&mut self.avg_comments, newer.avg_comments);
        replace(&mut self.avg_reach, newer.avg_reach);
        replace(&mut self.avg_views, newer.avg_views);
        replace(&mut self.avg_reels_play_count, newer.avg_reels_play_count);
        replace(&mut self.ffratio, newer.ffratio);
        replace(&mut self.image_reach, newer.image_reach);
        replace(&mut self.story_reach, newer.story_reach);
    }

    fn merged(&self, _rest: &Rest) -> Merged {
        Merged {
            name: self.name.clone(),
            handle: Some(self.handle.clone()),
            place: [self.city.clone(), self.state.clone(), self.country.clone()],
            followers: self.followers,
            avg_reach: self.avg_reach,
            avg_likes: self.avg_likes,
            avg_comments: self.avg_comments,
            engagement_rate: self.engagement_rate,
            ..Merged::default()
        }
    }

    fn set_place(&mut self, place: [Option<String>; 3]) {
        [self.city, self.state, self.country] = place;
    }
}

impl Facts for YoutubeFacts {
    const PLATFORM: Platform = Platform::Youtube;
    const COLUMNS: &'static [(&'static str, &'static str)] = &[
        ("channel_id", "text"),
        ("title", "text"),
        ("thumbnail", "text"),
        ("followers", "bigint"),
        ("uploads_count", "bigint"),
        ("views_count", "bigint"),
        ("city", "text"),
        ("state", "text"),
        ("country", "text"),
    ];

    fn key(&self) -> &str {
        &self.channel_id
    }

    fn handle(&self) -> Option<&str> {
        None
    }

    fn learn(&mut self, newer: Self) {
        replace(&mut self.title, newer.title);
        replace(&mut self.thumbnail, newer.thumbnail);
        replace(&mut self.followers, newer.followers);
        replace(&mut self.uploads_count, newer.uploads_count);
        replace(&mut self.views_count, newer.views_count);
        replace(&mut self.city, newer.city);
        replace(&mut self.state, newer.state);
        replace(&mut self.country, newer.country);
    }

    fn merged(&self, rest: &Rest) -> Merged {
        Merged {
            name: self.title.clone(),
            handle: rest.username.clone(),
            channel_id: Some(self.channel_id.clone()),
            place: [self.city.clone(), self.state.clone(), self.country.clone()],
            followers: self.followers,
            views_count: self.views_count,
            avg_views: rest.avg_views,
            ..Merged::default()
        }
    }

    fn set_place(&mut self, place: [Option<String>; 3]) {
        [self.city, self.state, self.country] = place;
    }
}
