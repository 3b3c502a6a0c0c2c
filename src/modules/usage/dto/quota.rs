//! What the plan `FREE` has a number of only.

/// A number of things that a partner may have at a time with the plan `FREE`; the module whose rows are
/// counted declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Name of the lock under which they are counted, one of its own.
    pub name: &'static str,
    /// How many.
    pub free: i64,
    /// What is answered where there would be more.
    pub refusal: &'static str,
}
