//! Parts of a transaction: what it can be without, and what nobody else may do meanwhile.

use sea_orm::ConnectionTrait as _;

use super::{UnitOfWork, held};
use crate::core::db::{Db, literal};
use crate::core::error::Error;

impl UnitOfWork {
    /// Does a part of the work: where it is refused, what it stored and emitted is undone, and the rest may go
    /// on. Begins the transaction.
    ///
    /// # Errors
    /// Those of `work`; a store error.
    pub async fn part<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let db = self.write().await?;
        db.execute_unprepared("SAVEPOINT part").await?;
        let (events, tasks) = (held(&self.events).len(), held(&self.after_commit).len());
        let done = work.await;
        match &done {
            Ok(_) => {
                db.execute_unprepared("RELEASE SAVEPOINT part").await?;
            }
            Err(Error::Refused(_) | Error::Rejected(_)) => {
                let undo = "ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part";
                db.execute_unprepared(undo).await?;
                held(&self.events).truncate(events);
                held(&self.after_commit).truncate(tasks);
            }
            // The transaction is lost.
            Err(_) => {}
        }
        done
    }

    /// The transaction, which from now on holds these names, each a kind and a number: of two that want the
    /// same one the second waits for the end of the first. Whoever holds several names them in the same order.
    /// Where it begins the transaction it costs no round trip.
    ///
    /// # Errors
    /// A store error.
    pub async fn write_holding(&self, names: &[(&str, i64)]) -> Result<Db<'_>, Error> {
        let lock = |(kind, number): &(&str, i64)| {
            format!("SELECT pg_advisory_xact_lock(hashtextextended({}, {number}));", literal(kind))
        };
        let locks: String = names.iter().map(lock).collect();
        if let Some(db) = self.begun() {
            db.execute_unprepared(&locks).await?;
            return Ok(db);
        }
        *held(&self.locks) = locks;
        self.write().await
    }
}
