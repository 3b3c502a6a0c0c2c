//! Events from the commit to their effect: with a broker, and without one.

mod batches;
mod dead_letters;
mod delivery;
mod hostile;
mod odd_queues;
mod outbox;
