//! Filters against a real PostgreSQL.
