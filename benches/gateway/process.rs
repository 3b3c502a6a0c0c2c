//! Child processes, the cores they run on and the processor time they take.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};

/// As in the image: large caches in large pages, and room in a thread's cache for the short allocations
/// of many requests at a time.
const MALLOC: &str = "glibc.malloc.hugetlb=1:glibc.malloc.tcache_count=256";

/// Cores of the machine: all but the last serve, the last one makes the load.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Workers of a server.
pub fn workers() -> usize {
    cores().saturating_sub(1).max(1)
}

/// A command that runs on the cores for serving, or on the one for the load.
pub fn pinned(program: &str, serves: bool) -> Command {
    if cores() < 2 {
        return Command::new(program);
    }
    let last = cores() - 1;
    let list = if serves { format!("0-{}", last - 1) } else { last.to_string() };
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", &list, program]);
    command
}

/// This program in another part, not yet started.
pub fn part(name: &str, serves: bool) -> Command {
    let program = std::env::current_exe().expect("a path");
    let mut command = pinned(program.to_str().expect("a readable path"), serves);
    command.arg(name).env("GLIBC_TUNABLES", MALLOC);
    command
}

/// A server that ends with its standard input, or is told to.
pub struct Server {
    child: Child,
    stdin: Option<ChildStdin>,
    pub address: SocketAddr,
}

impl Server {
    /// Starts a part that prints `listening ADDRESS`.
    pub fn start(mut command: Command) -> Self {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("a server starts");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let mut lines = output.lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.strip_prefix("listening ")?.parse().ok());
        let address = address.expect("the server listens");
        // The log goes on: somebody has to read it.
        std::thread::spawn(move || lines.for_each(drop));
        let stdin = child.stdin.take();
        Self { child, stdin, address }
    }

    /// Takes over a process that listens on `address` already.
    pub fn adopt(child: Child, address: SocketAddr) -> Self {
        Self { child, stdin: None, address }
    }

    /// Processor time of the process and its children so far, in nanoseconds.
    pub fn processor_time(&self) -> u64 {
        let of = |pid: u32| -> u64 {
            let tasks = std::fs::read_dir(format!("/proc/{pid}/task"));
            let tasks = tasks.into_iter().flatten().filter_map(Result::ok);
            tasks.filter_map(|task| first_number(&task.path().join("schedstat"))).sum()
        };
        let parent = self.child.id();
        of(parent) + children(parent).into_iter().map(of).sum::<u64>()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

fn first_number(path: &std::path::Path) -> Option<u64> {
    std::fs::read_to_string(path).ok()?.split_whitespace().next()?.parse().ok()
}

fn children(parent: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let is_child = |pid: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // pid (name) state parent: the name may hold anything.
        let rest = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        rest.split(' ').nth(1).and_then(|ppid| ppid.parse().ok()) == Some(parent)
    };
    pids.filter(is_child).collect()
}
