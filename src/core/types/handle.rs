//! Handles as people type and paste them.

use super::Platform;

/// Segments before the name in links to channels.
const LINK_KINDS: [&str; 3] = ["channel", "c", "user"];

/// Begins the internal key of a channel whose source does not know its id.
const UNKNOWN_ID: &str = "title-";

/// The internal key of a channel that is known by its title only; `digest` is the title's.
pub fn key_of_title(digest: &str) -> String {
    format!("{UNKNOWN_ID}{digest}")
}

/// What stands for a channel in public: its id; `None` for an internal key, which leads nowhere.
pub fn channel_handle(channel_id: &str) -> Option<&str> {
    (!channel_id.starts_with(UNKNOWN_ID)).then_some(channel_id)
}

/// Characters that nobody sees: zero-width spaces and joiners, direction marks, the byte order mark.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{AD}')
}

/// A handle without invisible characters, surrounding space, `@` and the rest of a profile's link. Empty
/// where nothing is left.
pub fn shown_handle(platform: Platform, text: &str) -> String {
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let name = from_link(platform, visible.trim()).unwrap_or(&visible);
    name.trim_matches(|c: char| c.is_whitespace() || matches!(c, '/' | '@')).to_owned()
}

/// The form under which an account is looked up, one for lists, messages and routes: [`shown_handle`],
/// and since Instagram's handles know no case, those in lower case. The ids of YouTube's channels do.
pub fn fold_handle(platform: Platform, text: &str) -> String {
    match platform {
        Platform::Instagram => shown_handle(platform, text).to_lowercase(),
        Platform::Youtube => shown_handle(platform, text),
    }
}

/// What names the profile in a link to it: `https://www.instagram.com/asha/`,
/// `youtube.com/channel/UC…`.
fn from_link(platform: Platform, text: &str) -> Option<&str> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let (host, path) = rest.split_once('/')?;
    let host = host.to_ascii_lowercase();
    let host = ["www.", "m."].iter().find_map(|prefix| host.strip_prefix(prefix)).unwrap_or(&host);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let name = match (platform, host) {
        (Platform::Instagram, "instagram.com" | "instagr.am") => segments.next(),
        (Platform::Youtube, "youtube.com") => {
            segments.find(|segment| !LINK_KINDS.contains(segment))
        }
        _ => return None,
    };
    Some(name.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_ours_is_no_handle() {
        assert_eq!(channel_handle(&key_of_title("6ce5dccecdb22fa7")), None);
        assert_eq!(channel_handle("UC000000000000000000009"), Some("UC000000000000000000009"));
    }

    #[test]
    fn one_account_however_it_is_written() {
        for text in [
            "asha.case",
            "Asha.Case",
            " @asha.CASE ",
            "/@asha.case",
            "@asha.case/",
            "\u{200B}asha\u{2060}.case\u{FEFF}",
            "https://www.instagram.com/Asha.Case/?hl=en",
            "instagram.com/asha.case",
            "HTTPS://m.Instagram.com/asha.case#about",
        ] {
            assert_eq!(fold_handle(Platform::Instagram, text), "asha.case", "{text:?}");
        }
        let id = "UCGqvJPRcv7aVFun-eTsatcA";
        for text in [
            id.to_owned(),
            format!("https://youtube.com/channel/{id}?x=1"),
            format!(" {id}\u{200B}"),
        ] {
            assert_eq!(fold_handle(Platform::Youtube, &text), id, "{text:?}");
        }
        for nothing in ["", " ", "@", "\u{200B}", "https://instagram.com/"] {
            assert_eq!(fold_handle(Platform::Instagram, nothing), "", "{nothing:?}");
        }
        assert_eq!(
            fold_handle(Platform::Instagram, "https://evil.test/asha"),
            "https://evil.test/asha"
        );
    }
}
