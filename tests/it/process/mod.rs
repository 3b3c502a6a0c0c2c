//! The binary as an operator runs it.

mod commands;
mod server;
mod start;
mod stop;
