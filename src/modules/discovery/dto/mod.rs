//! What answers are made of, also the answers of other modules that show accounts. Members marked
//! `Option` are left out when they have no value, unless their doc says otherwise. Names that end in
//! `In` come with messages.

mod account_in;
mod audience;
mod campaign_profile;
mod content;
mod group_metrics;
mod hashtags;
mod insights;
mod locations;
mod profile;
mod profiles;
mod social_account;
mod time_series;

pub use account_in::{InstagramAccountIn, YoutubeAccountIn};
pub use audience::{AgeGenderSplitOut, AudienceDataOut, AudienceOut};
pub use campaign_profile::CampaignProfileOut;
pub use content::{ContentOut, PostOut, ProfileContentOut};
pub use group_metrics::{GroupMetricsOut, HistogramBin};
pub use hashtags::{HashtagsOut, ProfileHashtagsOut};
pub use insights::{CollectedAudience, CreatorToken};
pub use locations::{LocationFields, LocationNamesOut, LocationOut, LocationsOut};
pub use profile::{GradesOut, MetricsOut, ProfileOut};
pub use profiles::ProfilesOut;
pub use social_account::SocialAccountOut;
pub use time_series::{GrowthFields, GrowthOut, PointOut, TimeSeriesOut};
