//! Mechanisms that every module relies on.

mod tenancy;
mod unit_of_work;
