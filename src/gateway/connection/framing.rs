//! Where messages begin and end in the bytes that a client sends, and what is wrong with them.
//!
//! It decides nothing that the server's parser would decide otherwise: it finds the ends of heads and
//! bodies by the same rules, so that a time limit can be put on each, and it refuses what the parser
//! would let pass (a line that ends with a bare LF) or refuse without an answer that says why.

use memchr::memchr;

use super::refusal::Refusal;

/// Longest first line: what the URI type holds.
const MAX_REQUEST_LINE: usize = 65_534;
/// Longest head: what the server's parser keeps.
const MAX_HEAD: usize = 120 * 1024;
/// Header lines of a request: what the server's parser takes.
const MAX_HEADERS: usize = 96;
/// Longest line with the size of a chunk, extensions included, and longest trailer.
const MAX_CHUNK_LINE: usize = 4096;

/// What a connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The next request.
    Idle,
    /// The rest of a head.
    Head,
    /// The rest of a body.
    Body,
    /// Nothing that it knows: the connection speaks another protocol.
    Tunnel,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Lines of a head; whether the first one came.
    Head {
        has_request_line: bool,
    },
    /// Bytes of a body that are still to come.
    Sized(u64),
    /// The line with a chunk's size.
    ChunkSize,
    /// Bytes of a chunk that are still to come.
    Chunk(u64),
    /// The line end behind a chunk.
    ChunkEnd,
    Trailer,
    Tunnel,
}

/// How the body of the current request is delimited, as far as its head came.
#[derive(Debug, Clone, Copy, Default)]
struct Delimiters {
    chunked: bool,
    websocket: bool,
    connect: bool,
    length: u64,
}

/// Follows one connection.
#[derive(Debug)]
pub(super) struct Framing {
    state: State,
    delimiters: Delimiters,
    /// Bytes and header lines of the current head; of trailers too.
    head_bytes: usize,
    header_lines: usize,
    /// What came of a line that is not complete.
    partial: Vec<u8>,
    /// Heads that came completely.
    heads: u64,
    /// Bytes of the current body that came.
    body_bytes: u64,
}

/// What cannot be passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// A head; `from` is where its part in these bytes begins.
    Head { refusal: Refusal, from: usize },
    /// A chunked body whose framing is broken; `from` is where the broken part begins.
    Body { from: usize },
}

impl Framing {
    pub(super) fn new() -> Self {
        Self {
            state: State::Head { has_request_line: false },
            delimiters: Delimiters::default(),
            head_bytes: 0,
            header_lines: 0,
            partial: Vec::new(),
            heads: 0,
            body_bytes: 0,
        }
    }

    pub(super) fn stage(&self) -> Stage {
        match self.state {
            State::Head { .. } if self.head_bytes == 0 => Stage::Idle,
            State::Head { .. } => Stage::Head,
            State::Tunnel => Stage::Tunnel,
            _ => Stage::Body,
        }
    }

    /// Heads that came completely.
    pub(super) fn heads(&self) -> u64 {
        self.heads
    }

    /// Bytes of the current body that came.
    pub(super) fn body_bytes(&self) -> u64 {
        self.body_bytes
    }

    /// Follows the bytes that came next.
    ///
    /// # Errors
    /// What the server must not see.
    pub(super) fn advance(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let mut at = 0;
        let mut head_from = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            match self.state {
                State::Tunnel => return Ok(()),
                State::Sized(left) => {
                    let taken = self.take(rest, left);
                    at += taken;
                    let left = left - taken as u64;
                    self.state = if left == 0 { self.next() } else { State::Sized(left) };
                }
                State::Chunk(left) => {
                    let taken = self.take(rest, left);
                    at += taken;
                    let left = left - taken as u64;
                    self.state = if left == 0 { State::ChunkEnd } else { State::Chunk(left) };
                }
                State::Head { .. } => {
                    if self.head_bytes == 0 {
                        head_from = at;
                    }
                    at += self
                        .head(rest)
                        .map_err(|refusal| Fault::Head { refusal, from: head_from })?;
                }
                State::ChunkSize | State::ChunkEnd | State::Trailer => {
                    at += self.chunk_line(rest).ok_or(Fault::Body { from: at })?;
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, bytes: &[u8], left: u64) -> usize {
        let taken = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        self.body_bytes += taken as u64;
        taken
    }

    /// State between two messages.
    fn next(&mut self) -> State {
        (self.head_bytes, self.header_lines) = (0, 0);
        self.delimiters = Delimiters::default();
        State::Head { has_request_line: false }
    }

    /// Takes one line of a head, or what came of it.
    fn head(&mut self, bytes: &[u8]) -> Result<usize, Refusal> {
        let State::Head { has_request_line } = self.state else { return Ok(0) };
        let taken = memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1);
        self.head_bytes += taken;
        let line_bytes = self.partial.len() + taken;
        if !has_request_line && line_bytes > MAX_REQUEST_LINE {
            return Err(Refusal::UriTooLong);
        }
        if self.head_bytes > MAX_HEAD {
            return Err(Refusal::HeadersTooLarge);
        }
        let (line, rest) = bytes.split_at(taken);
        debug_assert!(rest.len() < bytes.len());
        if line.last() != Some(&b'\n') {
            self.partial.extend_from_slice(line);
            return Ok(taken);
        }
        if self.partial.is_empty() {
            self.head_line(line, has_request_line)?;
        } else {
            self.partial.extend_from_slice(line);
            let line = std::mem::take(&mut self.partial);
            self.head_line(&line, has_request_line)?;
        }
        Ok(taken)
    }

    fn head_line(&mut self, line: &[u8], has_request_line: bool) -> Result<(), Refusal> {
        let Some(line) = line.strip_suffix(b"\r\n") else { return Err(Refusal::Malformed) };
        if !has_request_line {
            // Empty lines in front of a request are ignored (RFC 9112 §2.2).
            if !line.is_empty() {
                self.delimiters.connect = line.starts_with(b"CONNECT ");
                self.state = State::Head { has_request_line: true };
            }
            return Ok(());
        }
        if line.is_empty() {
            self.heads += 1;
            self.body_bytes = 0;
            self.state = self.body();
            return Ok(());
        }
        self.header_lines += 1;
        if self.header_lines > MAX_HEADERS {
            return Err(Refusal::HeadersTooLarge);
        }
        if let Some(value) = value_of(line, b"content-length") {
            let digits = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
            self.delimiters.length = digits.unwrap_or(0);
        } else if let Some(value) = value_of(line, b"transfer-encoding") {
            self.delimiters.chunked |= value.eq_ignore_ascii_case(b"chunked");
        } else if let Some(value) = value_of(line, b"upgrade") {
            self.delimiters.websocket |= value.eq_ignore_ascii_case(b"websocket");
        }
        Ok(())
    }

    /// What follows a head.
    fn body(&mut self) -> State {
        match self.delimiters {
            Delimiters { chunked: true, .. } => State::ChunkSize,
            Delimiters { websocket: true, .. } => State::Tunnel,
            Delimiters { length: 0, connect: true, .. } => State::Tunnel,
            Delimiters { length: 0, .. } => self.next(),
            Delimiters { length, .. } => State::Sized(length),
        }
    }

    /// Takes one line between chunks, or what came of it; `None` if it is broken.
    fn chunk_line(&mut self, bytes: &[u8]) -> Option<usize> {
        let taken = memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1);
        self.body_bytes += taken as u64;
        if self.partial.len() + taken > MAX_CHUNK_LINE {
            return None;
        }
        self.partial.extend_from_slice(&bytes[..taken]);
        if self.partial.last() != Some(&b'\n') {
            // What is wrong is wrong at once: nobody waits for the end of the line.
            return self.may_become_a_line().then_some(taken);
        }
        let line = std::mem::take(&mut self.partial);
        let line = line.strip_suffix(b"\r\n")?;
        self.state = match self.state {
            State::ChunkEnd if line.is_empty() => State::ChunkSize,
            State::ChunkSize => match chunk_size(line)? {
                0 => State::Trailer,
                size => State::Chunk(size),
            },
            State::Trailer if line.is_empty() => self.next(),
            State::Trailer => {
                self.header_lines += 1;
                (self.header_lines <= 2 * MAX_HEADERS).then_some(State::Trailer)?
            }
            _ => return None,
        };
        Some(taken)
    }

    fn may_become_a_line(&self) -> bool {
        let text = self.partial.strip_suffix(b"\r").unwrap_or(&self.partial);
        match self.state {
            State::ChunkSize => text.is_empty() || chunk_size(text).is_some(),
            State::ChunkEnd => text.is_empty(),
            _ => true,
        }
    }
}

/// Value of a header line with this name, without the blanks around it.
fn value_of<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = line.split_at_checked(name.len())?;
    // The first letter rules most lines out.
    if start[0] | 0x20 != name[0] || !start.eq_ignore_ascii_case(name) {
        return None;
    }
    Some(rest.strip_prefix(b":")?.trim_ascii())
}

/// Size in front of a chunk; extensions are ignored. `None` if it is no size.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let (digits, rest) = line.split_at(digits);
    let extension = rest.trim_ascii_start();
    let is_extension = extension.is_empty() || extension[0] == b';';
    let is_printable = extension.iter().all(|&byte| byte == b'\t' || byte >= 0x20 && byte != 0x7f);
    let digits = std::str::from_utf8(digits).ok()?;
    u64::from_str_radix(digits, 16).ok().filter(|_| is_extension && is_printable)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GET: &str = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    const SIZED: &str = "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nGET /";
    const CHUNKED: &str = "POST / HTTP/1.1\r\ntransfer-encoding:chunked \r\n\r\n\
                           5;a=b\r\nGET /\r\nA\r\n0123456789\r\n0\r\nx: y\r\n\r\n";

    fn after(text: &str) -> (Stage, u64) {
        let mut framing = Framing::new();
        framing.advance(text.as_bytes()).expect("well formed");
        (framing.stage(), framing.heads())
    }

    #[test]
    fn the_stage_follows_heads_and_bodies() {
        assert_eq!(after(""), (Stage::Idle, 0));
        assert_eq!(after("GE"), (Stage::Head, 0));
        assert_eq!(after(GET), (Stage::Idle, 1));
        assert_eq!(after(&SIZED[..SIZED.len() - 1]), (Stage::Body, 1));
        assert_eq!(after(SIZED), (Stage::Idle, 1));
        assert_eq!(after(&CHUNKED[..CHUNKED.len() - 1]), (Stage::Body, 1));
        assert_eq!(after(CHUNKED), (Stage::Idle, 1));
        let socket = "GET / HTTP/1.1\r\nupgrade: WebSocket\r\n\r\n\n\n";
        assert_eq!(after(socket), (Stage::Tunnel, 1));
        assert_eq!(after("CONNECT a:1 HTTP/1.1\r\n\r\n\n"), (Stage::Tunnel, 1));
    }

    #[test]
    fn what_the_server_must_not_see_is_found_where_it_begins() {
        let fault = |text: &str| Framing::new().advance(text.as_bytes()).expect_err("refused");
        let head = |refusal, from| Fault::Head { refusal, from };
        for bare in ["GET / HTTP/1.1\nhost: x\r\n\r\n", "GET / HTTP/1.1\r\nhost: x\n\r\n", "\n"] {
            assert_eq!(fault(bare), head(Refusal::Malformed, 0), "{bare:?}");
            let second = format!("{SIZED}{bare}");
            assert_eq!(fault(&second), head(Refusal::Malformed, SIZED.len()), "{second:?}");
        }
        let long = format!("GET /?{} HTTP/1.1\r\n", "a".repeat(70_000));
        assert_eq!(fault(&long), head(Refusal::UriTooLong, 0));
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(97));
        assert_eq!(fault(&many), head(Refusal::HeadersTooLarge, 0));
        let large = format!("GET / HTTP/1.1\r\na: {}", "b".repeat(130_000));
        assert_eq!(fault(&large), head(Refusal::HeadersTooLarge, 0));
        let start = CHUNKED.find("5;").expect("a chunk");
        for broken in ["zz", "5\n", "5x\r\n", "-5", "\r\n", "11112222333344445\r\n", "5;\x01\r\n"] {
            let text = format!("{}{broken}", &CHUNKED[..start]);
            assert_eq!(fault(&text), Fault::Body { from: start }, "{text:?}");
        }
        let end = format!("{}5\r\nGET /x", &CHUNKED[..start]);
        assert_eq!(fault(&end), Fault::Body { from: end.len() - 1 });
    }

    proptest! {
        #[test]
        fn where_reads_are_cut_makes_no_difference(
            order in proptest::collection::vec(0..3_usize, 1..5),
            cuts in proptest::collection::vec(0..400_usize, 0..8),
        ) {
            let text: String = order.iter().map(|&which| [GET, SIZED, CHUNKED][which]).collect();
            let mut cuts: Vec<_> = cuts.into_iter().filter(|&cut| cut < text.len()).collect();
            cuts.sort_unstable();
            let mut framing = Framing::new();
            let mut from = 0;
            for to in cuts.into_iter().chain([text.len()]) {
                prop_assert_eq!(framing.advance(&text.as_bytes()[from..to]), Ok(()));
                from = to;
            }
            prop_assert_eq!((framing.stage(), framing.heads()), (Stage::Idle, order.len() as u64));
        }
    }
}
