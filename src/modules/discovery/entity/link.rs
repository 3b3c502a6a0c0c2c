//! What leads to an account.

/// What leads to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLink {
    /// Profile code.
    pub code: Option<String>,
    /// Name, or what stands for it.
    pub name: String,
    /// Address of its picture.
    pub thumbnail: Option<String>,
    /// Handle, on YouTube the channel's id where that is known.
    pub handle: Option<String>,
}
