//! Owns the little the listener must know about a statement's text: where the data of an
//! INSERT start, whether there is more than one statement, and which format it asks for.
//! Everything else is left to the engine's own parser.

use std::ops::Range;

/// An INSERT whose rows follow its FORMAT or VALUES clause.
pub(super) struct Insert {
    /// Where `FROM INFILE` belongs: before SETTINGS and the clause.
    source_at: usize,
    clause_at: usize,
    format: Option<Range<usize>>,
    /// Where the rows start.
    pub(super) data_at: usize,
}

impl Insert {
    /// Recognises `INSERT INTO [TABLE] name [(columns)] [SETTINGS …] FORMAT name | VALUES`.
    /// `None` for every other statement, including INSERT … SELECT and FROM INFILE.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let mut tokens = Tokens::new(text).peekable();
        tokens.next().filter(|token| token.is(text, "INSERT"))?;
        tokens.next().filter(|token| token.is(text, "INTO"))?;
        let name = tokens.next()?;
        if (name.is(text, "TABLE") || name.is(text, "FUNCTION"))
            && tokens.peek().is_some_and(Token::is_name)
        {
            tokens.next();
        }
        while tokens.next_if(|token| text[token.range.clone()] == *b".").is_some() {
            tokens.next()?;
        }
        let mut settings_at = None;
        while let Some(token) = tokens.next() {
            if token.is(text, "SETTINGS") {
                settings_at.get_or_insert(token.range.start);
            } else if token.is(text, "FORMAT") {
                let format = tokens.next()?.range;
                let data_at = skip_separator(text, format.end);
                return Some(Self::new(settings_at, token.range.start, Some(format), data_at));
            } else if token.is(text, "VALUES") {
                return Some(Self::new(settings_at, token.range.start, None, token.range.end));
            } else if ["SELECT", "WITH", "FROM"].iter().any(|word| token.is(text, word)) {
                return None;
            }
        }
        None
    }

    fn new(
        settings_at: Option<usize>,
        clause_at: usize,
        format: Option<Range<usize>>,
        data_at: usize,
    ) -> Self {
        Self { source_at: settings_at.unwrap_or(clause_at), clause_at, format, data_at }
    }

    /// Whether the rows are SQL expressions, which the engine also reads from the text itself.
    pub(super) fn has_values(&self) -> bool {
        self.format.is_none()
    }

    /// The same INSERT reading its rows from a file on the engine's machine.
    pub(super) fn reading_file(&self, text: &[u8], path: &str) -> Vec<u8> {
        let format = self.format.clone().map_or(&b"Values"[..], |range| &text[range]);
        let source = format!("FROM INFILE {} ", quote(path));
        [
            &text[..self.source_at],
            source.as_bytes(),
            &text[self.source_at..self.clause_at],
            b" FORMAT ",
            format,
        ]
        .concat()
    }
}

/// Whether anything but comments follows a top-level semicolon.
pub(super) fn has_several_statements(text: &[u8]) -> bool {
    Tokens::new(text)
        .skip_while(|token| text[token.range.clone()] != *b";")
        .any(|token| text[token.range] != *b";")
}

/// Whether the text is blank apart from comments and semicolons.
pub(super) fn is_empty(text: &[u8]) -> bool {
    Tokens::new(text).all(|token| text[token.range] == *b";")
}

/// The statement's own FORMAT clause.
pub(super) fn output_format(text: &[u8]) -> Option<&str> {
    let mut tokens = Tokens::new(text).peekable();
    let mut format = None;
    while let Some(token) = tokens.next() {
        if token.is(text, "FORMAT")
            && let Some(name) = tokens.peek().filter(|next| next.kind == Kind::Word)
        {
            format = std::str::from_utf8(&text[name.range.clone()]).ok();
        }
    }
    format
}

/// A string literal.
pub(super) fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A quoted identifier.
pub(super) fn quote_identifier(name: &str) -> String {
    format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`"))
}

/// Blanks and one line break part a format's name from its data, as in ClickHouse's parser.
fn skip_separator(text: &[u8], mut at: usize) -> usize {
    while matches!(text.get(at), Some(b' ' | b'\t' | 0x0c)) {
        at += 1;
    }
    at += usize::from(text.get(at) == Some(&b'\r'));
    at + usize::from(text.get(at) == Some(&b'\n'))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Quoted,
    Symbol,
}

struct Token {
    kind: Kind,
    range: Range<usize>,
}

impl Token {
    fn is(&self, text: &[u8], word: &str) -> bool {
        self.kind == Kind::Word && text[self.range.clone()].eq_ignore_ascii_case(word.as_bytes())
    }

    fn is_name(&self) -> bool {
        self.kind != Kind::Symbol
    }
}

/// Tokens outside brackets and comments, following ClickHouse's lexer.
struct Tokens<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Tokens<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    fn starts_with(&self, prefix: &[u8]) -> bool {
        self.text[self.at..].starts_with(prefix)
    }

    /// Moves behind the next occurrence of `end`, or to the end of the text.
    fn skip_past(&mut self, end: &[u8]) {
        let rest = &self.text[self.at..];
        let found = rest.windows(end.len()).position(|window| window == end);
        self.at = found.map_or(self.text.len(), |index| self.at + index + end.len());
    }

    /// Skips a comment; false when there is none here.
    fn skip_comment(&mut self) -> bool {
        if self.starts_with(b"--") || self.starts_with(b"# ") || self.starts_with(b"#!") {
            self.skip_past(b"\n");
        } else if self.starts_with(b"/*") {
            self.at += 2;
            self.skip_past(b"*/");
        } else {
            return false;
        }
        true
    }

    /// Moves behind a quoted text, whose quote is escaped by a backslash or doubled.
    fn skip_quoted(&mut self, quote: u8) {
        self.at += 1;
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            if byte == b'\\' {
                self.at += 1;
            } else if byte == quote {
                if self.text.get(self.at) != Some(&quote) {
                    break;
                }
                self.at += 1;
            }
        }
        self.at = self.at.min(self.text.len());
    }

    /// Moves behind a heredoc (`$tag$ … $tag$`); false when there is none here.
    fn skip_heredoc(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let Some(name) = rest.strip_prefix(b"$") else {
            return false;
        };
        let length = name.iter().take_while(|byte| is_word(**byte)).count();
        if name.get(length) != Some(&b'$') {
            return false;
        }
        let tag = &rest[..length + 2];
        self.at += tag.len();
        self.skip_past(tag);
        true
    }

    fn skip_word(&mut self) {
        while self.text.get(self.at).is_some_and(|byte| is_word(*byte)) {
            self.at += 1;
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let start = self.at;
            let byte = *self.text.get(start)?;
            if self.skip_comment() {
                continue;
            }
            let kind = match byte {
                b'\'' | b'"' | b'`' => {
                    self.skip_quoted(byte);
                    Kind::Quoted
                }
                _ if self.skip_heredoc() => Kind::Quoted,
                _ if is_word(byte) => {
                    self.skip_word();
                    Kind::Word
                }
                _ => {
                    self.at += 1;
                    match byte {
                        b'(' | b'[' | b'{' => self.depth += 1,
                        b')' | b']' | b'}' => {
                            self.depth = self.depth.saturating_sub(1);
                            continue;
                        }
                        _ => {}
                    }
                    Kind::Symbol
                }
            };
            if self.depth == 0 && !byte.is_ascii_whitespace() {
                return Some(Token { kind, range: start..self.at });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(text: &str) -> Option<(String, &str)> {
        let insert = Insert::parse(text.as_bytes())?;
        let sql = insert.reading_file(text.as_bytes(), "/d/it's");
        Some((String::from_utf8(sql).unwrap(), &text[insert.data_at..]))
    }

    #[test]
    fn insert_data_are_found_and_replaced_by_a_file() {
        let (sql, data) =
            rewritten("INSERT INTO t(`a`, `format`) FORMAT RowBinary\n\u{1}\u{2}").unwrap();
        assert_eq!(sql, r"INSERT INTO t(`a`, `format`) FROM INFILE '/d/it\'s'  FORMAT RowBinary");
        assert_eq!(data, "\u{1}\u{2}");

        let (sql, data) = rewritten(
            "/* hi */ insert into table d.`x``y` settings a=1, b='format' format CSV 1,2",
        )
        .unwrap();
        assert!(
            sql.contains("`x``y` FROM INFILE '/d/it\\'s' settings a=1, b='format'  FORMAT CSV")
        );
        assert_eq!(data, "1,2");

        let (sql, data) = rewritten("INSERT INTO format VALUES (1, 'a;b')").unwrap();
        assert!(sql.ends_with("FORMAT Values"));
        assert_eq!(data, " (1, 'a;b')");
    }

    #[test]
    fn statements_without_data_are_left_alone() {
        for text in [
            "INSERT INTO t SELECT 1 FORMAT Null",
            "INSERT INTO t (a) WITH 1 AS x SELECT x",
            "INSERT INTO t FROM INFILE 'x' FORMAT CSV",
            "SELECT 'INSERT INTO t FORMAT CSV'",
            "INSERT INTO t",
            "INSERT",
            "",
        ] {
            assert!(rewritten(text).is_none(), "{text}");
        }
    }

    #[test]
    fn semicolons_count_only_between_statements() {
        assert!(has_several_statements(b"SELECT 1; SELECT 2"));
        assert!(has_several_statements(b";SELECT 2"));
        for text in [
            "SELECT 1;",
            "SELECT ';' -- ; x\n ; /* ; */",
            "SELECT $a$;x$a$;",
            "SELECT `;`, \"a;\\\";b\"",
        ] {
            assert!(!has_several_statements(text.as_bytes()), "{text}");
        }
        assert!(is_empty(b" -- x\n ; "));
        assert!(!is_empty(b"SELECT 1"));
    }

    #[test]
    fn the_format_clause_is_found_outside_brackets_and_strings() {
        assert_eq!(output_format(b"SELECT format('x') FORMAT JSON SETTINGS a = 1"), Some("JSON"));
        assert_eq!(output_format(b"SELECT 'FORMAT JSON'"), None);
    }

    #[test]
    fn arbitrary_bytes_never_panic() {
        let bytes: Vec<u8> = (0..=255).chain(*b"'\\").collect();
        for start in 0..bytes.len() {
            let _ = Tokens::new(&bytes[start..]).count();
            let _ = Tokens::new(&[&b"INSERT INTO "[..], &bytes[start..]].concat()).count();
            let _ = Insert::parse(&[&b"INSERT INTO "[..], &bytes[start..]].concat());
        }
    }
}
