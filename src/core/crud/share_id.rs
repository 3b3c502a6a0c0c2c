//! Public names of collections.

use rand::RngExt as _;
use rand::distr::Alphanumeric;

const LENGTH: usize = 7;

/// Seven characters of `A-Z a-z 0-9` from a secure generator.
pub fn share_id() -> String {
    rand::rng().sample_iter(Alphanumeric).take(LENGTH).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn ids_are_seven_alphanumerics_and_differ() {
        let (one, two) = (super::share_id(), super::share_id());
        assert_eq!(one.len(), 7);
        assert!(one.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(one, two);
    }
}
