//! Built-in identity: people sign in, stay signed in and sign out.
//!
//! Prefix `/identity-service`, mounted while no external identity service is configured. Owns
//! `identity_user`, `identity_account`, `identity_session`, `identity_refresh_token`,
//! `identity_attempt`. The gateway asks it who a session belongs to; commands manage its users.
//!
//! A session is a row and, where there is Redis, a key that lives as long as the row and spares
//! reading it. Its access tokens are short; its refresh tokens are used once, and
//! for half a minute give the same successor again.

mod api;
mod dao;
mod dto;
mod entity;
mod jobs;
mod manager;
mod service;

use std::sync::Arc;

use crate::core::capacity::Lane;
use crate::core::config::Config;
use crate::core::module::Module;
use service::SIGN_IN_BLOCKED;

pub use dto::{NewSession, NewUser, UserRef};
pub use entity::{Identity, UserRow, session_key};
pub use service::IdentityService;

/// The module.
pub fn module(config: &Config, service: &Arc<IdentityService>) -> Module {
    Module::new("identity")
        .routes(api::routes(service))
        .publishes(SIGN_IN_BLOCKED)
        .runs(jobs::jobs(config))
        .in_lane(Lane::Identity)
}
