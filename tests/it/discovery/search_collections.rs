//! Searches through profile collections: whose collections count, and what they add.

use coffee::core::types::Plan;
use reqwest::Method;
use sea_orm::sqlx;
use serde_json::{Value, json};

use super::{PLATFORMS, search_by};
use crate::support::{Client, Database, TestApp, send};

async fn ids(client: &Client, platform: &str, filters: &[(&str, &str, &str)]) -> Vec<i64> {
    let query = "?sortBy=profile_collection_item.rank&sortDir=asc";
    super::found(&search_by(client, platform, query, filters).await.success())
}

/// A collection of a partner with one account in it; collection and account.
async fn collected(
    app: &TestApp,
    partner: i64,
    (platform, key): (&str, &str),
    columns: &Value,
) -> (i64, i64) {
    let collection = app.seed_collection(partner, key, columns).await;
    let account = app.seed_on(platform, &json!({})).await;
    app.seed_item((partner, collection), (platform, account), &json!({})).await;
    (collection, account)
}

#[actix_web::test]
async fn every_collection_field_finds_what_matches_and_nothing_else() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for (number, platform) in PLATFORMS.into_iter().enumerate() {
        let collection = app.seed_collection(10, &format!("c{number}"), &json!({})).await;
        for (operator, field, value, matching, other) in [
            ("EQ", "shortlistId", "a", json!({"shortlist_id": "a"}), json!({"shortlist_id": "b"})),
            ("IN", "shortlistingStatus", "A,B", json!({"shortlisting_status": "B"}), json!({})),
            ("EQ", "campaignProfileId", "5", json!({"campaign_profile_id": 5}), json!({})),
            ("BOOL", "itemEnabled", "false", json!({"enabled": false}), json!({})),
            ("BOOL", "itemHidden", "true", json!({"hidden": true}), json!({})),
        ] {
            let mut accounts = [0; 2];
            for (account, columns) in accounts.iter_mut().zip([&matching, &other]) {
                *account = app.seed_on(platform, &json!({})).await;
                app.seed_item((10, collection), (platform, *account), columns).await;
            }
            let found = ids(&client, platform, &[(operator, field, value)]).await;
            assert_eq!(found, accounts[..1], "{platform} {field}");
        }
        let key = format!("key{number}");
        let columns = json!({"campaign_id": 70 + number});
        let (collection, account) = collected(&app, 10, (platform, &key), &columns).await;
        let (campaign, collection) = ((70 + number).to_string(), collection.to_string());
        for filter in [
            ("EQ", "campaignId", &*campaign),
            ("IN", "collectionId", &*collection),
            ("EQ", "collectionShareId", &*key),
            ("LIKE", "collectionShareId", &*key),
            ("EQ", "collectionShareId,shortlistId", &*key),
        ] {
            let found = ids(&client, platform, &[filter]).await;
            assert_eq!(found, [account], "{platform} {filter:?}");
        }
        let nowhere = [("EQ", "campaignId", &*campaign), ("EQ", "collectionId", "1")];
        assert_eq!(ids(&client, platform, &nowhere).await, [0; 0], "one item must match all");
    }
}

#[actix_web::test]
async fn only_own_enabled_collections_count_and_the_platforms_partner_sees_all() {
    let app = TestApp::start().await;
    let (client, admin) = (app.partner(10, Plan::Paid).await, app.partner(-1, Plan::Free).await);
    for platform in PLATFORMS {
        let key = |name: &str| format!("{platform}{name}");
        let own = collected(&app, 10, (platform, &key("own")), &json!({})).await;
        let foreign = collected(&app, 20, (platform, &key("foreign")), &json!({})).await;
        let off = json!({"enabled": false});
        let disabled = collected(&app, 10, (platform, &key("disabled")), &off).await;
        let all = [own.0, foreign.0, disabled.0];
        let any = super::id_list(&all);
        let by_id = [("IN", "collectionId", &*any)];
        assert_eq!(ids(&client, platform, &by_id).await, [own.1]);
        assert_eq!(ids(&admin, platform, &by_id).await, [own.1, foreign.1]);
        let lone = app.partner(30, Plan::Free).await;
        assert_eq!(ids(&lone, platform, &by_id).await, [0; 0]);
        // Neither may another condition reach them.
        for filter in [
            ("NE", "collectionId", "0"),
            ("NOTIN", "collectionId", "0"),
            ("BOOL", "itemEnabled", "true"),
            ("LIKE", "collectionShareId", platform),
            ("IN", "collectionShareId", &*format!("{platform}foreign")),
            ("EQ", "collectionShareId, campaignId", &*format!("{platform}foreign")),
        ] {
            let answer = search_by(&client, platform, "", &[filter]).await;
            let found = answer.json();
            let found = super::found(&found);
            assert!(!found.contains(&foreign.1) && !found.contains(&disabled.1), "{filter:?}");
        }
    }
}

#[actix_web::test]
async fn the_predicate_of_the_search_holds_without_row_level_security() {
    let app = TestApp::start_without_policies().await;
    let client = app.partner(10, Plan::Saas).await;
    for platform in PLATFORMS {
        let key = |name: &str| format!("{platform}{name}");
        let columns = json!({"campaign_id": 5 + platform.len()});
        let foreign = collected(&app, 20, (platform, &key("foreign")), &columns).await;
        let sibling = collected(&app, 20, (platform, &key("sibling")), &json!({})).await;
        let own = collected(&app, 10, (platform, &key("own")), &json!({})).await;
        let any = super::id_list(&[foreign.0, sibling.0, own.0]);
        let by_id = ("IN", "collectionId", &*any);
        assert_eq!(ids(&client, platform, &[by_id]).await, [own.1]);
        let share = ("EQ", "collectionShareId", &*key("foreign"));
        assert_eq!(ids(&client, platform, &[share, by_id]).await, [foreign.1]);
        let campaign = (5 + platform.len()).to_string();
        let without = ids(&client, platform, &[("NE", "campaignId", &campaign)]).await;
        assert_eq!(without.len(), 3, "a foreign campaign excludes nobody");
    }
}

#[actix_web::test]
async fn a_share_id_opens_exactly_its_collection() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let lone = app.without_partner().await;
    for platform in PLATFORMS {
        let key = |name: &str| format!("{platform}{name}");
        let shared = collected(&app, 20, (platform, &key("shared")), &json!({})).await;
        let sibling = collected(&app, 20, (platform, &key("sibling")), &json!({})).await;
        let closed = json!({"share_enabled": false});
        collected(&app, 20, (platform, &key("closed")), &closed).await;
        collected(&app, 20, (platform, &key("off")), &json!({"enabled": false})).await;
        let own = collected(&app, 10, (platform, &key("mine")), &closed).await;
        let (shared_key, sibling_id) = (key("shared"), sibling.0.to_string());
        let share = ("EQ", "collectionShareId", &*shared_key);
        assert_eq!(ids(&client, platform, &[share]).await, [shared.1]);
        assert_eq!(ids(&lone, platform, &[share]).await, [shared.1], "without a partner");
        let with_sibling = [share, ("EQ", "collectionId", &*sibling_id)];
        assert_eq!(ids(&client, platform, &with_sibling).await, [0; 0]);
        for name in ["closed", "off", "unknown"] {
            let filter = ("EQ", "collectionShareId", &*key(name));
            assert_eq!(ids(&client, platform, &[filter]).await, [0; 0], "{name}");
        }
        let mine = ("EQ", "collectionShareId", &*key("mine"));
        assert_eq!(ids(&client, platform, &[mine]).await, [own.1], "own needs no sharing");
        // The share lasts for one request.
        let any = [("IN", "collectionId", &*sibling_id)];
        assert_eq!(ids(&client, platform, &any).await, [0; 0]);
    }
}

#[actix_web::test]
async fn a_stranger_sees_of_a_share_what_its_owner_shows() {
    let app = TestApp::start().await;
    let (owner, client) = (app.partner(20, Plan::Paid).await, app.partner(10, Plan::Paid).await);
    let (admin, lone) = (app.partner(-1, Plan::Free).await, app.without_partner().await);
    for (campaign, platform) in (5..).zip(PLATFORMS) {
        let key = format!("{platform}shared");
        let columns = json!({"campaign_id": campaign});
        let (collection, shown) = collected(&app, 20, (platform, &key), &columns).await;
        let mut inner = Vec::new();
        for columns in [json!({"hidden": true}), json!({"enabled": false})] {
            let account = app.seed_on(platform, &json!({})).await;
            app.seed_item((20, collection), (platform, account), &columns).await;
            inner.push(account);
        }
        let share = ("EQ", "collectionShareId", &*key);
        for stranger in [&client, &lone] {
            let answer = search_by(stranger, platform, "", &[share]).await.success();
            assert_eq!(super::found(&answer), [shown], "{platform}");
            assert_eq!(answer["status"]["filteredCount"], 1, "{platform}");
            for filter in [
                ("BOOL", "itemHidden", "true"),
                ("BOOL", "itemEnabled", "true"),
                ("EQ", "shortlistId", "a"),
                ("EQ", "shortlistingStatus", "A"),
                ("EQ", "campaignProfileId", "1"),
                ("EQ", "campaignId", "5"),
                ("NE", "campaignId", "6"),
                ("LIKE", "name, shortlistId", "a"),
            ] {
                let answer = search_by(stranger, platform, "", &[share, filter]).await;
                answer.refused("500", "invalid Request");
            }
            let empty = [share, ("BOOL", "itemHidden", "")];
            assert_eq!(ids(stranger, platform, &empty).await, [shown], "no condition");
        }
        for knows in [&owner, &admin] {
            let all = ids(knows, platform, &[share]).await;
            assert_eq!(all.len(), 3, "{platform}");
            let hidden = [share, ("BOOL", "itemHidden", "true")];
            assert_eq!(ids(knows, platform, &hidden).await, inner[..1], "{platform}");
        }
    }
}

#[actix_web::test]
async fn a_campaign_that_is_not_wanted_excludes_its_accounts_on_its_platform_only() {
    let app = TestApp::start().await;
    let (client, admin) = (app.partner(10, Plan::Saas).await, app.partner(-1, Plan::Free).await);
    let own = app.seed_collection(10, "own", &json!({"campaign_id": 5})).await;
    let foreign = app.seed_collection(20, "foreign", &json!({"campaign_id": 6})).await;
    let off = json!({"campaign_id": 7, "enabled": false});
    let disabled = app.seed_collection(10, "off", &off).await;
    let mut accounts = Vec::new();
    for _ in 0..4 {
        accounts.push(app.seed_instagram(&json!({})).await);
        // The channel of the same id is in no collection.
        app.seed_youtube(&json!({"id": accounts[accounts.len() - 1]})).await;
    }
    let liked = json!({"shortlist_id": "liked"});
    app.seed_item((10, own), ("INSTAGRAM", accounts[0]), &liked).await;
    app.seed_item((20, foreign), ("INSTAGRAM", accounts[1]), &json!({})).await;
    app.seed_item((10, disabled), ("INSTAGRAM", accounts[2]), &json!({})).await;
    let without = async |client, platform: &str, filters: &[(&str, &str, &str)]| {
        ids(client, platform, filters).await
    };
    assert_eq!(without(&client, "INSTAGRAM", &[("NE", "campaignId", "5")]).await, accounts[1..]);
    assert_eq!(without(&client, "INSTAGRAM", &[("NE", "campaignId", "6")]).await, accounts);
    assert_eq!(without(&client, "INSTAGRAM", &[("NE", "campaignId", "7")]).await, accounts);
    let seen = without(&admin, "INSTAGRAM", &[("NE", "campaignId", "6")]).await;
    assert_eq!(seen, [accounts[0], accounts[2], accounts[3]]);
    assert_eq!(without(&client, "YOUTUBE", &[("NE", "campaignId", "5")]).await, accounts);
    // All collection conditions move into the exclusion.
    let liked = [("NE", "campaignId", "5"), ("EQ", "shortlistId", "liked")];
    assert_eq!(without(&client, "INSTAGRAM", &liked).await, accounts[1..]);
    let other = [("NE", "campaignId", "5"), ("EQ", "shortlistId", "other")];
    assert_eq!(without(&client, "INSTAGRAM", &other).await, accounts);
    let narrowed = [("NE", "campaignId", "5"), ("LT", "followers", "5")];
    assert_eq!(without(&client, "INSTAGRAM", &narrowed).await, [0; 0]);
}

#[actix_web::test]
async fn an_account_in_several_collections_is_found_and_counted_once_by_its_smallest_rank() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let first = app.seed_collection(10, "first", &json!({})).await;
    let second = app.seed_collection(10, "second", &json!({})).await;
    for platform in PLATFORMS {
        let (a, b) =
            (app.seed_on(platform, &json!({})).await, app.seed_on(platform, &json!({})).await);
        let put = async |collection, account, rank: i64| {
            let rank = json!({"rank": rank});
            app.seed_item((10, collection), (platform, account), &rank).await
        };
        put(first, a, 9).await;
        put(second, a, 1).await;
        put(first, b, 5).await;
        let any = super::id_list(&[first, second]);
        for (direction, expected) in [("asc", [a, b]), ("desc", [b, a])] {
            let query = format!("?sortBy=profile_collection_item.rank&sortDir={direction}");
            let filters = [("IN", "collectionId", &*any)];
            let answer = search_by(&client, platform, &query, &filters).await.success();
            assert_eq!(super::found(&answer), expected, "{platform} {direction}");
            assert_eq!(answer["status"]["filteredCount"], 2);
        }
    }
}

#[actix_web::test]
async fn what_takes_long_is_read_from_the_replica_whatever_is_searched() {
    let replica = Database::create().await;
    let app = TestApp::start_with_replica(&replica).await;
    let client = app.partner(10, Plan::Saas).await;
    // The primary decides whose a share is; what is in the collection comes from the replica.
    app.seed_collection(20, "shared", &json!({})).await;
    let mut behind = replica.owner().await;
    for statement in [
        "INSERT INTO instagram_account (id, ig_id, handle, country, followers) \
         VALUES (7, 'a', 'a', 'IN', 9)",
        "INSERT INTO profile_collection (id, share_id, partner_id, name, source, source_id, created_by) \
         VALUES (1, 'own', 10, 'n', 'SAAS', 'o', '1'), (2, 'shared', 20, 'n', 'SAAS', 's', '1')",
        "INSERT INTO profile_collection_item (platform, platform_account_code, partner_id, \
             profile_collection_id, rank, created_by) \
         VALUES ('INSTAGRAM', 7, 10, 1, 1, '1'), ('INSTAGRAM', 7, 20, 2, 1, '1')",
    ] {
        sqlx::query(statement).execute(&mut behind).await.expect(statement);
    }
    for filter in [("EQ", "collectionId", "1"), ("EQ", "collectionShareId", "shared")] {
        assert_eq!(ids(&client, "INSTAGRAM", &[filter]).await, [7], "{filter:?}");
    }
    let other = app.partner(30, Plan::Saas).await;
    assert_eq!(ids(&other, "INSTAGRAM", &[("EQ", "collectionId", "1")]).await, [0; 0]);
    let request = client.request(Method::POST, &super::search("INSTAGRAM"));
    let request = request.header("idempotency-key", "k").json(&json!({"filters": []}));
    assert_eq!(super::found(&send(request).await.success()), [7], "under a key");
    drop(app);
    Database::drop_now(&replica.name).await;
}
