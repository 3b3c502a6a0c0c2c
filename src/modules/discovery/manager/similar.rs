//! What makes an account similar to another one.

use super::super::entity::AccountRow;
use crate::core::query::{Clause, Comparison, Kind, Operand, Test, Value};

/// Conditions on similar accounts: followers within 60 %, a category in common where the account
/// has any, and not the account itself. `None` when its size is not known: nothing is similar.
pub fn clauses(account: &AccountRow) -> Option<Vec<Clause>> {
    let followers = account.followers()?;
    let distance = followers.saturating_mul(6) / 10;
    let compare = |column, comparison, value| {
        let operand = Operand { column, kind: Kind::Integer, path: Vec::new() };
        Clause(vec![(operand, Test::Compare(comparison, Value::Integer(value)))])
    };
    let size = "account.followers";
    let mut clauses = vec![
        compare(size, Comparison::AtLeast, followers - distance),
        compare(size, Comparison::AtMost, followers.saturating_add(distance)),
        compare("account.id", Comparison::NotEqual, account.id()),
    ];
    if !account.categories().is_empty() {
        let operand =
            Operand { column: "account.categories", kind: Kind::TextArray, path: Vec::new() };
        clauses.push(Clause(vec![(operand, Test::Overlaps(account.categories().to_vec()))]));
    }
    Some(clauses)
}

#[cfg(test)]
mod tests {
    use super::super::super::entity::instagram_account::Row;
    use super::*;

    fn tests(followers: Option<i64>, categories: Option<Vec<String>>) -> Option<Vec<Test>> {
        let row = Row { id: 7, followers, categories, ..Row::default() };
        let clauses = clauses(&AccountRow::Instagram(Box::new(row)))?;
        Some(clauses.into_iter().map(|clause| clause.0[0].1.clone()).collect())
    }

    #[test]
    fn sixty_percent_around_and_a_common_category() {
        let categories = vec!["Food".to_owned(), "Travel".to_owned()];
        let at_least = Test::Compare(Comparison::AtLeast, Value::Integer(20_000));
        let at_most = Test::Compare(Comparison::AtMost, Value::Integer(80_000));
        let other = Test::Compare(Comparison::NotEqual, Value::Integer(7));
        assert_eq!(
            tests(Some(50_000), Some(categories.clone())),
            Some(vec![at_least, at_most, other, Test::Overlaps(categories)])
        );
        assert_eq!(tests(Some(50_000), None).map(|tests| tests.len()), Some(3));
        assert_eq!(tests(None, None), None);
    }
}
