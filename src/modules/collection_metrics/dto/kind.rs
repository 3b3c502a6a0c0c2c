//! Kinds of collections.

/// Whose id the id of a collection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CollectionType {
    /// A post collection: its posts are measured.
    Post,
    /// A profile collection: the posts of its profiles are.
    Profile,
}

impl CollectionType {
    /// The kind of that exact name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Post, Self::Profile].into_iter().find(|kind| kind.name() == name)
    }

    /// As clients and tables write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Profile => "PROFILE",
        }
    }
}
