//! Texts of people: how they are compared in searches, and what of them never leaves.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use memchr::memchr2;

/// The text as searches for names compare it, whatever form it is written in: without case, accents of
/// Latin, Greek and Cyrillic letters, invisible characters and the width of letters; one kind of blank,
/// quote and dash. Signs of Indian scripts stay; a Malayalam or Bengali letter without vowel has one
/// spelling.
///
/// `fold_text` in `schema.sql` does the same, and a test compares both.
pub fn fold(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !is_invisible(*c)).map(plain_mark).collect();
    let compatible = ComposingNormalizerBorrowed::new_nfkc();
    let lower = compatible.normalize(&plain).to_lowercase();
    // A sigma has another form at the end of a word.
    let lower = lower.replace('ς', "σ");
    let bare: String = DecomposingNormalizerBorrowed::new_nfd()
        .normalize(&lower)
        .chars()
        .filter(|c| !matches!(c, '\u{300}'..='\u{36F}'))
        .collect();
    let mut folded = String::with_capacity(bare.len());
    for letter in ComposingNormalizerBorrowed::new_nfc().normalize(&bare).chars() {
        if is_blank(letter) {
            if !folded.ends_with(' ') {
                folded.push(' ');
            }
        } else if let Some((base, virama)) = without_vowel(letter) {
            folded.extend([base, virama]);
        } else if letter != MALAYALAM_VIRAMA || !folded.ends_with(MALAYALAM_VIRAMA) {
            folded.push(letter);
        }
    }
    folded
}

const MALAYALAM_VIRAMA: char = '\u{D4D}';

/// Characters that are not seen and change no meaning: format characters and variation selectors.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{61C}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Quotes and dashes as keyboards have them.
fn plain_mark(c: char) -> char {
    match c {
        '‘' | '’' | '‚' | '‛' | '′' | '´' | 'ʼ' => '\'',
        '“' | '”' | '„' | '‟' | '″' => '"',
        '\u{2010}'..='\u{2015}' | '−' => '-',
        other => other,
    }
}

/// Control characters and what the normal form leaves of the blanks.
fn is_blank(c: char) -> bool {
    matches!(c, '\0'..=' ' | '\u{7F}'..='\u{A0}' | '\u{1680}' | '\u{2028}' | '\u{2029}')
}

/// Letters that stand for a consonant without vowel, which is also written with a virama.
fn without_vowel(letter: char) -> Option<(char, char)> {
    let base = match letter {
        '\u{D7A}' => '\u{D23}',
        '\u{D7B}' => '\u{D28}',
        '\u{D7C}' => '\u{D30}',
        '\u{D7D}' => '\u{D32}',
        '\u{D7E}' => '\u{D33}',
        '\u{D7F}' => '\u{D15}',
        '\u{D54}' => '\u{D2E}',
        '\u{D55}' => '\u{D2F}',
        '\u{D56}' => '\u{D34}',
        '\u{9CE}' => return Some(('\u{9A4}', '\u{9CD}')),
        _ => return None,
    };
    Some((base, MALAYALAM_VIRAMA))
}

/// Takes the characters out of UTF-8 that turn the direction of the text around them: in a name they make
/// other things appear than are there.
pub fn drop_bidi_controls(text: Vec<u8>) -> Vec<u8> {
    if bidi_control(&text, 0).is_none() {
        return text;
    }
    let (mut kept, mut from) = (Vec::with_capacity(text.len()), 0);
    while let Some((at, after)) = bidi_control(&text, from) {
        kept.extend_from_slice(text.get(from..at).unwrap_or_default());
        from = after;
    }
    kept.extend_from_slice(text.get(from..).unwrap_or_default());
    kept
}

/// Where the next such character begins and ends.
fn bidi_control(text: &[u8], mut from: usize) -> Option<(usize, usize)> {
    loop {
        let rest = text.get(from..)?;
        let at = memchr2(0xD8, 0xE2, rest)?;
        let length = match rest.get(at..)? {
            [0xD8, 0x9C, ..] => 2,
            [0xE2, 0x80, 0x8E | 0x8F | 0xAA..=0xAE, ..] | [0xE2, 0x81, 0xA6..=0xA9, ..] => 3,
            _ => 0,
        };
        if length > 0 {
            return Some((from + at, from + at + length));
        }
        from += at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold_to_one_form() {
        for (text, folded) in [
            ("Beyonce\u{301}", "beyonce"),
            ("\u{FF26}\u{FF4F}\u{FF4F}", "foo"),
            ("  a\u{A0}\u{3000}\tb ", " a b "),
            ("a\u{200B}b", "ab"),
            ("O’Neil – “x”", "o'neil - \"x\""),
            ("\u{95E}", "\u{92B}\u{93C}"),
            ("\u{9DC}", "\u{9A1}\u{9BC}"),
            ("\u{BC6}\u{BBE}", "\u{BCA}"),
            ("\u{D28}\u{D4D}\u{200D}", "\u{D28}\u{D4D}"),
            ("\u{D7B}\u{D4D}\u{D31}", "\u{D28}\u{D4D}\u{D31}"),
            ("\u{200B}", ""),
        ] {
            assert_eq!(fold(text), folded, "{text:?}");
            assert_eq!(fold(folded), folded, "folded again");
        }
        assert_ne!(fold("कि"), fold("क"), "vowel signs are no accents");
    }

    #[test]
    fn what_turns_the_direction_is_dropped_and_nothing_else() {
        let controls = "\u{61C}\u{200E}\u{200F}\u{202A}\u{202B}\u{202C}\u{202D}\u{202E}\u{2066}\u{2067}\u{2068}\u{2069}";
        let mixed: String =
            controls.chars().flat_map(|control| [control, 'ش', control, '’']).collect();
        let kept = String::from_utf8(drop_bidi_controls(mixed.into_bytes())).expect("text");
        assert_eq!(kept, "ش’".repeat(12));
        for plain in ["", "abc", "ആൻ\u{200D}\u{200C} é \u{2065}\u{206A} שלום"] {
            assert_eq!(drop_bidi_controls(plain.into()), plain.as_bytes());
        }
    }
}
