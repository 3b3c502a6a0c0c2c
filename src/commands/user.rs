//! `coffee user`: people of the built-in identity.

use clap::{Args, Subcommand};

use super::output::say;
use super::owner::{announced_as_owner, as_owner, print_json};
use super::{Failure, password};
use crate::core::config::Config;
use crate::core::error::Error;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::identity::{IdentityService, NewUser, UserRef, UserRow};

/// Arguments of `coffee user`.
#[derive(Args)]
pub(super) struct UserArgs {
    #[command(subcommand)]
    command: UserCommand,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Create a person with an account; the password is asked for, or read from standard input.
    Add(AddArgs),
    /// List people and their accounts.
    List {
        /// Only accounts of this partner.
        #[arg(long, allow_negative_numbers = true)]
        partner_id: Option<i64>,
    },
    /// Let a person not sign in any more, and sign them out everywhere.
    Disable {
        /// Id or e-mail address.
        user: UserRef,
    },
    /// Let a disabled person sign in again.
    Enable {
        /// Id or e-mail address.
        user: UserRef,
    },
    /// Change a password, lift a lock and sign the person out everywhere.
    Password {
        /// Id or e-mail address.
        user: UserRef,
        /// Read the password from standard input, also at a terminal.
        #[arg(long)]
        password_stdin: bool,
    },
}

#[derive(Args)]
struct AddArgs {
    /// E-mail address to sign in with.
    #[arg(long)]
    email: String,
    /// Name.
    #[arg(long)]
    name: Option<String>,
    /// Partner of the account; absent = none.
    #[arg(long, allow_negative_numbers = true)]
    partner_id: Option<i64>,
    /// Id of the person; absent = the next free one.
    #[arg(long)]
    user_id: Option<i64>,
    /// Id of the account; absent = the next free one.
    #[arg(long)]
    account_id: Option<i64>,
    /// Read the password from standard input, also at a terminal.
    #[arg(long)]
    password_stdin: bool,
}

pub(super) async fn run(config: Config, args: UserArgs) -> Result<(), Failure> {
    let service = IdentityService::default();
    let single = matches!(args.command, UserCommand::Add(_));
    let rows = match args.command {
        UserCommand::Add(add) => {
            let password = password::read(add.password_stdin)?;
            let AddArgs { email, name, partner_id, user_id, account_id, .. } = add;
            let new = NewUser { email, name, user_id, account_id, partner_id };
            as_owner(config, async |session| service.add_user(session, &new, password).await).await
        }
        UserCommand::List { partner_id } => {
            as_owner(config, async |session| service.users(session, partner_id).await).await
        }
        UserCommand::Disable { user } => set_enabled(config, &service, &user, false).await,
        UserCommand::Enable { user } => set_enabled(config, &service, &user, true).await,
        UserCommand::Password { user, password_stdin } => {
            let password = password::read(password_stdin)?;
            let change = async |session: &_| service.set_password(session, &user, password).await;
            signed_out(config, change).await
        }
    }?;
    match (args.json, rows.as_slice()) {
        (true, [one]) if single => print_json(one),
        (true, all) => print_json(&all),
        (false, all) => {
            print_table(all);
            Ok(())
        }
    }
}

async fn set_enabled(
    config: Config,
    service: &IdentityService,
    user: &UserRef,
    enabled: bool,
) -> Result<Vec<UserRow>, Failure> {
    let change = async |session: &_| service.set_user_enabled(session, user, enabled).await;
    signed_out(config, change).await
}

/// Makes a change that ends sessions; a failure if servers may let them go on for a while.
async fn signed_out(
    config: Config,
    change: impl AsyncFnOnce(&UnitOfWork) -> Result<Vec<UserRow>, Error>,
) -> Result<Vec<UserRow>, Failure> {
    let life = config.auth.access_token_secs;
    let (rows, announced) = announced_as_owner(config, change).await?;
    if announced {
        return Ok(rows);
    }
    Err(format!(
        "the change is stored, but Redis does not answer: access tokens of ended sessions may be good for \
         up to {life} s; run the command again once Redis is back"
    )
    .into())
}

fn print_table(rows: &[UserRow]) {
    say!(
        "{:>8}  {:>8}  {:>8}  {:<8}  {:<32}  NAME",
        "USER",
        "ACCOUNT",
        "PARTNER",
        "STATE",
        "E-MAIL"
    );
    let number = |id: Option<i64>| id.map_or_else(|| "-".to_owned(), |id| id.to_string());
    for row in rows {
        let state = match row {
            UserRow { enabled: false, .. } => "disabled",
            UserRow { locked_until: Some(until), .. } if *until > chrono::Utc::now() => "locked",
            UserRow { has_password: false, .. } => "no login",
            _ => "enabled",
        };
        let (account, partner) = (number(row.account_id), number(row.partner_id));
        let email = row.email.as_deref().unwrap_or("-");
        let (user, name) = (row.user_id, row.name.as_deref().unwrap_or_default());
        say!("{user:>8}  {account:>8}  {partner:>8}  {state:<8}  {email:<32}  {name}");
    }
}
