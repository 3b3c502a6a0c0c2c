//! Conditions on one field become one. A store looks a list up in an index once per element, and once
//! per combination of elements where it has several lists: however many a client sends, a statement has
//! one list per field.

use std::cmp::Ordering;

use super::{Clause, Comparison, Operand, Test, Value};

/// The clauses with what they say about one field in as few tests as possible; rows that meet them are
/// the same. An empty [`Test::In`] is met by none.
pub(super) fn merge(clauses: &[Clause]) -> Vec<Clause> {
    let mut merged: Vec<Clause> = Vec::new();
    for Clause(alternatives) in clauses {
        let mut distinct: Vec<(Operand, Test)> = Vec::new();
        for alternative in alternatives {
            if !distinct.contains(alternative) {
                distinct.push(alternative.clone());
            }
        }
        let clause = Clause(distinct);
        if !absorbed(&mut merged, &clause) {
            merged.push(clause);
        }
    }
    merged
}

/// Puts a clause into one that says something of the same kind about the same field.
fn absorbed(merged: &mut [Clause], clause: &Clause) -> bool {
    let Clause(alternatives) = clause;
    let [(operand, test)] = alternatives.as_slice() else {
        return merged.contains(clause);
    };
    merged.iter_mut().any(|Clause(known)| match known.as_mut_slice() {
        [(field, known)] if field == operand => match both(known, test) {
            Some(test) => {
                *known = test;
                true
            }
            None => false,
        },
        _ => false,
    })
}

/// The test that is met where both are; `None` where that takes both.
fn both(a: &Test, b: &Test) -> Option<Test> {
    if a == b {
        return Some(a.clone());
    }
    match (membership(a), membership(b)) {
        (Some(Membership::In(a)), Some(Membership::In(b))) => {
            return Some(one_of(a.iter().filter_map(|value| stricter(value, b))));
        }
        (Some(Membership::In(a)), Some(Membership::NotIn(b)))
        | (Some(Membership::NotIn(b)), Some(Membership::In(a))) => {
            return Some(one_of(a.iter().filter(|value| !contains(b, value))));
        }
        (Some(Membership::NotIn(a)), Some(Membership::NotIn(b))) => {
            let more = b.iter().filter(|value| !contains(a, value));
            return Some(Test::NotIn(a.iter().chain(more).cloned().collect()));
        }
        _ => {}
    }
    match (a, b) {
        (Test::Compare(a, x), Test::Compare(b, y)) => {
            let (comparison, value) = stronger_bound((*a, x), (*b, y))?;
            Some(Test::Compare(comparison, value.clone()))
        }
        (Test::Disjoint(a), Test::Disjoint(b)) => {
            let more = b.iter().filter(|element| !a.contains(element));
            Some(Test::Disjoint(a.iter().chain(more).cloned().collect()))
        }
        _ => None,
    }
}

enum Membership<'a> {
    In(&'a [Value]),
    NotIn(&'a [Value]),
}

fn membership(test: &Test) -> Option<Membership<'_>> {
    use std::slice::from_ref;
    match test {
        Test::In(values) => Some(Membership::In(values)),
        Test::Compare(Comparison::Equal, value) => Some(Membership::In(from_ref(value))),
        Test::NotIn(values) => Some(Membership::NotIn(values)),
        Test::Compare(Comparison::NotEqual, value) => Some(Membership::NotIn(from_ref(value))),
        _ => None,
    }
}

fn one_of<'a>(values: impl Iterator<Item = &'a Value>) -> Test {
    let mut values: Vec<Value> = values.cloned().collect();
    match (values.pop(), values.is_empty()) {
        (Some(value), true) => Test::Compare(Comparison::Equal, value),
        (last, _) => Test::In(values.into_iter().chain(last).collect()),
    }
}

fn contains(values: &[Value], value: &Value) -> bool {
    values.iter().any(|other| is_same(other, value))
}

/// A value that is also in the list, as the one of the two that fewer stored values equal: stores compare
/// integers with decimals as decimals.
fn stricter<'a>(value: &'a Value, values: &'a [Value]) -> Option<&'a Value> {
    let other = values.iter().find(|other| is_same(value, other))?;
    Some(if matches!(value, Value::Float(_)) { other } else { value })
}

fn is_same(a: &Value, b: &Value) -> bool {
    order(a, b).map_or(a == b, Ordering::is_eq)
}

/// Order of two values that every store has the same; texts have the one of their collation.
fn order(a: &Value, b: &Value) -> Option<Ordering> {
    let number = |value: &Value| match value {
        Value::Integer(value) => Some(*value as f64),
        Value::Float(value) => Some(*value),
        _ => None,
    };
    match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Timestamp(a), Value::Timestamp(b)) => Some(a.cmp(b)),
        _ => number(a)?.partial_cmp(&number(b)?),
    }
}

type Bound<'a> = (Comparison, &'a Value);

/// The one of two lower or two upper bounds that implies the other.
fn stronger_bound<'a>(a: Bound<'a>, b: Bound<'a>) -> Option<Bound<'a>> {
    use Comparison::{AtLeast, AtMost, Greater, Less};
    let is_lower = |(comparison, _): Bound<'_>| match comparison {
        AtLeast | Greater => Some(true),
        AtMost | Less => Some(false),
        Comparison::Equal | Comparison::NotEqual => None,
    };
    if is_lower(a)? != is_lower(b)? {
        return None;
    }
    let order = order(a.1, b.1)?;
    let first = match if is_lower(a)? { order } else { order.reverse() } {
        Ordering::Greater => true,
        Ordering::Less => false,
        Ordering::Equal => matches!(a.0, Greater | Less),
    };
    Some(if first { a } else { b })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::query::Kind;

    fn on(column: &'static str, test: Test) -> Clause {
        Clause(vec![(Operand { column, kind: Kind::Integer, path: Vec::new() }, test)])
    }

    fn list(values: &[i64]) -> Vec<Value> {
        values.iter().copied().map(Value::Integer).collect()
    }

    #[test]
    fn lists_on_one_field_become_one_however_they_are_written() {
        let clauses = [
            on("id", Test::In(list(&[1, 2, 3, 4]))),
            on("followers", Test::In(list(&[1, 2]))),
            on("id", Test::NotIn(list(&[2, 9]))),
            on("id", Test::In(list(&[2, 3, 4, 5]))),
            on("id", Test::Compare(Comparison::NotEqual, Value::Integer(3))),
        ];
        let merged = merge(&clauses);
        assert_eq!(
            merged,
            [
                on("id", Test::Compare(Comparison::Equal, Value::Integer(4))),
                on("followers", Test::In(list(&[1, 2]))),
            ]
        );
        let none = merge(&[on("id", Test::In(list(&[1, 2]))), on("id", Test::In(list(&[3])))]);
        assert_eq!(none, [on("id", Test::In(Vec::new()))]);
    }

    #[test]
    fn repeated_alternatives_are_one() {
        let Clause(once) = on("id", Test::In(list(&[1, 2])));
        let twice = Clause([once.clone(), once].concat());
        assert_eq!(merge(&[twice.clone(), twice]), [on("id", Test::In(list(&[1, 2])))]);
    }

    fn tests() -> impl Strategy<Value = Test> {
        let value = prop_oneof![
            (-4_i64..4).prop_map(Value::Integer),
            (-8_i64..8).prop_map(|half| Value::Float(half as f64 / 2.0)),
        ];
        let values = proptest::collection::vec(value.clone(), 1..5);
        let comparison = proptest::sample::select(vec![
            Comparison::Equal,
            Comparison::NotEqual,
            Comparison::AtLeast,
            Comparison::AtMost,
            Comparison::Greater,
            Comparison::Less,
        ]);
        prop_oneof![
            (comparison, value).prop_map(|(comparison, value)| Test::Compare(comparison, value)),
            values.clone().prop_map(Test::In),
            values.prop_map(Test::NotIn),
        ]
    }

    fn meets(stored: i64, Clause(alternatives): &Clause) -> bool {
        let stored = Value::Integer(stored);
        alternatives.iter().any(|(_, test)| match test {
            Test::Compare(comparison, value) => {
                let order = order(&stored, value).expect("numbers");
                match comparison {
                    Comparison::Equal => order.is_eq(),
                    Comparison::NotEqual => order.is_ne(),
                    Comparison::AtLeast => order.is_ge(),
                    Comparison::AtMost => order.is_le(),
                    Comparison::Greater => order.is_gt(),
                    Comparison::Less => order.is_lt(),
                }
            }
            Test::In(values) => contains(values, &stored),
            Test::NotIn(values) => !contains(values, &stored),
            other => panic!("{other:?}"),
        })
    }

    proptest! {
        #[test]
        fn the_same_rows_meet_at_most_three_tests(
            tests in proptest::collection::vec(tests(), 0..9), stored in -5_i64..5,
        ) {
            let clauses: Vec<Clause> = tests.into_iter().map(|test| on("id", test)).collect();
            let merged = merge(&clauses);
            let all = |clauses: &[Clause]| clauses.iter().all(|clause| meets(stored, clause));
            prop_assert_eq!(all(&clauses), all(&merged), "{:?}", merged);
            let lists = |clause: &&Clause| membership(&clause.0[0].1).is_some();
            prop_assert!(merged.iter().filter(lists).count() <= 1, "{:?}", merged);
            prop_assert!(merged.len() <= 3, "{:?}", merged);
        }
    }
}
