//! `coffee token`: a signed-in caller for development and tests.

use chrono::{DateTime, Duration, Utc};
use clap::Args;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::Failure;
use super::output::say;
use super::owner::{as_owner, print_json};
use crate::core::config::{Config, Env};
use crate::core::error::{Code, Error};
use crate::core::token::TokenKey;
use crate::core::types::Plan;
use crate::core::unit_of_work::UnitOfWork;
use crate::gateway::active_plan;
use crate::modules::identity::{IdentityService, NewSession};
use crate::modules::partner::{NewContract, PartnerService};

/// Term of a contract made for a token, in days.
const CONTRACT_DAYS: i64 = 365;

/// Whose token it is, and for how long.
#[derive(Args, Debug, Clone)]
pub struct TokenArgs {
    /// Tenant; −1 is the platform's own.
    #[arg(long, allow_negative_numbers = true)]
    pub partner_id: i64,
    /// Account of the user.
    #[arg(long)]
    pub account_id: i64,
    /// Person.
    #[arg(long)]
    pub user_id: i64,
    /// Plan of the contract to make for a partner without one: FREE, SAAS or PAID. A contract that runs
    /// or comes is never changed. Absent = none is made, which counts as FREE.
    #[arg(long, value_parser = parse_plan)]
    pub plan: Option<Plan>,
    /// Life of the token in hours, at most ten years.
    #[arg(long, default_value_t = 24 * 30, value_parser = clap::value_parser!(u32).range(..=87_600))]
    pub hours: u32,
}

/// Arguments of `coffee token`.
#[derive(Args, Debug, Clone)]
pub(super) struct TokenCommand {
    #[command(flatten)]
    token: TokenArgs,
    /// Print JSON: the token, its session and its end.
    #[arg(long)]
    json: bool,
}

/// A token that was made.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    token: String,
    sid: String,
    expires_at: DateTime<Utc>,
}

pub(super) fn parse_plan(text: &str) -> Result<Plan, String> {
    Plan::parse(&text.to_ascii_uppercase()).ok_or_else(|| "expected FREE, SAAS or PAID".to_owned())
}

pub(super) async fn run(config: Config, args: &TokenCommand) -> Result<(), Failure> {
    let made = make(&config, &args.token).await?;
    if args.json {
        return print_json(&made);
    }
    say!("{}", made.token);
    Ok(())
}

/// Creates what is missing and signs a token.
///
/// # Errors
/// In production, for ids that contradict stored ones, or when PostgreSQL does not answer.
pub async fn issue(config: &Config, args: &TokenArgs) -> Result<String, Failure> {
    make(config, args).await.map(|made| made.token)
}

async fn make(config: &Config, args: &TokenArgs) -> Result<Made, Failure> {
    if config.env == Env::Production {
        return Err("tokens are issued by signing in when env = production".into());
    }
    if args.partner_id == 0 || args.account_id <= 0 || args.user_id <= 0 {
        return Err("partner, account and user ids must name something".into());
    }
    let key = TokenKey::new(&config.hmac_key()?);
    let now = Utc::now();
    let expires_at = now + Duration::hours(i64::from(args.hours));
    let new = NewSession {
        sid: Uuid::new_v4().to_string(),
        user_id: args.user_id,
        account_id: args.account_id,
        partner_id: args.partner_id,
        expires_at,
    };
    as_owner(config.clone(), async |session| {
        ensure_contract(session, args).await?;
        IdentityService::default().open_session(&session.write().await?, &new).await
    })
    .await?;
    let claims = json!({
        "sid": new.sid,
        "uid": args.user_id,
        "userAccountId": args.account_id,
        "partnerId": args.partner_id,
        "iat": now.timestamp(),
        "exp": expires_at.timestamp(),
    });
    Ok(Made { token: key.sign(&claims)?, sid: new.sid, expires_at })
}

/// The partner, and where a plan is asked for a contract of it with its usage counters. What exists stays
/// as it is.
async fn ensure_contract(session: &UnitOfWork, args: &TokenArgs) -> Result<(), Error> {
    let stores = session.stores();
    let partner = PartnerService::new(&stores.config);
    partner.ensure_partner(session, args.partner_id).await?;
    let Some(plan) = args.plan else { return Ok(()) };
    let now = Utc::now();
    let contracts = partner.contracts(stores, args.partner_id).await?;
    let active = active_plan(&contracts, now);
    let rules = contracts.iter().any(|contract| contract.end_time > now);
    if active == plan && (rules || plan == Plan::Free) {
        return Ok(());
    }
    if rules {
        let id = args.partner_id;
        return Err(Error::refused(
            Code::AlreadyExists,
            format!(
                "partner {id} has a contract already, with plan {} now: leave --plan out, or make another \
             contract first (coffee partner contract {id} --plan {})",
                active.name(),
                plan.name()
            ),
        ));
    }
    let contract = NewContract {
        partner_id: args.partner_id,
        plan,
        start: now - Duration::seconds(1),
        same_since: now,
        end: now + Duration::days(CONTRACT_DAYS),
        limit: stores.config.usage.default_limit,
    };
    partner.add_contract(session, contract).await.map(drop)
}
