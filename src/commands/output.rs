//! Standard output.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write as _};
use std::process::exit;

/// Prints a line on standard output.
macro_rules! say {
    ($($text:tt)*) => { $crate::commands::output::line(format_args!($($text)*)) };
}
pub(super) use say;

/// Prints a line. The command ends when nobody reads any more: quietly where the reader went away, which
/// has got what it wanted, and with a failure where a disk is full.
pub(super) fn line(text: Arguments<'_>) {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => exit(0),
        Err(error) => {
            eprintln!("coffee: cannot write to standard output: {error}");
            exit(1);
        }
    }
}
