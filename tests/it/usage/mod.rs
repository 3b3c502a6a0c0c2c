//! The usage engine, as other modules call it in their unit of work, and the routes.

mod charge;
mod contract;
mod contract_routes;
mod slot;
mod unlock;
mod unlock_route;

use std::sync::Arc;
use std::time::{Duration, Instant};

use coffee::core::caller::Caller;
use coffee::core::error::Error;
use coffee::core::stores::Stores;
use coffee::core::types::Plan;
use coffee::core::unit_of_work::UnitOfWork;
use coffee::modules::usage::{Activity, ActivityLog, Charge, UsageModule, UsageService};
use serde_json::json;

use crate::support::TestApp;

/// The engine over the stores of an application.
struct Engine {
    stores: Stores,
    usage: UsageService,
}

impl Engine {
    async fn of(app: &TestApp) -> Self {
        let stores = Stores::open(app.config.clone()).await.expect("stores open");
        Self { usage: UsageService::new(&app.config), stores }
    }

    fn unit(&self, caller: Caller) -> UnitOfWork {
        let deadline = Instant::now() + Duration::from_secs(10);
        UnitOfWork::new(self.stores.clone(), Arc::new(caller), deadline)
    }

    /// Logs in a unit of work of its own, which is committed when the log was accepted.
    async fn log(&self, caller: Caller, log: ActivityLog) -> Result<Option<i64>, String> {
        let unit = self.unit(caller);
        let logged = self.usage.charge(&unit, log).await.map_err(|error| error.to_string())?;
        unit.commit().await.map_err(|error| error.to_string())?;
        Ok(logged)
    }

    async fn check(&self, caller: Caller, module: UsageModule, count: i64) -> Result<(), Error> {
        self.usage.check(&self.unit(caller), module, count).await
    }
}

fn caller(partner_id: i64, plan: Plan) -> Caller {
    let partner_id = Some(partner_id);
    Caller { partner_id, account_id: Some(101), plan, ..Caller::default() }
}

/// A log of `count` units.
fn log(charge: Charge, module: UsageModule, activity: Activity, count: i64) -> ActivityLog {
    let meta = Some(json!({"id": "x"}));
    let (once, activity_id, unlock_key) = (None, None, None);
    ActivityLog { charge, module, activity, count, once, activity_id, meta, unlock_key }
}

fn tracking(charge: Charge, count: i64) -> ActivityLog {
    log(charge, UsageModule::AccountTracking, Activity::AccountTracking, count)
}

/// A profile page to unlock.
fn page(key: &str) -> ActivityLog {
    let log = log(Charge::Paid, UsageModule::ProfilePage, Activity::ProfilePage, 1);
    ActivityLog { unlock_key: Some(key.to_owned()), ..log }
}
