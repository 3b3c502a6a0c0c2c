//! A broker that is reached by TLS, with certificates of the test's own.

use coffee::core::config::Config;
use coffee::core::db::amqp::Amqp;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair,
};

use super::broker::Broker;
use super::folder::{Folder, port};

/// An authority, and what it signs.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("an authority"))
    }

    /// Certificate and key.
    fn sign(&self, purpose: ExtendedKeyUsagePurpose) -> [String; 2] {
        let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let mut params = CertificateParams::new(names).expect("names");
        params.extended_key_usages = vec![purpose];
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("signed");
        [certificate.pem(), key.serialize_pem()]
    }

    fn pem(&self) -> String {
        self.0.pem()
    }
}

fn amqp(port: u16, files: &str) -> Amqp {
    let config = format!("[amqp]\nurl = \"amqps://coffee:coffee@127.0.0.1:{port}/%2f\"\n{files}");
    let config = Config::from_toml(&config).expect("configuration");
    Amqp::new(&config).expect("certificates").expect("configured")
}

/// Why the broker cannot be reached.
async fn refused(amqp: &Amqp) -> String {
    amqp.ping().await.expect_err("must be refused").to_string()
}

pub async fn the_broker_is_reached_by_tls() {
    let folder = Folder::new("rabbitmq");
    let (authority, stranger) = (Authority::new("ours"), Authority::new("another"));
    let [server_cert, server_key] = authority.sign(ExtendedKeyUsagePurpose::ServerAuth);
    let [client_cert, client_key] = authority.sign(ExtendedKeyUsagePurpose::ClientAuth);
    let [other_cert, other_key] = stranger.sign(ExtendedKeyUsagePurpose::ClientAuth);
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("a readable path").to_owned()
    };
    let ca = file("ca.pem", &authority.pem());
    let wrong_ca = file("stranger.pem", &stranger.pem());
    let (server_cert, server_key) = (file("s.pem", &server_cert), file("s.key", &server_key));
    let (client_cert, client_key) = (file("c.pem", &client_cert), file("c.key", &client_key));
    let (other_cert, other_key) = (file("o.pem", &other_cert), file("o.key", &other_key));
    let (open, mutual) = (port(), port());
    // One listener for all, one for those with a certificate.
    let tls = |verify: &str, must: bool| {
        format!(
            "[{{cacertfile, \"{ca}\"}}, {{certfile, \"{server_cert}\"}}, \
             {{keyfile, \"{server_key}\"}}, {{verify, {verify}}}, {{fail_if_no_peer_cert, {must}}}]"
        )
    };
    let mut brokers = Vec::new();
    for (port, verify, must) in [(open, "verify_none", false), (mutual, "verify_peer", true)] {
        let folder = Folder::new("rabbitmq");
        let advanced = format!("[{{rabbit, [{{ssl_options, {}}}]}}].", tls(verify, must));
        let lines = format!("listeners.ssl.1 = 127.0.0.1:{port}\n");
        brokers.push(Broker::start_with(folder, (&lines, &advanced)).await);
    }
    let own_ca = format!("ca_file = \"{ca}\"\n");
    let with = |cert: &str, key: &str| {
        format!("{own_ca}client_cert_file = \"{cert}\"\nclient_key_file = \"{key}\"\n")
    };

    amqp(open, &own_ca).ping().await.expect("the right authority");
    let wrong = refused(&amqp(open, &format!("ca_file = \"{wrong_ca}\"\n"))).await;
    assert!(wrong.contains("certificate") && wrong.contains("UnknownIssuer"), "{wrong}");
    let system = refused(&amqp(open, "")).await;
    assert!(system.contains("certificate"), "the system trusts no such authority: {system}");

    amqp(mutual, &with(&client_cert, &client_key)).ping().await.expect("our certificate");
    for files in [own_ca.clone(), with(&other_cert, &other_key)] {
        println!("  {}", refused(&amqp(mutual, &files)).await);
    }
}
