//! What statements on metrics read.

mod counters;
mod series;
mod summary;

pub use counters::{Counters, PostTypes, float, per};
pub use series::{ClicksPoint, DailyViews, SeriesPoint};
pub use summary::{CollectionSummary, MeasuredPost, MeasuredProfile, Summary, Word};
