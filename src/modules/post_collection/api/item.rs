//! Posts of a collection.

use actix_web::web::{Data, Path};

use super::super::dto::{ItemFields, PostChangeIn, PostItemIn, PostItemsOut, RemovedPostIn};
use super::super::service::{PostCollectionEditor, PostName};
use super::Actor;
use crate::core::idempotency::IdempotencyKey;
use crate::core::route::{Answer, Input, Inputs, List};
use crate::core::work::Work;

type Editor = Data<PostCollectionEditor>;

pub(super) async fn add(
    work: Work<Actor>,
    key: IdempotencyKey,
    editor: Editor,
    id: Path<String>,
    items: Inputs<PostItemIn>,
) -> Answer<PostItemsOut> {
    work.once(&key).run(async |unit| editor.add(unit, id.into_inner(), items.read()?).await).await
}

pub(super) async fn remove_ids(
    work: Work<Actor>,
    editor: Editor,
    id: Path<String>,
    posts: Inputs<RemovedPostIn>,
) -> Answer<PostItemsOut> {
    work.run(async |unit| editor.remove_ids(unit, id.into_inner(), posts.read()?).await).await
}

pub(super) async fn remove_codes(
    work: Work<Actor>,
    editor: Editor,
    id: Path<String>,
    posts: Inputs<RemovedPostIn>,
) -> Answer<PostItemsOut> {
    work.run(async |unit| editor.remove_codes(unit, id.into_inner(), posts.read()?).await).await
}

pub(super) async fn change(
    work: Work<Actor>,
    editor: Editor,
    path: Path<(String, String)>,
    input: Input<PostChangeIn>,
) -> Answer<PostItemsOut> {
    work.run(async |unit| {
        let (id, item) = path.into_inner();
        editor.change(unit, id, PostName::Id(item), input.object()?).await
    })
    .await
}

pub(super) async fn change_code(
    work: Work<Actor>,
    editor: Editor,
    path: Path<(String, String, String)>,
    input: Input<PostChangeIn>,
) -> Answer<PostItemsOut> {
    work.run(async |unit| {
        let (id, platform, code) = path.into_inner();
        editor.change(unit, id, PostName::Code(platform, code), input.object()?).await
    })
    .await
}

pub(super) async fn search(
    work: Work<Actor>,
    editor: Editor,
    id: Path<String>,
    list: List<ItemFields>,
) -> Answer<PostItemsOut> {
    work.run(async |unit| editor.posts(unit, id.into_inner(), &list.read()?).await).await
}
