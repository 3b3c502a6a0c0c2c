//! Defaults of the four layers for plain tenant-owned modules.
//!
//! A module implements [`Resource`] and gets create, find, find many, update and search; it mounts
//! them with handlers that each call one function of [`api`]. Once half of its routes are special,
//! a module writes its own layers and leaves this place.

pub mod api;
mod dao;
mod manager;
mod resource;
pub mod service;
mod share_id;

pub use resource::{Records, Resource};
pub use sea_orm::ActiveValue::{NotSet, Set};
pub use sea_orm::Value;
pub use share_id::share_id;
