//! Which part of the crate may name which, and where each kind of thing is at home.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Segments, Source, Tree};

/// What the parts of the crate may name, besides themselves.
const PARTS: [(&str, &[&str]); 9] = [
    ("clickhouse_engine", &[]),
    ("core", &[]),
    ("modules", &["core"]),
    ("gateway", &["core", "modules"]),
    ("import", &["core", "modules"]),
    ("contract", &["core", "modules", "gateway"]),
    ("app", &["core", "modules", "gateway", "contract"]),
    ("commands", &["core", "modules", "gateway", "contract", "app", "import", "clickhouse_engine"]),
    ("main", &["commands"]),
];

/// Homes in a module, and their height: a file may name its own and lower ones.
const HOMES: [(&str, u8); 9] = [
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

/// What `api` may name: everything else goes through the service.
const BELOW_API: [&str; 4] = ["api", "service", "manager", "dto"];

/// What others may name of a module; only the list in `modules/mod.rs` names the rest.
const GIVEN_OUT: [&str; 3] = ["service", "entity", "dto"];

/// An import computes the columns that follow from others by the same rules as the module that owns
/// the table.
const GIVEN_TO_IMPORT: &str = "manager";

/// Crates that only dao, entity and `core` may name.
const STORE_CRATES: [&str; 2] = ["sea_orm", "clickhouse"];

/// What is derived or declared in one home of a module only.
const AT_HOME: [(&str, &str); 6] = [
    ("ToSchema", "dto"),
    ("envelope", "dto"),
    ("DeriveEntityModel", "entity"),
    ("FromQueryResult", "entity"),
    ("DerivePartialModel", "entity"),
    ("Row", "entity"),
];

/// Everything that is not as it should be, a line each: `file:line: what is wrong`.
pub fn violations(tree: &Tree) -> Vec<String> {
    let mut found = BTreeSet::new();
    for source in &tree.sources {
        let mut tell = |line: usize, text: &str| {
            found.insert((source.file.clone(), line, text.to_owned()));
        };
        if !source.says_what_it_is_for {
            tell(1, "the first line says what a file is for: //! …");
        }
        if let Some(text) = homeless(source) {
            tell(1, &text);
        }
        for (name, line) in &source.names {
            let target = tree.resolve(&source.module, name);
            if let Some(rule) = forbidden(&source.module, &target) {
                tell(*line, &format!("names {}: {rule}", target.join("::")));
            }
        }
        for (kind, line) in &source.kinds {
            let home = AT_HOME.iter().find(|(known, _)| known == kind);
            if let Some((_, home)) = home
                && is_layered(&source.module)
                && !source.module.iter().any(|part| part == home)
            {
                tell(*line, &format!("{kind} belongs into {home}"));
            }
        }
    }
    let lines = found.into_iter().map(|(file, line, text)| format!("src/{file}:{line}: {text}"));
    lines.collect()
}

/// Whether rows and answers have homes in this part of the crate.
fn is_layered(module: &[String]) -> bool {
    matches!(module.first().map(String::as_str), Some("modules" | "import"))
}

/// A file of a module that is none of its homes.
fn homeless(source: &Source) -> Option<String> {
    let [modules, _, home, ..] = source.module.as_slice() else { return None };
    let is_known = modules != "modules" || HOMES.iter().any(|(known, _)| known == home);
    let known = HOMES.map(|(known, _)| known).join(", ");
    (!is_known).then(|| format!("a module has no {home}, but {known}"))
}

fn forbidden(from: &[String], to: &[String]) -> Option<String> {
    let (above, below) = (from.first()?, to.first()?);
    if STORE_CRATES.contains(&below.as_str()) && above != "core" {
        let is_allowed = from.iter().any(|part| part == "dao" || part == "entity");
        return (!is_allowed).then(|| "only dao, entity and core speak to a store".to_owned());
    }
    let is_part = PARTS.iter().any(|(part, _)| part == below);
    if above != below {
        let (_, allowed) = PARTS.iter().find(|(part, _)| part == above).filter(|_| is_part)?;
        if !allowed.contains(&below.as_str()) {
            let allowed =
                if allowed.is_empty() { "nothing".to_owned() } else { allowed.join(", ") };
            return Some(format!("{above} names of the crate itself and {allowed}"));
        }
    }
    let home = |path: &[String]| {
        let name = path.get(2).filter(|_| path[0] == "modules")?;
        HOMES.iter().find(|(home, _)| home == name).copied()
    };
    let (lower, height) = home(to)?;
    if from.get(1) == to.get(1) && above == below {
        return within(home(from)?, (lower, height)).map(str::to_owned);
    }
    let is_list = from.len() == 1 && above == "modules";
    let is_import = above == "import" && lower == GIVEN_TO_IMPORT;
    let is_allowed = is_list || is_import || GIVEN_OUT.contains(&lower);
    (!is_allowed).then(|| format!("others know a module's {}", GIVEN_OUT.join(", ")))
}

/// Inside one module.
fn within((upper, above): (&str, u8), (lower, below): (&str, u8)) -> Option<&'static str> {
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
            circles
                .insert(format!("src/{parent}: {} name each other in a circle", circle.join(", ")));
        }
    }
    circles.into_iter().collect()
}
