//! `coffee import`.

use std::path::PathBuf;

use chrono::Utc;
use clap::{Args, Subcommand};
use encoding_rs::Encoding;

use super::Failure;
use super::output::say;
use crate::core::caller::Caller;
use crate::core::config::Config;
use crate::core::stores::Stores;
use crate::gateway::active_plan;
use crate::import::{
    Importer, ListCountry, Reading, collections, encoding, try_collections, try_instagram,
    try_youtube_trending,
};
use crate::modules::partner::PartnerService;

/// Arguments of `coffee import`.
#[derive(Args)]
pub(super) struct ImportArgs {
    #[command(subcommand)]
    source: Source,
    /// Read the files and report, but write nothing; no store is needed.
    #[arg(long, global = true)]
    dry_run: bool,
    /// Encoding of files that are neither UTF-8 nor say it by a byte order mark, for example
    /// windows-1252.
    #[arg(long, global = true, value_name = "NAME", value_parser = encoding)]
    encoding: Option<&'static Encoding>,
    /// Print the summary as JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Source {
    /// Trending lists of YouTube: one video on one day per row (CSV with `,` `;` tab or `|`, also .zst).
    YoutubeTrending {
        /// Lists.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Titles of the category ids.
        #[arg(long, value_name = "FILE")]
        categories: PathBuf,
        /// Country of lists whose name (`GBvideos.csv`, `trending_india.csv`) and rows (column country)
        /// do not say it: an ISO 3166 code, or `unknown`.
        #[arg(long, value_name = "CODE", value_parser = ListCountry::parse)]
        country: Option<ListCountry>,
    },
    /// A list of Instagram profiles (CSV with `,` `;` tab or `|`, also .zst).
    Instagram {
        /// List.
        file: PathBuf,
    },
    /// Collections of a partner: a post or a profile per row, with the columns collection (its name), platform,
    /// and link (of the post: into a post collection) or handle (of the profile: into a tracker); where wanted
    /// start, end (days) and budget of a new collection of posts.
    Collections {
        /// List.
        file: PathBuf,
        /// Partner whose collections they become; plan and contract apply.
        #[arg(long)]
        partner_id: i64,
        /// Account of the partner that makes them.
        #[arg(long)]
        account_id: i64,
    },
}

pub(super) async fn run(config: Config, args: &ImportArgs) -> Result<(), Failure> {
    let mut reading = Reading { encoding: args.encoding, country: None };
    let summary = match &args.source {
        Source::YoutubeTrending { files, categories, country } => {
            reading.country = *country;
            if args.dry_run {
                try_youtube_trending(files, categories, reading).await?
            } else {
                let importer = Importer::connect(&config).await?;
                importer.youtube_trending(files, categories, reading).await?
            }
        }
        Source::Instagram { file } if args.dry_run => try_instagram(file, reading).await?,
        Source::Instagram { file } => {
            Importer::connect(&config).await?.instagram(file, reading).await?
        }
        Source::Collections { file, .. } if args.dry_run => try_collections(file, reading).await?,
        Source::Collections { file, partner_id, account_id } => {
            let stores = Stores::open(config.clone()).await?;
            let contracts = PartnerService::new(&config).contracts(&stores, *partner_id).await?;
            let caller = Caller {
                partner_id: Some(*partner_id),
                account_id: Some(*account_id),
                plan: active_plan(&contracts, Utc::now()),
                ..Caller::default()
            };
            collections(stores, caller, file, reading).await?
        }
    };
    if args.json {
        say!("{}", serde_json::to_string_pretty(&summary)?);
    } else {
        say!("{summary}");
    }
    if summary.is_fruitless() {
        return Err("no row could be imported".into());
    }
    Ok(())
}
