//! Behaviour over HTTP against real stores. One binary, so that linking happens once.

mod collection_group;
mod contract;
mod engine;
mod gateway;
mod mechanisms;
mod support;
