//! Child processes that get signals, and conditions that are waited for.

use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Has the system kill the process when this one ends, however that happens.
const GUARD: [&str; 4] = ["setpriv", "--pdeathsig", "KILL", "--"];
/// Time between two looks at a condition.
pub const PAUSE: Duration = Duration::from_millis(20);
/// Time to end after the farewell.
const FAREWELL: Duration = Duration::from_secs(10);

/// A child process, killed when dropped.
pub struct Process {
    child: Child,
    /// Sent first, where a killed process leaves something behind.
    farewell: Option<&'static str>,
    ended: Option<ExitStatus>,
}

/// A command with nothing on its standard streams; `words` begin with whatever changes the account.
pub fn command(words: &[&str]) -> Command {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The words of a command that ends with this process.
pub fn guarded<'a>(identity: &[&'a str], words: &[&'a str]) -> Vec<&'a str> {
    [identity, &GUARD, words].concat()
}

impl Process {
    pub fn start(command: &mut Command) -> Self {
        Self { child: command.spawn().expect("a process starts"), farewell: None, ended: None }
    }

    /// Ends it by this signal when dropped, by force only if that takes long.
    pub fn ended_by(mut self, signal: &'static str) -> Self {
        self.farewell = Some(signal);
        self
    }

    pub fn output(&mut self) -> ChildStdout {
        self.child.stdout.take().expect("piped")
    }

    /// `TERM`, `KILL`, `STOP`, `CONT`, ...
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = command(&["kill", "-s", name, &pid]).status();
        assert!(sent.is_ok_and(|status| status.success()), "no process to send {name} to");
    }

    pub fn has_ended(&mut self) -> bool {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().expect("a child");
        }
        self.ended.is_some()
    }

    /// Sends a signal and waits for the end; whether it was a success.
    pub async fn end(&mut self, signal: &str, seconds: u64) -> bool {
        self.signal(signal);
        let deadline = Instant::now() + Duration::from_secs(seconds);
        while !self.has_ended() {
            assert!(Instant::now() < deadline, "still there {seconds} s after {signal}");
            tokio::time::sleep(PAUSE).await;
        }
        self.is_success()
    }

    /// Whether it has ended, and well.
    pub fn is_success(&self) -> bool {
        self.ended.is_some_and(|status| status.success())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(signal) = self.farewell
            && !self.has_ended()
        {
            self.signal(signal);
            let deadline = Instant::now() + FAREWELL;
            while !self.has_ended() && Instant::now() < deadline {
                std::thread::sleep(PAUSE);
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until `condition` holds.
pub async fn within(seconds: u64, what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    while !condition().await {
        assert!(Instant::now() < deadline, "never happened: {what}");
        tokio::time::sleep(PAUSE).await;
    }
}
