//! Open files and sockets that the system allows, and how many connections of clients fit in.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::census::Caps;
use crate::core::config::Config;

/// Descriptors for what a process opens besides: logs, files, the runtime, connections of background work.
const OTHERS: usize = 256;
/// Connections of clients that there may always be.
const LEAST: usize = 64;
/// More are nobody's intention.
const MOST: usize = 100_000;

/// Raises the number of descriptors that this process may have to what the system allows; how many that is.
pub fn raise_limit() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let current = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(error) => {
            tracing::warn!(%error, "the limit of open files cannot be raised");
            limit.current
        }
    };
    current.and_then(|current| usize::try_from(current).ok()).unwrap_or(usize::MAX)
}

impl Caps {
    /// Of the public listener of a process that may have so many descriptors: what is configured, but
    /// stores have room beside the clients' connections, each of which may take another one to an upstream.
    pub fn public(config: &Config, descriptors: usize) -> Self {
        let server = &config.server;
        let postgres = &config.postgres;
        let pools = [
            postgres.max_connections,
            postgres.gateway_connections,
            postgres.background_connections,
        ];
        let stores = 2 * pools.iter().map(|size| *size as usize).sum::<usize>()
            + config.clickhouse.max_connections
            + config.clickhouse.background_connections
            + 3 * config.redis.pool_size * config.redis.addresses.len();
        let has_upstream =
            !config.upstream.social_profile_url.is_empty() || !config.upstream.routes.is_empty();
        let each = if has_upstream { 2 } else { 1 };
        let room = descriptors.saturating_sub(stores + OTHERS) / each;
        let room = room.clamp(LEAST, MOST);
        let total = if server.max_connections == 0 {
            room
        } else {
            if server.max_connections > room {
                let (wanted, room) = (server.max_connections, room);
                tracing::warn!(
                    wanted,
                    room,
                    "server.max_connections exceeds the open files allowed"
                );
            }
            server.max_connections.min(room)
        };
        let (per_address, per_proxy) =
            (server.max_connections_per_address, server.max_connections_per_proxy);
        Self { total, per_address, per_proxy }
    }

    /// Of the operations listener.
    pub fn operations() -> Self {
        Self { total: LEAST, per_address: 0, per_proxy: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_have_room_beside_clients() {
        let caps = |toml: &str, descriptors| {
            Caps::public(&Config::from_toml(toml).expect("loads"), descriptors).total
        };
        let alone = caps("", 1024);
        assert!((600..800).contains(&alone), "{alone}");
        let proxying = caps("[upstream]\nsocial_profile_url = \"http://a.test\"", 1024);
        assert_eq!(proxying, alone / 2);
        assert_eq!(caps("[server]\nmax_connections = 100", 1024), 100);
        assert_eq!(caps("[server]\nmax_connections = 5000", 1024), alone);
        assert_eq!(caps("", 0), LEAST);
        assert_eq!(caps("", usize::MAX), MOST);
    }

    #[test]
    fn the_limit_is_raised_as_far_as_it_goes() {
        let allowed = getrlimit(Resource::Nofile).maximum;
        let raised = raise_limit();
        assert_eq!(getrlimit(Resource::Nofile).current, allowed);
        assert!(raised >= LEAST);
    }
}
