//! Filters against a real PostgreSQL: every kind of field by every operator.

use std::cell::Cell;

use coffee::core::error::Error;
use coffee::core::query::{
    Direction, Field, Filter, Filters, Kind, Sort, compile, condition, expand_demographics, order,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use sea_orm::sea_query::{Alias, Query};
use sea_orm::sqlx::postgres::PgPoolOptions;
use sea_orm::sqlx::{Executor as _, raw_sql};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbErr, SqlxPostgresConnector};

use crate::support::{TestApp, filter_values};

const FIELDS: &[Field] = &[
    Field::new("id", Kind::Integer).over("s.id"),
    Field::new("count", Kind::Integer),
    Field::new("rate", Kind::Float),
    Field::new("name", Kind::Text),
    Field::new("handle", Kind::Text),
    Field::new("day", Kind::Date),
    Field::new("at", Kind::Timestamp),
    Field::filter_only("flag", Kind::Bool),
    Field::filter_only("tags", Kind::TextArray),
    Field::filter_only("number", Kind::JsonNumber).over("s.doc"),
    Field::filter_only("text", Kind::JsonText).over("s.doc"),
    Field::filter_only("truth", Kind::JsonBool).over("s.doc"),
    Field::filter_only("list", Kind::JsonArray).over("s.doc"),
    Field::filter_only("audience_gender", Kind::JsonNumber),
    Field::filter_only("audience_age", Kind::JsonNumber),
];

// Row 4 has nothing; row 3 has values of other types in its document.
const TABLE: &str = r#"
    CREATE TABLE sample (
        id bigint PRIMARY KEY, count integer, rate double precision, name text, handle varchar(20),
        day date, at timestamptz, flag boolean, tags text[], doc jsonb, audience_gender jsonb,
        audience_age jsonb
    );
    INSERT INTO sample VALUES
    (1, 10, 0.5, 'Asha Rao', 'asha', '2024-05-01', '2024-05-01 00:00:00+00', true, '{Food,Travel}',
        '{"k": {"a": 10}, "t": "Asha 50%", "b": true, "l": ["Food", "Travel"], "n": 42, "s": "42"}',
        '{"female_per": 40}', '{"65+": 9.99}'),
    (2, 20, 1.5, 'Goa_ \', 'raoasha', '2024-05-02', '2024-05-01 12:00:00.5+00', false, '{Auto}',
        '{"k": {"a": 20.5}, "t": "goa", "b": false, "l": ["Auto"], "n": 7, "s": "7.5"}',
        '{"female_per": 39.9}', '{"65+": 10}'),
    (3, 30, 'NaN', 'it''s "x"', '', '-infinity', 'infinity', NULL, '{}',
        '{"k": {"a": "20"}, "t": 5, "b": "true", "l": {"Food": 1}, "n": "many", "s": null}',
        '"scalar"', '[1]'),
    (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
"#;

const OPERATORS: [&str; 12] =
    ["EQ", "NE", "LIKE", "GTE", "LTE", "GT", "LT", "IN", "NOTIN", "BOOL", "ARRAY", "ARRAY_IN"];

/// Ids that match; `None` when the filters are refused.
async fn found(db: &DatabaseConnection, filters: &Filters) -> Result<Option<Vec<i64>>, DbErr> {
    let Ok(clauses) = compile(filters, FIELDS, chrono_tz::UTC) else { return Ok(None) };
    let mut select = Query::select();
    select.column((Alias::new("s"), Alias::new("id")));
    select.from_as(Alias::new("sample"), Alias::new("s")).cond_where(condition(&clauses));
    let sort = Sort { column: "s.id", kind: Kind::Integer, direction: Direction::Ascending };
    let (column, direction, nulls) = order(sort);
    select.order_by_expr_with_nulls(column, direction, nulls);
    let rows = db.query_all(&select).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>().map(Some)
}

async fn database(app: &TestApp) -> DatabaseConnection {
    app.owner.execute(raw_sql(TABLE)).await.expect("table is created");
    SqlxPostgresConnector::from_sqlx_postgres_pool(app.owner.clone())
}

/// What one field must find: operator, value, ids. Operators that are not named are refused.
type Cases = &'static [(&'static str, &'static str, &'static [i64])];

const INTEGER: Cases = &[
    ("EQ", "10", &[1]),
    ("NE", "10", &[2, 3]),
    ("GTE", "20", &[2, 3]),
    ("LTE", "20", &[1, 2]),
    ("GT", "19.5", &[2, 3]),
    ("LT", "99999999999999999999", &[1, 2, 3]),
    ("IN", " 10 ,30,", &[1, 3]),
    ("IN", "10,20.0,1.5", &[1, 2]),
    ("NOTIN", "10,-30", &[2, 3]),
];
const FLOAT: Cases = &[
    ("EQ", "0.5", &[1]),
    ("NE", "0.5", &[2, 3]),
    ("GTE", "1", &[2, 3]),
    ("LTE", "1.5", &[1, 2]),
    // Not a number is more than any number.
    ("GT", "1.5", &[3]),
    ("LT", "1", &[1]),
    ("IN", "0.5,1", &[1]),
    ("NOTIN", "0.5", &[2, 3]),
];
const TEXT: Cases = &[
    ("EQ", "Asha Rao", &[1]),
    ("EQ", "asha rao", &[]),
    ("NE", "Asha Rao", &[2, 3]),
    ("LIKE", "ASHA", &[1]),
    ("LIKE", "_", &[2]),
    ("LIKE", "%", &[]),
    ("LIKE", "\\", &[2]),
    ("LIKE", "'s \"", &[3]),
    ("GTE", "Goa", &[2, 3]),
    ("LTE", "Asha Rao", &[1]),
    ("GT", "5", &[1, 2, 3]),
    ("LT", "B", &[1]),
    ("IN", "Asha Rao, it's \"x\"", &[1, 3]),
    ("NOTIN", "Asha Rao", &[2, 3]),
];
const DATE: Cases = &[
    ("EQ", "2024-05-01", &[1]),
    ("NE", "2024-05-01", &[2, 3]),
    ("GTE", "0000-01-01", &[1, 2]),
    ("LTE", "9999-12-31", &[1, 2, 3]),
    ("GT", "2024-05-01", &[2]),
    ("LT", "2024-05-02", &[1, 3]),
    ("IN", "2024-05-01,2024-05-09", &[1]),
    ("NOTIN", "2024-05-01", &[2, 3]),
];
const INSTANT: Cases = &[
    ("EQ", "2024-05-01", &[1]),
    ("EQ", "2024-05-01T17:30:00.5+05:30", &[2]),
    ("NE", "2024-05-01T00:00:00Z", &[2, 3]),
    ("GTE", "2024-05-01T12:00:00.500Z", &[2, 3]),
    ("LTE", "9999-12-31", &[1, 2]),
    ("GT", "2024-05-01T12:00:00.500001Z", &[3]),
    ("LT", "2024-05-01T12:00:00Z", &[1]),
    ("IN", "2024-05-01, 2024-05-02", &[1]),
    ("NOTIN", "2024-05-01", &[2, 3]),
];
const BOOL: Cases =
    &[("BOOL", "t", &[1]), ("BOOL", "FALSE", &[2]), ("EQ", "1", &[1]), ("NE", "true", &[2])];
const ARRAY: Cases = &[
    ("ARRAY", "Travel, Auto", &[1, 2]),
    ("ARRAY_IN", "Food", &[1]),
    ("IN", "Food,Cars", &[1]),
    ("EQ", "Food", &[1]),
    ("EQ", "Food,Auto", &[]),
    ("NE", "Food", &[2, 3]),
    ("NOTIN", "Food, Auto", &[3]),
];
const JSON_NUMBER: Cases = &[
    ("EQ", "20.5", &[2]),
    ("NE", "10", &[2]),
    ("GTE", "10", &[1, 2]),
    ("LTE", "20.5", &[1, 2]),
    ("GT", "9.99", &[1, 2]),
    ("LT", "99999999999999999999", &[1, 2]),
    ("IN", "10,20.5", &[1, 2]),
    ("IN", "10", &[1]),
    ("NOTIN", "10", &[2]),
];
const JSON_TEXT: Cases = &[
    ("EQ", "goa", &[2]),
    ("EQ", "5", &[3]),
    ("NE", "goa", &[1, 3]),
    ("LIKE", "0%", &[1]),
    ("GTE", "b", &[2]),
    ("LTE", "Asha 50%", &[1, 3]),
    ("GT", "Asha", &[1, 2]),
    // A number asks for numbers.
    ("LT", "6", &[3]),
    ("IN", "goa,5", &[2, 3]),
    ("NOTIN", "goa,5", &[1]),
];
const JSON_BOOL: Cases = &[
    ("BOOL", "true", &[1, 3]),
    ("BOOL", "0", &[2, 4]),
    ("EQ", "true", &[1, 3]),
    ("NE", "T", &[2, 4]),
];
const JSON_ARRAY: Cases = &[
    ("ARRAY", "Auto, Travel", &[1, 2]),
    ("ARRAY_IN", "Food", &[1]),
    ("IN", "Food", &[1]),
    ("EQ", "Food", &[1]),
    ("NE", "Food", &[2]),
    ("NOTIN", "Travel,Auto", &[]),
];

#[actix_web::test]
async fn every_kind_takes_its_operators_and_refuses_the_others() {
    let app = TestApp::start().await;
    let db = database(&app).await;
    for (field, cases) in [
        ("count", INTEGER),
        ("rate", FLOAT),
        ("name", TEXT),
        ("day", DATE),
        ("at", INSTANT),
        ("flag", BOOL),
        ("tags", ARRAY),
        ("number.k.a", JSON_NUMBER),
        ("text.t", JSON_TEXT),
        ("truth.b", JSON_BOOL),
        ("list.l", JSON_ARRAY),
    ] {
        for (operator, value, expected) in cases {
            let filters = Filters(vec![Filter::new(operator, field, *value)]);
            let ids = found(&db, &filters).await.expect("executes");
            assert_eq!(ids.as_deref(), Some(*expected), "{operator} {field} {value}");
        }
        for operator in OPERATORS.iter().filter(|name| cases.iter().all(|case| case.0 != **name)) {
            for (_, value, _) in cases {
                let filters = Filters(vec![Filter::new(operator, field, *value)]);
                let ids = found(&db, &filters).await.expect("executes");
                assert_eq!(ids, None, "{operator} {field} {value}");
            }
        }
    }
}

#[actix_web::test]
async fn documents_are_compared_by_what_is_at_the_path() {
    let app = TestApp::start().await;
    let db = database(&app).await;
    for (operator, field, value, expected) in [
        // Numbers count whether they were stored as numbers or as texts of numbers.
        ("GTE", "text.n", "7", &[1, 2][..]),
        ("GTE", "text.s", "7.5", &[1, 2]),
        ("LT", "text.s", "10", &[2]),
        ("GT", "text.s", "-0.5", &[1, 2]),
        ("GT", "text.n", "a", &[3]),
        // Paths that end nowhere, in an object, in an array.
        ("EQ", "text.k.a.deeper", "10", &[]),
        ("EQ", "number.k", "10", &[]),
        ("NE", "number.nothing", "10", &[]),
        ("EQ", "text.l.0", "Food", &[1]),
        ("ARRAY", "list.t", "goa", &[]),
        ("NE", "list.t", "goa", &[]),
        ("ARRAY", "list.k", "a", &[]),
        ("BOOL", "truth.nothing", "false", &[1, 2, 3, 4]),
        ("BOOL", "truth.s", "false", &[3, 4]),
        ("BOOL", "truth.k", "true", &[]),
        // Texts that are SQL, or JSON.
        ("EQ", "text.t", "' OR '1'='1", &[]),
        ("IN", "text.t", "goa') OR (1=1", &[]),
        ("ARRAY", "list.l", "Food\"]'::jsonb) OR (1=1", &[]),
        ("ARRAY", "tags", "Food}' OR '1'='1", &[]),
        ("LIKE", "name", "' OR 1=1 --", &[]),
        ("EQ", "name", "$1 ? ?? :x", &[]),
    ] {
        let filters = Filters(vec![Filter::new(operator, field, value)]);
        let ids = found(&db, &filters).await.expect("executes");
        assert_eq!(ids.as_deref(), Some(expected), "{operator} {field} {value}");
    }
}

#[actix_web::test]
async fn integers_and_decimals_take_turns_on_one_connection() {
    let app = TestApp::start().await;
    database(&app).await;
    // Statements are prepared once per connection and text, with the types of the first values.
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .connect_lazy_with(app.owner.connect_options().as_ref().clone());
    let db = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
    for field in ["count", "rate", "number.k.a", "text.k.a"] {
        for _ in 0..2 {
            for (operator, value) in [("GT", "1"), ("GT", "1.5"), ("IN", "10,20"), ("IN", "10,0.5")]
            {
                let filters = Filters(vec![Filter::new(operator, field, value)]);
                let ids = found(&db, &filters).await.expect("executes").expect("accepted");
                let expected: &[i64] = match (field, operator, value) {
                    ("count", "GT", _) => &[1, 2, 3],
                    ("count", _, "10,20") => &[1, 2],
                    ("rate", "GT", "1") => &[2, 3],
                    ("rate", "GT", _) => &[3],
                    ("rate", _, "10,20") => &[],
                    ("text.k.a", "GT", _) => &[1, 2, 3],
                    ("number.k.a", "GT", _) => &[1, 2],
                    // Lists against texts are lists of texts.
                    ("text.k.a", _, "10,20") => &[1, 3],
                    _ => &[1],
                };
                assert_eq!(ids, expected, "{operator} {field} {value}");
            }
        }
    }
}

/// Worked examples 5 and 6 of the list protocol.
#[actix_web::test]
async fn shorthands_and_comma_lists_of_fields_mean_what_they_stand_for() {
    let app = TestApp::start().await;
    let db = database(&app).await;
    let of = |filters: &[(&str, &str, &str)]| {
        let filters = filters.iter().map(|(kind, field, value)| Filter::new(kind, *field, *value));
        expand_demographics(&Filters(filters.collect()))
    };
    for (filters, expected) in [
        (&[("EQ", "audience_gender", "FEMALE")][..], Some(&[1][..])),
        (&[("LT", "audience_age", "65+")], Some(&[2])),
        (&[("EQ", "audience_gender", "female")], None),
        (&[("LIKE", "name,handle", "asha")], Some(&[1, 2])),
        (&[("LIKE", "name, handle", "asha"), ("EQ", "count", "20")], Some(&[2])),
        (&[("IN", "name,handle", "asha")], Some(&[1])),
        (&[("GTE", "count,rate", "1.5")], Some(&[1, 2, 3])),
        (&[("ARRAY", "tags,list.l", "Auto")], Some(&[2])),
        (&[("NE", "name,handle", "asha")], None),
        (&[("NOTIN", "name,handle", "asha")], None),
        (&[("BOOL", "flag,truth.b", "true")], None),
        (&[("EQ", "name,", "asha")], None),
        (&[("EQ", "name,password", "asha")], None),
        (&[("EQ", "count,name", "asha")], None),
        (&[("NEAR", "nothing", "")], Some(&[1, 2, 3, 4])),
    ] {
        let ids = found(&db, &of(filters)).await.expect("executes");
        assert_eq!(ids.as_deref(), expected, "{filters:?}");
    }
}

fn filters() -> impl Strategy<Value = Filters> {
    let fields = proptest::sample::select(vec![
        "id",
        "count",
        "rate",
        "name",
        "handle",
        "day",
        "at",
        "flag",
        "tags",
        "number.k.a",
        "number.n",
        "text.t",
        "text.s",
        "text.l.0",
        "text.a+b_c-d",
        "truth.b",
        "truth.k",
        "list.l",
        "list.t",
        "name,handle",
        "count,rate",
        "text.n,text.s",
    ]);
    let filter = (proptest::sample::select(OPERATORS.to_vec()), fields, filter_values())
        .prop_map(|(operator, field, value)| Filter::new(operator, field, value));
    proptest::collection::vec(filter, 1..3).prop_map(Filters)
}

#[test]
fn whatever_compiles_executes_or_holds_a_value_that_no_column_takes() {
    let system = actix_web::rt::System::new();
    let app = system.block_on(TestApp::start());
    let db = system.block_on(database(&app));
    let executed = Cell::new(0);
    let mut runner =
        TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(600) });
    let outcome = runner.run(&filters(), |filters| {
        match system.block_on(found(&db, &filters)) {
            Ok(ids) => executed.set(executed.get() + u32::from(ids.is_some())),
            Err(error) => {
                let text = error.to_string();
                let refused = matches!(Error::from(error), Error::Refused(_));
                prop_assert!(refused, "{} {:?}", text, filters);
            }
        }
        Ok::<(), TestCaseError>(())
    });
    outcome.expect("every statement is valid");
    assert!(executed.get() > 50, "only {} filters were executed", executed.get());
}
