//! The modules: one per service prefix, each with its own api, service, manager and dao.
