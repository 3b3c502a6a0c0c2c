//! Values that a client might send in a filter.

use proptest::prelude::*;

/// Comma lists of numbers, dates, instants, truth values and any other text.
pub fn filter_values() -> impl Strategy<Value = String> {
    let scalars = prop_oneof![
        "[-+0-9.]{1,6}",
        "-?[0-9]{15,40}(\\.[0-9]{0,30})?",
        "-?[0-9]{300,320}",
        "[0-9]{4}-[01][0-9]-[0-3][0-9]",
        "[0-9]{4}-0[1-9]-[0-2][1-8]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,12})?(Z|[-+][0-2][0-9]:[0-5][0-9])",
        "true|false|t|F|1|0",
        "\\PC{0,12}",
        "[\\x00-\\x7f]{0,12}",
        any::<String>(),
    ];
    proptest::collection::vec(scalars, 1..4).prop_map(|values| values.join(","))
}
