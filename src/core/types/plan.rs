//! What a tenant pays for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Plan of a caller; ordered from the smallest to the largest.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Plan {
    /// No active contract.
    #[default]
    Free,
    /// Self-service contract.
    Saas,
    /// Full contract.
    Paid,
}

impl Plan {
    /// Name in contracts, headers and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Free => "FREE",
            Self::Saas => "SAAS",
            Self::Paid => "PAID",
        }
    }

    /// The plan of that exact name; anything else is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Free, Self::Saas, Self::Paid].into_iter().find(|plan| plan.name() == text)
    }
}
