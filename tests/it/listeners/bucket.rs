//! Files in a bucket of an S3 service.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::HttpResponse;
use bytes::Bytes;
use coffee::core::caller::Caller;
use coffee::core::config::{Secret, StorageKind};
use coffee::core::error::Error;
use coffee::core::files::Files;
use coffee::core::unit_of_work::UnitOfWork;
use futures_util::stream;

use super::Bed;
use crate::support::{HttpFake, Seen, TestApp, s3_url};

const MIB: usize = 1 << 20;

struct Bucket {
    bed: Bed,
    service: HttpFake,
}

/// Answers like S3 does to uploads, in one request and in parts.
fn s3(seen: &Seen) -> HttpResponse {
    let xml = |text: &str| HttpResponse::Ok().content_type("application/xml").body(text.to_owned());
    match seen.method.as_str() {
        "PUT" => HttpResponse::Ok().insert_header(("etag", "\"e\"")).finish(),
        "POST" if seen.query.starts_with("uploads") => xml(
            "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>",
        ),
        "POST" => {
            xml("<CompleteMultipartUploadResult><ETag>\"e\"</ETag></CompleteMultipartUploadResult>")
        }
        "DELETE" => HttpResponse::NoContent().finish(),
        _ => HttpResponse::NotFound().finish(),
    }
}

impl Bucket {
    async fn start(public_url: &str) -> Self {
        let service = HttpFake::start(s3).await;
        let endpoint = service.url.clone();
        Self { bed: bed(&endpoint, public_url).await, service }
    }

    async fn store(&self, parts: Vec<Result<Bytes, Error>>) -> Result<String, Error> {
        store(&self.bed, parts).await
    }
}

async fn bed(endpoint: &str, public_url: &str) -> Bed {
    Bed::of(TestApp::start().await, |config| {
        let storage = &mut config.storage;
        storage.kind = StorageKind::S3;
        storage.public_url = public_url.to_owned();
        storage.s3.endpoint = endpoint.to_owned();
        storage.s3.bucket = "coffee-files".to_owned();
        storage.s3.access_key_id = "key".to_owned();
        storage.s3.secret_access_key = Secret::new("secret");
    })
    .await
}

async fn store(bed: &Bed, parts: Vec<Result<Bytes, Error>>) -> Result<String, Error> {
    let deadline = Instant::now() + Duration::from_secs(60);
    let unit = UnitOfWork::new(bed.stores.clone(), Arc::new(Caller::default()), deadline);
    let files = Files::new(&bed.config);
    let asset = files.store_csv(&unit, "a.csv", stream::iter(parts)).await?;
    Ok(asset.url.expect("an address"))
}

#[actix_web::test]
async fn a_small_file_is_put_at_once_and_its_address_is_signed() {
    let bucket = Bucket::start("").await;
    let parts = vec![Ok(Bytes::from_static(b"a,b\n")), Ok(Bytes::from_static(b"1,2\n"))];
    let url = bucket.store(parts).await.expect("stored");
    let [put] = bucket.service.seen().try_into().expect("one request");
    assert_eq!((put.method.as_str(), &put.body[..]), ("PUT", &b"a,b\n1,2\n"[..]));
    let segments: Vec<&str> = put.path.split('/').collect();
    let ["", "coffee-files", day, folder, "a.csv"] = segments[..] else {
        panic!("{}", put.path);
    };
    assert!(day.parse::<chrono::NaiveDate>().is_ok() && folder.parse::<uuid::Uuid>().is_ok());
    let signed = "AWS4-HMAC-SHA256 Credential=key/";
    assert!(put.header("authorization").is_some_and(|text| text.starts_with(signed)));
    assert_eq!(put.header("content-type"), Some("text/csv"));
    assert_eq!(put.header("content-disposition"), Some("attachment; filename=\"a.csv\""));
    let url: url::Url = url.parse().expect("a URL");
    assert_eq!(url.path(), put.path);
    let query = |name: &str| {
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    assert_eq!(query("X-Amz-Expires").as_deref(), Some("604800"));
    assert!(query("X-Amz-Signature").is_some());
    assert!(!url.as_str().contains("secret"));
}

#[actix_web::test]
async fn a_large_file_goes_out_in_parts_while_it_is_made() {
    let bucket = Bucket::start("https://files.example/base").await;
    let part = Bytes::from(vec![b'x'; MIB]);
    let url = bucket.store((0..20).map(|_| Ok(part.clone())).collect()).await.expect("stored");
    let seen = bucket.service.seen();
    let parts: Vec<usize> = seen
        .iter()
        .filter(|seen| seen.method == "PUT" && seen.query.contains("uploadId=u1"))
        .map(|seen| seen.body.len())
        .collect();
    assert_eq!(parts.iter().sum::<usize>(), 20 * MIB);
    assert!(parts.len() > 1 && parts.iter().all(|size| *size <= 8 * MIB), "{parts:?}");
    let path = &seen[0].path;
    let key = path.strip_prefix("/coffee-files").expect("in the bucket");
    assert_eq!(url, format!("https://files.example/base{key}"));
}

#[actix_web::test]
async fn what_cannot_be_made_is_no_file() {
    let bucket = Bucket::start("").await;
    let broken = || Err(Error::internal("test", "broken"));
    let small = vec![Ok(Bytes::from_static(b"a")), broken()];
    assert!(bucket.store(small).await.is_err());
    assert!(bucket.service.seen().is_empty());
    let part = Bytes::from(vec![b'x'; MIB]);
    let large = (0..10).map(|_| Ok(part.clone())).chain([broken()]).collect();
    assert!(bucket.store(large).await.is_err());
    let last = bucket.service.seen().pop().expect("requests");
    assert_eq!((last.method.as_str(), last.query.as_str()), ("DELETE", "uploadId=u1"));
}

#[actix_web::test]
async fn a_refusing_service_is_a_failure() {
    let bucket = Bucket::start("").await;
    bucket.service.answers(|_| HttpResponse::Forbidden().finish());
    let error = bucket.store(vec![Ok(Bytes::from_static(b"a"))]).await.expect_err("refused");
    assert!(error.to_string().starts_with("file storage: "), "{error}");
}

#[actix_web::test]
async fn a_real_service_gives_files_back() {
    let Some(endpoint) = s3_url() else { return };
    let bed = bed(&endpoint, "").await;
    for megabytes in [0, 1, 20] {
        let part = Bytes::from(vec![b'x'; MIB]);
        let parts = (0..megabytes).map(|_| Ok(part.clone())).chain([Ok(Bytes::from("y"))]);
        let url = store(&bed, parts.collect()).await.expect("stored");
        let answer = reqwest::get(url).await.expect("answers");
        assert!(answer.status().is_success());
        assert_eq!(answer.headers()["content-type"], "text/csv");
        let text = answer.bytes().await.expect("the file");
        assert_eq!((text.len(), text.last()), (megabytes * MIB + 1, Some(&b'y')));
    }
}
