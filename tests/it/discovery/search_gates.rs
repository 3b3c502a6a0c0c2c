//! Which plan may search by what, and how far.

use coffee::core::types::Plan;
use serde_json::json;

use super::{PLATFORMS, search_by};
use crate::support::TestApp;

/// Field; whether FREE and SAAS may use it. PAID and the platform may use all.
const FIELDS: &[(&str, bool, bool)] = &[
    ("followers", true, true),
    ("categories", true, true),
    ("shoe_size", true, true),
    ("flag_contact_info_available", false, true),
    ("audience_gender", false, false),
    ("audience_gender.female_per", false, false),
    ("audience_age", false, false),
    ("audience_age.18-24", false, false),
    ("audience_location.city.Pune", false, false),
    ("audience_location", false, false),
    ("languages", false, false),
    ("city, languages", false, false),
    ("city,flag_contact_info_available", false, true),
];

#[actix_web::test]
async fn premium_fields_need_their_plan_also_without_a_value() {
    let app = TestApp::start().await;
    let (free, saas) = (app.partner(10, Plan::Free).await, app.partner(20, Plan::Saas).await);
    let (paid, admin) = (app.partner(30, Plan::Paid).await, app.partner(-1, Plan::Free).await);
    let lone = app.without_partner().await;
    for platform in ["INSTAGRAM", "YOUTUBE", "ALL"] {
        for (field, for_free, for_saas) in FIELDS {
            for (client, allowed) in [
                (&free, *for_free),
                (&lone, *for_free),
                (&saas, *for_saas),
                (&paid, true),
                (&admin, true),
            ] {
                for query in ["", "?source=GCC"] {
                    let answer = search_by(client, platform, query, &[("EQ", field, "")]).await;
                    if allowed {
                        answer.success();
                    } else {
                        answer.refused("500", "invalid Request");
                        assert_eq!(answer.json()["profiles"], json!([]));
                    }
                }
            }
        }
    }
}

#[actix_web::test]
async fn the_free_plan_ends_after_two_pages() {
    let app = TestApp::start().await;
    let free = app.partner(10, Plan::Free).await;
    let others = [
        app.partner(20, Plan::Saas).await,
        app.partner(30, Plan::Paid).await,
        app.partner(-1, Plan::Free).await,
    ];
    for platform in PLATFORMS {
        search_by(&free, platform, "?cursor=2", &[]).await.success();
        for query in ["?cursor=3", "?cursor=999", "?cursor=3&source=GCC"] {
            search_by(&free, platform, query, &[]).await.refused("500", "invalid Request");
        }
        for other in &others {
            search_by(other, platform, "?cursor=3", &[]).await.success();
        }
    }
}

#[actix_web::test]
async fn a_gender_shorthand_is_a_premium_filter_and_nothing_is_charged_for_the_refusal() {
    let app = TestApp::start().await;
    let (saas, paid) = (app.partner(20, Plan::Saas).await, app.partner(30, Plan::Paid).await);
    let male = app.seed_instagram(&json!({"audience_gender": {"male_per": 40}})).await;
    app.seed_instagram(&json!({"audience_gender": {"male_per": 39}})).await;
    app.seed_instagram(&json!({"audience_gender": {"male_per": 90}, "country": "US"})).await;
    let filters = [("EQ", "audience_gender", "MALE")];
    let answer = search_by(&paid, "INSTAGRAM", "", &filters).await.success();
    assert_eq!(super::found(&answer), [male]);
    let refused = search_by(&saas, "INSTAGRAM", "", &filters).await.contract();
    let status = json!({"status": "500", "message": "invalid Request"});
    assert_eq!(refused, json!({"status": status, "profiles": []}));
    assert_eq!(app.consumed(20, "DISCOVERY").await, 0);
    assert_eq!(app.consumed(30, "DISCOVERY").await, 1);
}
