//! `coffee openapi` and `coffee routes`: what the code says about itself.

use clap::Args;
use serde::Serialize;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{HttpMethod, PathItem};

use super::Failure;
use super::output::say;
use crate::contract;
use crate::core::config::Config;
use crate::modules::Modules;

/// Arguments of `coffee routes`.
#[derive(Args)]
pub(super) struct RoutesArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Route {
    method: &'static str,
    path: String,
    module: String,
    caller: String,
}

pub(super) fn print_openapi(config: &Config) -> Result<(), Failure> {
    say!("{}", contract::of(&Modules::new(config)).to_pretty_json()?);
    Ok(())
}

pub(super) fn print_routes(config: &Config, args: &RoutesArgs) -> Result<(), Failure> {
    let contract = contract::of(&Modules::new(config));
    let routes: Vec<Route> =
        contract.paths.paths.iter().flat_map(|(path, item)| routes_of(path, item)).collect();
    if args.json {
        say!("{}", serde_json::to_string_pretty(&routes)?);
        return Ok(());
    }
    for Route { method, path, module, caller } in routes {
        say!("{method:<7} {path:<78} {module:<17} {caller}");
    }
    Ok(())
}

fn routes_of(path: &str, item: &PathItem) -> Vec<Route> {
    let operations = [
        (HttpMethod::Get, &item.get),
        (HttpMethod::Post, &item.post),
        (HttpMethod::Put, &item.put),
        (HttpMethod::Patch, &item.patch),
        (HttpMethod::Delete, &item.delete),
    ];
    let present = operations.into_iter().filter_map(|(method, operation)| {
        operation.as_ref().map(|operation| route(method, path, operation))
    });
    present.collect()
}

fn route(method: HttpMethod, path: &str, operation: &Operation) -> Route {
    let module = operation.tags.iter().flatten().next();
    let caller = operation.extensions.as_ref().and_then(|extensions| extensions.get("x-caller"));
    Route {
        method: name(&method),
        path: path.to_owned(),
        module: module.cloned().unwrap_or_default(),
        caller: caller.and_then(|value| value.as_str()).unwrap_or_default().to_owned(),
    }
}

fn name(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
        HttpMethod::Patch => "PATCH",
        HttpMethod::Delete => "DELETE",
        _ => "GET",
    }
}
