//! Pages that begin behind a row and not at a number, so that rows which appear or change meanwhile neither
//! repeat others nor hide them. The cursor has the row's place in the order; a client passes it on unread.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::cursor::{Cursor, Place, RowId, RowKey, invalid, key_text, read_key};
use super::{Kind, ListIn, Page, Value};
use crate::core::error::Error;

/// Numbers up to here are exact in every client.
const EXACT: i64 = 1 << 53;
/// What a client asks for with `paging=keyset`, not yet checked against a list.
#[derive(Debug, Clone)]
pub struct KeysetIn {
    /// Path of the list.
    pub(super) path: String,
    /// Behind which row the page begins; the page's number counts without.
    pub(super) cursor: Option<Cursor>,
}

/// Which page of a list to read, and what the cursor of the next one looks like.
#[derive(Debug, Clone)]
pub struct Paging {
    page: Page,
    keyset: Option<Keyset>,
}

#[derive(Debug, Clone)]
struct Keyset {
    list: String,
    after: Option<After>,
}

#[derive(Debug, Clone)]
struct After {
    place: Place,
    before: u64,
    total: Option<i64>,
}

impl From<Page> for Paging {
    fn from(page: Page) -> Self {
        Self { page, keyset: None }
    }
}

impl ListIn {
    /// The same list from the first page on, in pages of `size` rows that each begin behind the last row of
    /// the one before: for a walk over all of it.
    pub fn in_pages(self, size: u64) -> Self {
        let keyset = KeysetIn { path: String::new(), cursor: None };
        Self { page: Page { number: 1, size }, keyset: Some(keyset), ..self }
    }

    /// The page of such a walk that the one before named as the next.
    ///
    /// # Errors
    /// `invalid cursor`: no page named it.
    pub fn following(&self, cursor: &str) -> Result<Self, Error> {
        let cursor = Some(Cursor::read(cursor)?);
        let keyset = self.keyset.as_ref().ok_or_else(invalid)?;
        let keyset = KeysetIn { path: keyset.path.clone(), cursor };
        Ok(Self { keyset: Some(keyset), ..self.clone() })
    }

    /// Whether it asks for the first page.
    pub fn is_first(&self) -> bool {
        let is_behind = matches!(&self.keyset, Some(KeysetIn { cursor: Some(_), .. }));
        !is_behind && self.page.number == 1
    }

    /// How to read a list whose order has columns of these kinds and whose ids are integers. `of` is what
    /// makes it another list besides path, order and filters of the request.
    ///
    /// # Errors
    /// `invalid cursor`: it belongs to another list.
    pub fn paging(&self, of: &str, kinds: impl IntoIterator<Item = Kind>) -> Result<Paging, Error> {
        self.paging_by::<i64>(of, kinds)
    }

    /// The same for a list whose ids are of type `K`.
    ///
    /// # Errors
    /// `invalid cursor`: it belongs to another list.
    pub fn paging_by<K: RowKey>(
        &self,
        of: &str,
        kinds: impl IntoIterator<Item = Kind>,
    ) -> Result<Paging, Error> {
        let Some(KeysetIn { path, cursor }) = &self.keyset else { return Ok(self.page.into()) };
        let filters: Vec<_> =
            self.filters.0.iter().map(|f| [&f.filter_type, &f.field, &f.value]).collect();
        let list = json!([path, self.sort_by, self.sort_dir, filters, of]).to_string();
        let list = URL_SAFE_NO_PAD.encode(&Sha256::digest(list)[..9]);
        let after = match cursor {
            Some(cursor) => Some(after(cursor, &list, (K::KIND, kinds)).ok_or_else(invalid)?),
            None => None,
        };
        Ok(Paging { page: self.page, keyset: Some(Keyset { list, after }) })
    }

    /// How to read a list without an order of its own: by numbers, whatever the client asked for.
    ///
    /// # Errors
    /// `invalid cursor`: it belongs to another list.
    pub fn numbered(&self) -> Result<Paging, Error> {
        match &self.keyset {
            Some(KeysetIn { cursor: Some(_), .. }) => Err(invalid()),
            _ => Ok(self.page.into()),
        }
    }
}

fn after(
    cursor: &Cursor,
    list: &str,
    (id_kind, kinds): (Kind, impl IntoIterator<Item = Kind>),
) -> Option<After> {
    let Cursor(of, keys, id, before, total) = cursor;
    let kinds: Vec<Kind> = kinds.into_iter().collect();
    let counts = [Some(*before), *total];
    let is_count = |count: &i64| (0..=EXACT).contains(count);
    if of != list || keys.len() != kinds.len() || !counts.iter().flatten().all(is_count) {
        return None;
    }
    let keys = keys.iter().zip(kinds).map(|(key, kind)| match key {
        Some(text) => read_key(kind, text).map(Some),
        None => Some(None),
    });
    let id = match id {
        RowId::Number(id) => (id_kind == Kind::Integer).then_some(Value::Integer(*id)),
        RowId::Text(id) => read_key(id_kind, id).filter(|_| id_kind == Kind::Text),
    };
    let place = Place { keys: keys.collect::<Option<_>>()?, id: id? };
    Some(After { place, before: before.unsigned_abs(), total: *total })
}

impl Paging {
    /// Rows to read: one more than the page has where that tells whether there is another one.
    pub fn limit(&self) -> u64 {
        self.page.size + u64::from(self.is_keyset())
    }

    /// Rows of the order to skip.
    pub fn offset(&self) -> u64 {
        if self.after().is_some() { 0 } else { self.page.offset() }
    }

    /// Rows of earlier pages.
    pub fn before(&self) -> u64 {
        self.behind().map_or(self.page.offset(), |after| after.before)
    }

    /// Number of the page, if those before had its size.
    pub fn number(&self) -> u64 {
        self.behind().map_or(self.page.number, |after| after.before / self.page.size + 1)
    }

    /// Most rows of the page.
    pub fn size(&self) -> u64 {
        self.page.size
    }

    /// Whether it is the first page of its list.
    pub fn is_first(&self) -> bool {
        self.after().is_none() && self.page.number == 1
    }

    /// Whether the next page begins behind the last row of this one.
    pub fn is_keyset(&self) -> bool {
        self.keyset.is_some()
    }

    /// The row behind which the page begins.
    pub fn after(&self) -> Option<&Place> {
        self.behind().map(|after| &after.place)
    }

    /// Rows that match, as an earlier page counted them.
    pub fn counted(&self) -> Option<i64> {
        self.behind().and_then(|after| after.total)
    }

    /// The number of rows that match, where `read` of [`Paging::limit`] rows tell it: a short page shows
    /// where the list ends, unless it lies behind the end.
    pub fn known_total(&self, read: usize) -> Option<i64> {
        let read = read as u64;
        let shows_end = read < self.limit() && (read > 0 || self.is_first());
        let total = || (self.before() + read).cast_signed();
        self.counted().or_else(|| shows_end.then(total))
    }

    fn behind(&self) -> Option<&After> {
        self.keyset.as_ref().and_then(|keyset| keyset.after.as_ref())
    }

    /// Leaves the rows of the page of those that were read, and makes the cursor of the next one.
    ///
    /// # Errors
    /// What `place` fails with for the last row of the page.
    pub fn next<R>(
        &self,
        rows: &mut Vec<R>,
        total: Option<i64>,
        place: impl FnOnce(&R) -> Result<Place, Error>,
    ) -> Result<Option<String>, Error> {
        let Some(keyset) = &self.keyset else { return Ok(self.page.next_cursor(rows.len())) };
        let size = usize::try_from(self.page.size).unwrap_or(usize::MAX);
        if rows.len() <= size {
            return Ok(None);
        }
        rows.truncate(size);
        let Some(last) = rows.last() else { return Ok(None) };
        let Place { keys, id } = place(last)?;
        let id = match id {
            Value::Integer(id) => RowId::Number(id),
            other => RowId::Text(key_text(&other)),
        };
        let keys = keys.iter().map(|key| key.as_ref().map(key_text)).collect();
        let before = (self.before() + self.page.size).cast_signed();
        let cursor = Cursor(keyset.list.clone(), keys, id, before, total);
        cursor.write().map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::query::QueryPairs;

    fn list(query: &str) -> Result<ListIn, String> {
        let read = ListIn::parse("/list", &QueryPairs::parse(query), b"");
        read.map_err(|error| error.to_string())
    }

    fn paging(query: &str, kinds: &[Kind]) -> Result<Paging, String> {
        list(query)?.paging("", kinds.iter().copied()).map_err(|error| error.to_string())
    }

    fn cursor(keys: Vec<Option<Value>>, kinds: &[Kind]) -> String {
        let page = paging("paging=keyset&size=2", kinds).expect("accepted");
        let place = |_: &i32| Ok(Place { keys, id: Value::Integer(7) });
        page.next(&mut vec![1, 2, 3], Some(9), place).expect("a cursor").expect("more rows")
    }

    #[test]
    fn a_place_comes_back_exactly() {
        for (kind, value) in [
            (Kind::Integer, Value::Integer(i64::MIN)),
            (Kind::Float, Value::Float(0.1 + 0.2)),
            (Kind::Float, Value::Float(5e-324)),
            (Kind::Text, Value::Text("\u{1F980} \"a\\".repeat(40))),
            (Kind::Date, Value::Date("2024-07-01".parse().expect("a day"))),
            (
                Kind::Timestamp,
                read_key(Kind::Timestamp, "2024-07-01T10:00:00.123456Z").expect("read"),
            ),
        ] {
            let keys = vec![Some(value), None];
            let text = cursor(keys.clone(), &[kind, kind]);
            let query = format!("paging=keyset&size=5&cursor={text}");
            let page = paging(&query, &[kind, kind]).expect("its own list");
            assert_eq!(page.after(), Some(&Place { keys, id: Value::Integer(7) }));
            assert_eq!((page.before(), page.counted(), page.is_first()), (2, Some(9), false));
            assert_eq!((page.offset(), page.limit()), (0, 6));
        }
    }

    #[test]
    fn what_is_no_cursor_of_the_list_is_refused() {
        let own = cursor(vec![Some(Value::Integer(5))], &[Kind::Integer]);
        let with = |cursor: &str| format!("paging=keyset&cursor={cursor}");
        let invalid = Err("invalid cursor".to_owned());
        let read = |query: &str, kind| paging(query, &[kind]).map(|page| page.number());
        assert_eq!(read(&with(&own), Kind::Integer), Ok(1));
        assert_eq!(read(&with(&own), Kind::Date), invalid, "another kind of column");
        assert_eq!(read(&format!("{}&sortDir=asc", with(&own)), Kind::Integer), invalid);
        assert_eq!(read(&format!("cursor={own}"), Kind::Integer), invalid, "not asked for");
        let bytes = URL_SAFE_NO_PAD.decode(&own).expect("base64");
        let json = String::from_utf8(bytes).expect("JSON");
        let forged = |from: &str, to: &str| {
            assert!(json.contains(from), "{json}");
            with(&URL_SAFE_NO_PAD.encode(json.replace(from, to)))
        };
        for (from, to) in [
            ("\"5\"", "5"),
            ("\"5\"", "\"5' OR 1=1\""),
            ("[\"5\"]", "[]"),
            (",2,9]", ",-2,9]"),
            (",2,9]", ",2,9007199254740993]"),
            (",2,9]", ",2,9,1]"),
            (",9]", ",9]]"),
        ] {
            assert_eq!(read(&forged(from, to), Kind::Integer), invalid, "{to}");
        }
        for text in ["x", "a b", "bnVsbA", &"A".repeat(10_000)] {
            assert_eq!(read(&with(text), Kind::Integer), invalid, "{text}");
        }
        let nul = cursor(vec![Some(Value::Text("\0".to_owned()))], &[Kind::Text]);
        assert_eq!(read(&with(&nul), Kind::Text), invalid);
    }

    #[test]
    fn numbers_are_taken_too_and_other_pagings_are_not() {
        let page = paging("paging=keyset&cursor=3&size=10", &[]).expect("a number");
        assert_eq!((page.offset(), page.limit(), page.before()), (20, 11, 20));
        assert_eq!(paging("paging=pages", &[]).map(|_| ()), Err("invalid paging".to_owned()));
        let own = cursor(Vec::new(), &[]);
        let list = list(&format!("paging=keyset&cursor={own}")).expect("read");
        assert!(list.numbered().is_err() && list.paging("other", []).is_err());
    }

    #[test]
    fn only_a_short_page_before_the_end_saves_the_count() {
        let total = |number, read| Paging::from(Page { number, size: 10 }).known_total(read);
        assert_eq!([total(1, 0), total(3, 4)], [Some(0), Some(24)]);
        assert_eq!([total(3, 0), total(1, 10)], [None, None]);
        let keyset = paging("paging=keyset&size=10", &[]).expect("accepted");
        assert_eq!([keyset.known_total(10), keyset.known_total(11)], [Some(10), None]);
    }
}
