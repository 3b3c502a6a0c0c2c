//! Genre overview.
