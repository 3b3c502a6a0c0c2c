//! Joins across stores and modules: what belongs to the rows of a page, in one query.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::error::Error;

/// Most ids of one query.
const IDS: usize = 1000;

/// Gives each row what `load` finds by its key, in the order of the rows. `load` gets every id once, at
/// most 1000 at a time, so that a page costs one query whatever its size; a row without a key, or with one
/// that nothing is found by, gets `None`.
///
/// # Errors
/// Those of `load`.
pub async fn attach<R, K, V, F>(
    rows: Vec<R>,
    key: impl Fn(&R) -> Option<K>,
    mut load: impl FnMut(Vec<K>) -> F,
) -> Result<Vec<(R, Option<V>)>, Error>
where
    K: Clone + Eq + Hash,
    V: Clone,
    F: Future<Output = Result<HashMap<K, V>, Error>>,
{
    let keys: Vec<Option<K>> = rows.iter().map(key).collect();
    let mut seen = HashSet::new();
    let ids = keys.iter().flatten().filter(|key| seen.insert(*key)).cloned();
    let ids: Vec<K> = ids.collect();
    let mut found = HashMap::new();
    for some in ids.chunks(IDS) {
        found.extend(load(some.to_vec()).await?);
    }
    let of = |key: Option<K>| found.get(&key?).cloned();
    Ok(rows.into_iter().zip(keys).map(|(row, key)| (row, of(key))).collect())
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    #[tokio::test]
    async fn every_id_is_asked_for_once_and_rows_keep_their_order() {
        let rows = vec![Some(3), None, Some(1), Some(3), Some(2)];
        let mut asked = Vec::new();
        let load = |ids: Vec<i64>| {
            asked.push(ids);
            ready(Ok(HashMap::from([(1, "one"), (3, "three")])))
        };
        let attached = attach(rows, |row| *row, load).await.expect("loads");
        let values: Vec<_> = attached.iter().map(|(_, value)| *value).collect();
        assert_eq!(values, [Some("three"), None, Some("one"), Some("three"), None]);
        assert_eq!(asked, [vec![3, 1, 2]]);
    }

    #[tokio::test]
    async fn no_query_has_more_ids_than_the_bound_and_none_has_no_id() {
        let mut asked = Vec::new();
        let load = |ids: Vec<usize>| {
            asked.push(ids.len());
            ready(Ok(ids.into_iter().map(|id| (id, id)).collect()))
        };
        let attached = attach((0..2001).collect(), |row| Some(*row), load).await.expect("loads");
        assert!(attached.iter().all(|(row, value)| Some(*row) == *value));
        assert_eq!(asked, [1000, 1000, 1]);
        let load = async |_: Vec<usize>| -> Result<HashMap<usize, ()>, Error> { panic!("no ids") };
        assert_eq!(attach(vec![7], |_| None, load).await.expect("loads"), [(7, None)]);
    }
}
