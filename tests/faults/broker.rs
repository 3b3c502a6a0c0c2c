//! A RabbitMQ of a test's own, which may be stopped and killed.

use amqprs::channel::{BasicAckArguments, BasicGetArguments, Channel, QueueDeclareArguments};
use amqprs::connection::{Connection, OpenConnectionArguments};
use amqprs::{BasicProperties, FieldValue};
use uuid::Uuid;

use super::folder::{Folder, port, setting};
use super::process::{Process, command, guarded, within};

const USER: &str = "coffee";
/// Starting takes five to eight seconds on an idle machine.
const START_SECS: u64 = 90;

/// A broker on a loopback port.
pub struct Broker {
    node: Option<Process>,
    name: String,
    ports: Ports,
    epmd: Option<Process>,
    // Goes last: the processes work in it.
    folder: Folder,
}

#[derive(Default)]
struct Ports {
    broker: u16,
    distribution: u16,
    epmd: u16,
}

impl Broker {
    pub async fn start() -> Self {
        Self::start_with(Folder::new("rabbitmq"), ("", "[].")).await
    }

    /// With more lines of configuration, and the advanced configuration.
    pub async fn start_with(folder: Folder, (more, advanced): (&str, &str)) -> Self {
        let name = format!("coffee-{}@localhost", Uuid::new_v4().simple());
        let mut broker = Self { node: None, name, ports: Ports::default(), epmd: None, folder };
        // A port that was free may be taken before the node listens on it: others, then.
        let mut tries = 0..2;
        loop {
            broker.settle_on_ports(more, advanced).await;
            match broker.try_launch().await {
                Ok(()) => return broker,
                Err(output) if tries.next().is_some() => println!("  {output}"),
                Err(output) => panic!("{output}"),
            }
        }
    }

    /// Chooses ports, writes the configuration that names them and starts the port mapper.
    async fn settle_on_ports(&mut self, more: &str, advanced: &str) {
        self.ports = Ports { broker: port(), distribution: port(), epmd: port() };
        let Ports { broker, epmd, .. } = self.ports;
        let settings = format!(
            "listeners.tcp.1 = 127.0.0.1:{broker}\ndefault_user = {USER}\ndefault_pass = {USER}\n\
             disk_free_limit.absolute = 50MB\nlog.file = false\nlog.console = true\n{more}"
        );
        let files = [("rabbitmq.conf", settings.as_str()), ("rabbitmq-env.conf", "")];
        let empty = [("advanced.config", advanced), ("enabled_plugins", "[].")];
        for (name, text) in files.into_iter().chain(empty) {
            std::fs::write(self.folder.path().join(name), text).expect("a file of its own");
        }
        let mapper = ["epmd", "-port", &epmd.to_string(), "-address", "127.0.0.1"];
        self.epmd = Some(Process::start(&mut command(&guarded(&[], &mapper))));
        within(30, "epmd listens", async || reachable(epmd).await).await;
    }

    /// Starts it, with everything that was stored.
    pub async fn launch(&mut self) {
        if let Err(output) = self.try_launch().await {
            panic!("{output}");
        }
    }

    /// The refusal says what the node printed before it ended.
    async fn try_launch(&mut self) -> Result<(), String> {
        let at = |name: &str| self.folder.path().join(name);
        let output = std::fs::File::create(at("output")).expect("a file of its own");
        let errors = output.try_clone().expect("the same file");
        let script = setting("COFFEE_TEST_RABBITMQ");
        let mut server = command(&guarded(&[], &[&script]));
        self.environment(&mut server)
            .stdout(output)
            .stderr(errors)
            // The script becomes the Erlang machine, so that signals reach it.
            .env("RABBITMQ_ALLOW_INPUT", "true")
            .env("RABBITMQ_DIST_PORT", self.ports.distribution.to_string())
            .env("RABBITMQ_CONFIG_FILE", at("rabbitmq.conf"))
            .env("RABBITMQ_ADVANCED_CONFIG_FILE", at("advanced.config"))
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", at("enabled_plugins"))
            .env("RABBITMQ_MNESIA_BASE", at("mnesia"))
            .env("RABBITMQ_LOG_BASE", at("log"))
            .env("RABBITMQ_PID_FILE", at("pid"))
            .env("RABBITMQ_GENERATED_CONFIG_DIR", at("config"))
            .env("RABBITMQ_SCHEMA_DIR", at("schema"))
            .env(
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                "-noinput -kernel inet_dist_use_interface {127,0,0,1}",
            );
        let mut node = Process::start(&mut server);
        let mut ended = false;
        within(START_SECS, "the broker answers", async || {
            ended = node.has_ended();
            ended || self.connect().await.is_some()
        })
        .await;
        if ended {
            let said = std::fs::read_to_string(at("output")).unwrap_or_default();
            return Err(format!("the broker ended while it started:\n{said}"));
        }
        self.node = Some(node);
        Ok(())
    }

    /// `TERM` stops it in order, `KILL` does not.
    pub async fn end(&mut self, signal: &str) {
        let mut node = self.node.take().expect("it runs");
        node.end(signal, 60).await;
    }

    pub fn url(&self) -> String {
        self.url_of(USER)
    }

    /// Address for another user, whose password is the name.
    pub fn url_of(&self, user: &str) -> String {
        format!("amqp://{user}:{user}@127.0.0.1:{}/%2f", self.ports.broker)
    }

    /// Adds a user who may configure, write and read what these expressions match.
    pub async fn add_user(&self, name: &str, [configure, write, read]: [&str; 3]) {
        let text = |text: &str| format!("<<\"{text}\">>");
        let (name, acting) = (text(name), text("test"));
        let (configure, write, read) = (text(configure), text(write), text(read));
        self.evaluate(&format!(
            "rabbit_auth_backend_internal:add_user({name}, {name}, {acting}), \
             rabbit_auth_backend_internal:set_permissions({name}, <<\"/\">>, {configure}, {write}, \
             {read}, {acting})."
        ))
        .await;
    }

    /// Has the broker evaluate an Erlang expression.
    async fn evaluate(&self, expression: &str) {
        let script = std::path::PathBuf::from(setting("COFFEE_TEST_RABBITMQ"));
        let control = script.with_file_name("rabbitmqctl");
        let control = control.to_str().expect("a readable path");
        let mut control = command(&[control, "-n", &self.name, "eval", expression]);
        let done = self.environment(&mut control).status().expect("rabbitmqctl runs");
        assert!(done.success(), "the broker refuses: {expression}");
    }

    /// What its programs need to find it.
    fn environment<'a>(
        &self,
        program: &'a mut std::process::Command,
    ) -> &'a mut std::process::Command {
        program
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .env("ERL_EPMD_PORT", self.ports.epmd.to_string())
            .env("ERL_EPMD_ADDRESS", "127.0.0.1")
            .env("RABBITMQ_NODENAME", &self.name)
            .env("RABBITMQ_CONF_ENV_FILE", self.folder.path().join("rabbitmq-env.conf"))
    }

    pub async fn connect(&self) -> Option<(Connection, Channel)> {
        if !reachable(self.ports.broker).await {
            return None;
        }
        let to = OpenConnectionArguments::new("127.0.0.1", self.ports.broker, USER, USER);
        let connection = Connection::open(&to).await.ok()?;
        let channel = connection.open_channel(None).await.ok()?;
        Some((connection, channel))
    }

    /// Messages of a queue that nobody has at the moment.
    pub async fn waiting(&self, queue: &str) -> u32 {
        let (connection, channel) = self.connect().await.expect("the broker answers");
        let look = QueueDeclareArguments::new(queue).passive(true).finish();
        let found = channel.queue_declare(look).await.expect("the queue is there");
        let (_, messages, _) = found.expect("waited for");
        let _ = connection.close().await;
        messages
    }

    /// Takes all messages of a queue: the text of a header of each.
    pub async fn take(&self, queue: &str, header: &str) -> Vec<String> {
        let (connection, channel) = self.connect().await.expect("the broker answers");
        let mut taken = Vec::new();
        let next = async || channel.basic_get(BasicGetArguments::new(queue)).await;
        while let Some((got, properties, _)) = next().await.expect("the queue is there") {
            let ack = BasicAckArguments::new(got.delivery_tag(), false);
            channel.basic_ack(ack).await.expect("acknowledged");
            taken.push(text(&properties, header));
        }
        let _ = connection.close().await;
        taken
    }
}

async fn reachable(port: u16) -> bool {
    tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok()
}

fn text(properties: &BasicProperties, header: &str) -> String {
    let table = properties.headers().map(|table| table.as_ref().iter());
    let mut found = table.into_iter().flatten().filter(|(name, _)| name.as_ref() == header);
    match found.next() {
        Some((_, FieldValue::S(text))) => text.as_ref().clone(),
        _ => String::new(),
    }
}
