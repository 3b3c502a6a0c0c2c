//! SQL of the partner tables.

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait as _, DbBackend, FromQueryResult as _, QueryResult, Statement, Value,
};

use super::dto::{ContractOut, NewContract, PartnerOut};
use super::entity::Contract;
use crate::core::db::{Db, violated_constraint};
use crate::core::error::{Code, Error};

const PARTNERS: &str = "\
    SELECT p.id AS owner, p.name, p.status AS partner_status, c.id, c.contract_type, c.plan, \
           c.status, c.onboarding_status, c.start_time, c.end_time, c.configurations \
    FROM partner p LEFT JOIN partner_contract c ON c.partner_id = p.id \
    WHERE $1::bigint IS NULL OR p.id = $1 \
    ORDER BY p.id, c.id";

/// Contracts of a partner in the order in which they were made.
pub(super) async fn contracts(db: &Db<'_>, partner_id: i64) -> Result<Vec<Contract>, Error> {
    let sql = "SELECT contract_type, plan, start_time, end_time \
               FROM partner_contract WHERE partner_id = $1 ORDER BY id";
    let rows = db.query_all_raw(statement(sql, [partner_id.into()])).await?;
    rows.iter().map(|row| Ok(Contract::from_query_result(row, "")?)).collect()
}

/// Partners with their contracts: one, or all.
pub(super) async fn partners(db: &Db<'_>, id: Option<i64>) -> Result<Vec<PartnerOut>, Error> {
    let mut partners: Vec<PartnerOut> = Vec::new();
    for row in db.query_all_raw(statement(PARTNERS, [id.into()])).await? {
        let owner = row.try_get("", "owner")?;
        let contract = contract(&row, owner)?;
        match partners.last_mut().filter(|partner| partner.id == owner) {
            Some(partner) => partner.contracts.extend(contract),
            None => partners.push(PartnerOut {
                id: owner,
                name: row.try_get("", "name")?,
                status: row.try_get("", "partner_status")?,
                inventory_sync_enabled: false,
                contracts: contract.into_iter().collect(),
            }),
        }
    }
    Ok(partners)
}

fn contract(row: &QueryResult, partner_id: i64) -> Result<Option<ContractOut>, Error> {
    let Some(id) = row.try_get("", "id")? else { return Ok(None) };
    let millis = |column: &str| {
        let instant: DateTime<Utc> = row.try_get("", column)?;
        Ok::<_, Error>(instant.timestamp_millis())
    };
    Ok(Some(ContractOut {
        id,
        partner_id,
        contract_type: row.try_get("", "contract_type")?,
        status: row.try_get("", "status")?,
        onboarding_status: row.try_get("", "onboarding_status")?,
        plan: row.try_get("", "plan")?,
        start_time: millis("start_time")?,
        end_time: millis("end_time")?,
        configurations: row.try_get("", "configurations")?,
    }))
}

/// Whether there is a partner; nobody else makes a contract for it until the transaction ends.
pub(super) async fn lock_partner(db: &Db<'_>, id: i64) -> Result<bool, Error> {
    let sql = "SELECT true FROM partner WHERE id = $1 FOR UPDATE";
    Ok(db.query_one_raw(statement(sql, [id.into()])).await?.is_some())
}

/// Creates a partner; its id.
pub(super) async fn insert_partner(db: &Db<'_>, id: Option<i64>, name: &str) -> Result<i64, Error> {
    let sql = "INSERT INTO partner (id, name) \
               VALUES (coalesce($1, nextval('partner_id_seq')), $2) RETURNING id";
    let row = db.query_one_raw(statement(sql, [id.into(), name.into()])).await;
    let row = row.map_err(|error| match violated_constraint(&error) {
        Some(_) => Error::refused(Code::AlreadyExists, "another partner has this id"),
        None => error.into(),
    })?;
    let row = row.ok_or_else(|| Error::internal("postgresql", "no row was returned"))?;
    Ok(row.try_get("", "id")?)
}

/// Creates the partner if there is none with this id.
pub(super) async fn ensure_partner(db: &Db<'_>, partner_id: i64) -> Result<(), Error> {
    let sql = "INSERT INTO partner (id, name) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
    let name = format!("Partner {partner_id}");
    db.execute_raw(statement(sql, [partner_id.into(), name.into()])).await?;
    Ok(())
}

/// Stores a contract of type `SAAS` with the limits by module.
pub(super) async fn insert_contract(
    db: &Db<'_>,
    contract: &NewContract,
    limits: serde_json::Value,
) -> Result<(), Error> {
    let sql = "INSERT INTO partner_contract \
                   (partner_id, plan, start_time, end_time, configurations) \
               VALUES ($1, $2, $3, $4, $5)";
    let NewContract { partner_id, plan, start, end, .. } = *contract;
    let values = [partner_id.into(), plan.name().into(), start.into(), end.into(), limits.into()];
    db.execute_raw(statement(sql, values)).await?;
    Ok(())
}

fn statement<const N: usize>(sql: &str, values: [Value; N]) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}
