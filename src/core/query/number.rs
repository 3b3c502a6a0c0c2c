//! Numbers and truth values in filter texts.

/// A number that a client wrote: integers stay exact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Integer(i64),
    Decimal(f64),
}

/// Reads `-?digits[.digits]`; no exponents, infinities or blanks.
pub(super) fn parse_number(text: &str) -> Option<Number> {
    if let Ok(integer) = text.parse::<i64>() {
        return Some(Number::Integer(integer));
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let decimal = (is_digits(whole) && is_digits(fraction)).then(|| text.parse::<f64>())?;
    decimal.ok().filter(|value| value.is_finite()).map(Number::Decimal)
}

/// Reads the twelve accepted spellings of a truth value.
pub fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_stay_exact_and_decimals_are_read() {
        assert_eq!(parse_number("9007199254740993"), Some(Number::Integer(9_007_199_254_740_993)));
        assert_eq!(parse_number("-3.5"), Some(Number::Decimal(-3.5)));
        assert_eq!(parse_number("99999999999999999999"), Some(Number::Decimal(1e20)));
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in ["", "-", "1e5", "NaN", "inf", " 1", "1.", ".5", "1.2.3", "--1", "0x10"] {
            assert_eq!(parse_number(text), None, "{text:?}");
        }
    }
}
