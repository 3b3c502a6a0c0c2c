//! The gateway as a front end sees it.

mod authentication;
mod back_fill;
mod broken_requests;
mod contracts;
mod cors;
mod envelope;
mod external_services;
mod headers;
mod hostile_tokens;
mod idempotency;
mod limits;
mod operations;
mod proxy;
mod redis_cluster;
mod revocation;
