//! Counts as people and spreadsheets write them.

use crate::core::types::LARGEST_COUNT;

/// Digit 0 of the scripts whose digits are read; the other nine follow it.
const ZEROS: [char; 17] = [
    '\u{660}', '\u{6F0}', '\u{966}', '\u{9E6}', '\u{A66}', '\u{AE6}', '\u{B66}', '\u{BE6}',
    '\u{C66}', '\u{CE6}', '\u{D66}', '\u{E50}', '\u{ED0}', '\u{F20}', '\u{1040}', '\u{17E0}',
    '\u{FF10}',
];

/// What stands behind a number, in lower case, and the power of ten that it means.
const UNITS: [(&str, i32); 10] = [
    ("k", 3),
    ("m", 6),
    ("mn", 6),
    ("million", 6),
    ("b", 9),
    ("bn", 9),
    ("lakh", 5),
    ("lac", 5),
    ("cr", 7),
    ("crore", 7),
];

/// Reads a count: digits of any script, grouped or not, with a unit or an exponent. `None` for anything
/// that is not one whole number from 0 to [`LARGEST_COUNT`] beyond doubt: `75.000` may be 75 or 75,000.
pub(super) fn count(text: &str) -> Option<i64> {
    let text: String = text.chars().map(ascii_digit).collect::<String>().to_lowercase();
    let number_end = text.find(|c: char| c.is_alphabetic()).unwrap_or(text.len());
    let (number, unit) = (text[..number_end].trim(), text[number_end..].trim());
    let power = match unit.strip_prefix('e') {
        Some(exponent) => exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?,
        None if unit.is_empty() => 0,
        None => UNITS.iter().find(|(name, _)| *name == unit)?.1,
    };
    let scaled = power != 0 || !unit.is_empty();
    let (whole, fraction) = parts(number, scaled)?;
    whole_number(&whole, fraction.trim_end_matches('0'), power)
}

/// The decimal digit of another script as an ASCII digit.
fn ascii_digit(c: char) -> char {
    let zero = ZEROS.iter().find(|zero| (**zero..=offset(**zero, 9)).contains(&c));
    zero.map_or(c, |zero| offset('0', u32::from(c) - u32::from(*zero)))
}

fn offset(zero: char, by: u32) -> char {
    char::from_u32(u32::from(zero) + by).unwrap_or(zero)
}

/// Digits before and after the decimal point. `scaled` numbers have a unit or exponent, so a point in
/// them is a decimal point.
fn parts(number: &str, scaled: bool) -> Option<(String, &str)> {
    let (whole, fraction) = match number.rsplit_once('.') {
        // Points between groups: 477.900.000.
        Some((whole, _)) if whole.contains('.') => (number, ""),
        Some((whole, fraction)) if !scaled && whole.len() <= 3 && fraction.len() == 3 => {
            return None;
        }
        Some((whole, fraction)) => (whole, fraction),
        None => (number, ""),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    Some((ungrouped(whole)?, fraction)).filter(|_| digits(fraction))
}

/// Digits without the separators of their groups: one kind of separator, groups of three, or as in India
/// of two before the last three.
fn ungrouped(text: &str) -> Option<String> {
    let separator = text.chars().find(|c| !c.is_ascii_digit());
    let Some(separator) = separator else {
        return (!text.is_empty()).then(|| text.to_owned());
    };
    if !matches!(separator, ',' | '.' | ' ' | '\u{a0}' | '\u{202f}' | '\'' | '\u{2019}') {
        return None;
    }
    let groups: Vec<&str> = text.split(separator).collect();
    let (first, last) = (*groups.first()?, *groups.last()?);
    let middle = &groups[1..groups.len() - 1];
    let by = |size: usize| {
        (1..=size).contains(&first.len()) && middle.iter().all(|group| group.len() == size)
    };
    let regular = last.len() == 3 && (by(3) || (separator == ',' && by(2)));
    let digits = groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()));
    (regular && digits).then(|| groups.concat())
}

/// `whole.fraction · 10^power`, where that is a whole number in range.
fn whole_number(whole: &str, fraction: &str, power: i32) -> Option<i64> {
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let power = power.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    let scale = 10_i128.checked_pow(power.unsigned_abs())?;
    let value = match power {
        0.. => digits.checked_mul(scale)?,
        _ if digits % scale == 0 => digits / scale,
        _ => return None,
    };
    i64::try_from(value).ok().filter(|value| (0..=LARGEST_COUNT).contains(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_as_people_write_them() {
        for (text, expected) in [
            ("0", 0),
            ("477900000", 477_900_000),
            ("4.779E+08", 477_900_000),
            ("1E+05", 100_000),
            ("1200e-2", 12),
            ("47,79,00,000", 477_900_000),
            ("477,900,000", 477_900_000),
            ("477.900.000", 477_900_000),
            ("477 900 000", 477_900_000),
            ("477\u{202f}900\u{202f}000", 477_900_000),
            ("75,000", 75_000),
            ("477.9M", 477_900_000),
            ("75K", 75_000),
            ("75.125k", 75_125),
            ("2.5 Cr", 25_000_000),
            ("3 lakh", 300_000),
            ("75000.0", 75_000),
            ("75000.000", 75_000),
            ("४७७९०", 47_790),
            ("٧٥", 75),
            ("9007199254740991", LARGEST_COUNT),
        ] {
            assert_eq!(count(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_in_doubt_is_no_count() {
        for text in [
            "",
            "-1",
            "75.000",
            "1.5",
            "7.55555K",
            "1,23",
            "1,2345",
            "12,34,56",
            "1,234.567.890",
            "K",
            "M5",
            "5 apples",
            "#VALUE!",
            "9007199254740992",
            "9223372036854775807",
            "1e400",
            "1e-400",
            "1e99999999999",
            "0x10",
            "1,,000",
            ",000",
            "½",
            "1 000 00",
            "NaN",
            "inf",
        ] {
            assert_eq!(count(text), None, "{text}");
        }
    }
}
