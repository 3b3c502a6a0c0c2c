//! `coffee openapi` and `coffee routes`: what the code says about itself.

use clap::Args;
use serde::Serialize;

use super::Failure;
use super::output::say;
use crate::contract;
use crate::core::config::Config;
use crate::core::module::Module;
use crate::modules::Modules;

/// Arguments of `coffee routes`.
#[derive(Args)]
pub(super) struct RoutesArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Listed {
    method: String,
    path: String,
    module: &'static str,
    caller: String,
    /// Whether the module is off.
    off: bool,
}

pub(super) fn print_openapi(config: &Config) -> Result<(), Failure> {
    say!("{}", contract::of(&Modules::new(config)?.all).to_pretty_json()?);
    Ok(())
}

pub(super) fn print_routes(config: &Config, args: &RoutesArgs) -> Result<(), Failure> {
    let modules = Modules::new(config)?;
    let mut routes: Vec<Listed> = modules.all.iter().flat_map(listed).collect();
    routes.sort_by(|a, b| (&a.path, a.method.as_str()).cmp(&(&b.path, b.method.as_str())));
    if args.json {
        say!("{}", serde_json::to_string_pretty(&routes)?);
        return Ok(());
    }
    for Listed { method, path, module, caller, off } in routes {
        let off = if off { " (off)" } else { "" };
        say!("{method:<7} {path:<78} {module:<17} {caller}{off}");
    }
    Ok(())
}

fn listed(module: &Module) -> impl Iterator<Item = Listed> {
    module.all_routes().map(|(path, route)| {
        let extensions = route.operation().extensions.as_ref();
        let caller = extensions.and_then(|known| known.get("x-caller")?.as_str());
        Listed {
            method: route.method.to_string(),
            path,
            module: module.name,
            caller: caller.unwrap_or_default().to_owned(),
            off: !module.is_on(),
        }
    })
}
