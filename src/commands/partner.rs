//! `coffee partner`: tenants of the built-in partner service and their contracts.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use clap::{Args, Subcommand};

use super::Failure;
use super::output::say;
use super::owner::{as_owner, print_json};
use super::token::parse_plan;
use crate::core::config::Config;
use crate::core::types::Plan;
use crate::modules::partner::{ContractOut, MadeContract, NewContract, PartnerOut, PartnerService};

/// Arguments of `coffee partner`.
#[derive(Args)]
pub(super) struct PartnerArgs {
    #[command(subcommand)]
    command: PartnerCommand,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum PartnerCommand {
    /// Create a partner.
    Add {
        /// Name.
        #[arg(long)]
        name: String,
        /// Id; absent = the next free one.
        #[arg(long)]
        id: Option<i64>,
    },
    /// List all partners.
    List,
    /// Show one partner with its contracts.
    Show {
        /// Id of the partner.
        #[arg(allow_negative_numbers = true)]
        id: i64,
    },
    /// Make a contract with its usage counters. Where contracts overlap, the one with the latest
    /// start decides; a new limit counts at once. Typed again on the same day, it changes nothing.
    Contract(ContractArgs),
}

#[derive(Args)]
struct ContractArgs {
    /// Id of the partner.
    #[arg(allow_negative_numbers = true)]
    id: i64,
    /// FREE, SAAS or PAID.
    #[arg(long, value_parser = parse_plan)]
    plan: Plan,
    /// Start: YYYY-MM-DD (midnight in the business time zone) or RFC 3339; absent = now.
    #[arg(long)]
    start: Option<String>,
    /// End, exclusive, in the same form; absent = after --days.
    #[arg(long, conflicts_with = "days")]
    end: Option<String>,
    /// Term in days.
    #[arg(long, default_value_t = 365)]
    days: u32,
    /// Units of each limited module per month; absent = usage.default_limit.
    #[arg(long)]
    limit: Option<i64>,
}

pub(super) async fn run(config: Config, args: PartnerArgs) -> Result<(), Failure> {
    let service = PartnerService::new(&config);
    let zone = config.app.time_zone;
    let list = matches!(args.command, PartnerCommand::List);
    let partners = match args.command {
        PartnerCommand::Add { name, id } => {
            as_owner(config, async |session| service.add_partner(session, id, &name).await).await?
        }
        PartnerCommand::List => {
            as_owner(config, async |session| service.partners(session, None).await).await?
        }
        PartnerCommand::Show { id } => {
            as_owner(config, async |session| service.partners(session, Some(id)).await).await?
        }
        PartnerCommand::Contract(args) => {
            let contract = contract(&args, config.usage.default_limit, zone)?;
            let made = async |session: &_| service.add_contract(session, contract).await;
            let MadeContract { partner, existing } = as_owner(config, made).await?;
            if let Some(id) = existing {
                eprintln!("coffee: contract {id} is the same; nothing has changed");
            }
            partner
        }
    };
    match partners.as_slice() {
        all if list && args.json => print_json(&all),
        all if list => {
            print_list(all);
            Ok(())
        }
        [one] if args.json => print_json(one),
        [one] => {
            print_one(one, zone);
            Ok(())
        }
        _ => Err("there is no such partner".into()),
    }
}

fn contract(args: &ContractArgs, limit: i64, zone: Tz) -> Result<NewContract, Failure> {
    let instant = |text: &String| instant(text, zone);
    let (start, same_since) = match &args.start {
        Some(start) => {
            let start = instant(start)?;
            (start, start)
        }
        None => {
            let now = Utc::now();
            (now, midnight(now.with_timezone(&zone).date_naive(), zone).unwrap_or(now))
        }
    };
    let end = match &args.end {
        Some(end) => instant(end)?,
        None => start
            .checked_add_signed(Duration::days(args.days.into()))
            .ok_or("the end is beyond the calendar")?,
    };
    let limit = args.limit.unwrap_or(limit);
    Ok(NewContract { partner_id: args.id, plan: args.plan, start, same_since, end, limit })
}

fn instant(text: &str, zone: Tz) -> Result<DateTime<Utc>, Failure> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.to_utc());
    }
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let midnight = date.and_then(|date| midnight(date, zone));
    Ok(midnight.ok_or_else(|| format!("{text}: expected YYYY-MM-DD or RFC 3339"))?)
}

/// The first instant of a day in the business time zone.
fn midnight(date: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let midnight = date.and_time(NaiveTime::MIN).and_local_timezone(zone).earliest()?;
    Some(midnight.to_utc())
}

fn print_list(partners: &[PartnerOut]) {
    say!("{:>20}  {:<8}  {:>9}  NAME", "ID", "STATUS", "CONTRACTS");
    for PartnerOut { id, status, contracts, name, .. } in partners {
        say!("{id:>20}  {status:<8}  {:>9}  {name}", contracts.len());
    }
}

fn print_one(partner: &PartnerOut, zone: Tz) {
    say!("partner {}  {}  {}", partner.id, partner.status, partner.name);
    for contract in &partner.contracts {
        let ContractOut { id, contract_type, plan, start_time, end_time, .. } = contract;
        let (start, end) = (local(*start_time, zone), local(*end_time, zone));
        say!("  contract {id}  {contract_type}  {plan}  from {start} until {end}");
    }
}

fn local(millis: i64, zone: Tz) -> String {
    let instant = DateTime::from_timestamp_millis(millis).unwrap_or_default();
    instant.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_midnights_of_the_business_zone() {
        let at = |text: &str| instant(text, chrono_tz::Asia::Kolkata).map(|at| at.to_rfc3339());
        assert_eq!(at("2026-01-01").expect("a date"), "2025-12-31T18:30:00+00:00");
        assert_eq!(at("2026-01-01T00:00:00Z").expect("an instant"), "2026-01-01T00:00:00+00:00");
        for bad in ["", "tomorrow", "2026-02-30"] {
            assert!(at(bad).is_err(), "{bad}");
        }
    }
}
