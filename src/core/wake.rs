//! Wakes the tasks of this process that wait for something to have happened.

use tokio::sync::watch;

/// A signal without content: whoever is woken looks what there is.
pub struct Wake {
    times: watch::Sender<u64>,
}

impl Default for Wake {
    fn default() -> Self {
        Self { times: watch::Sender::new(0) }
    }
}

impl Wake {
    /// It happened.
    pub fn wake(&self) {
        self.times.send_modify(|times| *times = times.wrapping_add(1));
    }

    /// Changes whenever it may have happened.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.times.subscribe()
    }
}
