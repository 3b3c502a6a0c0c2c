//! Commands of coffee, as an operator gives them.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use super::bed::Bed;
use super::folder::Folder;
use super::process::{Process, command, guarded, within};

/// The program.
pub const COFFEE: &str = env!("CARGO_BIN_EXE_coffee");
/// Longest run of a command.
const LONGEST_SECS: u64 = 120;

/// A command at work.
pub struct Tool {
    pub process: Process,
    said: Arc<Mutex<Vec<String>>>,
    // Goes last: its configuration.
    _folder: Folder,
}

impl Tool {
    /// Starts one on the stores of a test.
    pub fn start(bed: &Bed, words: &[&str]) -> Self {
        let folder = Folder::new("config");
        let file = folder.path().join("test.toml");
        std::fs::write(file, &bed.settings.config).expect("a file of its own");
        let directory = folder.path().to_str().expect("a readable path");
        let words = [&[COFFEE, "--config-dir", directory], words].concat();
        let mut command = command(&guarded(&[], &words));
        for (name, _) in std::env::vars_os() {
            // Of the working copy's own stores.
            if name.to_string_lossy().starts_with("COFFEE__") {
                command.env_remove(name);
            }
        }
        let mut process = Process::start(
            command.env("COFFEE__ENV", "test").stdout(Stdio::piped()).stderr(Stdio::inherit()),
        );
        let lines = BufReader::new(process.output()).lines().map_while(Result::ok);
        let said = Arc::new(Mutex::new(Vec::new()));
        let saying = Arc::clone(&said);
        std::thread::spawn(move || lines.for_each(|line| saying.lock().expect("held").push(line)));
        Self { process, said, _folder: folder }
    }

    /// Lines that it has printed.
    pub fn said(&self) -> Vec<String> {
        self.said.lock().expect("held").clone()
    }

    /// Waits for its end; whether it was a success.
    pub async fn ended(&mut self) -> bool {
        within(LONGEST_SECS, "the command ends", async || self.process.has_ended()).await;
        self.process.is_success()
    }
}
