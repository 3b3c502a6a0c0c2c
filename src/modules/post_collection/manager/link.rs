//! Addresses of posts and of those who post, as people copy them.

use std::iter::once;

use crate::core::types::Platform;

/// Segments of Instagram that are followed by a post's code.
const INSTAGRAM_POSTS: [&str; 4] = ["p", "reel", "reels", "tv"];
/// Segments of YouTube that are followed by a video's code.
const YOUTUBE_POSTS: [&str; 5] = ["v", "shorts", "embed", "e", "live"];
/// Segments of a platform that are no account.
const NO_ACCOUNTS: [&str; 13] = [
    "p",
    "reel",
    "reels",
    "tv",
    "stories",
    "watch",
    "v",
    "shorts",
    "embed",
    "e",
    "live",
    "attribution_link",
    "playlist",
];

/// Who posts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Poster {
    /// A handle on Instagram.
    Instagram(String),
    /// The id of a YouTube channel.
    Channel(String),
    /// The handle of a YouTube channel, whose id the collector knows.
    ChannelHandle(String),
}

impl Poster {
    /// Where they post.
    pub fn platform(&self) -> Platform {
        match self {
            Self::Instagram(_) => Platform::Instagram,
            Self::Channel(_) | Self::ChannelHandle(_) => Platform::Youtube,
        }
    }
}

/// An address in parts.
struct Address<'a> {
    site: Site,
    segments: Vec<&'a str>,
    query: &'a str,
}

#[derive(PartialEq, Eq)]
enum Site {
    Instagram,
    Youtube,
    /// `youtu.be`.
    Short,
}

/// Platform and code of a post's address.
pub fn post(text: &str) -> Option<(Platform, String)> {
    let Address { site, segments, query } = address(text)?;
    let after = |names: &[&str]| {
        let at = segments.iter().position(|one| names.contains(one))?;
        code(segments.get(at + 1)?)
    };
    match site {
        Site::Instagram => {
            let story = || match segments.as_slice() {
                ["stories", _, story, ..] => code(story),
                _ => None,
            };
            Some((Platform::Instagram, story().or_else(|| after(&INSTAGRAM_POSTS))?))
        }
        Site::Youtube => {
            let watched = match segments.first() {
                Some(&("watch" | "attribution_link")) => code_in(query),
                _ => None,
            };
            Some((Platform::Youtube, watched.or_else(|| after(&YOUTUBE_POSTS))?))
        }
        Site::Short => {
            let code = match segments.as_slice() {
                ["watch", ..] => code_in(query),
                ["v" | "shorts", rest, ..] => code(rest),
                [bare, ..] => code(bare),
                [] => None,
            };
            Some((Platform::Youtube, code?))
        }
    }
}

/// The account of an address.
pub fn poster(text: &str) -> Option<Poster> {
    let Address { site, segments, .. } = address(text)?;
    let handle = |text: &str| name(text, |byte| byte == b'.');
    match (site, segments.as_slice()) {
        (Site::Instagram, ["stories", user, ..]) => handle(user).map(Poster::Instagram),
        (Site::Youtube, ["channel", id, ..]) => code(id).map(Poster::Channel),
        (Site::Youtube, ["c" | "user", name, ..]) => handle(name).map(Poster::ChannelHandle),
        (_, [first, ..]) if NO_ACCOUNTS.contains(first) => None,
        (Site::Instagram, [user, ..]) => handle(user).map(Poster::Instagram),
        (Site::Youtube, [name, ..]) => {
            handle(name.strip_prefix('@').unwrap_or(name)).map(Poster::ChannelHandle)
        }
        _ => None,
    }
}

fn address(text: &str) -> Option<Address<'_>> {
    let text = text.trim();
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let text = text.split('#').next()?;
    // Some copy the question mark's neighbours escaped.
    let (place, query) = text.split_once('?').unwrap_or((text, ""));
    let mut parts = place.split('/');
    let host = parts.next()?.to_ascii_lowercase();
    let is_of = |domain: &str| {
        host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let site = if is_of("instagram.com") {
        Site::Instagram
    } else if is_of("youtube.com") {
        Site::Youtube
    } else if is_of("youtu.be") {
        Site::Short
    } else {
        return None;
    };
    Some(Address { site, segments: parts.filter(|part| !part.is_empty()).collect(), query })
}

/// The code that a query names, also in the address that a parameter of it holds.
fn code_in(query: &str) -> Option<String> {
    let parameters = query.split('&').map(|parameter| {
        let value = parameter.strip_prefix("v=");
        value.or_else(|| strip_any_case(parameter, "v%3d"))
    });
    let inner = ["?v=", "%3Fv%3D", "&v=", "%26v%3D"].into_iter().map(|mark| {
        let lower = query.to_ascii_lowercase();
        let at = lower.find(&mark.to_ascii_lowercase())?;
        query.get(at + mark.len()..)
    });
    parameters.chain(inner).chain(once(None)).flatten().find_map(code)
}

fn strip_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

/// The code at the beginning of a text.
fn code(text: &str) -> Option<String> {
    name(text, |_| false)
}

fn name(text: &str, also: impl Fn(u8) -> bool) -> Option<String> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let length = text.bytes().take_while(|byte| is_part(*byte) || also(*byte)).count();
    (length > 0).then(|| text[..length].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_in_every_address_of_a_post() {
        use Platform::{Instagram, Youtube};
        for (text, platform, code) in [
            ("https://www.instagram.com/p/Cabc-12_x/", Instagram, "Cabc-12_x"),
            ("https://www.instagram.com/reel/Cabc-12_x/?igsh=1", Instagram, "Cabc-12_x"),
            ("instagram.com/reels/AAA", Instagram, "AAA"),
            ("https://instagram.com/tv/AAA/", Instagram, "AAA"),
            ("https://www.instagram.com/asha.k/reel/AAA/", Instagram, "AAA"),
            ("https://www.instagram.com/stories/lst.mi_ra/314159/", Instagram, "314159"),
            ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=1", Youtube, "dQw4w9WgXcQ"),
            ("https://m.youtube.com/watch?app=x&v=dQw4w9WgXcQ", Youtube, "dQw4w9WgXcQ"),
            ("https://www.youtube.com/watch?v%3DdQw4w9WgXcQ", Youtube, "dQw4w9WgXcQ"),
            ("https://www.youtube.com/v/abc", Youtube, "abc"),
            ("http://youtube.com/shorts/abc_DEF-123", Youtube, "abc_DEF-123"),
            ("youtube.com/embed/abc?rel=0", Youtube, "abc"),
            ("https://youtube.com/e/abc", Youtube, "abc"),
            (
                "https://www.youtube.com/attribution_link?a=8g8kPrPIi-ecwIsS&u=/watch%3Fv%3DyZv2daTWRZU%26feature%3Dem",
                Youtube,
                "yZv2daTWRZU",
            ),
            ("https://www.youtube.com/attribution_link?a=8&u=/watch?v=yZv2&f=1", Youtube, "yZv2"),
            ("https://youtu.be/watch?v=abc", Youtube, "abc"),
            ("https://youtu.be/v/abc", Youtube, "abc"),
            ("https://youtu.be/shorts/abc", Youtube, "abc"),
            (" https://YOUTU.BE/abc?si=1 ", Youtube, "abc"),
        ] {
            assert_eq!(post(text), Some((platform, code.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_is_no_post_has_no_code() {
        for text in [
            "",
            "not a link",
            "https://tiktok.com/x",
            "https://www.instagram.com/asha/",
            "https://www.instagram.com/p/",
            "https://www.youtube.com/watch?list=1",
            "https://evilinstagram.com/p/AAA",
            "https://example.com/?u=instagram.com/p/AAA",
            "https://youtu.be/",
            "https://www.youtube.com/channel/UCx",
            "ü",
            "https://youtu.be/ü",
        ] {
            assert_eq!(post(text), None, "{text}");
        }
    }

    #[test]
    fn accounts_are_found_in_their_addresses() {
        let instagram = |text: &str| Some(Poster::Instagram(text.to_owned()));
        let handle = |text: &str| Some(Poster::ChannelHandle(text.to_owned()));
        for (text, expected) in [
            ("https://www.instagram.com/lst_mira.k/", instagram("lst_mira.k")),
            ("instagram.com/stories/asha/1", instagram("asha")),
            ("https://www.youtube.com/channel/UCx-1", Some(Poster::Channel("UCx-1".to_owned()))),
            ("https://www.youtube.com/@asha.k", handle("asha.k")),
            ("https://www.youtube.com/c/asha", handle("asha")),
            ("https://www.youtube.com/channels/UCx", handle("channels")),
            ("nobody", None),
            ("https://www.instagram.com/p/AAA", None),
            ("https://youtu.be/abc", None),
            ("https://www.youtube.com/watch?v=a", None),
        ] {
            assert_eq!(poster(text), expected, "{text}");
        }
    }
}
