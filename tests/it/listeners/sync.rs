//! Campaign profiles: sent to the influencer application, and announced while staff change them.

use actix_web::HttpResponse;
use coffee::core::events::Outcome;
use coffee::core::types::Plan;
use futures_util::future::join;
use serde_json::{Value, json};

use super::{Bed, dead, message};
use crate::support::{HttpFake, TestApp};

const HANDLER: &str = "sync_winkl_api";

fn answer(kind: &str) -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": {"type": kind, "code": 7, "message": "x"}}))
}

#[actix_web::test]
async fn a_profile_is_sent_with_its_contacts_or_given_up() {
    let influencers = HttpFake::start(|_| answer("SUCCESS")).await;
    let bed = Bed::of(TestApp::start().await, |config| {
        config.influencer_app.url.clone_from(&influencers.url);
    });
    let bed = bed.await;
    let details = json!({"email": "asha@x.in", "phone": "98", "languages": ["hi"]});
    let row = json!({"platform": "GCC", "platform_account_id": 7, "admin_details": details});
    let id = bed.app.seed("campaign_profiles", &row).await["id"].clone();
    let wanted = message(&json!({ "campaignId": id }));
    assert_eq!(bed.deliver(HANDLER, &wanted).await, Outcome::Done);
    let sent = influencers.seen()[0].json();
    assert_eq!((&sent["email"], &sent["phoneNumber"]), (&json!("asha@x.in"), &json!("98")));
    assert_eq!((&sent["languages"], sent.get("dob")), (&json!(["Hindi"]), None));
    assert_eq!(sent["creatorPrograms"], json!(null));
    for (answers, body) in
        [(true, "{\"status\": {\"type\": \"ERROR\"}}"), (true, "no json"), (false, "")]
    {
        let before = influencers.seen().len();
        influencers.answers(move |_| match answers {
            true => HttpResponse::Ok().body(body),
            false => HttpResponse::BadGateway().finish(),
        });
        let (reason, attempts) = dead(bed.deliver(HANDLER, &wanted).await);
        assert_eq!(attempts, 4, "{reason}");
        assert!(!reason.contains("asha@x.in"), "{reason}");
        assert_eq!(influencers.seen().len() - before, 4);
    }
    let before = influencers.seen().len();
    for unknown in [json!({"campaignId": null}), json!({}), json!({"campaignId": 424_242})] {
        let (_, attempts) = dead(bed.deliver(HANDLER, &message(&unknown)).await);
        assert_eq!(attempts, 1, "{unknown}");
    }
    assert_eq!(influencers.seen().len(), before, "nothing is sent of what is not there");
}

#[actix_web::test]
async fn a_message_that_comes_again_tells_the_application_once() {
    let influencers = HttpFake::start(|_| HttpResponse::BadGateway().finish()).await;
    let bed = Bed::of(TestApp::start().await, |config| {
        config.influencer_app.url.clone_from(&influencers.url);
    });
    let bed = bed.await;
    let row = json!({"platform": "GCC", "platform_account_id": 7});
    let id = bed.app.seed("campaign_profiles", &row).await["id"].clone();
    let mut wanted = message(&json!({ "campaignId": id }));
    wanted.message_id = Some("one".to_owned());
    dead(bed.deliver(HANDLER, &wanted).await);
    influencers.answers(|_| answer("SUCCESS"));
    let before = influencers.seen().len();
    assert_eq!(bed.deliver(HANDLER, &wanted).await, Outcome::Done, "it was not told before");
    assert_eq!(bed.deliver(HANDLER, &wanted).await, Outcome::Duplicate);
    wanted.message_id = Some("two".to_owned());
    assert_eq!(bed.deliver(HANDLER, &wanted).await, Outcome::Done);
    assert_eq!(influencers.seen().len() - before, 2);
}

#[actix_web::test]
async fn an_announcement_and_a_change_by_staff_lose_nothing_of_each_other() {
    let bed = Bed::start().await;
    let admin = bed.app.partner(-1, Plan::Paid).await;
    for round in 0..5 {
        let (handle, phone) = (format!("asha{round}"), format!("98{round}"));
        bed.app.seed_instagram(&json!({"handle": handle, "ig_id": handle, "country": "IN"})).await;
        let account = json!({"ig_id": handle, "handle": handle, "name": "Asha R", "followers": 5});
        let announced = message(&account);
        let change = json!({"socials": [{"platform": "INSTAGRAM", "handle": handle}],
            "adminDetails": {"name": "Asha Rao", "phone": phone}});
        let path = "/campaign-profile-service/api/campaign-profile/upsert";
        let (outcome, answer) =
            join(bed.deliver("upsert_instagram_account", &announced), admin.post(path, &change))
                .await;
        assert_eq!(outcome, Outcome::Done);
        answer.success();
        let sql = format!(
            "SELECT jsonb_build_object('name', a.name, 'keywords', a.keywords_admin, \
             'phone', c.admin_details ->> 'phone', 'flag', c.has_phone) FROM instagram_account a \
             JOIN campaign_profiles c ON c.platform = 'INSTAGRAM' AND c.platform_account_id = a.id \
             WHERE a.ig_id = '{handle}'"
        );
        let stored: Value =
            serde_json::from_str(&bed.app.value(&sql).await.expect("one row")).expect("JSON");
        let keywords = json!(["asha", "rao", phone, "r", handle]);
        let expected =
            json!({"name": "Asha R", "keywords": keywords, "phone": phone, "flag": true});
        assert_eq!(stored, expected);
    }
}
