//! All rows of a list, for a file.

use futures_util::{Stream, stream};

use super::ListIn;
use crate::core::error::Error;

/// The pages of a list in its order, `size` rows each, every one read where the one before ended: rows that
/// appear or change meanwhile neither repeat others nor hide them. `page` reads one and says with it the cursor
/// of the next one.
pub fn walk<P, F>(
    list: ListIn,
    size: u64,
    page: impl Fn(ListIn) -> F,
) -> impl Stream<Item = Result<P, Error>>
where
    F: Future<Output = Result<(P, Option<String>), Error>>,
{
    let list = list.in_pages(size);
    let first = Some(Ok(list.clone()));
    stream::try_unfold((page, list, first), |(page, list, next)| async move {
        let Some(next) = next else { return Ok(None) };
        let (rows, cursor) = page(next?).await?;
        let next = cursor.map(|cursor| list.following(&cursor));
        Ok(Some((rows, (page, list, next))))
    })
}
