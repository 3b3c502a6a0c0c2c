//! JSON bodies of requests, read by one rule.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};

use super::error::Error;

/// Reads the object in a body; an empty body and `null` are `None`. Bytes after the first value are
/// ignored.
///
/// # Errors
/// Not the documented JSON; the text is the parser's.
pub fn json_body<T: DeserializeOwned>(body: &[u8]) -> Result<Option<T>, Error> {
    Ok(first::<Object<T>>(body)?.map(|Object(value)| value))
}

/// Reads the list of objects in a body by the same rule; an empty body and `null` are an empty list.
///
/// # Errors
/// Not the documented JSON; the text is the parser's.
pub fn json_list<T: DeserializeOwned>(body: &[u8]) -> Result<Vec<T>, Error> {
    let objects = first::<Vec<Object<T>>>(body)?.unwrap_or_default();
    Ok(objects.into_iter().map(|Object(value)| value).collect())
}

fn first<V: DeserializeOwned>(body: &[u8]) -> Result<Option<V>, Error> {
    let values = serde_json::Deserializer::from_slice(body);
    let first = values.into_iter::<Option<V>>().next().transpose();
    first.map(Option::flatten).map_err(|error| Error::invalid_body(&error))
}

/// A struct from a JSON object only: serde would also read its members from an array.
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

/// Member that is an object, null or, with a default, absent: for `deserialize_with`.
///
/// # Errors
/// Anything else, an array too.
pub fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(Option::<Object<T>>::deserialize(deserializer)?.map(|Object(value)| value))
}

/// The same for a list of objects.
///
/// # Errors
/// Anything else, a list of arrays too.
pub fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    let objects = Option::<Vec<Object<T>>>::deserialize(deserializer)?;
    Ok(objects.map(|objects| objects.into_iter().map(|Object(value)| value).collect()))
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    #[serde(default)]
    struct In {
        name: Option<String>,
        #[serde(deserialize_with = "object")]
        child: Option<Child>,
        #[serde(deserialize_with = "objects")]
        children: Option<Vec<Child>>,
    }

    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    #[serde(default)]
    struct Child {
        name: Option<String>,
    }

    fn read(body: &str) -> Result<Option<In>, Error> {
        json_body(body.as_bytes())
    }

    #[test]
    fn no_body_and_null_are_none_and_more_text_is_ignored() {
        for body in ["", " \n", "null", "null {}"] {
            assert_eq!(read(body).expect("readable"), None, "{body:?}");
        }
        assert_eq!(read("{}").expect("readable"), Some(In::default()));
        let named = Some(In { name: Some("a".to_owned()), ..In::default() });
        assert_eq!(read(r#"{"name":"a"} ]"#).expect("readable"), named);
    }

    #[test]
    fn what_is_no_object_is_refused_wherever_it_stands() {
        for body in ["[]", r#"["a"]"#, "1", "true", r#""name""#, "{", "nul"] {
            assert!(read(body).is_err(), "{body}");
        }
        for value in ["[]", r#"["a"]"#, "1"] {
            assert!(read(&format!(r#"{{"child":{value}}}"#)).is_err(), "{value}");
            assert!(read(&format!(r#"{{"children":[{value}]}}"#)).is_err(), "{value}");
        }
        let read = read(r#"{"child":null,"children":[{}]}"#).expect("readable").expect("a body");
        assert_eq!((read.child, read.children), (None, Some(vec![Child::default()])));
    }
}
