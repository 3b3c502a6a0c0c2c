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

    /// Whether a header (in lower case) ends here.
    pub(super) fn contains(&self, name: &str) -> bool {
        HOP_BY_HOP.contains(&name) || self.0.iter().any(|named| named.eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_names_further_headers() {
        let values: [&[u8]; 3] = [b"keep-alive, X-Secret", b"close,,x-other ", b"\xff"];
        let hop = HopByHop::named_by(values.into_iter());
        for name in ["connection", "keep-alive", "te", "x-secret", "x-other", "close"] {
            assert!(hop.contains(name), "{name}");
        }
        assert!(!hop.contains("x-secre"));
        assert!(!HopByHop::default().contains("content-type"));
    }
}
