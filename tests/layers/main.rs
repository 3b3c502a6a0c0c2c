//! The layers of the crate: which source file may name which, and what is at home where. `./dev check`
//! runs this.
#![expect(clippy::expect_used, reason = "a helper that fails fails its test")]

mod documents;
mod examples;
mod rules;
mod source;

use std::fs;
use std::path::{Path, PathBuf};

use rules::{circles, violations};
use source::{Source, Tree};

/// Parts whose children may not name each other in a circle.
const WITHOUT_CIRCLES: [&str; 3] = ["core", "gateway", "modules"];

/// What is not as it should be and is let pass: the beginning of the line, and why.
const EXCEPTIONS: &[(&str, &str)] = &[];

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

/// Everything that is wrong in `src/`, a line each.
fn found() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    paths.sort();
    let sources = paths.iter().map(|path| {
        let text = fs::read_to_string(path).expect("a source file");
        Source::read(path.strip_prefix(&root).expect("inside"), &text).expect("Rust")
    });
    let tree = Tree::new(sources.collect());
    let mut found = violations(&tree);
    found.extend(WITHOUT_CIRCLES.iter().flat_map(|parent| circles(&tree, parent)));
    found
}

#[test]
fn every_file_names_what_is_below_it_and_everything_is_at_home() {
    let mut found = found();
    found.retain(|line| !EXCEPTIONS.iter().any(|(allowed, _)| line.starts_with(allowed)));
    assert!(found.is_empty(), "see `Where do I put` in ARCHITECTURE.md\n{}", found.join("\n"));
}

#[test]
fn nothing_is_let_pass_that_is_as_it_should_be() {
    let found = found();
    let needless = EXCEPTIONS.iter().map(|(allowed, _)| *allowed);
    let needless = needless.filter(|allowed| !found.iter().any(|line| line.starts_with(allowed)));
    let needless: Vec<_> = needless.collect();
    assert!(needless.is_empty(), "remove from EXCEPTIONS: {}", needless.join(", "));
}
