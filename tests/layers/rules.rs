//! Which part of the crate may name which.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Segments, Tree};

/// Files of a module, by layer; a layer may name itself and the ones below it.
const LAYERS: [(&str, u8); 9] = [
    ("api", 4),
    ("listener", 4),
    ("jobs", 4),
    ("service", 3),
    ("manager", 2),
    ("dao", 1),
    ("client", 1),
    ("entity", 0),
    ("dto", 0),
];

/// Layers that `api` may name: everything else goes through the service.
const BELOW_API: [&str; 4] = ["api", "service", "manager", "dto"];

/// Layers in which a store's own crate may be named.
const STORE_LAYERS: [&str; 2] = ["dao", "entity"];

/// Crates that only those layers and `core` may name.
const STORE_CRATES: [&str; 2] = ["sea_orm", "clickhouse"];

/// Everything that points the wrong way, a line each.
pub fn violations(tree: &Tree) -> Vec<String> {
    let mut found = BTreeSet::new();
    for source in &tree.sources {
        for (name, line) in &source.names {
            let target = tree.resolve(&source.module, name);
            if let Some(reason) = forbidden(&source.module, &target) {
                found.insert(format!("src/{}:{line} {}: {reason}", source.file, target.join("::")));
            }
        }
    }
    found.into_iter().collect()
}

fn forbidden(from: &[String], to: &[String]) -> Option<&'static str> {
    let part = |path: &[String], at: usize| path.get(at).map(String::as_str).map(str::to_owned);
    let (above, below) = (part(from, 0)?, part(to, 0)?);
    if STORE_CRATES.contains(&below.as_str()) && above != "core" {
        let layer = part(from, 2).filter(|_| above == "modules");
        let allowed = layer.is_some_and(|layer| STORE_LAYERS.contains(&layer.as_str()))
            || from.iter().any(|part| STORE_LAYERS.contains(&part.as_str()));
        return (!allowed).then_some("statements live in dao, entity and core");
    }
    match (above.as_str(), below.as_str()) {
        ("core", "gateway" | "modules" | "app" | "commands" | "import" | "contract") => {
            Some("core names nothing above it")
        }
        ("gateway", "app" | "commands" | "import") | ("modules", "app" | "commands" | "import") => {
            Some("what is composed does not name its composer")
        }
        ("modules", "gateway") => Some("modules do not know the gateway"),
        ("modules", "modules") if part(from, 1) == part(to, 1) => within(from, to),
        _ => None,
    }
}

/// Inside one module.
fn within(from: &[String], to: &[String]) -> Option<&'static str> {
    let layer = |path: &[String]| {
        let name = path.get(2)?.as_str();
        LAYERS.iter().find(|(layer, _)| *layer == name).copied()
    };
    let ((upper, above), (lower, below)) = (layer(from)?, layer(to)?);
    if below > above {
        return Some("a layer does not name one above it");
    }
    if above == 0 && upper != lower {
        return Some("dto and entity are leaves");
    }
    if upper == "api" && !BELOW_API.contains(&lower) {
        return Some("api asks the service, not the store");
    }
    None
}

/// Children of `parent` that name each other in a circle, a line per circle.
pub fn circles(tree: &Tree, parent: &str) -> Vec<String> {
    let is_below = |path: &Segments| path.len() > 1 && path[0] == parent;
    let mut arrows: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for source in tree.sources.iter().filter(|source| is_below(&source.module)) {
        let from = source.module[1].as_str();
        for (name, _) in &source.names {
            let target = tree.resolve(&source.module, name);
            if is_below(&target) && target[1] != from {
                arrows.entry(from).or_default().insert(target[1].clone());
            }
        }
    }
    let reach = |start: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![start.to_owned()]);
        while let Some(part) = open.pop() {
            for next in arrows.get(part.as_str()).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    open.push(next.clone());
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&str, BTreeSet<String>> =
        arrows.keys().map(|part| (*part, reach(part))).collect();
    let mut circles = BTreeSet::new();
    for (part, beyond) in &reached {
        let circle: Vec<&str> = reached
            .iter()
            .filter(|(other, back)| beyond.contains(**other) && back.contains(*part))
            .map(|(other, _)| *other)
            .collect();
        if circle.len() > 1 {
            circles.insert(format!("{parent}: {} name each other in a circle", circle.join(", ")));
        }
    }
    circles.into_iter().collect()
}
