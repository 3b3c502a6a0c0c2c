//! Collections.

use actix_web::web::{Data, Path};

use super::super::dto::{CollectionFields, PostCollectionIn, PostCollectionsOut};
use super::super::service::PostCollectionEditor;
use super::{Actor, Updater};
use crate::core::idempotency::IdempotencyKey;
use crate::core::route::{Answer, Input, List};
use crate::core::work::Work;

type Editor = Data<PostCollectionEditor>;

/// Refusal of a request without a body.
const NO_BODY: &str = "Bad Request - Missing mandatory fields";

pub(super) async fn create(
    work: Work<Actor>,
    key: IdempotencyKey,
    editor: Editor,
    input: Input<PostCollectionIn>,
) -> Answer<PostCollectionsOut> {
    work.once(&key).run(async |unit| editor.create(unit, input.required(NO_BODY)?).await).await
}

pub(super) async fn search(
    work: Work<Actor>,
    editor: Editor,
    list: List<CollectionFields>,
) -> Answer<PostCollectionsOut> {
    work.run(async |unit| editor.search(unit, &list.read()?).await).await
}

pub(super) async fn get_shared(
    work: Work,
    editor: Editor,
    share_id: Path<String>,
) -> Answer<PostCollectionsOut> {
    work.run(async |unit| editor.shared(unit, &share_id).await).await
}

pub(super) async fn renew(
    work: Work<Updater>,
    editor: Editor,
    id: Path<String>,
) -> Answer<PostCollectionsOut> {
    work.run(async |unit| editor.renew(unit, id.into_inner()).await).await
}

pub(super) async fn get(
    work: Work<Updater>,
    editor: Editor,
    id: Path<String>,
) -> Answer<PostCollectionsOut> {
    work.run(async |unit| editor.get(unit, id.into_inner()).await).await
}

pub(super) async fn update(
    work: Work<Updater>,
    key: IdempotencyKey,
    editor: Editor,
    id: Path<String>,
    input: Input<PostCollectionIn>,
) -> Answer<PostCollectionsOut> {
    work.once(&key)
        .run(async |unit| editor.update(unit, id.into_inner(), input.required(NO_BODY)?).await)
        .await
}

pub(super) async fn remove(
    work: Work<Updater>,
    editor: Editor,
    id: Path<String>,
) -> Answer<PostCollectionsOut> {
    work.run(async |unit| editor.remove(unit, id.into_inner()).await).await
}
