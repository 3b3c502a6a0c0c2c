//! Sums over the accounts of a genre: `/genre-insights-service/api/genre`.
//!
//! Reads the ClickHouse table `genre_overview`, which the warehouse derives. Writes nothing and
//! emits nothing.

mod api;
mod dao;
mod dto;
mod entity;
mod manager;
mod service;

pub use dto::{AgeGenderOut, GenreEntryOut, LanguageSplitOut};
pub use service::GenreInsightsService;

use crate::core::module::{Module, Need};

/// The module.
pub fn module() -> Module {
    Module::new("genre-insights").routes(api::routes()).needs(&[Need::ClickHouse])
}
