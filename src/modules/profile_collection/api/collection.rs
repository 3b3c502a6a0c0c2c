//! Collections.

use actix_web::web::{Data, Path};

use super::super::dto::{CollectionFields, CollectionIn, CollectionsOut, MigrationOut};
use super::super::service::ProfileCollectionEditor;
use crate::core::caller::User;
use crate::core::error::{Code, Error};
use crate::core::idempotency::IdempotencyKey;
use crate::core::route::{Answer, Input, List, RecordId};
use crate::core::work::Work;

type Editor = Data<ProfileCollectionEditor>;
type Out = Answer<CollectionsOut>;

pub(super) async fn create(
    work: Work<User>,
    key: IdempotencyKey,
    editor: Editor,
    input: Input<CollectionIn>,
) -> Out {
    work.once(&key)
        .with_collector_deadline()
        .run(async |unit| editor.create(unit, input.object()?).await)
        .await
}

pub(super) async fn get(work: Work, editor: Editor, id: RecordId) -> Out {
    work.run(async |unit| editor.get(unit, id.read()?).await).await
}

pub(super) async fn update(
    work: Work<User>,
    key: IdempotencyKey,
    editor: Editor,
    id: RecordId,
    input: Input<CollectionIn>,
) -> Out {
    work.once(&key)
        .with_collector_deadline()
        .run(async |unit| editor.update(unit, id.read()?, input.object()?).await)
        .await
}

pub(super) async fn remove(work: Work<User>, editor: Editor, id: RecordId) -> Out {
    work.run(async |unit| editor.remove(unit, id.read()?).await).await
}

pub(super) async fn renew(work: Work<User>, editor: Editor, id: RecordId) -> Out {
    work.run(async |unit| editor.renew(unit, id.read()?).await).await
}

pub(super) async fn recent(work: Work<User>, editor: Editor) -> Out {
    work.run(async |unit| editor.recent(unit).await).await
}

pub(super) async fn search(work: Work, editor: Editor, list: List<CollectionFields>) -> Out {
    work.run(async |unit| editor.search(unit, list.read()).await).await
}

pub(super) async fn get_shared(work: Work, editor: Editor, share_id: Path<String>) -> Out {
    work.run(async |unit| editor.shared(unit, &share_id).await).await
}

pub(super) async fn migrated(work: Work, editor: Editor, id: Path<String>) -> Answer<MigrationOut> {
    work.run(async |unit| {
        let invalid = |_| Error::rejected(Code::InvalidValue, "invalid Request").at("id");
        editor.migrated(unit, id.parse().map_err(invalid)?).await
    })
    .await
}

pub(super) async fn migrated_shared(
    work: Work,
    editor: Editor,
    share_id: Path<String>,
) -> Answer<MigrationOut> {
    work.run(async |unit| editor.migrated_shared(unit, &share_id).await).await
}
