//! Variables that look like settings and are none.

use std::ffi::OsString;

use config::{Config as Source, File, FileFormat, Value, ValueKind};

/// Settings are variables with this beginning; with one underscore less they would be overlooked.
const PREFIX: &str = "COFFEE__";
const LOOKS_LIKE: &str = "COFFEE_";
/// Names of the project's own tests.
const OF_TESTS: &str = "COFFEE_TEST_";

/// What to tell about variables that begin like a setting but are not read, with the setting that was
/// probably meant. Unknown keys behind the right beginning refuse to start by themselves.
pub fn stray_variables(names: impl Iterator<Item = OsString>) -> Vec<String> {
    let names = names.filter_map(|name| name.into_string().ok());
    let mut stray: Vec<String> = names
        .filter(|name| {
            let name = name.to_ascii_uppercase();
            name.starts_with(LOOKS_LIKE) && !name.starts_with(PREFIX) && !name.starts_with(OF_TESTS)
        })
        .collect();
    stray.sort_unstable();
    let settings = if stray.is_empty() { Vec::new() } else { settings() };
    let tell = |name: String| match nearest(&name, &settings) {
        Some(setting) => format!("{name} is not read: did you mean {setting}?"),
        None => format!("{name} is not read: settings are COFFEE__SECTION__KEY"),
    };
    stray.into_iter().map(tell).collect()
}

/// Every setting as a variable.
fn settings() -> Vec<String> {
    let defaults = File::from_str(super::DEFAULTS, FileFormat::Toml);
    let mut all = vec![format!("{PREFIX}ENV")];
    if let Ok(defaults) = Source::builder().add_source(defaults).build() {
        collect(&defaults.cache, "COFFEE", &mut all);
    }
    all
}

fn collect(value: &Value, path: &str, all: &mut Vec<String>) {
    match &value.kind {
        ValueKind::Table(table) => {
            for (key, value) in table {
                collect(value, &format!("{path}__{}", key.to_ascii_uppercase()), all);
            }
        }
        _ => all.push(path.to_owned()),
    }
}

/// The setting with the fewest differences but for underscores, if there are few.
fn nearest<'a>(name: &str, settings: &'a [String]) -> Option<&'a String> {
    let plain = |text: &str| text.replace('_', "").to_ascii_uppercase();
    let wanted = plain(name);
    let distance = |setting: &str| strsim::damerau_levenshtein(&wanted, &plain(setting));
    let (away, setting) = settings.iter().map(|setting| (distance(setting), setting)).min()?;
    (away * 4 <= wanted.len()).then_some(setting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_is_no_setting_is_told_with_the_one_that_was_meant() {
        let told = |name: &str| stray_variables([OsString::from(name)].into_iter());
        let port = "COFFEE_SERVER_PORT is not read: did you mean COFFEE__SERVER__PORT?";
        assert_eq!(told("COFFEE_SERVER_PORT"), [port]);
        for (name, meant) in [
            ("COFFEE_ENV", "COFFEE__ENV?"),
            ("COFFEE_AUTH_HMAC_SECRETT", "COFFEE__AUTH__HMAC_SECRET?"),
            ("coffee_postgres__url", "COFFEE__POSTGRES__URL?"),
            ("COFFEE_HOME_IN_THE_OFFICE", "COFFEE__SECTION__KEY"),
        ] {
            assert!(told(name)[0].ends_with(meant), "{:?}", told(name));
        }
        for good in ["COFFEE__SERVER__PORT", "PATH", "COFFEEMAKER"] {
            assert!(told(good).is_empty(), "{good}");
        }
    }
}
