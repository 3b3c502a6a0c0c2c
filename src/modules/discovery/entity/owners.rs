//! Whose collections a search may look into.

use sea_orm::sea_query::{Alias, Expr, SelectStatement};
use sea_orm::{Condition, JoinType};

use crate::core::db::{Scope, ShareOwner};
use crate::core::query::{Clause, condition};

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
    /// Each `item` of their enabled `collection`s that meets conditions on both; nothing selected yet.
    pub fn items(&self, clauses: &[Clause]) -> SelectStatement {
        let mut statement = SelectStatement::new();
        statement
            .from_as(Alias::new("profile_collection_item"), Alias::new("item"))
            .join_as(
                JoinType::InnerJoin,
                Alias::new("profile_collection"),
                Alias::new("collection"),
                Expr::cust("collection.id = item.profile_collection_id"),
            )
            .and_where(Expr::cust("collection.enabled"))
            .cond_where(self.condition())
            .cond_where(condition(clauses));
        statement
    }

    /// Condition on `collection` and `item`.
    fn condition(&self) -> Condition {
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
