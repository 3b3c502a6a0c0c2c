//! The layers of the crate: which source file may name which. `./dev check` runs this first.
#![expect(clippy::expect_used, reason = "a helper that fails fails its test")]

mod rules;
mod source;

use std::fs;
use std::path::{Path, PathBuf};

use rules::{circles, violations};
use source::{Source, Tree};

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

fn tree() -> Tree {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    found.sort();
    let sources = found.iter().map(|path| {
        let text = fs::read_to_string(path).expect("a source file");
        Source::read(path.strip_prefix(&root).expect("inside"), &text).expect("Rust")
    });
    Tree::new(sources.collect())
}

/// A crate of these files.
fn sample(files: &[(&str, &str)]) -> Tree {
    let sources = files.iter().map(|(file, text)| Source::read(Path::new(file), text));
    Tree::new(sources.collect::<Result<_, _>>().expect("Rust"))
}

#[test]
fn every_arrow_points_down() {
    let found = violations(&tree());
    assert!(found.is_empty(), "{} arrows point the wrong way:\n{}", found.len(), found.join("\n"));
}

#[test]
fn no_parts_name_each_other_in_a_circle() {
    let tree = tree();
    let found: Vec<String> =
        ["core", "modules"].iter().flat_map(|parent| circles(&tree, parent)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn what_points_up_is_found_however_it_is_written() {
    let group = (
        "modules/group/mod.rs",
        "mod api; mod dao; mod dto; mod entity; mod service; pub use service::GroupService;",
    );
    let dto = ("modules/group/dto.rs", "pub struct Out;");
    let service = ("modules/group/service.rs", "use super::dao; pub struct GroupService;");
    for (file, text, expected) in [
        ("core/work.rs", "use crate::modules::group::GroupService;", 1),
        ("core/work.rs", "fn f() { crate::gateway::start(); }", 1),
        ("core/work.rs", "use crate::{core::db, modules::{group::GroupService as G}};", 1),
        ("core/work.rs", "fn f() { println!(\"{}\", crate::modules::COUNT); }", 1),
        ("core/work.rs", "#[cfg(test)] mod tests { use crate::modules::group; }", 0),
        ("modules/group/dao.rs", "use super::service::GroupService;", 1),
        ("modules/group/dao.rs", "use super::GroupService;", 1),
        ("modules/group/dao.rs", "use super::super::group::GroupService;", 1),
        ("modules/group/dao/rows.rs", "use super::super::service;", 1),
        ("modules/group/api.rs", "use super::dao::rows;", 1),
        ("modules/group/api.rs", "use sea_orm::Statement;", 1),
        ("modules/group/api.rs", "use super::GroupService; use super::dto::Out;", 0),
        ("modules/group/entity.rs", "use super::dto::Out; use sea_orm::Value;", 1),
        ("modules/group/service.rs", "use crate::gateway::Gateway;", 1),
    ] {
        let mut files = vec![group, dto, (file, text)];
        if file != service.0 {
            files.push(service);
        }
        let found = violations(&sample(&files));
        assert_eq!(found.len(), expected, "{file}: {text}\n{found:?}");
    }
}

#[test]
fn circles_are_found_through_names_given_out_again() {
    let stores = ("core/stores.rs", "use super::events::Outbox;");
    let events = ("core/events/mod.rs", "mod relay; mod outbox; pub use outbox::Outbox;");
    let relay =
        |text| [stores, events, ("core/events/relay.rs", text), ("core/events/outbox.rs", "")];
    assert_eq!(circles(&sample(&relay("use crate::core::stores::Stores;")), "core").len(), 1);
    assert!(circles(&sample(&relay("use crate::core::tasks::Supervisor;")), "core").is_empty());
}
