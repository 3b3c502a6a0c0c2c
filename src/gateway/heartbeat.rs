//! The switch by which a load balancer takes this replica in and out.

use std::sync::atomic::{AtomicBool, Ordering};

/// On or off; off at start.
#[derive(Debug, Default)]
pub struct Heartbeat(AtomicBool);

impl Heartbeat {
    /// Whether requests should be sent here.
    pub fn is_on(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Switches it.
    pub fn set(&self, on: bool) {
        self.0.store(on, Ordering::Relaxed);
    }
}
