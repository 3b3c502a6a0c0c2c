//! Report files of the data plane, and the S3 service that holds them.

use std::path::Path;

use object_store::ObjectStoreExt as _;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path as Name;

/// Address of the S3 service that `./dev test` starts; its keys are `key` and `secret`.
pub fn s3_url() -> Option<String> {
    let url = std::env::var("COFFEE_TEST_S3_URL").ok();
    if url.is_none() {
        eprintln!("no S3 service: COFFEE_TEST_S3_URL is not set");
    }
    url
}

/// Puts the files of a folder, which has a folder for each bucket, into the S3 service: configuration in TOML
/// with which an application reads them. Without the service they are read where they are.
pub async fn report_files(folder: &Path) -> String {
    let list = |folder: &Path| -> Vec<std::path::PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{error}"));
        entries.map(|entry| entry.expect("an entry").path()).collect()
    };
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    let buckets: Vec<String> = list(folder).iter().map(|path| name(path)).collect();
    let listed = format!("[storage]\nreport_buckets = {buckets:?}\n");
    let Some(endpoint) = s3_url() else {
        return format!("{listed}directory = \"{}\"\n", folder.display());
    };
    for bucket in &buckets {
        let store = AmazonS3Builder::new()
            .with_endpoint(&endpoint)
            .with_allow_http(true)
            .with_region("us-east-1")
            .with_bucket_name(bucket)
            .with_access_key_id("key")
            .with_secret_access_key("secret")
            .build()
            .expect("a bucket");
        let mut folders = vec![folder.join(bucket)];
        while let Some(inside) = folders.pop() {
            for path in list(&inside) {
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let below = path.strip_prefix(folder.join(bucket)).expect("below");
                let content = std::fs::read(&path).expect("a file");
                let key = Name::from(below.to_string_lossy().as_ref());
                store.put(&key, content.into()).await.expect("stored");
            }
        }
    }
    format!(
        "{listed}kind = \"s3\"\n[storage.s3]\nendpoint = \"{endpoint}\"\nbucket = \"coffee-files\"\n\
         access_key_id = \"key\"\nsecret_access_key = \"secret\"\n"
    )
}
