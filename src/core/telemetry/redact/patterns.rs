//! What secrets and contacts look like.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

use super::BLANK;

/// Part of the name of a member, header or parameter whose value is a secret or a contact.
const NAMES: &str = r"auth(?:orization|[-_]?token)?\b|passw(?:or)?d|passphrase|secret|token|cookie|credential|api[-_]?key|private[-_]?key|signature|\botp\b|\bpin\b|mail|phone|mobile|user-rt";
/// Names that are secrets as parameters of a query only: elsewhere they are ordinary words.
const PARAMETERS: &str = "code|sig|key|pin|otp|state|session";

pub(super) static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| Patterns::new().ok());

/// What is looked for. Without it everything is blank.
pub(super) struct Patterns {
    /// Whether there may be anything: most texts have nothing.
    pub(super) suspect: Regex,
    /// Names of members whose value is blanked whole.
    pub(super) name: Regex,
    /// Ends with such a name, so that a value follows.
    pub(super) before_value: Regex,
    replaced: Vec<(Regex, &'static str)>,
}

impl Patterns {
    fn new() -> Result<Self, regex::Error> {
        let pattern = |text: &str| RegexBuilder::new(text).case_insensitive(true).build();
        let replaced = [
            // Session tokens, complete or cut.
            (r"\beyJ[\w-]{6,}(?:(?:\.|%2e)[\w-]*)*".to_owned(), BLANK),
            (r"\b(bearer|basic)(?:\s|%20|\+)+[\w.~+/=-]{4,}".to_owned(), "$1 ***"),
            // Logins in addresses of services.
            (r"://[^\s/@?#]*@".to_owned(), "://***@"),
            (format!(r"([?&](?:{PARAMETERS})=)[^\s&#]+"), "${1}***"),
            // A value in quotes, escaped or not, then one without.
            (
                format!(r#"((?:{NAMES})[\w-]*[\\"')\]]*\s*[:=]\s*(?:some\()?\\*["'])[^"']+"#),
                "${1}***",
            ),
            (
                format!(
                    r#"((?:{NAMES})[\w-]*[\\"')\]]*\s*(?:[:=]|%3d)\s*[(\\]*)[^\s&,;"'\\(){{}}\[\]]+"#
                ),
                "${1}***",
            ),
            (
                r#"[^\s"'`<>()\[\]{},;:/\\?&=|*]+(?:@|%40)[^\s"'`<>()\[\]{},;:/\\?&=|*]+"#
                    .to_owned(),
                BLANK,
            ),
            (r"(?:\+|%2b)\d(?:[\d\s().-]|%20){6,}\d".to_owned(), BLANK),
        ];
        let replaced = replaced.into_iter().map(|(text, by)| Ok((pattern(&text)?, by)));
        Ok(Self {
            suspect: pattern(&format!(
                r"eyJ|@|%40|\+\d|%2b\d|bearer|basic|[?&](?:{PARAMETERS})=|{NAMES}"
            ))?,
            name: pattern(&format!("{NAMES}|^(?:sid|sig|auth|pin|otp)$"))?,
            before_value: pattern(&format!(r"(?:{NAMES})[\w-]*[)\]']*\s*[:=]\s*(?:some\()?$"))?,
            replaced: replaced.collect::<Result<_, regex::Error>>()?,
        })
    }

    /// A text that is looked at as a whole.
    pub(super) fn plain<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        for (pattern, by) in &self.replaced {
            if let Cow::Owned(changed) = pattern.replace_all(&text, *by) {
                text = changed.into();
            }
        }
        text
    }
}
