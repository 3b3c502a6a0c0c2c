//! The gateway as a front end sees it.

mod answers;
mod authentication;
mod back_fill;
mod broken_requests;
mod contracts;
mod cors;
mod envelope;
mod external_services;
mod headers;
mod hostile_connections;
mod hostile_tokens;
mod idempotency;
mod limits;
mod modules_off;
mod not_requests;
mod operations;
mod outcomes;
mod overload;
mod proxy;
mod redis_cluster;
mod revocation;
