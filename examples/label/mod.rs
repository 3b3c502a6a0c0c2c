//! `/label-service`: the labels of a partner. Owns `label`.

mod api;
mod dao;
mod dto;
mod entity;
mod manager;
mod service;

use crate::core::module::Module;

/// The module.
pub fn module() -> Module {
    Module::new("label").routes(api::routes())
}
