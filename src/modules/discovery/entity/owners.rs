//! Whose collections a search may look into.

use sea_orm::Condition;
use sea_orm::sea_query::Expr;

use crate::core::db::{Scope, ShareOwner};

/// Whose collections count.
#[derive(Debug, Clone)]
pub enum Owners {
    /// Everybody's: the platform's own partner asks.
    All,
    /// Those of these partners.
    Partners(Vec<i64>),
    /// The one that a filter on the share id picks, as a stranger sees it: enabled items that are not
    /// hidden. Its owner.
    Shared(i64),
}

impl Owners {
    /// Condition on `collection` and `item`.
    pub fn condition(&self) -> Condition {
        match self {
            Self::All => Condition::all(),
            Self::Partners(ids) => Condition::all()
                .add(Expr::cust_with_values("collection.partner_id = ANY($1)", [ids.clone()])),
            Self::Shared(owner) => Condition::all()
                .add(Expr::cust_with_values("collection.partner_id = $1", [*owner]))
                .add(Expr::cust("item.enabled AND NOT item.hidden")),
        }
    }

    /// What row-level security has to admit; `None` = nothing.
    pub fn scope(&self) -> Option<Scope> {
        match self {
            Self::All => Some(Scope::Platform),
            Self::Partners(ids) => ids.first().copied().map(Scope::of),
            Self::Shared(owner) => Some(Scope::Shared(ShareOwner::read_only(*owner))),
        }
    }
}
