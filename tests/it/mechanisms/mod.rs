//! Mechanisms that every module relies on.

mod catalogue;
mod query;
mod tenancy;
mod unit_of_work;
