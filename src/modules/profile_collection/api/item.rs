//! Items of collections.

use actix_web::web::{Data, Path};

use super::super::dto::{ItemIn, ItemsOut};
use super::super::service::ProfileCollectionEditor;
use crate::core::caller::User;
use crate::core::error::Error;
use crate::core::idempotency::IdempotencyKey;
use crate::core::route::{Answer, Inputs, List, NoFields, RecordId};
use crate::core::work::Work;

type Editor = Data<ProfileCollectionEditor>;
type Out = Answer<ItemsOut>;

/// A path whose id is none is not understood, whatever the module answers to business errors.
fn read(id: &RecordId) -> Result<i64, Error> {
    id.read().map_err(|error| Error::Rejected(error.public()))
}

pub(super) async fn add(
    work: Work<User>,
    key: IdempotencyKey,
    editor: Editor,
    id: RecordId,
    items: Inputs<ItemIn>,
) -> Out {
    work.once(&key)
        .with_collector_deadline()
        .run(async |unit| editor.add(unit, read(&id)?, items.read()?).await)
        .await
}

pub(super) async fn remove(
    work: Work<User>,
    editor: Editor,
    id: RecordId,
    items: Inputs<ItemIn>,
) -> Out {
    work.run(async |unit| editor.remove_items(unit, read(&id)?, items.read()?).await).await
}

pub(super) async fn change(
    work: Work<User>,
    key: IdempotencyKey,
    editor: Editor,
    id: RecordId,
    items: Inputs<ItemIn>,
) -> Out {
    work.once(&key)
        .run(async |unit| editor.change_items(unit, read(&id)?, items.read()?).await)
        .await
}

pub(super) async fn change_shared(
    work: Work,
    editor: Editor,
    share_id: Path<String>,
    items: Inputs<ItemIn>,
) -> Out {
    work.run(async |unit| editor.change_shared(unit, &share_id, items.read()?).await).await
}

pub(super) async fn search(work: Work, editor: Editor, list: List<NoFields>) -> Out {
    work.run(async |unit| editor.search_items(unit, &list.read()?).await).await
}
