//! What ClickHouse is asked about a report file.

use chrono_tz::Tz;
use clickhouse::query::Query;

use super::super::entity::{
    BucketRow, DemographyRow, MonthlyShareRow, PostRow, ProfileRow, ShareRow, SummaryRow, TokenRow,
};
use crate::core::db::clickhouse::ClickHouseSession;
use crate::core::error::Error;
use crate::core::report_file::ReportFile;

/// One row per post.
const COLUMNS: &str = "shortcode Nullable(String), profile_id Nullable(String), handle Nullable(String), \
    profile_title Nullable(String), profile_pic_url Nullable(String), profile_followers Nullable(Int64), \
    post_title Nullable(String), post_thumbnail_url Nullable(String), post_keywords Nullable(String), \
    post_publish_time Nullable(Int64), post_likes Nullable(Int64), post_comments Nullable(Int64), \
    post_views Nullable(Int64), post_reach Nullable(Float64), post_type Nullable(String), \
    post_language Nullable(String), category Nullable(String), engagement_rate Nullable(Float64)";
/// The one row about the audience.
const DEMOGRAPHY_COLUMNS: &str =
    "audience_gender Nullable(String), audience_age_gender Nullable(String)";

/// Reach of the rows of a group, whole and as large as JSON holds exactly; halves to even.
const REACH: &str = "toInt64(least(round(ifNull( \
    sumIf(post_reach, isFinite(post_reach) AND post_reach > 0), 0)), toFloat64(9007199254740991)))";
/// Posts of a group.
const POSTS: &str = "toInt64(uniqExact(shortcode))";
/// Rows whose time of publication ClickHouse has a day for.
const DATED: &str = "post_publish_time BETWEEN 0 AND 4294967295";
/// A list as text: elements in single or double quotes, with `\` in front of what would end them.
const LIST: &str = r#"'(([^'\\]|\\.)*)'|"(([^"\\]|\\.)*)""#;

/// By what posts and profiles are ordered, the greatest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Recency,
    Likes,
    Comments,
    Reach,
}

impl Order {
    fn column(self) -> &'static str {
        match self {
            Self::Recency => "published",
            Self::Likes => "likes",
            Self::Comments => "comments",
            Self::Reach => "reach",
        }
    }
}

/// A report file that is being read.
pub struct Report<'a> {
    session: &'a ClickHouseSession,
    posts: String,
    audience: String,
    zone: Tz,
}

impl<'a> Report<'a> {
    /// The files about posts and about their audience; days are those of `zone`.
    pub fn new(
        session: &'a ClickHouseSession,
        (posts, audience): (&ReportFile, &ReportFile),
        zone: Tz,
    ) -> Self {
        let audience = audience.table(DEMOGRAPHY_COLUMNS);
        Self { session, posts: posts.table(COLUMNS), audience, zone }
    }

    fn query(&self, sql: &str) -> Query {
        let sql = sql.replace("REACH", REACH).replace("POSTS", POSTS).replace("DATED", DATED);
        self.session.query(&sql.replace("FILE", &self.posts))
    }

    /// Sums over all posts.
    pub async fn summary(&self) -> Result<SummaryRow, Error> {
        let query = self.query(
            "SELECT POSTS AS posts, REACH AS reach, ifNull(sum(post_likes), 0) AS likes, \
                 ifNull(sum(post_comments), 0) AS comments \
             FROM FILE",
        );
        Ok(self.session.rows(query).await?.pop().unwrap_or_default())
    }

    /// The first posts, those of one value by short code.
    pub async fn top_posts(&self, order: Order, limit: u64) -> Result<Vec<PostRow>, Error> {
        let by = order.column();
        let query = self.query(&format!(
            "SELECT ifNull(shortcode, '') AS code, ifNull(profile_id, '') AS account_id, \
                 ifNull(handle, '') AS account_handle, ifNull(profile_title, '') AS account_name, \
                 ifNull(profile_pic_url, '') AS picture, ifNull(profile_followers, 0) AS followers, \
                 ifNull(category, '') AS subject, ifNull(post_title, '') AS title, \
                 ifNull(post_thumbnail_url, '') AS thumbnail, ifNull(post_type, '') AS kind, \
                 ifNull(post_publish_time, 0) AS published, ifNull(post_likes, 0) AS likes, \
                 ifNull(post_comments, 0) AS comments, ifNull(post_views, 0) AS views, \
                 toInt64(least(round(if(ifNull(isFinite(post_reach) AND post_reach > 0, 0), \
                     assumeNotNull(post_reach), 0)), toFloat64(9007199254740991))) AS reach \
             FROM FILE WHERE shortcode IS NOT NULL \
             ORDER BY {by} DESC, code ASC LIMIT 1 BY code LIMIT {limit}"
        ));
        self.session.rows(query).await
    }

    /// The first profiles, those of one value by account.
    pub async fn top_profiles(&self, order: Order, limit: u64) -> Result<Vec<ProfileRow>, Error> {
        let by = order.column();
        let query = self.query(&format!(
            "SELECT account_id, account_handle, account_name, picture, followers, subject, rate, uploads, \
                 likes, comments, views, reach \
             FROM ( \
                 SELECT ifNull(profile_id, '') AS account_id, ifNull(max(handle), '') AS account_handle, \
                     ifNull(max(profile_title), '') AS account_name, \
                     ifNull(max(profile_pic_url), '') AS picture, \
                     ifNull(max(profile_followers), 0) AS followers, ifNull(max(category), '') AS subject, \
                     ifNull(maxIf(engagement_rate, isFinite(engagement_rate)), 0) AS rate, \
                     POSTS AS uploads, ifNull(sum(post_likes), 0) AS likes, \
                     ifNull(sum(post_comments), 0) AS comments, ifNull(sum(post_views), 0) AS views, \
                     REACH AS reach, ifNull(max(post_publish_time), 0) AS published \
                 FROM FILE WHERE profile_id IS NOT NULL GROUP BY profile_id \
             ) \
             ORDER BY {by} DESC, account_id ASC LIMIT {limit}"
        ));
        self.session.rows(query).await
    }

    /// Posts and reach of each month, or of each week from Sunday.
    pub async fn buckets(&self, by_week: bool) -> Result<Vec<BucketRow>, Error> {
        let bucket = if by_week { "toStartOfWeek(day, 0)" } else { "toStartOfMonth(day)" };
        let query = self.query(&format!(
            "SELECT toString({bucket}) AS start, POSTS AS posts, REACH AS reach \
             FROM ( \
                 SELECT shortcode, post_reach, \
                     toDateTime(assumeNotNull(post_publish_time), ?) AS day \
                 FROM FILE WHERE DATED \
             ) \
             GROUP BY start ORDER BY start LIMIT 1000"
        ));
        self.session.rows(query.bind(self.zone.name())).await
    }

    /// The categories of most posts.
    pub async fn categories(&self, limit: u64) -> Result<Vec<ShareRow>, Error> {
        self.shares("ifNull(category, '')", limit).await
    }

    /// The languages of most posts, by code.
    pub async fn languages(&self, limit: u64) -> Result<Vec<ShareRow>, Error> {
        self.shares("splitByChar('-', ifNull(post_language, ''))[1]", limit).await
    }

    async fn shares(&self, name: &str, limit: u64) -> Result<Vec<ShareRow>, Error> {
        let query = self.query(&format!(
            "SELECT name, posts, sum(posts) OVER () AS total \
             FROM (SELECT {name} AS name, POSTS AS posts FROM FILE WHERE trimBoth(name) != '' GROUP BY name) \
             ORDER BY posts DESC, name DESC LIMIT {limit}"
        ));
        self.session.rows(query).await
    }

    /// The languages of most posts of each month, by code.
    pub async fn monthly_languages(&self, limit: u64) -> Result<Vec<MonthlyShareRow>, Error> {
        let query = self.query(&format!(
            "SELECT start, name, posts, sum(posts) OVER (PARTITION BY start) AS total \
             FROM ( \
                 SELECT toString(toStartOfMonth(toDateTime(assumeNotNull(post_publish_time), ?))) AS start, \
                     splitByChar('-', ifNull(post_language, ''))[1] AS name, POSTS AS posts \
                 FROM FILE WHERE DATED AND trimBoth(name) != '' GROUP BY start, name \
             ) \
             ORDER BY start, posts DESC, name DESC LIMIT {limit} BY start LIMIT 10000"
        ));
        self.session.rows(query.bind(self.zone.name())).await
    }

    /// Words of titles that are on at least three posts, without `stop` words: the 1000 most frequent.
    pub async fn title_words(&self, stop: &[&str]) -> Result<Vec<TokenRow>, Error> {
        let query = self.query(
            "SELECT token, posts, toInt64(count() OVER ()) AS tokens, max(posts) OVER () AS most \
             FROM ( \
                 SELECT token, posts \
                 FROM ( \
                     SELECT arrayJoin(splitByWhitespace(lowerUTF8(ifNull(post_title, '')))) AS token, \
                         POSTS AS posts \
                     FROM FILE GROUP BY token \
                 ) \
                 WHERE length(token) > 4 AND length(token) <= 30 AND NOT startsWith(token, 'http') \
                     AND NOT has(?, token) AND posts >= 3 \
                 ORDER BY posts DESC, token DESC LIMIT 1000 \
             ) \
             ORDER BY posts DESC, token DESC",
        );
        self.session.rows(query.bind(stop)).await
    }

    /// Keywords that posts name themselves: those with the greatest weight.
    pub async fn post_keywords(&self, limit: u64) -> Result<Vec<TokenRow>, Error> {
        let query = self.query(&format!(
            "SELECT token, posts, tokens, most \
             FROM ( \
                 SELECT token, posts, toInt64(count() OVER ()) AS tokens, max(posts) OVER () AS most \
                 FROM ( \
                     SELECT lowerUTF8(arrayJoin(arrayMap( \
                             found -> replaceRegexpAll(if(found[1] = '', found[3], found[1]), ?, ?), \
                             extractAllGroupsVertical(ifNull(post_keywords, ''), ?)))) AS token, \
                         POSTS AS posts \
                     FROM FILE GROUP BY token \
                 ) \
                 WHERE trimBoth(token) != '' \
             ) \
             ORDER BY posts * if(posts = most, log(1.5), log(most / posts)) DESC, token DESC LIMIT {limit}"
        ));
        self.session.rows(query.bind(r"\\(.)").bind(r"\1").bind(LIST)).await
    }

    /// Who sees the posts; nothing where the file has no row.
    pub async fn demography(&self) -> Result<DemographyRow, Error> {
        let query = self.session.query(&format!(
            "SELECT ifNull(audience_gender, '') AS gender, ifNull(audience_age_gender, '') AS age_gender \
             FROM {} LIMIT 1",
            self.audience
        ));
        Ok(self.session.rows(query).await?.pop().unwrap_or_default())
    }
}
