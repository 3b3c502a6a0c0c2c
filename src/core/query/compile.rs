//! From filters and an allow-list to typed conditions. Everything a client sent ends up as a
//! [`Value`] or a JSON key, both of which are bound, or the request is refused.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use super::number::{Number, parse_bool, parse_number};
use super::{Field, Filter, FilterType, Filters, Kind, find_field};
use crate::core::error::Error;
use crate::core::text::fold;

/// A bound value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Integer.
    Integer(i64),
    /// Decimal.
    Float(f64),
    /// Text.
    Text(String),
    /// Date.
    Date(NaiveDate),
    /// Instant.
    Timestamp(DateTime<Utc>),
}

/// Order comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `>=`
    AtLeast,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `<`
    Less,
}

impl Comparison {
    /// SQL operator.
    pub fn sql(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::AtLeast => ">=",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::Less => "<",
        }
    }
}

/// Left side of a condition: a column of ours, for JSON kinds with bound keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Operand {
    /// Column, optionally qualified.
    pub column: &'static str,
    /// Type.
    pub kind: Kind,
    /// JSON keys, outermost first; empty for plain columns.
    pub path: Vec<String>,
}

/// Right side of a condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Comparison with one value.
    Compare(Comparison, Value),
    /// Contains this text in any case; folded where the operand is a name. Not yet escaped for `LIKE`.
    Contains(String),
    /// One of the values.
    In(Vec<Value>),
    /// None of the values; rows without a value do not match.
    NotIn(Vec<Value>),
    /// Equal to a truth value.
    Is(bool),
    /// The array has at least one of these elements.
    Overlaps(Vec<String>),
    /// The array has none of these elements; rows without an array do not match.
    Disjoint(Vec<String>),
}

/// Alternatives, one of which must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause(pub Vec<(Operand, Test)>);

/// Compiles filters against the fields of a module. Filters with an empty value are skipped. A day
/// against an instant is its midnight in `zone`.
///
/// # Errors
/// `invalid Request`: unknown field, unknown operator, a value of the wrong type.
pub fn compile(filters: &Filters, fields: &[Field], zone: Tz) -> Result<Vec<Clause>, Error> {
    let conditions = filters.0.iter().filter(|filter| !filter.value.is_empty());
    let clause = |filter| {
        let clause = compile_one(filter, fields, zone);
        clause.ok_or_else(|| Error::invalid_filter(&filter.field))
    };
    conditions.map(clause).collect()
}

fn compile_one(filter: &Filter, fields: &[Field], zone: Tz) -> Option<Clause> {
    let operator = FilterType::parse(&filter.filter_type)?;
    let names: Vec<&str> = filter.field.split(',').map(str::trim).collect();
    let listable = !matches!(operator, FilterType::Ne | FilterType::NotIn | FilterType::Bool);
    if names.len() > 1 && !listable {
        return None;
    }
    let alternatives = names.into_iter().map(|name| {
        let (field, keys) = find_field(fields, name)?;
        let operand = Operand {
            column: field.column,
            kind: field.kind,
            path: keys.into_iter().map(str::to_owned).collect(),
        };
        let test = Test::read(operator, (field.kind, zone), &filter.value)?;
        Some((operand, test))
    });
    alternatives.collect::<Option<Vec<_>>>().map(Clause)
}

impl Test {
    /// Reads the value of a filter for an operand of the given kind; `None` = refused. Days begin in
    /// the zone.
    pub fn read(operator: FilterType, (kind, zone): (Kind, Tz), text: &str) -> Option<Self> {
        match kind {
            Kind::TextArray | Kind::JsonArray => Self::read_array(operator, text),
            Kind::Bool | Kind::JsonBool => Self::read_bool(operator, text),
            _ => Self::read_scalar(operator, (kind, zone), text),
        }
    }

    fn read_array(operator: FilterType, text: &str) -> Option<Self> {
        let elements = split(text)?;
        match operator {
            FilterType::Array | FilterType::In => Some(Self::Overlaps(elements)),
            FilterType::Eq => Some(Self::Overlaps(vec![text.to_owned()])),
            FilterType::Ne => Some(Self::Disjoint(vec![text.to_owned()])),
            FilterType::NotIn => Some(Self::Disjoint(elements)),
            _ => None,
        }
    }

    fn read_bool(operator: FilterType, text: &str) -> Option<Self> {
        let value = parse_bool(text)?;
        match operator {
            FilterType::Bool | FilterType::Eq => Some(Self::Is(value)),
            FilterType::Ne => Some(Self::Is(!value)),
            _ => None,
        }
    }

    fn read_scalar(operator: FilterType, kind: (Kind, Tz), text: &str) -> Option<Self> {
        let list = || -> Option<Vec<Value>> {
            split(text)?.iter().map(|element| read_value(kind, element)).collect()
        };
        let compare = |comparison| Some(Self::Compare(comparison, read_value(kind, text)?));
        match operator {
            FilterType::Eq => compare(Comparison::Equal),
            FilterType::Ne => compare(Comparison::NotEqual),
            FilterType::Gte => Self::read_order(Comparison::AtLeast, kind, text),
            FilterType::Lte => Self::read_order(Comparison::AtMost, kind, text),
            FilterType::Gt => Self::read_order(Comparison::Greater, kind, text),
            FilterType::Lt => Self::read_order(Comparison::Less, kind, text),
            FilterType::In => Some(Self::In(list()?)),
            FilterType::NotIn => Some(Self::NotIn(list()?)),
            FilterType::Like if kind.0.folded().is_some() => Some(Self::Contains(fold(text))),
            FilterType::Like if matches!(kind.0, Kind::Text | Kind::Shown(_) | Kind::JsonText) => {
                Some(Self::Contains(text.to_owned()))
            }
            FilterType::Like | FilterType::Bool | FilterType::Array => None,
        }
    }

    /// A number against the member of a document is compared as a number, everything else by the field's type.
    fn read_order(comparison: Comparison, (kind, zone): (Kind, Tz), text: &str) -> Option<Self> {
        let kind = match kind {
            Kind::JsonText | Kind::Shown(_) if parse_number(text).is_some() => Kind::JsonNumber,
            other => other,
        };
        Some(Self::Compare(comparison, read_value((kind, zone), text)?))
    }
}

fn read_value((kind, zone): (Kind, Tz), text: &str) -> Option<Value> {
    match kind {
        Kind::Integer | Kind::Float | Kind::JsonNumber => Some(match parse_number(text)? {
            Number::Integer(value) => Value::Integer(value),
            Number::Decimal(value) => Value::Float(value),
        }),
        Kind::Text | Kind::Name(_) | Kind::Shown(_) | Kind::JsonText => {
            Some(Value::Text(text.to_owned()))
        }
        Kind::Date => read_date(text).map(Value::Date),
        Kind::Timestamp => read_instant(text, zone).map(Value::Timestamp),
        Kind::Bool | Kind::JsonBool | Kind::TextArray | Kind::JsonArray => None,
    }
}

/// `YYYY-MM-DD` exactly; signs, blanks and other numbers of digits are no date.
fn read_date(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (date.to_string() == text && text.len() == 10).then_some(date)
}

fn read_instant(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    if let Some(date) = read_date(text) {
        return midnight(date, zone);
    }
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc))
}

/// First instant of a day; where clocks skip midnight, an hour later.
fn midnight(date: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let start = date.and_time(NaiveTime::MIN);
    let earliest = |local| zone.from_local_datetime(&local).earliest();
    let first = earliest(start).or_else(|| earliest(start + TimeDelta::hours(1)))?;
    Some(first.with_timezone(&Utc))
}

/// Elements of a comma list, blanks trimmed, empty ones dropped; `None` when none is left.
fn split(text: &str) -> Option<Vec<String>> {
    let elements = text.split(',').map(str::trim).filter(|element| !element.is_empty());
    let elements: Vec<String> = elements.map(str::to_owned).collect();
    (!elements.is_empty()).then_some(elements)
}

#[cfg(test)]
mod tests {
    use chrono_tz::{America, Asia};

    use super::*;

    const FIELDS: &[Field] = &[
        Field::new("name", Kind::Text),
        Field::new("handle", Kind::Text),
        Field::new("followers", Kind::Integer),
        Field::new("date", Kind::Date),
        Field::filter_only("categories", Kind::TextArray),
        Field::filter_only("audience_age", Kind::JsonNumber),
        Field::filter_only("flag", Kind::Bool),
    ];

    fn one(filter_type: &str, field: &str, value: &str) -> Option<Clause> {
        let filters = Filters(vec![Filter::new(filter_type, field, value)]);
        compile(&filters, FIELDS, Asia::Kolkata).ok().and_then(|clauses| clauses.into_iter().next())
    }

    fn test(filter_type: &str, field: &str, value: &str) -> Option<Test> {
        one(filter_type, field, value).map(|clause| clause.0[0].1.clone())
    }

    #[test]
    fn comma_list_of_fields_becomes_alternatives() {
        let clause = one("LIKE", "name,handle", "asha").expect("accepted");
        let columns: Vec<_> = clause.0.iter().map(|(operand, _)| operand.column).collect();
        assert_eq!(columns, ["name", "handle"]);
        assert_eq!(one("NE", "name,handle", "asha"), None);
    }

    #[test]
    fn lists_are_trimmed_and_never_empty() {
        assert_eq!(
            test("IN", "name", " a , ,b "),
            Some(Test::In(vec![Value::Text("a".into()), Value::Text("b".into())]))
        );
        assert_eq!(test("IN", "name", " , "), None);
        assert_eq!(
            test("ARRAY_IN", "categories", "Food, Travel"),
            Some(Test::Overlaps(vec!["Food".into(), "Travel".into()]))
        );
    }

    #[test]
    fn values_of_the_wrong_type_are_refused() {
        for (filter_type, field, value) in [
            ("GTE", "followers", "many"),
            ("GTE", "date", "2024-7-1"),
            ("EQ", "date", "2024-02-30"),
            ("BOOL", "flag", "yes"),
            ("BOOL", "name", "true"),
            ("LIKE", "followers", "1"),
            ("GTE", "categories", "a"),
            ("NEAR", "name", "a"),
            ("EQ", "nam", "a"),
            ("EQ", "audience_age", "1"),
            ("EQ", "name.first", "a"),
            ("GTE", "audience_age.13-17'", "1"),
        ] {
            assert_eq!(one(filter_type, field, value), None, "{filter_type} {field} {value}");
        }
    }

    #[test]
    fn decimals_compare_numerically_on_integers_and_json() {
        assert_eq!(
            test("GTE", "followers", "3.5"),
            Some(Test::Compare(Comparison::AtLeast, Value::Float(3.5)))
        );
        assert_eq!(
            test("LT", "audience_age.65+", "10"),
            Some(Test::Compare(Comparison::Less, Value::Integer(10)))
        );
    }

    #[test]
    fn empty_values_are_skipped_before_any_check() {
        let filters = Filters(vec![Filter::new("NEAR", "nonsense", "")]);
        assert_eq!(compile(&filters, FIELDS, Tz::UTC).expect("skipped"), vec![]);
    }

    #[test]
    fn a_day_begins_in_the_business_zone() {
        let begins = |day: &str, zone| read_instant(day, zone).map(|at| at.to_rfc3339());
        let india = begins("2024-07-01", Asia::Kolkata);
        assert_eq!(india.as_deref(), Some("2024-06-30T18:30:00+00:00"));
        // Clocks went from 00:00 to 01:00 that night.
        let cuba = begins("2024-03-10", America::Havana);
        assert_eq!(cuba.as_deref(), Some("2024-03-10T05:00:00+00:00"));
        let instant = begins("2024-07-01T00:00:00Z", Asia::Kolkata);
        assert_eq!(instant.as_deref(), Some("2024-07-01T00:00:00+00:00"));
    }
}
