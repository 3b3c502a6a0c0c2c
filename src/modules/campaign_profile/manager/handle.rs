//! Platforms and handles of paths and bodies.

use crate::core::error::{Code, Error, Refusal};
use crate::core::types::CampaignPlatform;

const PLATFORM: &str = "platform is not GCC or INSTAGRAM or YOUTUBE";
const HANDLE: &str = "handle invalid";
/// Longest handle, in bytes: several times what the platforms allow.
const LONGEST: usize = 255;

/// The platform of exactly that name.
///
/// # Errors
/// `platform is not GCC or INSTAGRAM or YOUTUBE`.
pub fn platform(name: &str) -> Result<CampaignPlatform, Error> {
    let known = CampaignPlatform::ALL.into_iter().find(|platform| platform.name() == name);
    known.ok_or_else(|| Error::invalid_value("platform", PLATFORM))
}

/// Whether a path can have this handle: letters, digits, dot and line, outside of Instagram also a hyphen,
/// and for YouTube one `@` in front.
///
/// # Errors
/// `handle invalid`.
pub fn check(platform: &str, handle: &str) -> Result<(), Error> {
    let name = match platform {
        "YOUTUBE" => handle.strip_prefix('@').unwrap_or(handle),
        _ => handle,
    };
    let fits = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '.') || (c == '-' && platform != "INSTAGRAM")
    };
    let is_null = matches!(handle, "null" | "NULL");
    if name.is_empty() || name.len() > LONGEST || is_null || !name.chars().all(fits) {
        return Err(Error::Rejected(Refusal::new(Code::InvalidValue, HANDLE)).at("handle"));
    }
    Ok(())
}

/// The handle of a body.
///
/// # Errors
/// `handle invalid`: blank, or longer than any.
pub fn sent(handle: Option<&str>) -> Result<&str, Error> {
    let handle = handle.map(str::trim).filter(|text| !text.is_empty() && text.len() <= LONGEST);
    handle.ok_or_else(|| Error::invalid_value("handle", HANDLE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_handles_of_their_platform() {
        for (platform, good) in [
            ("INSTAGRAM", "asha.r_1"),
            ("YOUTUBE", "UC-x_1"),
            ("YOUTUBE", "@asha-tv"),
            ("GCC", "5"),
        ] {
            assert!(check(platform, good).is_ok(), "{good}");
        }
        for (platform, bad) in [
            ("INSTAGRAM", "asha-r"),
            ("INSTAGRAM", "@asha"),
            ("INSTAGRAM", "a b"),
            ("INSTAGRAM", "null"),
            ("YOUTUBE", "NULL"),
            ("YOUTUBE", "@@x"),
            ("YOUTUBE", "@"),
            ("YOUTUBE", ""),
        ] {
            assert!(check(platform, bad).is_err(), "{bad}");
        }
    }
}
