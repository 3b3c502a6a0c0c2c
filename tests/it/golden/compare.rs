//! Whether an answer is as recorded: numbers by value, further members welcome, an absent member where
//! null is expected (and the other way round) only worth a warning.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

/// Relative difference below which two fractions are the same number.
const PRECISION: f64 = 1e-9;
/// Longest text of a value in a message.
const SHOWN: usize = 200;

/// What does not count.
#[derive(Default)]
pub(super) struct Rules<'a> {
    /// Paths, such as `$.list[*].id`, whose values are not compared.
    pub(super) any: Vec<&'a str>,
    /// Paths of lists whose order does not count.
    pub(super) unordered: Vec<&'a str>,
    /// Instants are compared by value, however they are written.
    pub(super) instants: bool,
}

/// What differs.
#[derive(Default)]
pub(super) struct Differences {
    pub(super) problems: Vec<String>,
    pub(super) warnings: Vec<String>,
}

impl Differences {
    /// Of the value below `path`.
    pub(super) fn at(path: &str, expected: &Value, actual: &Value, rules: &Rules<'_>) -> Self {
        let mut found = Self::default();
        found.values(path, expected, actual, rules);
        found
    }

    /// Takes over what another comparison found.
    pub(super) fn add(&mut self, other: Self) {
        self.problems.extend(other.problems);
        self.warnings.extend(other.warnings);
    }

    fn values(&mut self, path: &str, expected: &Value, actual: &Value, rules: &Rules<'_>) {
        if rules.any.iter().any(|pattern| fits(pattern, path)) {
            return;
        }
        match (expected, actual) {
            (Value::Object(expected), Value::Object(actual)) => {
                self.objects(path, expected, actual, rules);
            }
            (Value::Array(expected), Value::Array(actual)) => {
                self.lists(path, expected, actual, rules);
            }
            _ if same(expected, actual, rules) => {}
            _ => self.differ("value", path, expected, actual),
        }
    }

    fn objects(
        &mut self,
        path: &str,
        expected: &Map<String, Value>,
        actual: &Map<String, Value>,
        rules: &Rules<'_>,
    ) {
        for (name, value) in expected {
            let below = format!("{path}.{name}");
            match actual.get(name) {
                Some(found) => self.values(&below, value, found, rules),
                // A member that may have any value has to be there all the same.
                None if value.is_null() && !rules.any.iter().any(|any| fits(any, &below)) => {
                    self.warnings.push(format!("absent {below}: expected null"));
                }
                None => self.problems.push(format!("missing {below}: expected {}", shown(value))),
            }
        }
    }

    fn lists(&mut self, path: &str, expected: &[Value], actual: &[Value], rules: &Rules<'_>) {
        if expected.len() != actual.len() {
            let lengths = (expected.len().into(), actual.len().into());
            self.differ("length", path, &lengths.0, &lengths.1);
        }
        let free = rules.unordered.iter().any(|pattern| fits(pattern, path));
        let mut left: Vec<&Value> = actual.iter().collect();
        for (index, value) in expected.iter().enumerate() {
            let below = format!("{path}[{index}]");
            let equals = |one: &&Value| Self::at(&below, value, one, rules).problems.is_empty();
            let place = if free { left.iter().position(equals).unwrap_or_default() } else { 0 };
            if place < left.len() {
                self.values(&below, value, left.remove(place), rules);
            }
        }
    }

    fn differ(&mut self, kind: &str, path: &str, expected: &Value, actual: &Value) {
        let (expected, actual) = (shown(expected), shown(actual));
        self.problems.push(format!("{kind} {path}: expected {expected}, got {actual}"));
    }
}

fn same(expected: &Value, actual: &Value, rules: &Rules<'_>) -> bool {
    if expected == actual {
        return true;
    }
    match (expected, actual) {
        (Value::Number(expected), Value::Number(actual)) => {
            let whole = |number: &serde_json::Number| number.is_i64() || number.is_u64();
            if whole(expected) && whole(actual) {
                return false;
            }
            let number = |number: &serde_json::Number| number.as_f64().unwrap_or(f64::NAN);
            let (expected, actual) = (number(expected), number(actual));
            (expected - actual).abs() <= PRECISION * expected.abs().max(actual.abs())
        }
        (Value::String(expected), Value::String(actual)) if rules.instants => {
            instant(expected).is_some_and(|at| Some(at) == instant(actual))
        }
        _ => false,
    }
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    let text = text.replacen(' ', "T", 1);
    DateTime::parse_from_rfc3339(&text).ok().map(|at| at.to_utc())
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Whether a path is one of those that the pattern names; `[*]` is any place in a list.
fn fits(pattern: &str, path: &str) -> bool {
    let mut rest = path;
    for (nth, part) in pattern.split("[*]").enumerate() {
        if nth > 0 {
            let Some(inside) = rest.strip_prefix('[') else { return false };
            let after = inside.trim_start_matches(|digit: char| digit.is_ascii_digit());
            let Some(after) = after.strip_prefix(']') else { return false };
            rest = after;
        }
        let Some(after) = rest.strip_prefix(part) else { return false };
        rest = after;
    }
    rest.is_empty()
}

/// The values below a path such as `$.a[0].b` or `$.a[*].b`.
pub(super) fn walk<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    let mut found = vec![value];
    for step in path.trim_start_matches('$').split(['.', '[']).filter(|step| !step.is_empty()) {
        let below = |value: &'a Value| -> Vec<&'a Value> {
            match (step.strip_suffix(']'), value) {
                (Some("*"), Value::Array(list)) => list.iter().collect(),
                (Some(place), Value::Array(list)) => place
                    .parse()
                    .ok()
                    .and_then(|place: usize| list.get(place))
                    .into_iter()
                    .collect(),
                (None, Value::Object(members)) => members.get(step).into_iter().collect(),
                _ => Vec::new(),
            }
        };
        found = found.into_iter().flat_map(below).collect();
    }
    found
}

#[test]
fn differences_are_found_and_only_differences() {
    use serde_json::json;
    let expected =
        json!({"a": 1, "b": [{"id": 7, "x": null}, {"id": 8}], "c": "2024-01-01T00:00:00Z"});
    let differ = |actual: Value, rules: Rules<'_>| {
        Differences::at("$", &expected, &actual, &rules).problems.len()
    };
    let rules = || Rules { any: vec!["$.b[*].id"], unordered: vec![], instants: true };
    let same =
        json!({"a": 1.0, "b": [{"id": 1}, {"id": 2}], "c": "2024-01-01 05:30:00+05:30", "z": 1});
    assert_eq!(differ(same.clone(), rules()), 0);
    assert_eq!(differ(same, Rules::default()), 3);
    for wrong in [
        json!({"a": 2, "b": expected["b"], "c": expected["c"]}),
        json!({"a": 1, "b": [{"id": 1}], "c": expected["c"]}),
        json!({"a": 1, "b": [{"id": 1, "x": 0}, {"id": 2}], "c": expected["c"]}),
        json!({"a": 1, "b": [{"x": null}, {"id": 2}], "c": expected["c"]}),
        json!({"a": 1, "b": expected["b"], "c": "2024-01-01T00:00:01Z"}),
        json!({"b": expected["b"], "c": expected["c"]}),
    ] {
        assert_eq!(differ(wrong.clone(), rules()), 1, "{wrong}");
    }
    let turned = json!({"a": 1, "b": [{"id": 8}, {"id": 7}], "c": expected["c"]});
    let free = Rules { unordered: vec!["$.b"], ..Rules::default() };
    assert_eq!(differ(turned.clone(), free), 0);
    assert_eq!(differ(turned, Rules::default()), 2);
    assert_eq!(walk(&expected, "$.b[*].id"), [&json!(7), &json!(8)]);
    assert_eq!(walk(&expected, "$.b[1].id"), [&json!(8)]);
}
