//! A bad example for each rule, which the check names, and good ones, about which it says nothing.

use std::path::Path;

use super::rules::{circles, violations};
use super::source::{Source, Tree};

/// A crate of these files; each begins with a comment on itself.
fn sample(files: &[(&str, &str)]) -> Tree {
    let sources = files.iter().map(|(file, text)| {
        let text = format!("//! Sample.\n{text}");
        Source::read(Path::new(file), &text)
    });
    Tree::new(sources.collect::<Result<_, _>>().expect("Rust"))
}

/// What is wrong with a file beside a module `group` with a service.
fn said_of(file: &str, text: &str) -> Vec<String> {
    let group = "mod api; mod dao; mod dto; mod entity; mod manager; mod service; \
                 pub use manager::rule; pub use service::GroupService;";
    let beside = [
        ("lib.rs", ""),
        ("core/mod.rs", ""),
        ("gateway/mod.rs", ""),
        ("modules/mod.rs", ""),
        ("modules/group/mod.rs", group),
        ("modules/group/dto.rs", "pub struct Out;"),
        ("modules/group/dao.rs", ""),
        ("modules/group/manager.rs", "pub fn rule() {}"),
        ("modules/group/service.rs", "use super::dao; pub struct GroupService;"),
    ];
    let mut files: Vec<_> = beside.into_iter().filter(|(name, _)| *name != file).collect();
    files.push((file, text));
    violations(&sample(&files))
}

#[test]
fn each_rule_names_its_bad_example() {
    for (file, text, said) in [
        // Parts of the crate, however the path is written.
        ("core/work.rs", "use crate::modules::group::GroupService;", "core names"),
        ("core/work.rs", "fn f() { crate::gateway::start(); }", "core names"),
        (
            "core/work.rs",
            "use crate::{core::db, modules::{group::GroupService as G}};",
            "core names",
        ),
        ("core/work.rs", "fn f() { println!(\"{}\", crate::modules::COUNT); }", "core names"),
        ("core/work.rs", "fn f() { super::super::modules::start(); }", "core names"),
        ("gateway/mod.rs", "use crate::commands::run;", "gateway names"),
        ("clickhouse_engine.rs", "use crate::core::db;", "clickhouse_engine names"),
        ("modules/group/service.rs", "use crate::gateway::Gateway;", "modules names"),
        // Layers of a module.
        ("modules/group/dao.rs", "use super::service::GroupService;", "one above it"),
        ("modules/group/dao.rs", "use super::GroupService;", "one above it"),
        ("modules/group/dao.rs", "use super::super::group::GroupService;", "one above it"),
        ("modules/group/dao/rows.rs", "use super::super::service;", "one above it"),
        ("modules/group/manager.rs", "use super::GroupService;", "one above it"),
        ("modules/group/api.rs", "use super::dao::rows;", "api asks the service"),
        ("modules/group/entity.rs", "use super::dto::Out;", "leaves"),
        // Between modules.
        ("modules/other/service.rs", "use crate::modules::group::rule;", "others know"),
        ("modules/other/dao.rs", "use super::super::group::rule;", "others know"),
        ("gateway/mod.rs", "use crate::modules::group::rule;", "others know"),
        // Stores.
        ("modules/group/api.rs", "use sea_orm::Statement;", "speak to a store"),
        ("modules/group/service.rs", "fn f(client: &clickhouse::Client) {}", "speak to a store"),
        ("gateway/mod.rs", "use sea_orm::Statement;", "speak to a store"),
        // Homes.
        (
            "modules/group/service.rs",
            "#[derive(Debug, ToSchema)] struct A;",
            "ToSchema belongs into dto",
        ),
        ("modules/group/api.rs", "envelope! { pub A {} }", "envelope belongs into dto"),
        ("modules/group/dao.rs", "#[derive(DeriveEntityModel)] struct A;", "belongs into entity"),
        (
            "modules/group/dao.rs",
            "#[derive(sea_orm::FromQueryResult)] struct A;",
            "belongs into entity",
        ),
        ("import/dao.rs", "#[derive(Row)] struct A;", "Row belongs into entity"),
        ("modules/group/helpers.rs", "", "a module has no helpers, but api"),
    ] {
        let found = said_of(file, text);
        let is_named = found.len() == 1
            && found[0].starts_with(&format!("src/{file}:"))
            && found[0].contains(said);
        assert!(is_named, "{file}: {text}: {said}\n{found:?}");
    }
}

#[test]
fn a_message_has_the_line_and_what_a_name_leads_to() {
    let found = said_of("modules/group/dao.rs", "\nuse super::dto::Out;\nuse super::GroupService;");
    let line = "src/modules/group/dao.rs:4: names modules::group::service::GroupService: \
                a layer does not name one above it";
    assert_eq!(found, [line]);
}

#[test]
fn a_file_begins_with_what_it_is_for() {
    let silent = Source::read(Path::new("core/work.rs"), "fn f() {}").expect("Rust");
    let found = violations(&Tree::new(vec![silent]));
    assert_eq!(found, ["src/core/work.rs:1: the first line says what a file is for: //! …"]);
}

#[test]
fn what_points_down_passes() {
    for (file, text) in [
        ("core/work.rs", "#[cfg(test)] mod tests { use crate::modules::group; }"),
        ("core/work.rs", "use core::fmt; use std::io; #[derive(ToSchema)] struct A;"),
        ("modules/mod.rs", "fn f() { group::api::routes(); }"),
        ("modules/group/api.rs", "use super::GroupService; use super::dto::Out;"),
        ("modules/group/service.rs", "use super::manager::rule; use super::entity::Row;"),
        ("modules/group/dao.rs", "use sea_orm::Statement; use super::entity::Row;"),
        ("modules/group/entity.rs", "#[derive(DeriveEntityModel)] struct A;"),
        ("modules/other/service.rs", "use crate::modules::group::GroupService;"),
        ("import/youtube.rs", "use crate::modules::group::rule;"),
        ("gateway/mod.rs", "use crate::modules::group::GroupService; use crate::core::db;"),
    ] {
        assert_eq!(said_of(file, text), Vec::<String>::new(), "{file}: {text}");
    }
}

#[test]
fn circles_are_found_through_names_given_out_again() {
    let stores = ("core/stores.rs", "use super::events::Outbox;");
    let events = ("core/events/mod.rs", "mod relay; mod outbox; pub use outbox::Outbox;");
    let relay =
        |text| [stores, events, ("core/events/relay.rs", text), ("core/events/outbox.rs", "")];
    assert_eq!(
        circles(&sample(&relay("use crate::core::stores::Stores;")), "core"),
        ["src/core: events, stores name each other in a circle"]
    );
    assert!(circles(&sample(&relay("use crate::core::tasks::Supervisor;")), "core").is_empty());
}
