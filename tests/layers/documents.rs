//! What the documents name is there.

use std::fs;
use std::path::Path;

const DOCUMENTS: [&str; 3] = ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"];
/// What stands for a name that the reader chooses, or for several.
const PLACEHOLDERS: [&str; 6] = ["NNNN", "coupon", "<", "{", "*", "…"];

/// Texts between backticks, outside of blocks of code.
fn quoted(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2);
    prose.flat_map(|part| part.split('`').skip(1).step_by(2)).collect()
}

/// Whether a text names a file or folder of ours: below the root or below `src/`.
fn is_path(root: &Path, text: &str) -> bool {
    let Some((first, _)) = text.split_once('/') else { return false };
    let is_known = root.join(first).is_dir() || root.join("src").join(first).is_dir();
    is_known
        && !first.is_empty()
        && !text.contains(char::is_whitespace)
        && !PLACEHOLDERS.iter().any(|part| text.contains(part))
}

#[test]
fn paths_in_the_documents_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut missing = Vec::new();
    let mut seen = 0;
    for document in DOCUMENTS {
        let text = fs::read_to_string(root.join(document)).expect("a document");
        for path in quoted(&text).into_iter().filter(|text| is_path(root, text)) {
            seen += 1;
            if !root.join(path).exists() && !root.join("src").join(path).exists() {
                missing.push(format!("{document}: {path}"));
            }
        }
    }
    assert!(seen > 100, "the documents name files: {seen}");
    assert!(missing.is_empty(), "neither there nor below src/:\n{}", missing.join("\n"));
}
