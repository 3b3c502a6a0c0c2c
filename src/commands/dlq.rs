//! `coffee dlq`: messages that were given up, and events that nothing takes.

use clap::{Args, Subcommand};
use serde_json::json;

use super::Failure;
use super::output::say;
use super::owner::print_json;
use crate::core::config::Config;
use crate::core::events::{DeadLetter, DeadLetterOffice, Handled, Selection, Unhandled};
use crate::core::stores::Stores;
use crate::modules::Modules;

/// Arguments of `coffee dlq`.
#[derive(Args)]
pub(super) struct DlqArgs {
    #[command(subcommand)]
    command: DlqCommand,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum DlqCommand {
    /// Count the given-up messages of every queue; `outbox` = events that no queue takes.
    List,
    /// Show messages of a queue with the reason why they were given up.
    Show {
        /// Name of the queue, or outbox.
        queue: String,
        /// Ids of messages; absent = the first ones.
        ids: Vec<String>,
        /// How many at most.
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Send messages on their way again.
    Replay(Selected),
    /// Delete messages for good.
    Drop(Selected),
}

#[derive(Args)]
struct Selected {
    /// Name of the queue, or outbox.
    queue: String,
    /// Ids of messages, as `show` prints them.
    #[arg(required_unless_present = "all")]
    ids: Vec<String>,
    /// All that are there now.
    #[arg(long, conflicts_with = "ids")]
    all: bool,
}

impl Selected {
    fn selection(self) -> (String, Selection) {
        let which = if self.all { Selection::All } else { Selection::Ids(self.ids) };
        (self.queue, which)
    }
}

pub(super) async fn run(config: Config, args: DlqArgs) -> Result<(), Failure> {
    let topology = Modules::new(&config)?.topology();
    let stores = Stores::open(config).await?;
    let office = DeadLetterOffice::new(&stores, &topology);
    match args.command {
        DlqCommand::List => {
            let queues = office.queues().await?;
            if args.json {
                return print_json(&queues);
            }
            for one in queues {
                say!("{:>8}  {}", one.messages, one.queue);
            }
        }
        DlqCommand::Show { queue, ids, limit } => {
            let first = ids.is_empty();
            let which = if first { Selection::First(limit) } else { Selection::Ids(ids) };
            let letters = office.list(&queue, &which).await?;
            if args.json {
                print_json(&letters)?;
            } else {
                letters.iter().for_each(print);
            }
            if let Selection::Ids(ids) = which {
                let shown = |id: &String| letters.iter().any(|letter| letter.id == *id);
                let missing: Vec<String> = ids.into_iter().filter(|id| !shown(id)).collect();
                if !missing.is_empty() {
                    return Err(format!("no such message: {}", missing.join(", ")).into());
                }
            }
        }
        DlqCommand::Replay(selected) => {
            let (queue, which) = selected.selection();
            told(args.json, "replayed", &office.replay(&queue, &which).await?)?;
        }
        DlqCommand::Drop(selected) => {
            let (queue, which) = selected.selection();
            told(args.json, "dropped", &office.delete(&queue, &which).await?)?;
        }
    }
    Ok(())
}

/// Says what was done, and fails if something was not.
fn told(json: bool, what: &str, handled: &Handled) -> Result<(), Failure> {
    let Handled { count, left } = handled;
    if json {
        print_json(&json!({what: count, "left": left}))?;
    } else {
        say!("{count} {what}");
    }
    if left.is_empty() {
        return Ok(());
    }
    let reason = |one: &Unhandled| format!("\n  {}: {}", one.id, one.reason);
    let reasons: String = left.iter().map(reason).collect();
    Err(format!("{} not {what}:{reasons}", left.len()).into())
}

fn print(letter: &DeadLetter) {
    let id = if letter.id.is_empty() { "(no id)" } else { &letter.id };
    let plural = if letter.attempts == 1 { "" } else { "s" };
    say!("{id}  given up after {} attempt{plural}: {}", letter.attempts, letter.error);
    for (name, value) in &letter.headers {
        // Who sent it is told by the other headers; the token is nobody's business.
        if name != "authorization" {
            say!("    {name}: {value}");
        }
    }
    say!("    {}", letter.body);
}
