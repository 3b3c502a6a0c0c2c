//! The binary as an operator runs it.

mod commands;
pub mod server;
mod start;
mod stop;
