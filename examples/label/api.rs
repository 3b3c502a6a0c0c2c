//! The routes of labels.

use super::dto::{LabelFields, LabelIn, LabelsOut};
use super::service;
use crate::core::caller::User;
use crate::core::idempotency::IdempotencyKey;
use crate::core::route::{Answer, Input, List, RecordId, Routes, get, post, put};
use crate::core::work::Work;

type Out = Answer<LabelsOut>;

async fn create_label(work: Work<User>, key: IdempotencyKey, input: Input<LabelIn>) -> Out {
    work.once(&key).run(async |unit| service::create(unit, input.object()?).await).await
}

async fn get_label(work: Work<User>, id: RecordId) -> Out {
    work.run(async |unit| service::get(unit, id.read()?).await).await
}

async fn update_label(work: Work<User>, id: RecordId, input: Input<LabelIn>) -> Out {
    work.run(async |unit| service::update(unit, id.read()?, input.object()?).await).await
}

async fn search_labels(work: Work<User>, list: List<LabelFields>) -> Out {
    work.run(async |unit| service::list(unit, &list.read()?).await).await
}

/// Routes of the module.
pub fn routes() -> Routes {
    let routes = [
        post("", create_label).about("Create a label.").answers("The label"),
        post("/search", search_labels).about("The partner's labels.").answers("A page of labels"),
        get("/{id}", get_label).about("Find a label.").answers("The label"),
        put("/{id}", update_label).about("Change a label.").answers("Done; no entry"),
    ];
    Routes::under("/api/label", routes).params(&[("id", "Id of the label")])
}
