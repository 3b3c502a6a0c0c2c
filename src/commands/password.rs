//! How a command gets a password: never as an argument, where every process of the machine sees it.

use std::io::{IsTerminal as _, stdin};

use super::Failure;
use crate::core::config::Secret;

/// One line of standard input; at a terminal a prompt that shows nothing, asked twice.
pub(super) fn read(from_stdin: bool) -> Result<Secret, Failure> {
    if !from_stdin && stdin().is_terminal() {
        let password = rpassword::prompt_password("Password: ")?;
        if rpassword::prompt_password("Again: ")? != password {
            return Err("the two passwords differ".into());
        }
        return Ok(Secret::new(password));
    }
    let mut line = String::new();
    stdin().read_line(&mut line)?;
    Ok(Secret::new(line.trim_end_matches(['\r', '\n'])))
}
