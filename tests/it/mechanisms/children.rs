//! The rows below one row of a tenant.

use std::sync::Arc;
use std::time::{Duration, Instant};

use coffee::core::caller::Caller;
use coffee::core::children::ChildRow;
use coffee::core::db::{ChildEntity, TenantEntity};
use coffee::core::error::Error;
use coffee::core::rows::OwnedRow;
use coffee::core::stores::Stores;
use coffee::core::unit_of_work::UnitOfWork;
use futures_util::TryStreamExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait as _;
use serde_json::json;

use crate::support::TestApp;

mod collection {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "post_collection")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub partner_id: i64,
        pub enabled: bool,
        pub created_by: String,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod item {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "post_collection_item")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub post_collection_id: String,
        pub platform: String,
        pub short_code: String,
        pub post_type: String,
        pub cost: Option<i64>,
        pub enabled: bool,
        pub created_by: String,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

impl TenantEntity for collection::Entity {
    const PARTNER: collection::Column = collection::Column::PartnerId;
}

impl OwnedRow for collection::Entity {
    type Id = String;
    const ID: collection::Column = collection::Column::Id;
    const ENABLED: collection::Column = collection::Column::Enabled;
    const CREATED_BY: collection::Column = collection::Column::CreatedBy;
    const UPDATED_AT: collection::Column = collection::Column::UpdatedAt;
}

impl ChildEntity for item::Entity {
    type Parent = collection::Entity;
    const PARENT: item::Column = item::Column::PostCollectionId;
    const PARENT_KEY: collection::Column = collection::Column::Id;
}

impl ChildRow for item::Entity {
    const ID: item::Column = item::Column::Id;
    const KEY: &'static [item::Column] = &[item::Column::Platform, item::Column::ShortCode];
    const ENABLED: item::Column = item::Column::Enabled;
    const UPDATED_AT: item::Column = item::Column::UpdatedAt;
}

fn item(code: &str, cost: i64) -> item::ActiveModel {
    item::ActiveModel {
        platform: Set("YOUTUBE".to_owned()),
        short_code: Set(code.to_owned()),
        post_type: Set("video".to_owned()),
        cost: Set(Some(cost)),
        enabled: Set(true),
        created_by: Set("1".to_owned()),
        ..Default::default()
    }
}

async fn unit(app: &TestApp, partner_id: i64) -> UnitOfWork {
    let stores = Stores::open(app.config.clone()).await.expect("stores open");
    let caller = Caller { partner_id: Some(partner_id), account_id: Some(1), ..Caller::default() };
    UnitOfWork::new(stores, Arc::new(caller), Instant::now() + Duration::from_secs(10))
}

async fn seed(app: &TestApp) {
    for (id, partner) in [("ours", 10), ("theirs", 20)] {
        let row = json!({
            "id": id, "share_id": id, "partner_id": partner, "name": id, "source": "SAAS",
            "source_id": id, "created_by": "1",
        });
        app.seed("post_collection", &row).await;
    }
}

const COSTS: [item::Column; 2] = [item::Column::Cost, item::Column::Enabled];

#[actix_web::test]
async fn children_are_stored_changed_and_removed_below_their_parent() {
    let app = TestApp::start().await;
    seed(&app).await;
    let unit = unit(&app, 10).await;
    let tenant = unit.tenant().await.expect("a tenant");
    let id = || "ours".to_owned();
    let (parent, items) =
        tenant.children_to_change::<item::Entity>(id()).await.expect("the parent");
    assert_eq!(parent.partner_id, 10);
    let rows = vec![item("a", 1), item("b", 2), item("a", 3)];
    assert_eq!(items.upsert(rows, &COSTS).await.expect("stored").len(), 2);
    let again = items.upsert(vec![item("b", 5), item("c", 6)], &COSTS).await.expect("stored");
    assert_eq!(again.len(), 2);
    let gone = items.remove(item::Column::ShortCode.is_in(["a", "x"])).await.expect("removed");
    let free = item::ActiveModel { cost: Set(None), ..Default::default() };
    let freed = items.change(item::Column::ShortCode.eq("c"), free).await.expect("changed");
    assert_eq!((gone.len(), freed.len()), (1, 1));
    let mut left: Vec<_> = items.enabled().all().await.expect("rows");
    left.sort_by(|a, b| a.short_code.cmp(&b.short_code));
    let left: Vec<_> = left.iter().map(|row| (row.short_code.as_str(), row.cost)).collect();
    assert_eq!(left, [("b", Some(5)), ("c", None)]);

    let many = (0..501).map(|n| item(&n.to_string(), n)).collect();
    let refused = items.upsert(many, &COSTS).await.expect_err("refused");
    assert!(matches!(&refused, Error::Refused(_)) && refused.to_string() == "too many items");
}

/// Row-level security is off: the predicate alone keeps tenants apart.
#[actix_web::test]
async fn a_foreign_parent_has_no_children() {
    let app = TestApp::start_without_policies().await;
    seed(&app).await;
    let foreign = || "theirs".to_owned();
    let theirs = unit(&app, 20).await;
    let tenant = theirs.tenant().await.expect("a tenant");
    let (_, items) = tenant.children::<item::Entity>(foreign()).await.expect("own");
    items.upsert(vec![item("a", 1)], &COSTS).await.expect("stored");
    theirs.commit().await.expect("committed");

    let unit = unit(&app, 10).await;
    let tenant = unit.tenant().await.expect("a tenant");
    let refused = tenant.children::<item::Entity>(foreign()).await.err().expect("refused");
    assert_eq!(refused.to_string(), "invalid Record Id - theirs");
    // Also for whoever did not look at the parent.
    let below = tenant.find_below::<item::Entity>(foreign().into());
    assert_eq!(below.count().await.expect("counted"), 0);
    let update = tenant.update_below::<item::Entity>(foreign().into());
    let update = update.set(item::Column::Enabled, false);
    assert_eq!(update.execute().await.expect("runs"), 0);
}

#[actix_web::test]
async fn rows_are_walked_in_pages_that_each_begin_behind_the_last_row() {
    let app = TestApp::start().await;
    seed(&app).await;
    let unit = unit(&app, 10).await;
    let tenant = unit.tenant().await.expect("a tenant");
    let (_, items) = tenant.children::<item::Entity>("ours".to_owned()).await.expect("own");
    let rows = (0..7).map(|n| item(&format!("code{n}"), n)).collect();
    items.upsert(rows, &COSTS).await.expect("stored");
    for (size, expected) in [(3, vec![3, 3, 1]), (7, vec![7]), (10, vec![7])] {
        let pages: Vec<_> =
            items.enabled().in_pages(item::Column::Id, size).try_collect().await.expect("pages");
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), expected);
        let codes: std::collections::BTreeSet<_> =
            pages.iter().flatten().map(|row| &row.short_code).collect();
        assert_eq!(codes.len(), 7, "none twice");
    }
    // A row that is removed meanwhile moves no other one out of its page.
    let mut walk = std::pin::pin!(items.enabled().in_pages(item::Column::Id, 3));
    walk.try_next().await.expect("a page").expect("rows");
    items.remove(item::Column::ShortCode.eq("code0")).await.expect("removed");
    let next = walk.try_next().await.expect("a page").expect("rows");
    let next: Vec<_> = next.iter().map(|row| row.short_code.as_str()).collect();
    assert_eq!(next, ["code3", "code4", "code5"]);
}
