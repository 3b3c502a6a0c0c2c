//! Leaderboard.
