//! The load: one thread with many keep-alive connections, in a process of its own.
//!
//! Closed loop (every connection asks again at once) finds the peak. Open loop asks at a fixed rate
//! whatever the server does and measures from the moment a request was due, so that a server that
//! stalls is charged for all that had to wait (no coordinated omission).

use std::collections::VecDeque;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use serde::{Deserialize, Serialize};

/// Time before the measurement, in which caches and branch predictors warm up.
const WARM_UP: Duration = Duration::from_millis(500);

/// What to send, as the JSON argument of the process.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Load {
    pub address: SocketAddr,
    pub path: String,
    pub token: String,
    pub connections: usize,
    pub seconds: f64,
    /// Requests per second; 0 = closed loop.
    pub rate: f64,
}

/// What came back, as the JSON output of the process.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// Requests of the whole run, the warm-up included.
    pub total: u64,
    /// Answers other than 2xx.
    pub refused: u64,
    /// Requests per second after the warm-up.
    pub rate: f64,
    /// Latencies in microseconds.
    pub p50: f64,
    pub p99: f64,
    pub p999: f64,
}

struct Connection {
    stream: TcpStream,
    due: Instant,
    buffer: Vec<u8>,
    filled: usize,
}

/// Reads the load from the arguments, prints the outcome.
pub fn run(arguments: &[String]) {
    let load: Load = serde_json::from_str(&arguments[0]).expect("a load");
    let outcome = Generator::new(&load).run(&load);
    println!("{}", serde_json::to_string(&outcome).expect("an outcome"));
}

struct Generator {
    poll: Poll,
    connections: Vec<Connection>,
    idle: Vec<usize>,
    waiting: VecDeque<Instant>,
    request: Vec<u8>,
    outcome: Outcome,
    latencies: Vec<u32>,
    measured_from: Instant,
}

impl Generator {
    fn new(load: &Load) -> Self {
        let poll = Poll::new().expect("poll");
        let connect = |index| {
            let stream = std::net::TcpStream::connect(load.address).expect("connected");
            stream.set_nodelay(true).expect("an option");
            stream.set_nonblocking(true).expect("an option");
            let mut stream = TcpStream::from_std(stream);
            let registry = poll.registry();
            registry.register(&mut stream, Token(index), Interest::READABLE).expect("registered");
            Connection { stream, due: Instant::now(), buffer: vec![0; 16 * 1024], filled: 0 }
        };
        let request = format!(
            "GET {} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\nx-bb-clientid: bench\r\n\
             accept: application/json\r\n\r\n",
            load.path, load.address, load.token
        );
        Self {
            connections: (0..load.connections).map(connect).collect(),
            idle: (0..load.connections).rev().collect(),
            poll,
            waiting: VecDeque::new(),
            request: request.into_bytes(),
            outcome: Outcome::default(),
            latencies: Vec::new(),
            measured_from: Instant::now() + WARM_UP,
        }
    }

    fn run(mut self, load: &Load) -> Outcome {
        let end = self.measured_from + Duration::from_secs_f64(load.seconds);
        let pause = (load.rate > 0.0).then(|| Duration::from_secs_f64(1.0 / load.rate));
        let (mut next, mut events) = (Instant::now(), Events::with_capacity(1024));
        loop {
            let now = Instant::now();
            if now >= end {
                return self.summary(load.seconds);
            }
            match pause {
                Some(pause) => {
                    while next <= now {
                        self.waiting.push_back(next);
                        next += pause;
                    }
                    while let Some((due, index)) = self.pair() {
                        self.send(index, due);
                    }
                }
                None => {
                    while let Some(index) = self.idle.pop() {
                        self.send(index, now);
                    }
                }
            }
            // In the open loop the core is the generator's own: it never sleeps past a due request.
            let timeout = if pause.is_some() { Duration::ZERO } else { end - now };
            match self.poll.poll(&mut events, Some(timeout)) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                polled => polled.expect("polled"),
            }
            for event in &events {
                self.receive(event.token().0);
            }
        }
    }

    fn pair(&mut self) -> Option<(Instant, usize)> {
        let index = *self.idle.last()?;
        let due = self.waiting.pop_front()?;
        self.idle.pop();
        Some((due, index))
    }

    fn send(&mut self, index: usize, due: Instant) {
        let connection = &mut self.connections[index];
        connection.due = due;
        let sent = connection.stream.write(&self.request).expect("sent");
        assert_eq!(sent, self.request.len(), "a request fits into an empty socket");
    }

    fn receive(&mut self, index: usize) {
        let connection = &mut self.connections[index];
        match connection.stream.read(&mut connection.buffer[connection.filled..]) {
            Ok(0) => panic!("the server closed a connection"),
            Ok(read) => connection.filled += read,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            Err(error) => panic!("{error}"),
        }
        let Some(status) = complete(&connection.buffer[..connection.filled]) else { return };
        connection.filled = 0;
        let (now, due) = (Instant::now(), connection.due);
        self.outcome.total += 1;
        self.outcome.refused += u64::from(status / 100 != 2);
        if due >= self.measured_from {
            self.latencies.push((now - due).as_nanos().min(u128::from(u32::MAX)) as u32);
        }
        self.idle.push(index);
    }

    fn summary(mut self, seconds: f64) -> Outcome {
        self.latencies.sort_unstable();
        let count = self.latencies.len();
        let at = |share: f64| {
            let index = ((count as f64 * share) as usize).min(count.saturating_sub(1));
            self.latencies.get(index).map_or(f64::NAN, |nanos| f64::from(*nanos) / 1000.0)
        };
        let rate = count as f64 / seconds;
        Outcome { rate, p50: at(0.5), p99: at(0.99), p999: at(0.999), ..self.outcome }
    }
}

/// Status of the answer in the buffer, once it is there to its last byte.
fn complete(buffer: &[u8]) -> Option<u16> {
    let head = find(buffer, b"\r\n\r\n")? + 4;
    let status = std::str::from_utf8(buffer.get(9..12)?).ok()?.parse().ok()?;
    let length = match find(&buffer[..head], b"ontent-") {
        Some(_) => content_length(&buffer[..head]).unwrap_or(0),
        None => 0,
    };
    (buffer.len() >= head + length).then_some(status)
}

fn content_length(head: &[u8]) -> Option<usize> {
    let head = std::str::from_utf8(head).ok()?;
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    })
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
