//! The conductor: starts the contenders, has them loaded in turns, prints the table.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;

use super::config::Settings;
use super::database::Database;
use super::lookup::Figures;
use super::nginx::Nginx;
use super::process::{Server, cores, part, workers};
use super::report::{self, Aim, Row};
use super::revocation;
use super::rounds::{Contender, redis_commands};
use super::servers::{ALLOCATIONS, ANSWER, PROXIED};

/// More than any load makes.
const UNLIMITED: &str = "1000000";

/// Processes of each contender that is held against an aim.
const PROCESSES: usize = 3;

/// Latency rounds of coffee and of bare actix per round of the others.
const TAIL_TURNS: usize = 3;

/// Arguments of the whole measurement.
struct Plan {
    json: Option<String>,
    rounds: usize,
    seconds: f64,
}

impl Plan {
    fn parse(arguments: &[String]) -> Self {
        let mut plan = Self { json: None, rounds: 6, seconds: 2.0 };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--json" => plan.json = Some(rest.next().expect("--json FILE").clone()),
                "--quick" => (plan.rounds, plan.seconds) = (3, 0.5),
                other => panic!("unknown argument {other}: [--json FILE] [--quick]"),
            }
        }
        plan
    }
}

/// Everything that takes part.
struct Stage {
    settings: Settings,
    token: String,
    bare: Vec<Server>,
    coffee: Vec<Server>,
    without_l1: Server,
    logging: Server,
    limited: Server,
    verifier: Server,
    chain: Nginx,
    /// coffee as a proxy and nginx as one, in front of each bare server.
    proxies: Vec<(Server, Nginx)>,
}

impl Stage {
    async fn set() -> Self {
        let settings = Settings::new().await;
        let token = settings.token().await;
        let serve = |more: &[(&str, &str)]| {
            let mut command = part("serve", true);
            command.envs(settings.environment(more));
            Server::start(command)
        };
        let bare: Vec<_> = (0..PROCESSES)
            .map(|_| {
                let mut command = part("bare", true);
                command.envs(settings.environment(&[]));
                Server::start(command)
            })
            .collect();
        let verifier = serve(&[]);
        let proxy = |bare: &Server| {
            let upstream = format!("http://{}", bare.address);
            let coffee = serve(&[("COFFEE__UPSTREAM__SOCIAL_PROFILE_URL", &upstream)]);
            (coffee, Nginx::start(bare.address, None))
        };
        let limited = serve(&[
            ("COFFEE__LIMITS__ENABLED", "true"),
            ("COFFEE__LIMITS__PAID__TENANT_PER_SECOND", UNLIMITED),
            ("COFFEE__LIMITS__PAID__TENANT_PER_DAY", "0"),
            ("COFFEE__LIMITS__PAID__READ_PER_MINUTE", "0"),
        ]);
        Self {
            coffee: (0..PROCESSES).map(|_| serve(&[])).collect(),
            without_l1: serve(&[("COFFEE__CACHE__SESSION_TTL_SECS", "0")]),
            logging: serve(&[("COFFEE__LOG__LEVEL", "info")]),
            limited,
            chain: Nginx::start(bare[0].address, Some(verifier.address)),
            proxies: bare.iter().map(proxy).collect(),
            bare,
            verifier,
            settings,
            token,
        }
    }

    /// Lookup figures from a process of their own.
    fn look_ups(&self) -> Figures {
        let mut command = part("lookup", true);
        command.envs(self.settings.environment(&[("BENCH_TOKEN", &self.token)]));
        let output = command.stderr(Stdio::inherit()).output().expect("measured");
        serde_json::from_slice(&output.stdout).expect("figures")
    }

    /// Allocations of one request, from the worker's own count.
    fn allocations(&self, server: &Server) -> f64 {
        const REQUESTS: u32 = 100;
        let mut stream = TcpStream::connect(server.address).expect("connected");
        let mut get = |path: &str| {
            let request = format!(
                "GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {}\r\n\
                 x-bb-clientid: bench\r\n\r\n",
                self.token
            );
            stream.write_all(request.as_bytes()).expect("sent");
            let mut buffer = [0; 8192];
            let read = stream.read(&mut buffer).expect("an answer");
            String::from_utf8_lossy(&buffer[..read]).into_owned()
        };
        let mut count = || -> f64 {
            let answer = get(ALLOCATIONS);
            answer.rsplit("\r\n").next().expect("a body").parse().expect("a number")
        };
        let first = count();
        let between: Vec<f64> = (0..REQUESTS).map(|_| count()).collect();
        (between.last().expect("some") - first) / f64::from(REQUESTS)
    }
}

/// Measures and prints.
pub async fn run(arguments: &[String]) {
    let plan = Plan::parse(arguments);
    println!(
        "gateway: {} cores, {} for the servers ({} workers each), {} rounds of {} s, 32 connections, \
         {PROCESSES} processes of those held against an aim",
        cores(),
        workers(),
        workers(),
        plan.rounds,
        plan.seconds
    );
    let stage = Stage::set().await;
    let mut rows = throughput(&stage, &plan).await;
    let figures = stage.look_ups();
    for (likely, took) in
        [("all equally likely", figures.uniform_ns), ("rank n likely as 1/n", figures.skewed_ns)]
    {
        let name = format!("L1 look-up among 1 M, {likely}, beside one read of memory");
        rows.push(Row::new(name, took, "ns").beside(figures.memory_ns).aims(Aim::AtMost(200.0)));
    }
    rows.push(Row::new("L1 memory per entry", figures.entry_bytes, "bytes"));
    rows.push(Row::new("token to plan on a hit, time", figures.hit_ns, "ns"));
    rows.push(
        Row::new("token to plan on a hit, allocations", figures.allocations, "")
            .aims(Aim::AtMost(0.0)),
    );
    let allocations = stage.allocations(&stage.coffee[0]);
    rows.push(
        Row::new("allocations of a request", allocations, "")
            .beside(stage.allocations(&stage.bare[0])),
    );
    let revoked = revocation::measure(&stage.settings, &[&stage.coffee[0], &stage.verifier]).await;
    rows.push(Row::new(
        "revocation in two other processes, median",
        revoked[revoked.len() / 2],
        "ms",
    ));
    rows.push(
        Row::new(
            "revocation in two other processes, slowest of 20",
            revoked[revoked.len() - 1],
            "ms",
        )
        .aims(Aim::AtMost(100.0)),
    );
    report::print(&rows);
    if let Some(file) = &plan.json {
        report::write(&rows, file);
    }
    let database = stage.settings.database.name.clone();
    drop(stage);
    Database::drop_now(&database).await;
}

async fn throughput<'a>(stage: &'a Stage, plan: &Plan) -> Vec<Row> {
    let token = &stage.token;
    let answering = |name, chains| Contender::new(name, chains, ANSWER, token);
    let each = |servers: &'a [Server]| servers.iter().map(|server| vec![server]).collect();
    let mut bare = answering("bare actix-web", each(&stage.bare));
    let mut coffee = answering("coffee", each(&stage.coffee));
    let mut without = answering("coffee, L1 off", vec![vec![&stage.without_l1]]);
    let mut logging = answering("coffee, access log on", vec![vec![&stage.logging]]);
    let mut limited = answering("coffee, limits on", vec![vec![&stage.limited]]);
    let chain = vec![&stage.chain.server, &stage.verifier, &stage.bare[0]];
    let mut chain = answering("nginx + auth_request", vec![chain]);
    let proxies = || stage.proxies.iter().zip(&stage.bare);
    let ours = proxies().map(|((coffee, _), bare)| vec![coffee, bare]).collect();
    let theirs = proxies().map(|((_, nginx), bare)| vec![&nginx.server, bare]).collect();
    let mut proxy = Contender::new("coffee as a proxy", ours, PROXIED, token);
    let mut nginx = Contender::new("nginx proxy_pass", theirs, PROXIED, token);
    for contender in [&mut bare, &mut coffee, &mut proxy, &mut nginx] {
        contender.warm();
    }
    let (mut commands, mut requests) = (0, 0);
    for _ in 0..plan.rounds {
        bare.closed_round(plan.seconds);
        let before = redis_commands(&stage.settings.redis).await;
        requests += coffee.closed_round(plan.seconds);
        commands += redis_commands(&stage.settings.redis).await - before;
        without.closed_round(plan.seconds);
        logging.closed_round(plan.seconds);
        chain.closed_round(plan.seconds);
        limited.closed_round(plan.seconds);
        proxy.closed_round(plan.seconds);
        nginx.closed_round(plan.seconds);
    }
    for _ in 0..plan.rounds {
        // A tail swings more than a rate: the two that are held against each other take more turns.
        for _ in 0..TAIL_TURNS {
            bare.open_round(plan.seconds);
            coffee.open_round(plan.seconds);
        }
        without.open_round(plan.seconds);
        chain.open_round(plan.seconds);
    }
    let mut rows = beside_bare(&coffee, &bare);
    let per_request = commands as f64 / requests as f64;
    rows.push(
        Row::new("Redis commands per request, warm L1", per_request, "").aims(Aim::AtMost(0.0)),
    );
    rows.extend(variant(&without, &bare));
    rows.extend(latency(&without, &bare).map(|row| row.1));
    rows.extend(variant(&logging, &bare));
    rows.extend(variant(&limited, &bare));
    let per_second = |contender: &Contender<'_>| 1_000_000.0 / contender.micros();
    rows.push(
        Row::new(
            "requests per CPU-second, beside nginx + auth_request",
            per_second(&coffee),
            "1/s",
        )
        .beside(per_second(&chain))
        .aims(Aim::RatioAtLeast(2.0)),
    );
    rows.push(
        Row::new("requests per second, beside nginx + auth_request", coffee.rate(), "1/s")
            .beside(chain.rate()),
    );
    let [p50, p99, _] = coffee.latency();
    let [chain_p50, chain_p99, _] = chain.latency();
    rows.push(
        Row::new("p50 at 70 % of peak, beside nginx + auth_request", p50, "us").beside(chain_p50),
    );
    rows.push(
        Row::new("p99 at 70 % of peak, beside nginx + auth_request", p99, "us").beside(chain_p99),
    );
    rows.push(
        Row::new("proxied requests per second, beside nginx", proxy.rate(), "1/s")
            .beside(nginx.rate())
            .aims(Aim::RatioAtLeast(0.8)),
    );
    rows.push(
        Row::new("CPU per proxied request, upstream included", proxy.micros(), "us")
            .beside(nginx.micros()),
    );
    rows
}

fn beside_bare(coffee: &Contender<'_>, bare: &Contender<'_>) -> Vec<Row> {
    let beyond = coffee.micros() - bare.micros();
    let mut rows = vec![
        Row::new("requests per second, warm L1, beside bare actix-web", coffee.rate(), "1/s")
            .beside(bare.rate())
            .aims(Aim::RatioAtLeast(0.85)),
    ];
    rows.extend(
        latency(coffee, bare)
            .map(|(name, row)| if name == "p99" { row.aims(Aim::RatioAtMost(1.5)) } else { row }),
    );
    rows.push(Row::new("CPU per request", coffee.micros(), "us").beside(bare.micros()));
    rows.push(
        Row::new("CPU per request beyond the bare handler", beyond, "us").aims(Aim::AtMost(3.0)),
    );
    rows
}

fn latency<'a>(
    one: &'a Contender<'_>,
    base: &Contender<'_>,
) -> impl Iterator<Item = (&'static str, Row)> + use<'a> {
    let (ours, theirs, name) = (one.latency(), base.latency(), one.name);
    ["p50", "p99", "p99.9"].into_iter().zip(ours).zip(theirs).map(move |((part, value), base)| {
        (
            part,
            Row::new(format!("{part} at 70 % of peak, open loop: {name}"), value, "us")
                .beside(base),
        )
    })
}

fn variant(one: &Contender<'_>, bare: &Contender<'_>) -> [Row; 2] {
    [
        Row::new(format!("requests per second: {}", one.name), one.rate(), "1/s")
            .beside(bare.rate()),
        Row::new(format!("CPU per request: {}", one.name), one.micros(), "us")
            .beside(bare.micros()),
    ]
}
