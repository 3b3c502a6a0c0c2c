//! Conditions on a member of a document. Where they can be said as containment, they are: an index over whole
//! documents answers it, and the planner knows how many rows it holds for.

use std::slice;

use sea_orm::ExprTrait as _;
use sea_orm::sea_query::{Expr, SimpleExpr, Value as SqlValue};
use serde_json::{Value as Json, json};

use super::postgres::{column, texts};
use super::{Kind, Operand, Value};

/// Most elements of a list that are looked up one by one in a document: their conditions nest, and an index
/// is asked for each.
const MOST_CONTAINED: usize = 16;

/// The member is a text equal to this one, or shown as it; `None` where containment cannot tell.
pub(super) fn is_text(operand: &Operand, text: &str) -> Option<SimpleExpr> {
    let [key] = operand.path.as_slice() else { return None };
    let is = |member: Json| contains(operand, slice::from_ref(key), member);
    let equal = is(json!(text));
    if let Ok(truth) = text.parse::<bool>() {
        return Some(equal.or(is(json!(truth))));
    }
    match text.parse::<i64>() {
        Ok(number) if number.to_string() == text => {
            // 7.0 equals the number and is shown otherwise.
            let shown = Expr::cust_with_exprs("$1 = $2", [shown(operand, key), Expr::value(text)]);
            Some(equal.or(is(json!(number)).and(shown)))
        }
        // What may be an object, a list or another number.
        _ if text.starts_with(['{', '[']) || may_show_number(text) => None,
        _ => Some(equal),
    }
}

/// Whether a number may be shown as this text: never with a plus or zeros in front, as telephone numbers are.
fn may_show_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_padded = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    text.parse::<f64>().is_ok() && !is_padded && !text.starts_with('+')
}

/// The member is one of these; `None` where containment cannot tell.
pub(super) fn is_one_of(operand: &Operand, values: &[Value]) -> Option<SimpleExpr> {
    if operand.kind != Kind::JsonText || values.len() > MOST_CONTAINED {
        return None;
    }
    let each = values.iter().map(|value| match value {
        Value::Text(text) => is_text(operand, text),
        _ => None,
    });
    each.collect::<Option<Vec<_>>>()?.into_iter().reduce(|any, one| any.or(one))
}

/// The member is this truth value, or a text of it; a missing one is false.
pub(super) fn is_truth(operand: &Operand, value: bool) -> SimpleExpr {
    if value && let Some(is_true) = is_text(operand, "true") {
        return is_true;
    }
    let shown = at_path(operand, "COALESCE($1 #>> $2, 'false')");
    Expr::cust_with_exprs("$1 = $2", [shown, Expr::value(value.to_string())])
}

/// The list has one of these elements.
pub(super) fn overlaps(operand: &Operand, elements: &[String]) -> SimpleExpr {
    if elements.len() > MOST_CONTAINED {
        return any_of(operand, elements, "$1 ?| $2");
    }
    let contained =
        elements.iter().map(|element| contains(operand, &operand.path, json!([element])));
    let any = contained.reduce(|any, one| any.or(one));
    any.unwrap_or_else(|| Expr::cust("FALSE"))
}

/// The list has none of these elements.
pub(super) fn disjoint(operand: &Operand, elements: &[String]) -> SimpleExpr {
    any_of(operand, elements, "NOT ($1 ?| $2)")
}

/// The member as text, in the form that indexes of one member have.
pub(super) fn shown(operand: &Operand, key: &str) -> SimpleExpr {
    Expr::cust_with_exprs("$1 ->> $2", [column(operand.column), Expr::value(key)])
}

/// A template over the document and the path.
pub(super) fn at_path(operand: &Operand, template: &'static str) -> SimpleExpr {
    Expr::cust_with_exprs(template, [column(operand.column), Expr::value(texts(&operand.path))])
}

/// A template over the array at the path and the elements.
fn any_of(operand: &Operand, elements: &[String], template: &'static str) -> SimpleExpr {
    let array = "CASE WHEN jsonb_typeof($1 #> $2) = 'array' THEN $1 #> $2 END";
    let array = at_path(operand, array);
    Expr::cust_with_exprs(template, [array, Expr::value(texts(elements))])
}

/// The document has this value at the path.
fn contains(operand: &Operand, path: &[String], value: Json) -> SimpleExpr {
    let document = path.iter().rev().fold(value, |inner, key| json!({ key: inner }));
    let document = Expr::value(SqlValue::from(document));
    Expr::cust_with_exprs("$1 @> $2", [column(operand.column), document])
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::{PostgresQueryBuilder, Query};

    use super::*;

    fn sql(condition: SimpleExpr) -> String {
        Query::select().and_where(condition).take().to_string(PostgresQueryBuilder)
    }

    fn operand(kind: Kind, path: &[&str]) -> Operand {
        let path = path.iter().map(|key| (*key).to_owned()).collect();
        Operand { column: "details", kind, path }
    }

    #[test]
    fn conditions_of_a_long_list_do_not_nest() {
        let programs = operand(Kind::JsonArray, &["programs"]);
        let of = |elements: usize| {
            let elements: Vec<String> = (0..elements).map(|number| number.to_string()).collect();
            sql(overlaps(&programs, &elements))
        };
        assert_eq!(of(MOST_CONTAINED).matches("@>").count(), MOST_CONTAINED);
        let long = of(100_000);
        assert!(long.contains("?|") && !long.contains("@>"), "{long}");
    }

    #[test]
    fn texts_are_contained_unless_something_else_may_be_shown_as_them() {
        let city = operand(Kind::JsonText, &["city"]);
        let contained =
            |text: &str| is_text(&city, text).map(sql).map_or(0, |sql| sql.matches("@>").count());
        assert_eq!(["Pune", "+91 98", "+9198", "007", "null", ""].map(contained), [1; 6]);
        assert_eq!(["7", "-7", "true"].map(contained), [2; 3]);
        assert_eq!(["7.0", "1e3", "99999999999999999999", "{}", "[1]"].map(contained), [0; 5]);
        assert!(
            is_text(&operand(Kind::JsonText, &["a", "0"]), "Pune").is_none(),
            "a list has places"
        );
        let cities = |count| vec![Value::Text("Pune".to_owned()); count];
        assert!(is_one_of(&city, &cities(MOST_CONTAINED)).is_some());
        assert!(is_one_of(&city, &cities(MOST_CONTAINED + 1)).is_none());
    }
}
