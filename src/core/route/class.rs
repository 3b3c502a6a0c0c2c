//! Classes of routes that have a rate limit of their own.

/// What a request costs, roughly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RouteClass {
    /// A list over many rows.
    Search,
    /// A few rows.
    Read,
    /// A change.
    Write,
    /// Asks the collector, which asks a paid provider.
    Import,
    /// Any other method.
    Other,
}

impl RouteClass {
    /// Class of a request of whose route nothing else is known.
    pub fn of_method(method: &str) -> Self {
        match method {
            "GET" | "HEAD" => Self::Read,
            "POST" | "PUT" | "PATCH" | "DELETE" => Self::Write,
            _ => Self::Other,
        }
    }

    /// Name in metrics and in Redis.
    pub fn limit_name(self) -> &'static str {
        match self {
            Self::Search => "route_search",
            Self::Read => "route_read",
            Self::Write => "route_write",
            Self::Import => "route_import",
            Self::Other => "route_other",
        }
    }
}
