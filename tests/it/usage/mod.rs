//! The usage engine.
