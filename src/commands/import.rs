//! `coffee import`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Failure;
use crate::core::config::Config;
use crate::import::Importer;

/// Arguments of `coffee import`.
#[derive(Args)]
pub(super) struct ImportArgs {
    #[command(subcommand)]
    source: Source,
    /// Print the summary as JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Source {
    /// Trending lists of YouTube: one video on one day per row (CSV, also .zst).
    YoutubeTrending {
        /// Lists.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Titles of the category ids.
        #[arg(long, value_name = "FILE")]
        categories: PathBuf,
    },
    /// A list of Instagram profiles (CSV, also .zst).
    Instagram {
        /// List.
        file: PathBuf,
    },
}

pub(super) async fn run(config: Config, args: &ImportArgs) -> Result<(), Failure> {
    let importer = Importer::connect(&config).await?;
    let summary = match &args.source {
        Source::YoutubeTrending { files, categories } => {
            importer.youtube_trending(files, categories).await?
        }
        Source::Instagram { file } => importer.instagram(file).await?,
    };
    if args.json {
        println!("{}", serde_json::to_string_pretty(&summary)?);
    } else {
        println!("{summary}");
    }
    Ok(())
}
