//! Whether an answer is what the contract says: the part of JSON Schema that the contract uses.

use serde_json::Value;

/// What is wrong with `value` by `schema`, whose references lead into `document`; nothing if it fits.
pub fn misfit(document: &Value, schema: &Value, value: &Value) -> Option<String> {
    let fits = |schema: &Value| misfit(document, schema, value).is_none();
    let list = |name: &str| schema[name].as_array();
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#'));
        let target = target.unwrap_or_else(|| panic!("{reference} leads nowhere"));
        return misfit(document, target, value);
    }
    if let Some(of) = list("anyOf")
        && !of.iter().any(fits)
    {
        let why: Vec<_> = of.iter().filter_map(|one| misfit(document, one, value)).collect();
        return Some(format!("fits none: {why:?}"));
    }
    if let Some(of) = list("oneOf")
        && of.iter().filter(|one| fits(one)).count() != 1
    {
        return Some(format!("{value} does not fit one of {of:?}"));
    }
    if let Some(misfit) =
        list("allOf").into_iter().flatten().find_map(|one| misfit(document, one, value))
    {
        return Some(misfit);
    }
    if let Some(values) = list("enum")
        && !values.contains(value)
    {
        return Some(format!("{value} is none of {values:?}"));
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !types.is_empty() && !types.iter().any(|kind| is(value, kind)) {
        return Some(format!("{value} is no {types:?}"));
    }
    if let Some(items) = value.as_array().filter(|_| schema.get("items").is_some()) {
        return items.iter().find_map(|item| misfit(document, &schema["items"], item));
    }
    let members = value.as_object()?;
    let required = list("required").into_iter().flatten().filter_map(Value::as_str);
    let missing = required.into_iter().find(|name| !members.contains_key(*name));
    if let Some(name) = missing {
        return Some(format!("{name} is missing in {value}"));
    }
    members.iter().find_map(|(name, member)| {
        let own = schema["properties"].get(name);
        let other = schema.get("additionalProperties").filter(|other| other.is_object());
        let schema = own.or(other)?;
        misfit(document, schema, member).map(|why| format!("{name}: {why}"))
    })
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("type {other}"),
    }
}

/// Every reference in the document, with the place where it stands.
pub fn references(place: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if let Some(reference) = member.as_str().filter(|_| name == "$ref") {
                    found.push((place.to_owned(), reference.to_owned()));
                }
                references(&format!("{place}/{name}"), member, found);
            }
        }
        Value::Array(items) => {
            items.iter().for_each(|item| references(place, item, found));
        }
        _ => {}
    }
}
