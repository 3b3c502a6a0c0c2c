//! What comes in and goes out.

mod insights;
mod profile;
mod sync;

pub use insights::{AudienceInsightsDataOut, AudienceInsightsOut, InsightsOut};
pub use profile::{CampaignProfileIn, CampaignProfilesOut, SocialIn};
pub use sync::{AppLevelOut, AppProfileOut, SyncIn};
