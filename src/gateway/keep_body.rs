//! Answers that leave as they are.

/// Marks an answer whose body must stay as it is (heartbeat, proxied answers).
pub struct KeepBody;
