//! `{platform}/{platformProfileId}` of a path.

use crate::core::error::{Code, Error};
use crate::core::types::Platform;

/// The account that a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountPath {
    /// Platform.
    pub platform: Platform,
    /// Id of the account, 1 or more.
    pub id: i64,
}

impl AccountPath {
    /// Reads the two segments.
    ///
    /// # Errors
    /// `invalid Record Id - …` (without payload), `invalid platform`, `record not found` below 1.
    pub fn parse(platform: &str, id: &str) -> Result<Self, Error> {
        let refused = || {
            let text = format!("invalid Record Id - {id}");
            Error::rejected(Code::InvalidValue, text).at("platformProfileId")
        };
        let number: i64 = id.parse().map_err(|_| refused())?;
        let platform = Platform::parse(platform).ok_or_else(Error::invalid_platform)?;
        if number < 1 {
            return Err(Error::record_not_found());
        }
        Ok(Self { platform, id: number })
    }

    /// Key under which a partner unlocks the account's pages.
    pub fn unlock_key(self) -> String {
        self.platform.unlock_key(self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platform_in_any_case_and_positive_integers() {
        let expected = AccountPath { platform: Platform::Youtube, id: 7 };
        assert_eq!(AccountPath::parse("youTube", "7").ok(), Some(expected));
        for (platform, id, message) in [
            ("YOUTUBE", "x7", "invalid Record Id - x7"),
            ("ALL", "x7", "invalid Record Id - x7"),
            ("ALL", "7", "invalid platform"),
            ("YOUTUBE", "0", "record not found"),
            ("YOUTUBE", "-1", "record not found"),
        ] {
            let error = AccountPath::parse(platform, id).expect_err("refused");
            assert_eq!(error.to_string(), message);
            assert_eq!(matches!(error, Error::Rejected(_)), id == "x7");
        }
    }
}
