//! The unit of work: one request (or one attempt at a message) with at most one transaction.
//!
//! Reads of tables that belong to no tenant take a pooled connection; the first touch of a tenant table or
//! the first write begins the transaction, which is committed before the answer is sent.

mod part;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use sea_orm::{ConnectionTrait, Statement};
use serde::Serialize;
use tokio::sync::OnceCell;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::caller::Caller;
use super::db::clickhouse::ClickHouseSession;
use super::db::{Db, Scope, ShareOwner, TenantDb, Tx, TxSettings, literal, run_alone};
use super::error::Error;
use super::stores::Stores;

/// Unit of work of one caller.
pub struct UnitOfWork {
    stores: Stores,
    caller: Arc<Caller>,
    deadline: Instant,
    tx: OnceCell<Tx>,
    generation: OnceCell<u64>,
    condition: Mutex<Option<Statement>>,
    locks: Mutex<String>,
    is_stopped: AtomicBool,
    kept: AtomicBool,
    writes_for_owner: AtomicBool,
    emitted: AtomicBool,
    events: Mutex<Vec<OutboxEvent>>,
    after_commit: Mutex<Vec<BoxFuture<'static, ()>>>,
}

impl UnitOfWork {
    /// A unit of work that must end before `deadline`.
    pub fn new(stores: Stores, caller: Arc<Caller>, deadline: Instant) -> Self {
        Self {
            stores,
            caller,
            deadline,
            tx: OnceCell::new(),
            generation: OnceCell::new(),
            condition: Mutex::default(),
            locks: Mutex::default(),
            is_stopped: AtomicBool::new(false),
            kept: AtomicBool::new(false),
            writes_for_owner: AtomicBool::new(false),
            emitted: AtomicBool::new(false),
            events: Mutex::default(),
            after_commit: Mutex::default(),
        }
    }

    /// Who asks.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// What the process shares.
    pub fn stores(&self) -> &Stores {
        &self.stores
    }

    /// What is left of the request.
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// For reads of tables that belong to no tenant, from the primary: the transaction if there is one
    /// already, else a pooled connection. What decides about access, and what was written a moment ago, is
    /// read here.
    pub fn read(&self) -> Db<'_> {
        self.begun().unwrap_or_else(|| self.stores.read(self.deadline))
    }

    /// The same from the replica, where there is one: the answer may be some seconds old. In a transaction
    /// it is the transaction's, so that a unit of work sees what it wrote.
    pub fn stale_read(&self) -> Db<'_> {
        self.begun().unwrap_or_else(|| self.stores.stale_read(self.deadline))
    }

    /// As [`UnitOfWork::stale_read`] for statements that also read rows of tenants, those of `scope`. Outside
    /// of a transaction each is one of its own, so that none stays open over what takes long.
    ///
    /// # Errors
    /// A store error.
    pub async fn stale_read_of(&self, scope: Scope) -> Result<Db<'_>, Error> {
        let Some(db) = self.begun() else {
            return Ok(self.stores.stale_read_of(scope, self.deadline));
        };
        admit(&db, scope).await?;
        Ok(db)
    }

    /// For reads of the caller's own rows, from the primary, before there is anything to write: outside of
    /// a transaction each statement is one of its own.
    ///
    /// # Errors
    /// The caller has no partner.
    pub(super) fn read_own(&self) -> Result<Db<'_>, Error> {
        let scope = Scope::of(self.caller.partner()?);
        Ok(self.begun().unwrap_or_else(|| self.stores.read_of(scope, self.deadline)))
    }

    /// Has the transaction begin with a statement that answers a row if the work may go on, for the key
    /// that a request brings. To be said before the transaction begins.
    pub(super) fn begin_with(&self, condition: Statement) {
        *held(&self.condition) = Some(condition);
    }

    /// Whether the request brings a key.
    pub(super) fn has_key(&self) -> bool {
        held(&self.condition).is_some()
    }

    /// Whether the work may not go on: the statement of [`UnitOfWork::begin_with`] answered nothing.
    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }

    /// Whether there is a transaction.
    pub(super) fn has_begun(&self) -> bool {
        self.tx.initialized()
    }

    fn begun(&self) -> Option<Db<'_>> {
        Some(Db::tx(self.tx.get()?, &self.stores.metrics.statements))
    }

    /// For writes to tables that belong to no tenant. Begins the transaction.
    ///
    /// # Errors
    /// No connection.
    pub async fn write(&self) -> Result<Db<'_>, Error> {
        let tx = self.tx.get_or_try_init(|| self.begin()).await?;
        Ok(Db::tx(tx, &self.stores.metrics.statements))
    }

    /// For tenant tables. Begins the transaction.
    ///
    /// # Errors
    /// The caller has no partner, or there is no connection.
    pub async fn tenant(&self) -> Result<TenantDb<'_>, Error> {
        let scope = Scope::of(self.caller.partner()?);
        if self.writes_for_owner.swap(false, Ordering::Relaxed) {
            return self.scoped(scope).await;
        }
        Ok(TenantDb::new(self.write().await?, scope, self.caller.account_or_zero()))
    }

    /// ClickHouse, limited to what is left of the request. However often it is asked for, the answer
    /// reads one generation of the derived tables.
    ///
    /// # Errors
    /// None is configured.
    pub async fn clickhouse(&self) -> Result<ClickHouseSession, Error> {
        let Some(clickhouse) = &self.stores.clickhouse else {
            return Err(Error::internal("clickhouse", "not configured"));
        };
        let stores = &self.stores;
        let limits = (stores.purpose(), self.deadline);
        clickhouse.session(limits, &stores.metrics.stores, &self.generation).await
    }

    /// The view of `owner` for an access by share id: row-level security also admits the rows of that
    /// owner from here on, to be read. Callers without a partner may use it too.
    ///
    /// An owner whose rows may be written takes the place of the caller until [`UnitOfWork::tenant`] is asked
    /// for again: until then no row of the caller's collections can be written.
    ///
    /// # Errors
    /// A store error.
    pub async fn shared(&self, owner: ShareOwner) -> Result<TenantDb<'_>, Error> {
        self.writes_for_owner.store(owner.is_writable(), Ordering::Relaxed);
        self.scoped(Scope::Shared(owner)).await
    }

    async fn scoped(&self, scope: Scope) -> Result<TenantDb<'_>, Error> {
        let db = self.write().await?;
        admit(&db, scope).await?;
        Ok(TenantDb::new(db, scope, self.caller.account_or_zero()))
    }

    /// Appends an event to the transaction: it is published after the commit, or never. Events are
    /// written together with the commit, in one round trip, and need no transaction of their own.
    ///
    /// `topic` is `exchange___routing key`; `order_key` names the aggregate whose events must keep
    /// their order, absent = the caller's partner.
    ///
    /// # Errors
    /// A payload that JSON cannot carry.
    pub fn emit<P: Serialize>(
        &self,
        topic: &'static str,
        order_key: Option<String>,
        payload: &P,
    ) -> Result<(), Error> {
        let event = OutboxEvent::new(topic, order_key, payload, &self.caller)?;
        held(&self.events).push(event);
        Ok(())
    }

    /// The transaction holds an event: [`UnitOfWork::emit`] says so itself, a statement that inserts an
    /// [`OutboxEvent`] together with other rows does not.
    pub fn emitted(&self) {
        self.emitted.store(true, Ordering::Relaxed);
    }

    /// Marks the work as to be kept: it is committed even if the answer is a refusal, for example a
    /// count of refusals. An internal failure, a panic and the deadline roll back all the same.
    pub fn keep(&self) {
        self.kept.store(true, Ordering::Relaxed);
    }

    /// Whether a refusal commits.
    pub fn is_kept(&self) -> bool {
        self.kept.load(Ordering::Relaxed)
    }

    /// Has `task` run once everything is stored; never after a rollback. The answer waits for it a
    /// moment, a client that leaves does not stop it, and what it cannot do is its own to log.
    pub fn after_commit(&self, task: impl Future<Output = ()> + Send + 'static) {
        held(&self.after_commit).push(Box::pin(task));
    }

    /// Stores everything, then starts the tasks for after the commit, where there are some.
    ///
    /// # Errors
    /// Nothing is known to be stored.
    pub async fn commit(self) -> Result<Option<JoinHandle<()>>, Error> {
        let tasks = self.after_commit.into_inner().unwrap_or_else(PoisonError::into_inner);
        let events = self.events.into_inner().unwrap_or_else(PoisonError::into_inner);
        let insert = OutboxEvent::insert(&events);
        let runtime = self.stores.runtime.clone();
        let (stores, emitted) = (self.stores, self.emitted.into_inner() || !events.is_empty());
        let commit = async move {
            match self.tx.into_inner() {
                Some(tx) => tx.commit_with(insert).await?,
                None if events.is_empty() => {}
                None => run_alone(stores.primary(), self.deadline, insert).await?,
            }
            if emitted {
                stores.outbox.wake();
            }
            Ok::<_, Error>(())
        };
        if tasks.is_empty() {
            return commit.await.map(|()| None);
        }
        // On its own, so that a client that leaves cannot part the tasks from their commit.
        let runtime = runtime.clone();
        let both = runtime.clone().spawn(async move {
            commit.await?;
            Ok(Some(runtime.spawn(join_all(tasks).map(drop))))
        });
        both.await.unwrap_or_else(|error| Err(Error::internal("commit", error)))
    }

    async fn begin(&self) -> Result<Tx, Error> {
        let settings = TxSettings {
            scope: self.caller.partner_id.map(Scope::of),
            deadline: self.deadline,
            tag: Uuid::new_v4(),
        };
        let locks = held(&self.locks).clone();
        let tx = Tx::begin_with(self.stores.primary(), settings, &locks).await?;
        let condition = held(&self.condition).clone();
        if let Some(condition) = condition {
            let db = Db::tx(&tx, &self.stores.metrics.statements);
            if db.query_one_raw(condition).await?.is_none() {
                self.is_stopped.store(true, Ordering::Relaxed);
                return Err(Error::internal("idempotency", "another request had the key first"));
            }
        }
        Ok(tx)
    }
}

fn held<T>(list: &Mutex<T>) -> MutexGuard<'_, T> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Row-level security admits the rows of `scope` from here on.
async fn admit(db: &Db<'_>, scope: Scope) -> Result<(), Error> {
    db.execute_unprepared(&format!("SELECT {}", scope.settings())).await?;
    Ok(())
}

/// An event as the outbox stores it; for statements that insert it together with other rows.
pub struct OutboxEvent {
    message_id: Uuid,
    topic: &'static str,
    order_key: String,
    headers: serde_json::Value,
    payload: serde_json::Value,
}

impl OutboxEvent {
    /// An event of `caller` with a fresh message id.
    ///
    /// # Errors
    /// A payload that JSON cannot carry.
    pub fn new<P: Serialize>(
        topic: &'static str,
        order_key: Option<String>,
        payload: &P,
        caller: &Caller,
    ) -> Result<Self, Error> {
        let partner = caller.partner_id.map(|id| id.to_string());
        let mut headers = serde_json::Map::new();
        if let Some(partner) = &partner {
            headers.insert("x-bb-partner-id".to_owned(), partner.clone().into());
        }
        headers.insert("x-bb-plan-type".to_owned(), caller.plan.name().into());
        if let Some(token) = caller.internal_token() {
            headers.insert("authorization".to_owned(), token.into());
        }
        Ok(Self {
            message_id: Uuid::new_v4(),
            topic,
            order_key: order_key.or(partner).unwrap_or_default(),
            headers: headers.into(),
            payload: serde_json::to_value(payload).map_err(|e| Error::internal("event", e))?,
        })
    }

    /// Statement that inserts the events; empty without any.
    fn insert(events: &[Self]) -> String {
        if events.is_empty() {
            return String::new();
        }
        let rows = events.iter().map(|event| {
            let Self { message_id, topic, order_key, headers, payload } = event;
            let (topic, order_key) = (literal(topic), literal(order_key));
            let (headers, payload) = (literal(&headers.to_string()), literal(&payload.to_string()));
            format!("('{message_id}', {topic}, {order_key}, {headers}, {payload})")
        });
        let rows: Vec<String> = rows.collect();
        format!(
            "INSERT INTO event_outbox (message_id, topic, order_key, headers, payload) VALUES {}",
            rows.join(", ")
        )
    }

    /// Values for `(message_id, topic, order_key, headers, payload)`.
    pub fn values(&self) -> [sea_orm::Value; 5] {
        [
            self.message_id.into(),
            self.topic.into(),
            self.order_key.clone().into(),
            self.headers.clone().into(),
            self.payload.clone().into(),
        ]
    }
}
