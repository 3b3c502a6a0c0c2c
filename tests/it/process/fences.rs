//! A server whose login or policies would let one tenant see another.

use super::server::{coffee, output};
use crate::support::Database;
use sea_orm::sqlx::{Executor as _, raw_sql};

const PRODUCTION: (&str, &str) = ("COFFEE__ENV", "production");

/// What `coffee serve` says before it ends by itself.
fn refusal(database: &Database, settings: &[(&str, &str)]) -> String {
    // The stores of tests take any password; production takes none that is well known.
    let unknown = |url: &str| {
        let url = url.replace(":coffee@", ":9f2c71d0a6b84e35bd17@");
        url.replace(":coffee_owner@", ":51c07be2f94da863a2e8@")
    };
    let secret =
        ("COFFEE__AUTH__HMAC_SECRET", "n3Xo0b5q8QYc1sVh7mT2kD9fLr4wZuJaGpE6iRxWyCs=".to_owned());
    let urls = [
        ("COFFEE__POSTGRES__URL", unknown(&database.url())),
        ("COFFEE__POSTGRES__OWNER_URL", unknown(&database.owner_url())),
        secret,
    ];
    let given = settings.iter().map(|(key, value)| (*key, unknown(value)));
    let settings: Vec<(&str, String)> = urls.into_iter().chain(given).collect();
    let settings: Vec<(&str, &str)> = settings.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let (done, stdout, stderr) = output(coffee(database, &settings).arg("serve"));
    assert_eq!(done.status.code(), Some(1), "{stdout}");
    stderr
}

#[actix_web::test]
async fn production_refuses_a_login_that_owns_tables_also_on_the_replica() {
    let database = Database::create().await;
    let owner = database.owner_url();
    for key in ["COFFEE__POSTGRES__URL", "COFFEE__POSTGRES__REPLICA_URL"] {
        let stderr = refusal(&database, &[PRODUCTION, (key, &owner)]);
        assert!(stderr.contains(key) && stderr.contains("coffee_owner"), "{stderr}");
        assert!(stderr.contains("owns tables"), "{stderr}");
    }
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn production_refuses_policies_that_are_not_the_schemas_and_migrate_repairs_them() {
    let database = Database::create().await;
    let mut owner = database.owner().await;
    for damage in [
        "DROP POLICY tenant_reads ON collection_group",
        "ALTER TABLE collection_group DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE collection_group NO FORCE ROW LEVEL SECURITY",
        "CREATE POLICY everybody ON collection_group USING (true)",
        "ALTER POLICY tenant_updates ON collection_group USING (true)",
    ] {
        owner.execute(raw_sql(damage)).await.expect(damage);
        let stderr = refusal(&database, &[PRODUCTION]);
        assert!(
            stderr.contains("collection_group") && stderr.contains("coffee migrate"),
            "{stderr}"
        );
        let (done, _, stderr) = output(coffee(&database, &[]).arg("migrate"));
        assert!(done.status.success(), "{stderr}");
        let drift =
            "SELECT count(*) FROM row_security WHERE installed <> row_security_of(relation)";
        let left: i64 =
            sea_orm::sqlx::query_scalar(drift).fetch_one(&mut owner).await.expect("counts");
        assert_eq!(left, 0, "{damage}");
    }
    Database::drop_now(&database.name).await;
}
