//! From the bytes of a file to UTF-8 text: compression, encodings, the separator of its columns.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Cursor, Read};

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use indicatif::ProgressBar;

/// First bytes of a zstd frame.
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// A header is looked for in this many bytes.
const HEAD: u64 = 64 * 1024;
/// Bytes decoded at a time.
const CHUNK: usize = 16 * 1024;
/// Separators of columns; among equals the first one counts.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A text that begins with the header of its columns.
pub(super) struct Text {
    pub(super) input: Box<dyn Read + Send>,
    pub(super) separator: u8,
    /// Lines before the header.
    pub(super) skipped_lines: u64,
}

/// Reads a file, plain or zstd-compressed; `bar` grows by its size and follows its bytes.
pub(super) fn open(
    file: File,
    encoding: Option<&'static Encoding>,
    bar: &ProgressBar,
) -> io::Result<Text> {
    bar.inc_length(file.metadata()?.len());
    let mut input = BufReader::new(bar.wrap_read(file));
    if input.fill_buf()?.starts_with(&ZSTD_MAGIC) {
        return text(zstd::Decoder::with_buffer(input)?, encoding);
    }
    text(input, encoding)
}

/// A byte order mark says the encoding; without one it is the given one, else UTF-8, whose invalid bytes
/// are left to whoever reads the fields.
pub(super) fn text(
    mut bytes: impl Read + Send + 'static,
    encoding: Option<&'static Encoding>,
) -> io::Result<Text> {
    let mut start = Vec::with_capacity(3);
    bytes.by_ref().take(3).read_to_end(&mut start)?;
    let (encoding, mark) = Encoding::for_bom(&start).unwrap_or((encoding.unwrap_or(UTF_8), 0));
    let bytes = Cursor::new(start.split_off(mark)).chain(bytes);
    if encoding == UTF_8 {
        return split(bytes);
    }
    split(Decoded {
        bytes,
        decoder: encoding.new_decoder_without_bom_handling(),
        encoded: Vec::new(),
        text: Vec::new(),
        given: 0,
        ended: false,
    })
}

/// The encoding of that name, as browsers know it: `utf-8`, `utf-16le`, `windows-1252`, `latin1`, …
///
/// # Errors
/// An unknown name.
pub fn encoding(label: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label(label.as_bytes()).ok_or_else(|| {
        let known = [UTF_8, UTF_16LE, UTF_16BE, encoding_rs::WINDOWS_1252].map(Encoding::name);
        format!("an unknown encoding; known are for example {}", known.join(", "))
    })
}

/// Finds the separator in the header, or in the line `sep=;` that spreadsheets write before it.
fn split(mut input: impl Read + Send + 'static) -> io::Result<Text> {
    let mut head = Vec::new();
    while !head.contains(&b'\n') && (head.len() as u64) < HEAD {
        if input.by_ref().take(CHUNK as u64).read_to_end(&mut head)? == 0 {
            break;
        }
    }
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let stated = match first.trim_ascii() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] => Some(*separator),
        // The tab is trimmed away.
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'='] => Some(b'\t'),
        _ => None,
    };
    let separator = stated.unwrap_or_else(|| most_frequent(first));
    let skipped = if stated.is_some() { first.len() + 1 } else { 0 };
    let head = head.split_off(skipped.min(head.len()));
    Ok(Text {
        input: Box::new(Cursor::new(head).chain(input)),
        separator,
        skipped_lines: u64::from(stated.is_some()),
    })
}

/// The separator that stands most often outside of quotes.
fn most_frequent(header: &[u8]) -> u8 {
    let mut counts = [0_usize; SEPARATORS.len()];
    let mut quoted = false;
    for byte in header {
        quoted ^= *byte == b'"';
        if !quoted && let Some(at) = SEPARATORS.iter().position(|separator| separator == byte) {
            counts[at] += 1;
        }
    }
    // Of equal counts the last one is the maximum, so the order is turned around.
    let most = counts.iter().enumerate().rev().max_by_key(|(_, count)| **count);
    most.map_or(SEPARATORS[0], |(at, _)| SEPARATORS[at])
}

/// Bytes of another encoding, read as UTF-8.
struct Decoded<R> {
    bytes: R,
    decoder: Decoder,
    encoded: Vec<u8>,
    text: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.ended {
            self.fill()?;
        }
        let ready = &self.text[self.given..];
        let count = ready.len().min(buffer.len());
        buffer[..count].copy_from_slice(&ready[..count]);
        self.given += count;
        Ok(count)
    }
}

impl<R: Read> Decoded<R> {
    fn fill(&mut self) -> io::Result<()> {
        self.encoded.resize(CHUNK, 0);
        let count = self.bytes.read(&mut self.encoded)?;
        self.ended = count == 0;
        let encoded = &self.encoded[..count];
        let longest = self.decoder.max_utf8_buffer_length(count).unwrap_or(CHUNK * 4);
        self.text.resize(longest, 0);
        let (_, _, written, _) = self.decoder.decode_to_utf8(encoded, &mut self.text, self.ended);
        self.text.truncate(written);
        self.given = 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], encoding: Option<&'static Encoding>) -> (String, u8, u64) {
        let mut found = text(Cursor::new(bytes.to_vec()), encoding).expect("readable");
        let mut content = String::new();
        found.input.read_to_string(&mut content).expect("UTF-8");
        (content, found.separator, found.skipped_lines)
    }

    fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(order).collect()
    }

    #[test]
    fn separators_are_found_in_the_header_or_stated_before_it() {
        for (content, separator, rest) in [
            ("a,b\n1;2;3", b',', "a,b\n1;2;3"),
            ("a;b\n1,5;2", b';', "a;b\n1,5;2"),
            ("a\tb\n", b'\t', "a\tb\n"),
            ("a|b|\"c,d,e\"\n", b'|', "a|b|\"c,d,e\"\n"),
            ("only\n1", b',', "only\n1"),
            ("", b',', ""),
        ] {
            assert_eq!(read(content.as_bytes(), None), (rest.to_owned(), separator, 0));
        }
        assert_eq!(read(b"sep=;\r\na,x;b\n", None), ("a,x;b\n".to_owned(), b';', 1));
        assert_eq!(read(b"sep=\t\na\tb\n", None), ("a\tb\n".to_owned(), b'\t', 1));
    }

    #[test]
    fn a_byte_order_mark_says_the_encoding() {
        let text = "name;note\nनया;😀\n".repeat(3_000);
        for bytes in [utf16(&text, u16::to_le_bytes), utf16(&text, u16::to_be_bytes)] {
            assert_eq!(read(&bytes, None), (text.clone(), b';', 0));
        }
        assert_eq!(read(b"\xef\xbb\xbfa,b\n", None), ("a,b\n".to_owned(), b',', 0));
    }

    #[test]
    fn a_given_encoding_is_read() {
        let western = encoding("windows-1252").expect("known");
        assert_eq!(read(b"name\nRen\xe9e \x80\n", Some(western)).0, "name\nRenée €\n");
        assert!(encoding("klingon").is_err());
    }
}
