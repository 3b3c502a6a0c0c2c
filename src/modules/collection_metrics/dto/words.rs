//! Words of posts.

/// What to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordKind {
    /// Hashtags, with their `#`.
    Hashtag,
    /// Words of titles.
    Keyword,
}

/// Words that say nothing about a collection, in lower case.
pub const STOP_WORDS: [&str; 22] = [
    "your", "from", "this", "stop", "with", "that", "have", "https", "using", "also", "which",
    "these", "will", "what", "about", "more", "their", "they", "used", "some", "just", "like",
];
