//! Mechanisms that every module relies on.

mod catalogue;
mod children;
mod phases;
mod query;
mod tenancy;
mod unit_of_work;
