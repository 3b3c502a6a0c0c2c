//! What clients and the data plane send and get.

mod collection;
mod message;
mod report;

pub use collection::{
    KeywordCollectionIn, KeywordCollectionOut, KeywordCollectionsOut, KeywordFields, ReportFields,
};
pub use message::{ReportJob, ReportReady};
pub use report::{
    AudienceGenderOut, PostAccountOut, ReportOut, ReportPostOut, ReportPostsOut, ReportProfileOut,
    ReportProfilesOut, ReportStatus,
};
