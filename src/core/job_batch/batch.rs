//! A batch as the tracker sends it and gets it back. Members without a meaning here are kept.

use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::core::error::{Code, Error};
use crate::core::files::AssetInfo;

const COMPLETED: &str = "COMPLETED";
const FAILED: &str = "FAILED";
const SUCCESS: &str = "SUCCESS";
const FAILURE: &str = "FAILURE";
const NOT_DELIVERED: &str = "Only the first item of a batch is downloaded";

/// Some or all of a job's items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobBatch {
    /// Identity at the tracker: 1 or greater. Two batches with the same one are one.
    #[serde(deserialize_with = "identity")]
    pub id: i64,
    /// The job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_entry: Option<JobEntry>,
    /// `COMPLETED` or `FAILED` once worked on.
    pub status: Option<String>,
    /// Why it failed.
    pub remarks: Option<String>,
    /// What is to be done.
    #[serde(rename = "jobBatchItems")]
    pub items: Vec<BatchItem>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// The job of a batch.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobEntry {
    /// The file that the job made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_file_asset_information: Option<AssetInfo>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// One thing to be done.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItem {
    /// `SUCCESS` or `FAILURE` once worked on.
    pub status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_node: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_node: Option<Map<String, Value>>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// A number of 1 or greater: 0 is what a sender has that knows no identity yet.
fn identity<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let id = i64::deserialize(deserializer)?;
    if id > 0 {
        return Ok(id);
    }
    Err(D::Error::invalid_value(Unexpected::Signed(id), &"a batch id of 1 or greater"))
}

/// What a business refusal makes of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The batch failed.
    FailsBatch,
    /// The batch is complete with this remark, its items failed.
    FailsItems(&'static str),
}

impl JobBatch {
    /// Says that the work is done; no remark replaces the one that was there.
    pub fn complete(&mut self, remarks: Option<&str>) {
        self.status = Some(COMPLETED.to_owned());
        self.remarks = remarks.map(str::to_owned);
    }

    /// Names the file that the first item asked for; a batch names one.
    pub fn deliver(&mut self, file: AssetInfo, (remark, of_batch): (&str, Option<&str>)) {
        self.job_entry.get_or_insert_default().output_file_asset_information = Some(file);
        let mut items = self.items.iter_mut();
        items.next().into_iter().for_each(|item| item.succeed(remark));
        items.for_each(|item| item.fail(NOT_DELIVERED));
        self.complete(of_batch);
    }

    /// Says that nothing of the batch was done.
    pub(super) fn refuse(&mut self, refusal: Refusal, reason: &str) {
        let (status, remarks) = match refusal {
            Refusal::FailsBatch => (FAILED, reason),
            Refusal::FailsItems(remarks) => (COMPLETED, remarks),
        };
        self.status = Some(status.to_owned());
        self.remarks = Some(remarks.to_owned());
        self.items.iter_mut().for_each(|item| item.fail(reason));
    }
}

/// The item of a batch that asks for a file, and the texts that it has to have.
///
/// # Errors
/// `Input metadata is missing`, `Input metadata missing - collectionId/platform`.
pub fn asked<'a, const N: usize>(
    item: Option<&'a BatchItem>,
    keys: [&str; N],
) -> Result<(&'a BatchItem, [&'a str; N]), Error> {
    let Some(item) = item.filter(|item| item.input_node.is_some()) else {
        return Err(Error::refused(Code::InvalidBody, "Input metadata is missing"));
    };
    let texts = keys.map(|key| item.input(key).unwrap_or_default());
    if texts.contains(&"") { Err(missing_input()) } else { Ok((item, texts)) }
}

/// An item does not say what it has to say.
pub fn missing_input() -> Error {
    Error::refused(Code::InvalidValue, "Input metadata missing - collectionId/platform")
}

impl BatchItem {
    /// A text of the input; none where it is blank.
    pub fn input(&self, key: &str) -> Option<&str> {
        self.given(key).filter(|text| !text.is_empty())
    }

    /// A text of the input, also an empty one.
    pub fn given(&self, key: &str) -> Option<&str> {
        self.input_node.as_ref()?.get(key)?.as_str().map(str::trim)
    }

    /// Says how the work on the item ended, and gives back what it came to.
    ///
    /// # Errors
    /// What is no refusal.
    pub fn conclude<T>(
        &mut self,
        work: Result<T, Error>,
        remark: &str,
    ) -> Result<Option<T>, Error> {
        match work {
            Ok(done) => {
                self.succeed(remark);
                Ok(Some(done))
            }
            Err(Error::Refused(refusal) | Error::Rejected(refusal)) => {
                self.fail(&refusal.text);
                Ok(None)
            }
            Err(failed) => Err(failed),
        }
    }

    /// Says that the item is done.
    pub fn succeed(&mut self, remark: &str) {
        self.settle(SUCCESS, remark);
    }

    /// Says why the item is not done.
    pub fn fail(&mut self, remark: &str) {
        self.settle(FAILURE, remark);
    }

    /// Sets a text of the output.
    pub fn output(&mut self, key: &str, text: impl Into<String>) {
        let output = self.output_node.get_or_insert_default();
        output.insert(key.to_owned(), Value::String(text.into()));
    }

    fn settle(&mut self, status: &str, remark: &str) {
        self.status = Some(status.to_owned());
        self.output("STATUS", status);
        self.output("REMARK", remark);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn batch() -> Value {
        json!({
            "id": 5, "version": 3, "status": "PENDING", "remarks": null,
            "jobEntry": {"id": 9, "jobType": "X", "input": {"a": "b"}, "unknown": [1.5, null]},
            "jobBatchItems": [
                {"id": 1, "status": "PENDING", "inputNode": {"platform": " ALL ", "n": 4}, "x": {}},
                {"id": 2, "status": null, "outputNode": {"OLD": "1"}},
            ],
        })
    }

    #[test]
    fn unknown_members_travel_back() {
        let read: JobBatch = serde_json::from_value(batch()).expect("a batch");
        assert_eq!(serde_json::to_value(&read).expect("JSON"), batch());
    }

    #[test]
    fn inputs_are_texts() {
        let read: JobBatch = serde_json::from_value(batch()).expect("a batch");
        let inputs = ["platform", "n", "absent"].map(|key| read.items[0].input(key));
        assert_eq!(inputs, [Some("ALL"), None, None]);
        assert!(asked(read.items.first(), ["platform"]).is_ok());
        let refused = |item, keys| asked(item, keys).expect_err("refused").to_string();
        assert_eq!(refused(read.items.get(1), ["platform"]), "Input metadata is missing");
        assert_eq!(refused(None, ["platform"]), "Input metadata is missing");
        assert_eq!(refused(read.items.first(), ["absent"]), missing_input().to_string());
    }

    #[test]
    fn a_refusal_fails_the_batch_or_its_items() {
        let refused = |refusal| {
            let mut read: JobBatch = serde_json::from_value(batch()).expect("a batch");
            read.refuse(refusal, "no");
            serde_json::to_value(&read).expect("JSON")
        };
        let mut expected = batch();
        for item in expected["jobBatchItems"].as_array_mut().expect("items") {
            item["status"] = json!("FAILURE");
            item["outputNode"]["STATUS"] = json!("FAILURE");
            item["outputNode"]["REMARK"] = json!("no");
        }
        expected["status"] = json!("FAILED");
        expected["remarks"] = json!("no");
        assert_eq!(refused(Refusal::FailsBatch), expected);
        expected["status"] = json!("COMPLETED");
        expected["remarks"] = json!("Items Processed");
        assert_eq!(refused(Refusal::FailsItems("Items Processed")), expected);
    }

    #[test]
    fn id_and_items_are_required_and_typed() {
        for broken in [
            json!({"jobBatchItems": [{}]}),
            json!({"id": null, "jobBatchItems": [{}]}),
            json!({"id": "5", "jobBatchItems": [{}]}),
            json!({"id": 0, "jobBatchItems": [{}]}),
            json!({"id": -5, "jobBatchItems": [{}]}),
            json!({"id": 5.0, "jobBatchItems": [{}]}),
            json!({"id": 5}),
            json!({"id": 5, "jobBatchItems": null}),
            json!({"id": 5, "jobBatchItems": {}}),
            json!({"id": 5, "jobBatchItems": [{"inputNode": "x"}]}),
            json!([5, null, null, null, []]),
        ] {
            assert!(serde_json::from_value::<JobBatch>(broken.clone()).is_err(), "{broken}");
        }
    }
}
