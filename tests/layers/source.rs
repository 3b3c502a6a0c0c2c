//! Reads the paths that a source file names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

/// A path inside the crate, or an item of another crate: its segments, outermost first.
pub type Segments = Vec<String>;

/// What one source file says.
pub struct Source {
    /// File, for messages.
    pub file: String,
    /// Module that the file is, from the crate's root.
    pub module: Segments,
    /// Paths that it names, with their lines.
    pub names: Vec<(Segments, usize)>,
    /// Names that it gives out again, and the paths behind them.
    pub exports: BTreeMap<String, Segments>,
    /// What it derives, and the macros that it calls, with their lines.
    pub kinds: Vec<(String, usize)>,
    /// Whether its first line is a comment on the file.
    pub says_what_it_is_for: bool,
}

impl Source {
    /// Reads a file of `src/`; `file` is relative to it.
    pub fn read(file: &Path, text: &str) -> Result<Self, String> {
        let name = file.display().to_string();
        let tree = syn::parse_file(text).map_err(|error| format!("{name}: {error}"))?;
        let module = module_of(file);
        let mut reader = Reader { at: module.clone(), ..Reader::default() };
        reader.visit_file(&tree);
        let Reader { names, exports, kinds, .. } = reader;
        let says_what_it_is_for = text.starts_with("//! ");
        Ok(Self { file: name, module, names, exports, kinds, says_what_it_is_for })
    }
}

/// `core/db/mod.rs` is `core::db`, `core/db/tx.rs` is `core::db::tx`.
fn module_of(file: &Path) -> Segments {
    let mut module: Segments =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if matches!(module.last().map(String::as_str), Some("mod" | "lib")) {
        module.pop();
    }
    module
}

#[derive(Default)]
struct Reader {
    at: Segments,
    names: Vec<(Segments, usize)>,
    exports: BTreeMap<String, Segments>,
    kinds: Vec<(String, usize)>,
}

impl Reader {
    /// The path from `crate` on, or as it is where it leads elsewhere or is relative.
    fn absolute(&self, path: &[String]) -> Segments {
        let mut base = match path.first().map(String::as_str) {
            Some("self" | "super") => self.at.clone(),
            _ => return path.to_vec(),
        };
        let mut rest = path;
        while let Some(first) = rest.first() {
            match first.as_str() {
                "self" => {}
                "super" => drop(base.pop()),
                _ => break,
            }
            rest = &rest[1..];
        }
        base.insert(0, "crate".to_owned());
        base.extend_from_slice(rest);
        base
    }

    fn name(&mut self, path: &[String], line: usize) {
        self.names.push((self.absolute(path), line));
    }

    /// A macro's arguments are tokens: what begins with `crate`, `super` or `self` is taken as a path.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Segments = Vec::new();
        let mut line = 0;
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.finish(&mut path, line);
                        line = ident.span().start().line;
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    self.finish(&mut path, line);
                    self.tokens(group.stream());
                }
                _ => {
                    self.finish(&mut path, line);
                    colons = 0;
                }
            }
        }
        self.finish(&mut path, line);
    }

    fn finish(&mut self, path: &mut Segments, line: usize) {
        if path.len() > 1 && matches!(path[0].as_str(), "crate" | "super" | "self") {
            self.name(path, line);
        }
        path.clear();
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "test")
    })
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if is_test(&item.attrs) {
            return;
        }
        self.at.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.at.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if is_test(&item.attrs) {
            return;
        }
        let mut paths = Vec::new();
        flatten(&item.tree, &mut Vec::new(), &mut paths);
        let public = !matches!(item.vis, syn::Visibility::Inherited);
        for (path, given, line) in paths {
            self.name(&path, line);
            if public {
                self.exports.insert(given, self.absolute(&path));
            }
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            let segments: Segments = path.segments.iter().map(|s| s.ident.to_string()).collect();
            self.name(&segments, path.span().start().line);
        }
        visit::visit_path(self, path);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if attribute.path().is_ident("derive") {
            let derived = attribute.parse_nested_meta(|meta| {
                let last = meta.path.segments.last();
                self.kinds.extend(last.map(|s| (s.ident.to_string(), s.ident.span().start().line)));
                Ok(())
            });
            drop(derived);
        }
        visit::visit_attribute(self, attribute);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let last = call.path.segments.last();
        self.kinds.extend(last.map(|s| (s.ident.to_string(), s.ident.span().start().line)));
        self.tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }
}

/// Every path of a `use`, with the name that it gets and its line.
fn flatten(tree: &syn::UseTree, prefix: &mut Segments, paths: &mut Vec<(Segments, String, usize)>) {
    match tree {
        syn::UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            flatten(&path.tree, prefix, paths);
            prefix.pop();
        }
        syn::UseTree::Group(group) => {
            group.items.iter().for_each(|item| flatten(item, prefix, paths));
        }
        leaf => {
            let line = leaf.span().start().line;
            let (name, given) = match leaf {
                syn::UseTree::Name(name) => (name.ident.to_string(), name.ident.to_string()),
                syn::UseTree::Rename(to) => (to.ident.to_string(), to.rename.to_string()),
                _ => ("*".to_owned(), "*".to_owned()),
            };
            let mut path = prefix.clone();
            if name != "self" {
                path.push(name);
            }
            paths.push((path, given, line));
        }
    }
}

/// All sources of a crate, which tell what a path leads to.
pub struct Tree {
    /// Sources in the order of their files.
    pub sources: Vec<Source>,
    modules: BTreeSet<Segments>,
}

impl Tree {
    /// Of these sources.
    pub fn new(sources: Vec<Source>) -> Self {
        let modules = sources.iter().map(|source| source.module.clone()).collect();
        Self { sources, modules }
    }

    /// The path that a name in `module` leads to, from the crate's root or with another crate first;
    /// names given out again are followed to where they are defined.
    pub fn resolve(&self, module: &Segments, path: &Segments) -> Segments {
        let mut path = match path.split_first() {
            Some((first, rest)) if first == "crate" => rest.to_vec(),
            Some((first, rest)) => {
                let child = [module.as_slice(), std::slice::from_ref(first)].concat();
                if !self.modules.contains(&child) {
                    // Another crate; `core` of the language is none of this one.
                    let is_own = self.modules.contains(&path[..1]);
                    return if is_own { Segments::new() } else { path.clone() };
                }
                [child.as_slice(), rest].concat()
            }
            None => return Segments::new(),
        };
        // Longer chains than this do not exist.
        for _ in 0..8 {
            let Some(next) = self.followed(&path) else { break };
            path = next;
        }
        path
    }

    fn followed(&self, path: &Segments) -> Option<Segments> {
        let home = (0..path.len()).rev().find(|end| self.modules.contains(&path[..*end]))?;
        let (module, rest) = path.split_at(home);
        if self.modules.contains(&path[..=home]) {
            return None;
        }
        let source = self.sources.iter().find(|source| source.module == module)?;
        let target = source.exports.get(rest.first()?)?;
        let mut next = self.resolve(&source.module, target);
        next.extend_from_slice(&rest[1..]);
        (next != *path).then_some(next)
    }
}
