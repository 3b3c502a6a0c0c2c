//! Which headers belong to one connection only.

/// Headers that speak of the connection, not of the message (RFC 9110 §7.6.1). `Trailer` is among
/// them because trailers are not forwarded.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The headers that one message's `Connection` headers name, besides the fixed ones.
#[derive(Default)]
pub(super) struct HopByHop<'a>(Vec<&'a str>);

impl<'a> HopByHop<'a> {
    /// From the values of all `Connection` headers.
    pub(super) fn named_by(values: impl Iterator<Item = &'a [u8]>) -> Self {
        let texts = values.filter_map(|value| std::str::from_utf8(value).ok());
        let names = texts.flat_map(|text| text.split(',')).map(str::trim);
        Self(names.filter(|name| !name.eq_ignore_ascii_case("keep-alive")).collect())
    }

    /// Whether a header ends here.
    pub(super) fn contains(&self, name: &str) -> bool {
        is_any(&HOP_BY_HOP, name) || is_any(&self.0, name)
    }
}

/// Whether a header is one of those `named` for a server that takes every character but letters and digits
/// for a hyphen, as those do that make variables out of headers.
pub(super) fn is_any(named: &[&str], name: &str) -> bool {
    named.iter().any(|named| named.len() == name.len() && is_same(named, name))
}

fn is_same(named: &str, name: &str) -> bool {
    let fold =
        |byte: u8| if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { b'-' };
    named.bytes().zip(name.bytes()).all(|(named, byte)| fold(named) == fold(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_names_further_headers() {
        let values: [&[u8]; 3] = [b"keep-alive, X-Secret", b"close,,x-other ", b"\xff"];
        let hop = HopByHop::named_by(values.into_iter());
        for name in [
            "connection",
            "keep-alive",
            "te",
            "x-secret",
            "x-other",
            "close",
            "Keep_Alive",
            "x.secret",
        ] {
            assert!(hop.contains(name), "{name}");
        }
        assert!(!hop.contains("x-secre"));
        assert!(!HopByHop::default().contains("content-type"));
    }
}
