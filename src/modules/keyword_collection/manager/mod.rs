//! Rules of keyword collections, and how rows and reports become entries.

mod collection;
mod keywords;
mod report;

pub use collection::{
    check_change, check_keyword_count, check_new, complete_report, entry, job, meta, ready,
    report_key, shared_entry, status,
};
pub use keywords::{STOP_WORDS, scores_of_keywords, scores_of_words};
pub use report::{
    Counted, age_gender, gender, is_by_week, monthly_shares, order, partial, post, profile, shares,
};
