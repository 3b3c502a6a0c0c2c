//! Country names of sources to ISO 3166-1 codes.

use crate::core::types::COUNTRY_NAMES;

/// Length of an ISO 3166-1 alpha-2 code; the table of names has a few longer codes besides.
const CODE_LENGTH: usize = 2;

/// Names that sources use besides the English ones of the standard, in lower case.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("usa", "US"),
    ("united states of america", "US"),
    ("uk", "GB"),
    ("great britain", "GB"),
    ("england", "GB"),
    ("scotland", "GB"),
    ("wales", "GB"),
    ("uae", "AE"),
    ("korea", "KR"),
    ("korea, republic of", "KR"),
    ("republic of korea", "KR"),
    ("korea, democratic people's republic of", "KP"),
    ("russian federation", "RU"),
    ("iran, islamic republic of", "IR"),
    ("syrian arab republic", "SY"),
    ("türkiye", "TR"),
    ("turkiye", "TR"),
    ("viet nam", "VN"),
    ("czechia", "CZ"),
    ("palestine", "PS"),
    ("ivory coast", "CI"),
    ("cape verde", "CV"),
    ("brunei", "BN"),
    ("macedonia", "MK"),
    ("macau", "MO"),
    ("burma", "MM"),
    ("swaziland", "SZ"),
    ("east timor", "TL"),
    ("the netherlands", "NL"),
    ("holland", "NL"),
    ("democratic republic of the congo", "CD"),
    ("republic of the congo", "CG"),
    ("tanzania, united republic of", "TZ"),
    ("moldova, republic of", "MD"),
    ("taiwan, province of china", "TW"),
    ("venezuela, bolivarian republic of", "VE"),
    ("bolivia, plurinational state of", "BO"),
    ("lao people's democratic republic", "LA"),
];

/// Code of a country given by an English name or by its code.
pub(crate) fn country_code(name: &str) -> Option<&'static str> {
    let name = name.trim().to_lowercase();
    let other = OTHER_NAMES.iter().find(|(known, _)| *known == name);
    other.map(|(_, code)| *code).or_else(|| {
        let mut standard = COUNTRY_NAMES.iter().filter(|(code, _)| code.len() == CODE_LENGTH);
        let found = standard
            .find(|(code, known)| known.to_lowercase() == name || code.to_lowercase() == name);
        found.map(|(code, _)| *code)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_variants_and_codes_are_known() {
        let cases = [
            ("India", "IN"),
            (" united states ", "US"),
            ("USA", "US"),
            ("United Kingdom", "GB"),
            ("UK", "GB"),
            ("United Arab Emirates", "AE"),
            ("South Korea", "KR"),
            ("Iran", "IR"),
            ("Syria", "SY"),
            ("Türkiye", "TR"),
            ("br", "BR"),
        ];
        for (name, code) in cases {
            assert_eq!(country_code(name), Some(code), "{name}");
        }
        assert_eq!(country_code("Atlantis"), None);
        assert_eq!(country_code(""), None);
    }

    #[test]
    fn every_variant_leads_to_a_known_code() {
        for (name, code) in OTHER_NAMES {
            assert!(COUNTRY_NAMES.iter().any(|(known, _)| known == code), "{name}");
        }
    }
}
