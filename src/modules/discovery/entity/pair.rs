//! Two accounts of one creator.

/// An Instagram account and a channel of one creator, by row; either may be missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pair {
    /// Row of the Instagram account.
    pub instagram: Option<i64>,
    /// Row of the channel.
    pub youtube: Option<i64>,
}
