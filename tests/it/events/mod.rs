//! Events from the commit to their effect: with a broker, and without one.

mod delivery;
mod hostile;
mod outbox;
