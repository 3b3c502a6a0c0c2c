//! Any JSON in: never a panic, never a client's text in a statement.

use chrono_tz::Tz;
use proptest::prelude::*;
use sea_orm::sea_query::{Alias, Asterisk, PostgresQueryBuilder, Query};

use super::{Field, Filter, Filters, Kind, ListIn, QueryPairs, compile, condition, where_clause};

const FIELDS: &[Field] = &[
    Field::new("id", Kind::Integer),
    Field::new("name", Kind::Text),
    Field::new("t.rate", Kind::Float).over("t.rate"),
    Field::new("date", Kind::Date),
    Field::new("at", Kind::Timestamp),
    Field::filter_only("flag", Kind::Bool),
    Field::filter_only("tags", Kind::TextArray),
    Field::filter_only("meta", Kind::JsonText),
    Field::filter_only("share", Kind::JsonNumber),
    Field::filter_only("seen", Kind::JsonBool),
    Field::filter_only("list", Kind::JsonArray),
];

fn operators() -> impl Strategy<Value = String> {
    let names = "EQ NE LIKE GTE LTE GT LT IN NOTIN BOOL ARRAY ARRAY_IN".split(' ');
    let names: Vec<String> = names.map(str::to_owned).collect();
    prop_oneof![4 => proptest::sample::select(names), 1 => ".*"]
}

fn field_names() -> impl Strategy<Value = String> {
    let names = ["id", "name", "date", "at", "flag", "tags"].map(str::to_owned).to_vec();
    let paths = ["meta", "share", "seen", "list"].map(str::to_owned).to_vec();
    prop_oneof![
        4 => proptest::sample::select(names),
        3 => (proptest::sample::select(paths), "[a-z+_-]{1,5}").prop_map(|(c, k)| format!("{c}.{k}")),
        1 => ".*",
    ]
}

fn values() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[-0-9.]{1,8}",
        1 => "20[0-9]{2}-[01][0-9]-[0-3][0-9]",
        1 => "true|false|1|0",
        3 => ".*",
    ]
}

proptest! {
    #[test]
    fn any_body_parses_or_is_refused(body in ".*", query in ".*") {
        if let Ok(list) = ListIn::parse("/", &QueryPairs::parse(&query), body.as_bytes()) {
            let _ = compile(&list.filters, FIELDS, Tz::UTC);
        }
    }

    #[test]
    fn no_text_of_a_client_reaches_a_statement(
        operator in operators(), field in field_names(), value in values(),
    ) {
        let marked = format!("{value}\u{1}");
        for value in [value, marked] {
            let filters = Filters(vec![Filter::new(&operator, field.clone(), value)]);
            let Ok(clauses) = compile(&filters, FIELDS, Tz::UTC) else { continue };
            let mut select = Query::select();
            select.column(Asterisk).from(Alias::new("t")).cond_where(condition(&clauses));
            let (postgres, _) = select.build(PostgresQueryBuilder);
            let clickhouse = where_clause("enabled", &clauses);
            prop_assert!(!postgres.contains('\u{1}'), "{}", postgres);
            prop_assert!(!clickhouse.text.contains('\u{1}'), "{}", clickhouse.text);
            let placeholders = clickhouse.text.matches('?').count();
            prop_assert_eq!(placeholders, clickhouse.values.len());
        }
    }
}
