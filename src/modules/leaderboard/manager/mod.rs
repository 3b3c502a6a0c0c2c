//! Rules of the leaderboard, pure: what a request ranks, the graphs, the entries.

mod entry;
pub(super) mod file;
mod graph;
mod ranking;
mod window;

pub(super) use entry::{Ranked, entry};
pub(super) use graph::{Series, graphed_accounts};
pub(super) use ranking::Ranking;
pub(super) use window::Window;
