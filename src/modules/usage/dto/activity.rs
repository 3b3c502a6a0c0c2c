//! What is counted and logged: modules, activities and the kind of charge.

use uuid::Uuid;

/// Part of the product that usage is counted for; the namespace of a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsageModule {
    /// Creator search.
    Discovery,
    /// Pages of one profile.
    ProfilePage,
    /// Monthly ranking.
    Leaderboard,
    /// Tracked account collections.
    AccountTracking,
    /// Post collections.
    CampaignReport,
    /// Keyword collections.
    TopicResearch,
    /// Profile collections.
    ProfileCollection,
}

impl UsageModule {
    /// The modules that a contract limits.
    pub const LIMITED: [Self; 4] =
        [Self::Discovery, Self::CampaignReport, Self::ProfilePage, Self::AccountTracking];

    /// Name in rows and events.
    pub fn name(self) -> &'static str {
        match self {
            Self::Discovery => "DISCOVERY",
            Self::ProfilePage => "PROFILE_PAGE",
            Self::Leaderboard => "LEADERBOARD",
            Self::AccountTracking => "ACCOUNT_TRACKING",
            Self::CampaignReport => "CAMPAIGN_REPORT",
            Self::TopicResearch => "TOPIC_RESEARCH",
            Self::ProfileCollection => "PROFILE_COLLECTION",
        }
    }

    /// Whether a contract limits the module.
    pub fn is_limited(self) -> bool {
        Self::LIMITED.contains(&self)
    }
}

/// What a caller did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activity {
    /// First page of a search.
    Discovery,
    /// A profile unlocked.
    ProfilePage,
    /// A leaderboard read.
    Leaderboard,
    /// A tracker created.
    AccountTracking,
    /// A post collection created.
    CampaignReport,
    /// A keyword collection created.
    TopicResearch,
    /// A profile collection created.
    ProfileCollection,
    /// Profiles added to a tracker.
    AddProfileToCollection,
    /// Posts added to a collection.
    AddPostToCollection,
    /// Growth graphs of a locked profile read, which unlocks it.
    ProfilePageTimeseries,
}

impl Activity {
    /// Name in events.
    pub fn name(self) -> &'static str {
        match self {
            Self::Discovery => "DISCOVERY",
            Self::ProfilePage => "PROFILE_PAGE",
            Self::Leaderboard => "LEADERBOARD",
            Self::AccountTracking => "ACCOUNT_TRACKING",
            Self::CampaignReport => "CAMPAIGN_REPORT",
            Self::TopicResearch => "TOPIC_RESEARCH",
            Self::ProfileCollection => "PROFILE_COLLECTION",
            Self::AddProfileToCollection => "ADD_PROFILE_TO_COLLECTION",
            Self::AddPostToCollection => "ADD_POST_TO_COLLECTION",
            Self::ProfilePageTimeseries => "PROFILE_PAGE_TIMESERIES",
        }
    }

    /// Those that are listed in the caller's own log; there they have the name of their module, which
    /// is the same.
    pub const TRACKED: [Self; 3] = [Self::Discovery, Self::CampaignReport, Self::TopicResearch];

    /// Whether the activity is listed in the caller's own log.
    pub fn is_tracked(self) -> bool {
        Self::TRACKED.contains(&self)
    }
}

/// How an activity counts against the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charge {
    /// Refused at the limit.
    Paid,
    /// Counted without limit.
    Free,
}

/// Something that is charged the first time that a partner does it within 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Once {
    /// What is done.
    pub key: Uuid,
    /// Whether the times after the first are logged and announced too, with a count of 0.
    pub logs_repeats: bool,
}

/// One activity of the caller.
#[derive(Debug, Clone)]
pub struct ActivityLog {
    /// Whether the limit holds.
    pub charge: Charge,
    /// Counter to charge; also the type of the logged row.
    pub module: UsageModule,
    /// What was done.
    pub activity: Activity,
    /// Units to charge, 0 or more. 0 only asks whether the limit is reached.
    pub count: i64,
    /// What is charged once a day; `None` = every time.
    pub once: Option<Once>,
    /// Row of the caller's log to update; another caller's or an unknown one is not touched, and a
    /// new row is written.
    pub activity_id: Option<i64>,
    /// Details of the row and the event; `None` = empty.
    pub meta: Option<serde_json::Value>,
    /// Profile page to unlock ([`UsageModule::ProfilePage`] only). One that the partner already has
    /// is neither charged nor logged again.
    pub unlock_key: Option<String>,
}

impl ActivityLog {
    /// The profile page to unlock; other modules have none.
    pub fn page_to_unlock(&self) -> Option<&str> {
        self.unlock_key.as_deref().filter(|_| self.module == UsageModule::ProfilePage)
    }
}
