//! What a server keeps in memory.

use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::{Value, json};

use super::server::{Server, coffee, output_of};
use crate::support::{Client, Database};

const LOGIN: &str = "/identity-service/api/auth/login";
const PASSWORD: &str = "correct horse";
const ATTEMPTS: usize = 300;
/// Four buffers of hashing are 76 MiB; the rest is for threads, connections and the allocator.
const GROWTH: i64 = 160 << 20;

/// The allocator settings of the container image.
fn image_settings() -> String {
    let dockerfile = include_str!("../../../Dockerfile");
    let setting =
        dockerfile.split_whitespace().find_map(|word| word.strip_prefix("GLIBC_TUNABLES="));
    setting.unwrap_or_default().to_owned()
}

#[actix_web::test]
async fn sign_in_attempts_give_their_memory_back() {
    let database = Database::create().await;
    let tunables = image_settings();
    let settings = [
        ("GLIBC_TUNABLES", tunables.as_str()),
        ("COFFEE__LIMITS__ENABLED", "false"),
        // However slow the machine is, every attempt gets its turn.
        ("COFFEE__SERVER__TIMEOUT_SECS", "300"),
        // Nobody reads the log meanwhile.
        ("COFFEE__LOG__LEVEL", "warn"),
        ("COFFEE__AUTH__MAX_FAILED_LOGINS", "0"),
        ("COFFEE__AUTH__MAX_FAILED_LOGINS_PER_ADDRESS", "0"),
    ];
    let mut add = coffee(&database, &settings);
    let (done, _, errors) =
        output_of(add.args(["user", "add", "--email", "asha@example.com"]), PASSWORD);
    assert!(done.status.success(), "{errors}");
    let server = Server::start(&database, &settings).await;
    let client = Client::new(server.public.clone(), None);
    attempt(&client, 0).await;
    let before = server.resident_bytes();
    // As many at a time as fit into the queue of one turn.
    let attempts = stream::iter(0..ATTEMPTS).map(|number| attempt(&client, number));
    let answers: Vec<bool> = attempts.buffer_unordered(32).collect().await;
    let good = answers.iter().filter(|good| **good).count();
    assert_eq!(good, ATTEMPTS / 3, "a third of the attempts is right");
    let grown = server.resident_bytes() - before;
    assert!(grown < GROWTH, "{ATTEMPTS} attempts: {} MiB more", grown >> 20);
    drop(server);
    Database::drop_now(&database.name).await;
}

/// An attempt with the right password, a wrong one, or of an unknown person, in turn.
async fn attempt(client: &Client, number: usize) -> bool {
    let (email, password) = match number % 3 {
        0 => ("asha@example.com".to_owned(), PASSWORD),
        1 => ("asha@example.com".to_owned(), "wrong horse"),
        _ => (format!("nobody-{number}@example.com"), PASSWORD),
    };
    let login = json!({"mode": "EMAIL", "id": email, "secret": password});
    let answer: Value = client.post(LOGIN, &login).await.json();
    answer["status"]["type"] == "SUCCESS"
}
