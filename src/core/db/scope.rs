//! Whose rows a unit of work may touch: it chooses the predicate of every statement on a tenant table and
//! the settings that row-level security reads.

use std::fmt::Write as _;

use sea_orm::ColumnTrait;
use sea_orm::sea_query::SimpleExpr;

use crate::core::caller::PLATFORM_PARTNER;

/// Whose rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those of one partner.
    Tenant(i64),
    /// Those of all partners: the platform's own partner asks.
    Platform,
    /// Those that a share id or a featured collection opened.
    Shared(ShareOwner),
}

/// The partner whose rows a share opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareOwner {
    partner_id: i64,
    writes: bool,
}

impl ShareOwner {
    /// Its rows may be read.
    pub fn read_only(partner_id: i64) -> Self {
        Self { partner_id, writes: false }
    }

    pub(in crate::core) fn is_writable(self) -> bool {
        self.writes
    }

    /// Its rows may be written too; meanwhile those of the caller may not.
    pub fn writable(partner_id: i64) -> Self {
        Self { partner_id, writes: true }
    }
}

impl Scope {
    /// That of a caller of this partner.
    pub fn of(partner_id: i64) -> Self {
        if partner_id == PLATFORM_PARTNER { Self::Platform } else { Self::Tenant(partner_id) }
    }

    /// The partner in whose name rows are written.
    pub fn partner_id(self) -> i64 {
        match self {
            Self::Tenant(partner_id) => partner_id,
            Self::Platform => PLATFORM_PARTNER,
            Self::Shared(owner) => owner.partner_id,
        }
    }

    /// First and last partner admitted, for `partner_id BETWEEN … AND …`.
    pub fn partners(self) -> (i64, i64) {
        match self {
            Self::Platform => (i64::MIN, i64::MAX),
            one => (one.partner_id(), one.partner_id()),
        }
    }

    /// Predicate on the column that holds the tenant.
    pub(super) fn admits(self, column: impl ColumnTrait) -> SimpleExpr {
        match self {
            Self::Platform => column.between(i64::MIN, i64::MAX),
            one => column.eq(one.partner_id()),
        }
    }

    /// Calls of `set_config` for row-level security, until the transaction ends; all values are numbers.
    pub(in crate::core) fn settings(self) -> String {
        let mut settings = String::new();
        let set = |settings: &mut String, name: &str, value: &dyn std::fmt::Display| {
            let comma = if settings.is_empty() { "" } else { ", " };
            // Writing to a String does not fail.
            let _ = write!(settings, "{comma}set_config('{name}', '{value}', true)");
        };
        match self {
            Self::Tenant(_) | Self::Platform => {
                set(&mut settings, "app.partner_id", &self.partner_id());
                set(&mut settings, "app.owner_writes", &"");
            }
            Self::Shared(ShareOwner { partner_id, writes }) => {
                set(&mut settings, "app.owner_id", &partner_id);
                set(&mut settings, "app.owner_writes", &if writes { "on" } else { "" });
            }
        }
        settings
    }

    /// Settings of a caller who has no partner: they admit no row.
    pub(super) fn none() -> &'static str {
        "set_config('app.partner_id', '', true), set_config('app.owner_writes', '', true)"
    }
}

/// A hand-written statement on tenant tables. Its text is looked at when it is compiled: one that lacks the
/// predicate of the tenant does not compile.
#[derive(Debug, Clone, Copy)]
pub struct TenantSql {
    text: &'static str,
    is_of_scope: bool,
}

impl TenantSql {
    /// On the rows of the scope: `partner_id BETWEEN $1 AND $2`, other values from `$3` on.
    pub const fn of_scope(text: &'static str) -> Self {
        assert!(contains(text, "partner_id BETWEEN $1 AND $2"), "without the tenant's predicate");
        Self { text, is_of_scope: true }
    }

    /// On the rows of the scope's own partner only, also for the platform: `partner_id = $1`, other values
    /// from `$2` on.
    pub const fn of_partner(text: &'static str) -> Self {
        assert!(contains(text, "partner_id = $1"), "without the tenant's predicate");
        Self { text, is_of_scope: false }
    }

    pub(super) fn statement(
        self,
        scope: Scope,
        values: impl IntoIterator<Item = sea_orm::Value>,
    ) -> sea_orm::Statement {
        let (first, last) = scope.partners();
        let mut bound: Vec<sea_orm::Value> = if self.is_of_scope {
            vec![first.into(), last.into()]
        } else {
            vec![scope.partner_id().into()]
        };
        bound.extend(values);
        sea_orm::Statement::from_sql_and_values(sea_orm::DbBackend::Postgres, self.text, bound)
    }
}

const fn contains(text: &str, wanted: &str) -> bool {
    let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
    let mut start = 0;
    while start + wanted.len() <= text.len() {
        let mut same = 0;
        while same < wanted.len() && text[start + same] == wanted[same] {
            same += 1;
        }
        if same == wanted.len() {
            return true;
        }
        start += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: TenantSql =
        TenantSql::of_scope("SELECT 1 FROM t WHERE t.partner_id BETWEEN $1 AND $2 AND id = $3");

    #[test]
    fn every_scope_has_a_predicate_and_settings() {
        let shared = Scope::Shared(ShareOwner::read_only(20));
        let bound = |scope: Scope| READ.statement(scope, [7.into()]).values.map(|values| values.0);
        let values = |a: i64, b: i64| Some(vec![a.into(), b.into(), 7.into()]);
        assert_eq!(bound(Scope::of(10)), values(10, 10));
        assert_eq!(bound(Scope::of(-1)), values(i64::MIN, i64::MAX));
        assert_eq!(bound(shared), values(20, 20));
        assert!(Scope::of(10).settings().contains("'app.partner_id', '10'"));
        let writable = Scope::Shared(ShareOwner::writable(20)).settings();
        assert!(writable.contains("'app.owner_id', '20'") && writable.contains("'on'"));
        assert!(!shared.settings().contains("'on'") && !shared.settings().contains("partner_id'"));
    }

    #[test]
    #[should_panic(expected = "without the tenant's predicate")]
    fn a_statement_without_the_predicate_is_refused() {
        // In a constant this does not compile.
        let text = String::from("SELECT 1 FROM t WHERE id = $3").leak();
        TenantSql::of_scope(text);
    }
}
