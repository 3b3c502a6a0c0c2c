//! A walk over texts that hold other texts, such as a body in a line.

use std::borrow::Cow;

use super::patterns::{PATTERNS, Patterns};
use super::{BLANK, TEXT_LIMIT, cut};

/// A text without secrets and contacts; literals in it are looked into so many levels deep.
pub(super) fn redact_at(text: &str, depth: usize) -> Cow<'_, str> {
    let Some(patterns) = PATTERNS.as_ref() else {
        return BLANK.into();
    };
    if !patterns.suspect.is_match(text) {
        return text.into();
    }
    if depth == 0 || !text.contains('"') {
        return patterns.plain(text);
    }
    let mut walk =
        Walk { patterns, depth, out: String::with_capacity(text.len()), at: Place::Open };
    walk.all(text);
    walk.out.into()
}

/// Where a walk is.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Where nothing is secret.
    Open,
    /// Before the value of a secret member.
    Value,
    /// In a list or object that is the value of a secret member, so many brackets deep.
    Inside(usize),
}

/// A walk over a text with literals in quotes: JSON, JSON in another text, or a part of it.
struct Walk<'a> {
    patterns: &'a Patterns,
    depth: usize,
    out: String,
    at: Place,
}

impl Walk<'_> {
    fn all(&mut self, mut rest: &str) {
        while !rest.is_empty() {
            let end = match (rest.starts_with('"'), self.at) {
                (true, _) => end_of_literal(rest),
                (_, Place::Open) => rest.find('"').unwrap_or(rest.len()),
                _ if rest.starts_with(STRUCTURE) => 1,
                _ => rest.find(|c| c == '"' || STRUCTURE.contains(&c)).unwrap_or(rest.len()),
            };
            let (token, after) = rest.split_at(end);
            if token.starts_with('"') {
                self.literal(token, after.trim_start().starts_with(':'));
            } else {
                self.between(token);
            }
            rest = after;
        }
    }

    fn literal(&mut self, literal: &str, is_name: bool) {
        match self.at {
            Place::Value => {
                self.out.push_str("\"***\"");
                self.at = Place::Open;
            }
            Place::Inside(_) if !is_name => self.out.push_str("\"***\""),
            Place::Inside(_) | Place::Open => {
                if is_name && self.at == Place::Open && self.patterns.name.is_match(literal) {
                    self.at = Place::Value;
                }
                let redacted = self.redacted(literal);
                self.out.push_str(&redacted);
            }
        }
    }

    fn between(&mut self, token: &str) {
        let structure = token.chars().next().filter(|c| STRUCTURE.contains(c));
        match (self.at, structure) {
            (Place::Open, _) => {
                let name = self.patterns.before_value.find(token);
                let (before, name) = token.split_at(name.map_or(token.len(), |name| name.start()));
                self.out.push_str(&self.patterns.plain(before));
                if !name.is_empty() {
                    self.at = Place::Value;
                }
                self.out.push_str(name);
                return;
            }
            (Place::Value, Some('[' | '{')) => self.at = Place::Inside(1),
            (Place::Value, Some(',' | ']' | '}')) => self.at = Place::Open,
            (Place::Inside(deep), Some('[' | '{')) => self.at = Place::Inside(deep + 1),
            (Place::Inside(1), Some(']' | '}')) => self.at = Place::Open,
            (Place::Inside(deep), Some(']' | '}')) => self.at = Place::Inside(deep - 1),
            (_, None) if !["", "null"].contains(&token.trim()) => {
                let blanks = token.len() - token.trim_start().len();
                self.out.push_str(&token[..blanks]);
                self.out.push_str("\"***\"");
                return;
            }
            _ => {}
        }
        self.out.push_str(token);
    }

    fn redacted<'t>(&self, literal: &'t str) -> Cow<'t, str> {
        let is_closed = literal.len() > 1 && literal.ends_with('"');
        let decoded = match is_closed {
            true => serde_json::from_str::<String>(literal),
            false => serde_json::from_str(&format!("{literal}\"")),
        };
        let Ok(text) = decoded else {
            // Escapes of other languages, or cut off within one.
            return self.patterns.plain(literal);
        };
        let short = cut(&text, TEXT_LIMIT);
        let redacted = redact_at(short, self.depth - 1);
        if short.len() == text.len() && *redacted == *text {
            return literal.into();
        }
        let mut encoded = serde_json::Value::from(&*redacted).to_string();
        if !is_closed {
            encoded.pop();
        }
        encoded.into()
    }
}

const STRUCTURE: [char; 6] = ['[', ']', '{', '}', ',', ':'];

/// Index behind the closing quote of the literal that a text begins with; its end where there is none.
fn end_of_literal(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}
