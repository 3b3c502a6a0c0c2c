//! Languages that creators speak, by code and name.

use crate::modules::discovery::CampaignProfileOut;

/// Code and name, ordered by code.
#[rustfmt::skip]
const NAMES: &[(&str, &str)] = &[
    ("as", "Assamese"), ("bn", "Bengali"), ("brx", "Bodo"), ("doi", "Dogri"), ("en", "English"),
    ("gom", "Konkani"), ("gu", "Gujarati"), ("hi", "Hindi"), ("kn", "Kannada"), ("ks", "Kashmiri"),
    ("mai", "Maithili"), ("ml", "Malayalam"), ("mni", "Manipuri"), ("mr", "Marathi"), ("ne", "Nepali"),
    ("or", "Odia"), ("pa", "Punjabi"), ("sa", "Sanskrit"), ("sat", "Santali"), ("sd", "Sindhi"),
    ("ta", "Tamil"), ("te", "Telugu"), ("ur", "Urdu"),
];

/// The language's name; an unknown code stands for itself.
pub fn name(code: &str) -> &str {
    NAMES.binary_search_by_key(&code, |(known, _)| known).map_or(code, |index| NAMES[index].1)
}

/// Puts names in the place of codes.
pub fn named(mut profile: CampaignProfileOut) -> CampaignProfileOut {
    let both = [&mut profile.admin_details.languages, &mut profile.user_details.languages];
    for code in both.into_iter().flatten().flatten() {
        *code = name(code).to_owned();
    }
    profile
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_unknown_ones_their_own_name() {
        assert!(NAMES.is_sorted_by(|one, next| one.0 < next.0));
        assert_eq!(["hi", "gom", "or", "zz", ""].map(name), ["Hindi", "Konkani", "Odia", "zz", ""]);
    }
}
