//! E-mail addresses: which of them are the same.

use icu_casemap::CaseMapperBorrowed;
use icu_normalizer::ComposingNormalizerBorrowed;

/// What two spellings of one address have in common, whatever their case and their Unicode form.
pub fn address_key(email: &str) -> String {
    let composing = ComposingNormalizerBorrowed::new_nfc();
    let composed = composing.normalize(email);
    let folded = CaseMapperBorrowed::new().fold_string(&composed);
    // Folding may take a composed letter apart.
    composing.normalize(&folded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_have_one_key() {
        for (one, other) in [
            ("Asha@Example.COM", "asha@example.com"),
            ("caf\u{e9}@b.example", "CAFE\u{301}@B.EXAMPLE"),
            ("stra\u{df}e@b.example", "STRASSE@b.example"),
            ("\u{3c3}\u{3c2}@b.example", "\u{3a3}\u{3a3}@b.example"),
            ("\u{1f0}@b.example", "J\u{30c}@b.example"),
        ] {
            assert_eq!(address_key(one), address_key(other), "{one} {other}");
        }
        for (one, other) in [("a@b", "a@c"), ("cafe@b", "caf\u{e9}@b"), ("a.b@c", "ab@c")] {
            assert_ne!(address_key(one), address_key(other), "{one} {other}");
        }
    }
}
