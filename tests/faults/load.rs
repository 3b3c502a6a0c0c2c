//! Clients that write at a steady pace, and what they were told.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::Value;

use super::server::{WRITE, Write};

/// Pause of a client before it tries again.
const RETRY_PAUSE: Duration = Duration::from_millis(20);
/// One in so many writes comes with one that is rolled back.
const ROLLED_BACK: usize = 10;

/// Where requests go at the moment.
#[derive(Clone, Default)]
pub struct Addresses(Rc<RefCell<Vec<String>>>);

impl Addresses {
    pub fn set(&self, addresses: &[&str]) {
        *self.0.borrow_mut() = addresses.iter().map(|one| (*one).to_owned()).collect();
    }

    fn pick(&self, number: usize) -> String {
        let addresses = self.0.borrow();
        addresses[number % addresses.len()].clone()
    }
}

/// What came of a write that the client sent.
enum Answer {
    Success,
    /// The server said no, or something else.
    Failure(String),
    /// Nothing is known.
    Lost,
}

/// What the clients know.
#[derive(Default)]
pub struct Written {
    pub acknowledged: Vec<i64>,
    pub rolled_back: Vec<i64>,
    /// Answers that were neither success nor an agreed refusal.
    pub failures: Vec<String>,
    /// Requests without an answer.
    pub lost: usize,
    /// Start of each acknowledged write since the start of the load, and its time.
    pub times: Vec<(Duration, Duration)>,
}

impl Written {
    /// 99th percentile of the writes that began in a part of the load.
    pub fn p99(&self, from: Duration, to: Duration) -> Duration {
        let within = self.times.iter().filter(|(at, _)| (from..to).contains(at));
        let mut times: Vec<Duration> = within.map(|(_, took)| *took).collect();
        times.sort_unstable();
        *times.get(times.len() * 99 / 100).expect("writes in that time")
    }
}

/// Clients of one test.
pub struct Load {
    http: reqwest::Client,
    token: String,
    pub addresses: Addresses,
    /// Last id given out: every request has one of its own.
    last: Cell<i64>,
    /// Number of the next write.
    next: Cell<usize>,
    ended: Cell<bool>,
    written: RefCell<Written>,
}

impl Load {
    pub fn new(token: String) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(15));
        Self {
            http: http.build().expect("a client"),
            token,
            addresses: Addresses::default(),
            last: Cell::new(0),
            next: Cell::new(0),
            ended: Cell::new(false),
            written: RefCell::default(),
        }
    }

    /// `clients` make `writes` writes, evenly over a time; each goes on with the next id until it is
    /// acknowledged. Late ones catch up as fast as they can.
    pub async fn run(&self, clients: usize, writes: usize, over: Duration) {
        let started = Instant::now();
        self.next.set(0);
        self.ended.set(false);
        let interval = over / u32::try_from(writes).expect("not that many");
        let client = async |key: usize| {
            loop {
                let number = self.next.replace(self.next.get() + 1);
                if number >= writes || self.ended.get() {
                    return;
                }
                let due = started + interval * u32::try_from(number).expect("not that many");
                tokio::time::sleep_until(due.into()).await;
                self.one(number, key as i64, started).await;
            }
        };
        join_all((0..clients).map(client)).await;
    }

    /// Has the clients stop after what they are at.
    pub fn end(&self) {
        self.ended.set(true);
    }

    async fn one(&self, number: usize, key: i64, started: Instant) {
        if number.is_multiple_of(ROLLED_BACK) {
            let then = if number.is_multiple_of(2 * ROLLED_BACK) { "refuse" } else { "panic" };
            let write = Write { id: self.id(), key, then: then.to_owned(), ..Write::default() };
            self.written.borrow_mut().rolled_back.push(write.id);
            let answer = self.send(number, &write).await;
            assert!(!matches!(answer, Answer::Success), "rolled back, but acknowledged");
        }
        while !self.ended.get() {
            let write = Write { id: self.id(), key, ..Write::default() };
            let sent = Instant::now();
            let answer = self.send(number, &write).await;
            if self.noted(answer, write.id, (sent - started, sent.elapsed())) {
                return;
            }
            tokio::time::sleep(RETRY_PAUSE).await;
        }
    }

    /// Whether the write is acknowledged.
    fn noted(&self, answer: Answer, id: i64, time: (Duration, Duration)) -> bool {
        let mut written = self.written.borrow_mut();
        match answer {
            Answer::Success => {
                written.acknowledged.push(id);
                written.times.push(time);
                return true;
            }
            Answer::Failure(text) => written.failures.push(text),
            Answer::Lost => written.lost += 1,
        }
        false
    }

    /// Sends one write, which has to succeed.
    pub async fn write(&self, write: &Write) {
        match self.send(0, write).await {
            Answer::Success => {}
            Answer::Failure(text) => panic!("write {} failed: {text}", write.id),
            Answer::Lost => panic!("write {} got no answer", write.id),
        }
        self.written.borrow_mut().acknowledged.push(write.id);
    }

    /// A fresh id.
    pub fn id(&self) -> i64 {
        self.last.set(self.last.get() + 1);
        self.last.get()
    }

    async fn send(&self, number: usize, write: &Write) -> Answer {
        let request = self.http.post(format!("{}{WRITE}", self.addresses.pick(number)));
        let request = request.bearer_auth(&self.token).header("x-bb-clientid", "test").json(write);
        let Ok(answer) = request.send().await else { return Answer::Lost };
        let code = answer.status();
        let Ok(text) = answer.text().await else { return Answer::Lost };
        let body: Value = serde_json::from_str(&text).unwrap_or_default();
        if code.is_success() && body["status"]["status"] == "SUCCESS" {
            return Answer::Success;
        }
        Answer::Failure(format!("{code}: {text}"))
    }

    /// Writes acknowledged so far.
    pub fn acknowledged(&self) -> usize {
        self.written.borrow().acknowledged.len()
    }

    /// What is known in the end.
    pub fn written(&self) -> Written {
        self.written.take()
    }
}
