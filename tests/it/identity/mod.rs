//! Signing in with the built-in identity.
