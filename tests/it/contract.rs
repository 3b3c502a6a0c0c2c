//! The committed contract is the code's.

use coffee::contract;
use coffee::core::config::Config;
use coffee::modules::Modules;

#[test]
fn openapi_json_is_what_the_code_says() {
    let config = Config::from_toml("").expect("defaults");
    let generated = contract::of(&Modules::new(&config)).to_pretty_json().expect("serialises");
    let committed = include_str!("../../openapi.json");
    assert!(
        generated.trim() == committed.trim(),
        "openapi.json is stale: run ./dev coffee openapi > openapi.json and review the change"
    );
}

#[test]
fn every_route_says_who_may_call_it() {
    let config = Config::from_toml("").expect("defaults");
    let contract = serde_json::to_value(contract::of(&Modules::new(&config))).expect("serialises");
    let known = ["anyone", "signed in", "tenant", "user", "admin"];
    for (path, item) in contract["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            let caller = operation["x-caller"].as_str().unwrap_or_default();
            assert!(known.contains(&caller), "{method} {path}: x-caller is {caller:?}");
        }
    }
}
