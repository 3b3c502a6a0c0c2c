//! The list of roles: what a process can do.

use serde::Deserialize;

/// Part of the work of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Requests.
    Api,
    /// Events from the outbox to the broker.
    Relay,
    /// Messages.
    Listeners,
    /// Scheduled jobs.
    Jobs,
}

/// Where the work of a role is done, and whose places at the stores it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// On the HTTP workers (`server.workers`), with the connections for requests.
    Requests,
    /// On the background threads, as many as HTTP workers, with the connections for background work.
    Background,
}

/// Row of the table.
#[derive(Debug, Clone, Copy)]
pub struct RoleRow {
    /// Role.
    pub role: Role,
    /// Its name in the configuration and on the command line.
    pub name: &'static str,
    /// What a process with the role starts.
    pub starts: &'static str,
    /// Where that runs.
    pub load: Load,
}

/// Every role. What a process does in any role (watching sessions that end, operations) is no row.
pub const ROLES: [RoleRow; 4] = [
    RoleRow { role: Role::Api, name: "api", starts: "the public listener", load: Load::Requests },
    RoleRow {
        role: Role::Relay,
        name: "relay",
        starts: "lanes from the outbox to the broker; the search table follows the accounts",
        load: Load::Background,
    },
    RoleRow {
        role: Role::Listeners,
        name: "listeners",
        starts: "a consumer per subscription; without a broker the outbox hands events to them",
        load: Load::Background,
    },
    RoleRow {
        role: Role::Jobs,
        name: "jobs",
        starts: "a loop per scheduled job",
        load: Load::Background,
    },
];

/// Names of all roles, for people.
pub fn role_names() -> String {
    ROLES.map(|row| row.name).join(", ")
}

/// Threads for background work: one, which waits for news, where no role of the process works there.
pub fn background_threads(roles: &[Role], workers: usize) -> usize {
    let works = |row: &RoleRow| row.load == Load::Background && roles.contains(&row.role);
    if ROLES.iter().any(works) { workers.max(1) } else { 1 }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn the_table_has_every_role_under_the_name_that_is_configured() {
        let names: Vec<_> = Role::value_variants()
            .iter()
            .map(|role| role.to_possible_value().expect("a name").get_name().to_owned())
            .collect();
        assert_eq!(ROLES.map(|row| row.name).to_vec(), names);
        assert_eq!(ROLES.map(|row| row.role).as_slice(), Role::value_variants());
    }

    #[test]
    fn documents_name_every_role() {
        let (manual, architecture) = (
            include_str!("../../../config/default.toml"),
            include_str!("../../../ARCHITECTURE.md"),
        );
        for RoleRow { name, starts, .. } in ROLES {
            assert!(manual.contains(&format!("{name} (")), "{name}");
            assert!(architecture.contains(&format!("| `{name}` | {starts} |")), "{name}");
        }
    }

    #[test]
    fn a_process_that_only_serves_requests_has_one_background_thread() {
        assert_eq!(background_threads(&[Role::Api], 8), 1);
        assert_eq!(background_threads(&[Role::Api, Role::Relay], 8), 8);
        assert_eq!(background_threads(&[Role::Jobs], 0), 1);
    }
}
