//! The page of a search and the number of its matches, in one statement.
//!
//! An account counts as its row in `profile_search`, unless `profile_search_delta` has it: then the latest row
//! there counts, and that in `profile_search` is passed over.

use super::super::entity::{Answer, Placed, Question, SortedBy};
use super::columns::{missing_bits, rewritten, sorted};
use crate::core::db::clickhouse::ClickHouseSession;
use crate::core::error::Error;
use crate::core::query::{
    Bound, ClickHouseSql, Comparison, Direction, Place, Value, bind_all, read_key, where_clause,
};

/// Longest text of a statement, in bytes: lists of a hundred thousand ids, and what clients may send.
const LONGEST: &str = "16777216";
/// What a number of followers that is not known is in `followers_or_least`.
const LEAST: &str = "-9223372036854775808";

/// Where rows are read.
#[derive(Clone, Copy)]
enum Part {
    Bulk,
    Delta,
}

/// The page.
///
/// # Errors
/// The store fails.
pub(in super::super) async fn find(
    clickhouse: &ClickHouseSession,
    question: &Question<'_>,
) -> Result<Answer, Error> {
    let sql = statement(question);
    let query = clickhouse.query(&sql.text).with_setting("max_query_size", LONGEST);
    let mut rows: Vec<Placed> = clickhouse.rows(bind_all(query, &sql.values)).await?;
    // Only first pages are counted: an empty one says that nothing matches.
    let total = question.counts_to.map(|_| rows.first().map_or(0, |row| row.total));
    let counted = total.filter(|total| question.counts_to.is_some_and(|most| *total <= most));
    let counted = counted.map(u64::cast_signed).or(question.paging.counted());
    let next = question.paging.next(&mut rows, counted, |row| place(question, row))?;
    Ok(Answer { ids: rows.iter().map(|row| row.id).collect(), total, next })
}

fn place(question: &Question<'_>, row: &Placed) -> Result<Place, Error> {
    let unread = || Error::internal("cursor", "an account has no place");
    let keys = question.keys.iter().zip(&row.keys);
    let keys = keys.map(|(key, text)| match text {
        Some(text) => read_key(key.kind, text).map(Some).ok_or_else(unread),
        None => Ok(None),
    });
    Ok(Place { keys: keys.collect::<Result<_, _>>()?, id: Value::Integer(row.id) })
}

fn statement(question: &Question<'_>) -> ClickHouseSql {
    let keys: Vec<Key> =
        question.keys.iter().map(|key| Key::of(*key, question.direction)).collect();
    let names = (0..keys.len()).map(|n| format!("key{n}"));
    let texts: Vec<String> = names.zip(&keys).map(|(name, key)| key.text(&name)).collect();
    let texts = if question.paging.is_keyset() { texts.join(", ") } else { String::new() };
    let mut sql = ClickHouseSql::default();
    sql.push(
        &format!(
            "SELECT id, CAST([{texts}] AS Array(Nullable(String))) AS keys, assumeNotNull(toUInt64("
        ),
        None,
    );
    match question.counts_to {
        Some(most) => sql.append(count(question, most)),
        None => sql.push("0", None),
    }
    sql.push(")) AS total FROM (", None);
    sql.append(page(question, &keys, Part::Bulk));
    sql.push(" UNION ALL ", None);
    sql.append(page(question, &keys, Part::Delta));
    let order = order(&keys, |n, _| format!("key{n}"));
    // A change may arrive between the two: the account is then found in both.
    sql.push(&format!(") ORDER BY {order} LIMIT 1 BY id LIMIT ? OFFSET ?"), None);
    let (limit, offset) = (question.paging.limit(), question.paging.offset());
    sql.values
        .extend([limit, offset].map(|number| Bound::One(Value::Integer(number.cast_signed()))));
    sql
}

/// Matches, none more than one above the limit.
fn count(question: &Question<'_>, most: u64) -> ClickHouseSql {
    let mut sql = ClickHouseSql::default();
    for (begin, part) in [
        ("(SELECT count() FROM (SELECT 1 ", Part::Bulk),
        (" + (SELECT count() FROM (SELECT 1 ", Part::Delta),
    ] {
        sql.push(begin, None);
        sql.append(matching(question, part));
        sql.push(&format!(" LIMIT {}))", most.saturating_add(1)), None);
    }
    sql
}

/// The accounts of a part that may be on the page.
fn page(question: &Question<'_>, keys: &[Key], part: Part) -> ClickHouseSql {
    let columns: Vec<String> =
        keys.iter().enumerate().map(|(n, key)| format!(", {} AS key{n}", key.column)).collect();
    let mut sql = ClickHouseSql::default();
    sql.push(&format!("(SELECT id{} ", columns.concat()), None);
    sql.append(matching(question, part));
    if let Some(place) = question.paging.after() {
        sql.push(" AND ", None);
        sql.append(behind(keys, place));
    }
    let order = order(keys, |_, key| key.column.to_owned());
    let limit = question.paging.offset().saturating_add(question.paging.limit());
    sql.push(&format!(" ORDER BY {order} LIMIT {limit})"), None);
    sql
}

/// `FROM` and `WHERE` of the accounts of a part that match.
fn matching(question: &Question<'_>, part: Part) -> ClickHouseSql {
    let platform = question.platform.name();
    let from = match part {
        Part::Bulk => format!("FROM profile_search WHERE platform = '{platform}'"),
        Part::Delta => {
            format!("FROM profile_search_delta FINAL WHERE platform = '{platform}' AND is_visible")
        }
    };
    let mut sql = where_clause(&from, &rewritten(question.clauses));
    let bits = missing_bits(question.clauses);
    if bits > 0 {
        sql.push(&format!(" AND bitAnd(missing, {bits}) = 0"), None);
    }
    let list = |ids: &[i64]| Some(Bound::Many(ids.iter().copied().map(Value::Integer).collect()));
    let set = "IN (SELECT arrayJoin(CAST(? AS Array(Int64))))";
    if let Some(among) = &question.among {
        sql.push(&format!(" AND id {set}"), list(among));
    }
    if !question.without.is_empty() {
        sql.push(&format!(" AND id NOT {set}"), list(&question.without));
    }
    if let Part::Bulk = part {
        let changed = format!(
            " AND id NOT IN (SELECT id FROM profile_search_delta WHERE platform = '{platform}')"
        );
        sql.push(&changed, None);
    }
    sql
}

/// A key of the order as it is read.
struct Key {
    column: &'static str,
    direction: Direction,
    /// Whether the least number stands for none, so that the order is that of the table itself.
    has_least: bool,
}

impl Key {
    fn of(key: SortedBy, direction: Direction) -> Self {
        let column = sorted(key).column;
        if column == "followers" && direction == Direction::Descending {
            return Self { column: "followers_or_least", direction, has_least: true };
        }
        Self { column, direction, has_least: false }
    }

    /// What the cursor has of a value.
    fn text(&self, name: &str) -> String {
        if self.has_least {
            format!("toString(nullIf({name}, {LEAST}))")
        } else {
            format!("toString({name})")
        }
    }
}

fn order(keys: &[Key], name: impl Fn(usize, &Key) -> String) -> String {
    let keys = keys.iter().enumerate().map(|(n, key)| {
        let direction = match key.direction {
            Direction::Ascending => "ASC",
            Direction::Descending => "DESC",
        };
        let nulls = if key.has_least { "" } else { " NULLS LAST" };
        format!("{} {direction}{nulls}, ", name(n, key))
    });
    format!("{}id ASC", keys.collect::<String>())
}

/// Condition that holds for the accounts behind a place.
fn behind(keys: &[Key], place: &Place) -> ClickHouseSql {
    let mut same = ClickHouseSql::default();
    same.push("id > ?", Some(Bound::One(place.id.clone())));
    for (key, value) in keys.iter().zip(&place.keys).rev() {
        let Key { column, direction, has_least } = key;
        let comparison = match direction {
            Direction::Ascending => Comparison::Greater,
            Direction::Descending => Comparison::Less,
        };
        let mut sql = ClickHouseSql::default();
        match value {
            None if *has_least => sql.push(&format!("({column} = {LEAST} AND "), None),
            None => sql.push(&format!("(isNull({column}) AND "), None),
            Some(value) => {
                let none = if *has_least { String::new() } else { format!("isNull({column}) OR ") };
                let bound = || Some(Bound::One(value.clone()));
                sql.push(&format!("({none}{column} {} ?", comparison.sql()), bound());
                sql.push(&format!(" OR ({column} = ? AND "), bound());
            }
        }
        sql.append(same);
        sql.push(if value.is_some() { "))" } else { ")" }, None);
        same = sql;
    }
    same
}
