//! What the catalogue of PostgreSQL must hold for every table, also for those to come.

use sea_orm::sqlx;

use crate::support::{Database, TestApp};

/// Keys of tenant tables that do not begin with the tenant, with the reason.
const GLOBAL_KEYS: &[(&str, &str)] = &[
    ("keyword_collection_pkey", "a random id of ours"),
    ("post_collection_pkey", "a random id of ours"),
    ("collection_post_metrics_summary_u_key", "begins with the collection, which has the tenant"),
    ("collection_hashtag_pkey", "begins with the collection, which has the tenant"),
    ("collection_keyword_pkey", "begins with the collection, which has the tenant"),
    ("measured_collection_pkey", "begins with the collection, which has the tenant"),
    ("saas_collection_shortlist_id_uniq", "begins with the collection, which has the tenant"),
    ("winkl_collection_migration_info_pkey", "loaded once; the application cannot write it"),
    ("winkl_collection_share_id_uniq", "loaded once; the application cannot write it"),
];

async fn texts(app: &TestApp, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql).fetch_all(&app.owner).await.expect("catalogue")
}

#[actix_web::test]
async fn every_table_has_a_policy_or_a_reason() {
    let app = TestApp::start().await;
    let unknown = "SELECT c.relname::text FROM pg_class c \
        LEFT JOIN row_security r ON r.relation = c.relname \
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') \
          AND (r.relation IS NULL OR length(coalesce(r.reason, r.reads)) < 20 \
               OR c.relforcerowsecurity <> (r.reads IS NOT NULL) \
               OR c.relrowsecurity <> (r.reads IS NOT NULL))";
    assert_eq!(texts(&app, unknown).await, [""; 0], "give it a line in schema.sql, row_security");
    let partner = "SELECT table_name::text FROM information_schema.columns c \
        JOIN row_security r ON r.relation = c.table_name \
        WHERE table_schema = 'public' AND column_name = 'partner_id' AND r.reads IS NULL ORDER BY 1";
    assert_eq!(texts(&app, partner).await, ["identity_account", "partner_contract"]);
}

#[actix_web::test]
async fn every_key_of_a_tenant_table_begins_with_the_tenant() {
    let app = TestApp::start().await;
    // A key that begins with a foreign key to another tenant table begins with that one's tenant; nobody
    // chooses what a sequence generates.
    let keys = "SELECT i.indexrelid::regclass::text FROM pg_index i \
        JOIN pg_class c ON c.oid = i.indrelid JOIN row_security r ON r.relation = c.relname \
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] \
        WHERE i.indisunique AND r.reads IS NOT NULL AND a.attname <> 'partner_id' \
          AND i.indexrelid::regclass::text NOT LIKE '%share_id_key' \
          AND NOT EXISTS (SELECT FROM pg_attrdef d WHERE d.adrelid = c.oid AND d.adnum = a.attnum \
              AND pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%') \
          AND NOT EXISTS (SELECT FROM pg_constraint k JOIN row_security p \
              ON p.relation = k.confrelid::regclass::text AND p.reads IS NOT NULL \
              WHERE k.contype = 'f' AND k.conrelid = c.oid AND k.conkey[1] = a.attnum)";
    let mut found = texts(&app, keys).await;
    found.retain(|key| !GLOBAL_KEYS.iter().any(|(known, _)| known == key));
    assert_eq!(found, [""; 0], "begin the key with partner_id");
}

#[actix_web::test]
async fn no_index_is_the_beginning_of_another_one() {
    let app = TestApp::start().await;
    let redundant = "SELECT s.indexrelid::regclass::text || ' is in ' || l.indexrelid::regclass::text \
        FROM pg_index s JOIN pg_index l ON l.indrelid = s.indrelid AND l.indexrelid <> s.indexrelid \
        JOIN pg_class sc ON sc.oid = s.indexrelid JOIN pg_class lc ON lc.oid = l.indexrelid \
        WHERE sc.relnamespace = 'public'::regnamespace AND NOT s.indisunique \
          AND s.indpred IS NULL AND l.indpred IS NULL AND s.indexprs IS NULL AND l.indexprs IS NULL \
          AND sc.relam = lc.relam AND sc.relam = (SELECT oid FROM pg_am WHERE amname = 'btree') \
          AND (l.indkey::int2[])[0:s.indnkeyatts - 1] = (s.indkey::int2[])[0:s.indnkeyatts - 1] \
          AND (l.indoption::int2[])[0:s.indnkeyatts - 1] = (s.indoption::int2[])[0:s.indnkeyatts - 1]";
    assert_eq!(texts(&app, redundant).await, [""; 0]);
}

#[actix_web::test]
async fn share_ids_are_looked_up_on_the_primary_and_places_on_the_replica() {
    use coffee::core::types::Plan;
    use serde_json::json;

    let replica = Database::create().await;
    let app = TestApp::start_with_replica(&replica).await;
    let client = app.partner(10, Plan::Saas).await;
    let mut behind = replica.owner().await;
    let lag = "INSERT INTO collection_group (id, share_id, partner_id, name, source, source_id, created_by) \
        VALUES (77, 'gone', 20, 'n', 'SAAS', 'g', '1'); \
        INSERT INTO instagram_account (ig_id, handle, location) VALUES ('a', 'a', '{city_Agra}'); \
        SELECT refresh_locations('{}')";
    sqlx::raw_sql(lag).execute(&mut behind).await.expect("the replica lags");
    let path = "/collection-group-service/api/group/byshareid/gone";
    assert_eq!(client.get(path).await.status().1, "record not found", "deleted on the primary");
    let row = json!({"share_id": "new", "partner_id": 20, "name": "n", "source": "SAAS",
        "source_id": "g", "created_by": "1"});
    app.seed("collection_group", &row).await;
    client.get("/collection-group-service/api/group/byshareid/new").await.success();
    let places = "/discovery-service/api/profile/locations_new";
    let found = client.post(places, &json!({})).await.success();
    assert!(found["locations"].to_string().contains("Agra, India"), "{found}");
    drop(app);
    Database::drop_now(&replica.name).await;
}
