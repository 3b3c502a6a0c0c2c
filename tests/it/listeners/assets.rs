//! Files by way of the asset service.

use actix_web::HttpResponse;
use coffee::core::events::Outcome;
use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::leaderboard_files::{batch, may, seed, tracker};
use super::{Bed, dead, message_of};
use crate::support::{HttpFake, Mode, Seen, ServiceFake, TestApp};

const HANDLER: &str = "download_leaderboard";

struct Assets {
    bed: Bed,
    tracker: HttpFake,
    service: HttpFake,
}

/// Answers like the asset service; `upload` and `list` are what differs.
fn answer(seen: &Seen, base: &str, upload: u16, list: &Value) -> HttpResponse {
    match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", "/api/dam/upload/init") => {
            let url = format!("{base}/bucket/a%20b.csv?signature=x");
            HttpResponse::Ok().json(json!({"asset": {"path": "jobs/a b.csv", "url": url}}))
        }
        ("PUT", "/bucket/a%20b.csv") => {
            HttpResponse::build(actix_web::http::StatusCode::from_u16(upload).expect("a status"))
                .finish()
        }
        ("POST", "/api/dam/upload/finish") => {
            HttpResponse::Ok().json(json!({"status": {"type": "SUCCESS"}, "list": list}))
        }
        _ => HttpResponse::NotFound().finish(),
    }
}

impl Assets {
    async fn start(upload: u16, list: Value) -> Self {
        let service = HttpFake::start(|_| HttpResponse::NotFound().finish()).await;
        let base = service.url.clone();
        service.answers(move |seen| answer(seen, &base, upload, &list));
        let tracker = tracker().await;
        let (jobs, assets) = (tracker.url.clone(), format!("{}/api/", service.url));
        let bed = Bed::of(TestApp::start_with_clickhouse().await, |config| {
            config.job_tracker.url = jobs;
            config.assets.url = assets;
        })
        .await;
        seed(&bed).await;
        Self { bed, tracker, service }
    }

    async fn download(&self) -> Outcome {
        let delivery = message_of(Plan::Saas, &batch(may("YOUTUBE")));
        self.bed.deliver(HANDLER, &delivery).await
    }
}

#[actix_web::test]
async fn a_file_is_uploaded_and_registered() {
    let registered = json!({"id": 12, "url": "https://cdn.example/a.csv", "width": null, "x": 1});
    let assets = Assets::start(200, json!([registered, {"id": 13}])).await;
    assert_eq!(assets.download().await, Outcome::Done);
    let report = assets.tracker.seen().remove(0).json();
    assert_eq!(report["jobEntry"]["outputFileAssetInformation"], registered);
    let [init, upload, finish] = assets.service.seen().try_into().expect("three calls");
    assert_eq!(init.json(), json!({"usage": "JOB_TRACKER", "type": "CSV"}));
    assert_eq!(init.header("x-bb-partner-id"), Some("10"));
    assert_eq!(finish.json(), json!({"path": "jobs/a b.csv"}));
    assert_eq!(upload.query, "signature=x");
    assert_eq!(upload.header("content-type"), Some("text/csv"));
    let name = "inline; filename=\"Leaderboard-YOUTUBE-2024-05-01.csv\"";
    assert_eq!(upload.header("content-disposition"), Some(name));
    let length = upload.body.len().to_string();
    assert_eq!(upload.header("content-length"), Some(length.as_str()));
    for secret in ["authorization", "x-bb-partner-id", "x-bb-account-id"] {
        assert_eq!(upload.header(secret), None, "the address is not the service's own");
    }
    let text = String::from_utf8(upload.body.to_vec()).expect("a text");
    assert!(text.starts_with("\u{feff}Rank,Rank Change,") && text.ends_with(",900\n"), "{text}");
    assert!(!assets.bed.directory.exists());
}

#[actix_web::test]
async fn a_file_that_was_not_kept_is_a_failure() {
    for (upload, list, reason) in [
        (200, json!([]), "registered no file"),
        (200, json!(null), "registered no file"),
        (403, json!([{"id": 1}]), "403"),
        (500, json!([{"id": 1}]), "500"),
        (302, json!([{"id": 1}]), "302"),
        (200, json!("x"), "invalid type"),
    ] {
        let assets = Assets::start(upload, list).await;
        let (text, attempts) = dead(assets.download().await);
        assert!(text.starts_with("asset service: ") && text.contains(reason), "{text}");
        assert_eq!(attempts, 4);
        assert!(assets.tracker.seen().is_empty());
        assert_eq!(assets.bed.app.count("processed_batch").await, 0);
    }
}

#[actix_web::test]
async fn no_transaction_is_open_while_the_asset_service_works() {
    let (tracker, service) = (tracker().await, ServiceFake::start(json!({})).await);
    service.set_mode(Mode::Hang);
    let (jobs, assets) = (tracker.url.clone(), service.url.clone());
    let bed = Bed::of(TestApp::start_with_clickhouse().await, |config| {
        config.job_tracker.url = jobs;
        config.assets.url = assets;
    })
    .await;
    seed(&bed).await;
    let delivery = message_of(Plan::Saas, &batch(may("YOUTUBE")));
    let looking = async {
        bed.app.eventually("the service is asked", || async { service.calls() > 0 }).await;
        let open = "SELECT count(*) FROM pg_stat_activity \
                    WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
        bed.app.application_value(open).await
    };
    tokio::select! {
        outcome = bed.deliver(HANDLER, &delivery) => panic!("the service hangs: {outcome:?}"),
        open = looking => assert_eq!(open.as_deref(), Some("0")),
    }
}
