//! The binary as an operator runs it.

mod commands;
mod fences;
mod logs;
mod memory;
mod reports;
pub mod server;
mod start;
mod stop;
