//! What answers are made of, also the answers of other modules that show accounts. Members marked
//! `Option` are left out when they have no value, unless their doc says otherwise.

mod campaign_profile;
mod content;
mod group_metrics;
mod profile;
mod profiles;
mod social_account;

pub use campaign_profile::{AdminDetailsOut, CampaignProfileOut, LevelOut, UserDetailsOut};
pub use content::{ContentOut, PostOut, ProfileContentOut};
pub use group_metrics::{GroupMetricsOut, HistogramBin};
pub use profile::{GradesOut, MetricsOut, ProfileOut};
pub use profiles::ProfilesOut;
pub use social_account::SocialAccountOut;
