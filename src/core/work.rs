//! From a handler to its answer: runs a unit of work under its deadline, commits, then answers.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use futures_util::FutureExt as _;
use uuid::Uuid;

use super::caller::{Admission, Admit, Caller, SignedIn};
use super::capacity::{Lane, Tenant};
use super::db::{Purpose, waited_in_vain};
use super::envelope::Envelope;
use super::error::{Error, panic_text};
use super::idempotency::{Claim, IdempotencyKey, IdempotentRequest, Key};
use super::respond;
use super::route::{Answer, Describe, Description};
use super::stores::Stores;
use super::unit_of_work::UnitOfWork;

/// Time for the commit itself beyond the request's deadline.
const COMMIT_GRACE: Duration = Duration::from_secs(2);

/// Handler argument: everything that a unit of work needs, for callers that `C` admits. Requires the
/// gateway's [`Caller`].
pub struct Work<C = SignedIn> {
    stores: Stores,
    caller: Arc<Caller>,
    started: Instant,
    limit: Duration,
    lane: Lane,
    tenant: Tenant,
    idempotency: Option<IdempotentRequest>,
    admitted: PhantomData<fn() -> C>,
}

impl<C: Admit> Work<C> {
    /// For a caller that came in at `started` and may take `limit`.
    pub fn new(stores: Stores, caller: Arc<Caller>, started: Instant, limit: Duration) -> Self {
        let tenant = caller.partner_id.map_or(Tenant::Unknown, Tenant::Partner);
        let lane = Lane::default();
        let (idempotency, admitted) = (None, PhantomData);
        Self { stores, caller, started, limit, lane, tenant, idempotency, admitted }
    }

    /// Honours the `Idempotency-Key` of the request, for a route that creates or spends: the answer that
    /// a request with that key committed in the last 24 hours is given again, and nothing runs.
    /// Callers without partner have no keys.
    pub fn once(mut self, key: &IdempotencyKey) -> Self {
        if self.caller.partner_id.is_some() {
            self.idempotency = key.request();
        }
        self
    }

    /// With the longer deadline of the routes that wait for the collector.
    pub fn with_collector_deadline(mut self) -> Self {
        self.limit = Duration::from_secs(self.stores.config.server.collector_timeout_secs);
        self.lane = Lane::Collector;
        self
    }

    /// Runs `work` and answers. Success is committed first, and so is a refusal after
    /// [`UnitOfWork::keep`]; any other refusal, a failure, a panic, the deadline or a client that goes
    /// away rolls everything back.
    ///
    /// A caller that `C` does not admit is refused first.
    ///
    /// Cancel safe: a dropped future rolls back.
    pub async fn run<T, F>(self, work: F) -> Answer<T>
    where
        T: Envelope,
        F: AsyncFnOnce(&UnitOfWork) -> Result<T, Error>,
    {
        if let Err(refusal) = C::admit(&self.caller) {
            return refused::<T>(self.caller.request_id, &refusal).into();
        }
        self.admitted(work).await.into()
    }

    async fn admitted<T, F>(self, work: F) -> HttpResponse
    where
        T: Envelope,
        F: AsyncFnOnce(&UnitOfWork) -> Result<T, Error>,
    {
        let deadline = self.started + self.limit;
        let unit = UnitOfWork::new(self.stores.clone(), Arc::clone(&self.caller), deadline);
        let id = self.caller.request_id;
        // Held until after the commit.
        let (mut turn, mut place) = (None, None);
        let answering = async {
            if let Some(request) = &self.idempotency {
                turn = request.turn(&self.stores.keys_in_use, &self.caller).await;
            }
            // Who begins has at least half of its time.
            let latest = self.started + self.limit / 2;
            let found = self.stores.capacity.place(self.lane, self.tenant, latest.into()).await;
            place = Some(found.map_err(|_| Error::Overloaded)?);
            answer(self.idempotency.as_ref(), &unit, work).await
        };
        // What is opened meanwhile must outlive this HTTP worker.
        let running = self.stores.runtime.run(AssertUnwindSafe(answering).catch_unwind());
        let outcome = match tokio::time::timeout_at(deadline.into(), running).await {
            Err(_) => Err(Error::TimedOut),
            Ok(Err(panic)) => {
                drop(unit);
                self.stores.metrics.panics.inc();
                let panic = panic_text(panic.as_ref());
                tracing::error!(request_id = %self.caller.request_id, panic, "handler panicked");
                return respond::panicked();
            }
            Ok(Ok(Err(error))) if waited_in_vain(&error) => Err(Error::TimedOut),
            Ok(Ok(outcome)) => outcome,
        };
        let done = match outcome {
            Ok(Done::New(body)) => commit(unit).await.map(|()| respond::json(body)),
            Ok(Done::Settled(answer)) => Ok(answer),
            Err(refusal @ (Error::Refused(_) | Error::Rejected(_))) if unit.is_kept() => {
                commit(unit).await.map(|()| refused::<T>(id, &refusal))
            }
            Err(error) => Ok(refused::<T>(id, &error)),
        };
        drop((turn, place));
        done.unwrap_or_else(|uncommitted| {
            log(id, &uncommitted);
            respond::uncommitted::<T>(&uncommitted)
        })
    }
}

/// What came of the work.
enum Done {
    /// The body of an answer that is sent after the commit.
    New(Vec<u8>),
    /// An answer without work: there is nothing to commit.
    Settled(HttpResponse),
}

async fn answer<T, F>(
    idempotency: Option<&IdempotentRequest>,
    unit: &UnitOfWork,
    work: F,
) -> Result<Done, Error>
where
    T: Envelope,
    F: AsyncFnOnce(&UnitOfWork) -> Result<T, Error>,
{
    let Some(request) = idempotency else {
        return respond::body(&work(unit).await?).map(Done::New);
    };
    let key = match request.claim(unit).await? {
        Claim::New(key) => key,
        Claim::Settled(answer) => return Ok(Done::Settled(answer)),
    };
    let outcome = match work(unit).await {
        Ok(answer) => under(&key, unit, &answer).await,
        Err(refusal) => {
            // What is kept of a refusal must not keep the key.
            if unit.is_kept() {
                key.release(unit).await?;
            }
            Err(refusal)
        }
    };
    if unit.is_stopped()
        && let Some(answer) = request.stored(unit).await?
    {
        return Ok(Done::Settled(answer));
    }
    outcome
}

/// Stores the answer under the key.
async fn under<T: Envelope>(key: &Key<'_>, unit: &UnitOfWork, answer: &T) -> Result<Done, Error> {
    let body = respond::body(answer)?;
    key.complete(unit, &body).await?;
    Ok(Done::New(body))
}

async fn commit(unit: UnitOfWork) -> Result<(), Error> {
    let (stores, started) = (unit.stores().clone(), Instant::now());
    let done = tokio::time::timeout(COMMIT_GRACE, unit.commit()).await;
    stores.metrics.stores.commit(started.elapsed());
    let Ok(done) = done else {
        return Err(Error::internal("postgresql", "commit without an answer"));
    };
    let done = done.map_err(|error| if waited_in_vain(&error) { Error::TimedOut } else { error });
    if let Some(tasks) = done?
        && tokio::time::timeout(COMMIT_GRACE, tasks).await.is_err()
    {
        tracing::warn!("tasks after the commit are still running");
    }
    Ok(())
}

fn refused<T: Envelope>(id: Uuid, error: &Error) -> HttpResponse {
    log(id, error);
    respond::error::<T>(error)
}

/// The span of a request is there at level info only: its id is named here.
fn log(request_id: Uuid, error: &Error) {
    match error {
        Error::Refused(_) | Error::Rejected(_) => tracing::debug!(%request_id, %error, "refused"),
        Error::TimedOut => tracing::warn!(%request_id, "request timed out"),
        Error::Overloaded => tracing::debug!(%request_id, "overloaded"),
        Error::Internal { part, source } => {
            tracing::error!(%request_id, part, error = %source, "request failed");
        }
    }
}

impl<C: Admit> FromRequest for Work<C> {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let extensions = request.extensions();
        let stores = request.app_data::<web::Data<Stores>>();
        let (Some(admission), Some(stores)) = (extensions.get::<Admission>(), stores) else {
            return ready(Err(actix_web::error::ErrorUnauthorized("UnAuthorized Access")));
        };
        let Admission { caller, arrived_at, lane, tenant } = admission.clone();
        let limit = Duration::from_secs(stores.config.server.timeout_secs);
        // Signing in is the gateway's business: it does not wait for searches.
        let purpose = if lane == Lane::Identity { Purpose::Gateway } else { Purpose::Requests };
        let work = Self::new(stores.of(purpose), caller, arrived_at, limit);
        ready(Ok(Self { lane, tenant, ..work }))
    }
}

impl<C: Admit> Describe for Work<C> {
    fn describe(route: &mut Description) {
        route.caller(C::NAME, C::NEEDS_SESSION);
    }
}
