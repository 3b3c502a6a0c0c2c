//! Buckets in Redis: one script call charges a whole stack.

use std::fmt::Write as _;
use std::sync::LazyLock;

use deadpool_redis::redis::{Cmd, ErrorKind, RedisError, ServerErrorKind, cmd};
use sha1::{Digest as _, Sha1};

use super::gcra::{Ask, Grant};
use super::stack::Stack;
use crate::core::db::redis::Redis;
use crate::core::error::Error;

const SCRIPT: &str = include_str!("charge.lua");

/// Name under which Redis keeps the script.
static DIGEST: LazyLock<String> = LazyLock::new(|| {
    Sha1::digest(SCRIPT).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
});

/// Charges all limits of the stack, or none. The script's text is sent only to a server that does not
/// know it yet.
///
/// # Errors
/// No answer. Whether the stack was charged is not known then.
pub(super) async fn charge(redis: &Redis, stack: &Stack, ask: Ask) -> Result<Grant, Error> {
    let by_digest = command(("EVALSHA", &DIGEST), redis, stack, ask);
    let answer: Vec<i64> = match redis.run(&by_digest).await {
        Err(error) if is_unknown_script(&error) => {
            redis.run(&command(("EVAL", SCRIPT), redis, stack, ask)).await?
        }
        answer => answer?,
    };
    match answer.as_slice() {
        [cells, at, ahead @ ..] if ahead.len() == stack.limits().len() => Ok(Grant {
            cells: u32::try_from(*cells).unwrap_or_default(),
            at: *at as f64,
            ahead: ahead.iter().map(|micros| *micros as f64).collect(),
        }),
        _ => Err(Error::internal("redis", "an answer of another script")),
    }
}

fn command((name, script): (&str, &str), redis: &Redis, stack: &Stack, ask: Ask) -> Cmd {
    let mut command = cmd(name);
    command.arg(script).arg(stack.keys().len());
    for key in stack.keys() {
        command.arg(redis.key(key));
    }
    command.arg(ask.wanted).arg(ask.unused).arg(ask.since);
    for limit in stack.limits() {
        command.arg(limit.interval()).arg(limit.burst());
    }
    command
}

fn is_unknown_script(error: &Error) -> bool {
    let Error::Internal { source, .. } = error else { return false };
    let kind = source.downcast_ref::<RedisError>().map(RedisError::kind);
    kind == Some(ErrorKind::Server(ServerErrorKind::NoScript))
}
