//! A row of a file of creators.

use super::super::dto::{HandleIn, ItemIn};
use crate::core::job_batch::BatchItem;
use crate::core::types::CampaignPlatform;

/// Reads a row of a file whose rows are on one platform, where it says so.
///
/// # Errors
/// `Invalid Platform`.
pub fn read(row: &BatchItem, of_file: Option<&str>) -> Result<ItemIn, &'static str> {
    let name = row.input("platform").unwrap_or_default();
    let is_meant = of_file.is_none_or(|of_file| of_file.eq_ignore_ascii_case(name));
    let platform = CampaignPlatform::parse(name).filter(|_| is_meant);
    let platform = platform.ok_or("Invalid Platform")?;
    Ok(ItemIn {
        platform: Some(platform.name().to_owned()),
        profile: Some(HandleIn { handle: row.input("handle").map(str::to_owned) }),
        ..ItemIn::default()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read_on(of_file: Option<&str>, input: Value) -> Result<String, &'static str> {
        let row: BatchItem = serde_json::from_value(json!({"inputNode": input})).expect("a row");
        read(&row, of_file).map(|item| item.platform.unwrap_or_default())
    }

    #[test]
    fn a_row_is_on_the_platform_of_its_file() {
        let row = json!({"platform": "Youtube", "handle": "@asha"});
        assert_eq!(read_on(None, row.clone()), Ok("YOUTUBE".to_owned()));
        assert_eq!(read_on(Some("youtube"), row.clone()), Ok("YOUTUBE".to_owned()));
        assert_eq!(read_on(Some("INSTAGRAM"), row), Err("Invalid Platform"));
    }

    #[test]
    fn an_unknown_platform_is_none() {
        for input in [json!({}), json!({"platform": "TIKTOK"}), json!({"platform": 1})] {
            assert_eq!(read_on(None, input.clone()), Err("Invalid Platform"));
            assert_eq!(read_on(Some("TIKTOK"), input), Err("Invalid Platform"));
        }
    }
}
