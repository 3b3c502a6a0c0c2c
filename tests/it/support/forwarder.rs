//! A way to a store that can be cut and restored while its address stays the same.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Forwards TCP connections, on threads of its own, so that it also works while a test blocks.
pub struct Forwarder {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    cut: bool,
    stopped: bool,
    connections: Vec<TcpStream>,
}

impl Forwarder {
    /// Forwards to the host and port of `url`.
    pub fn start(url: &str) -> Self {
        let url = url::Url::parse(url).expect("a URL");
        let target = url.socket_addrs(|| None).expect("an address")[0];
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound");
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        thread::spawn(move || accept(&listener, target, &shared));
        Self { address, state }
    }

    /// The address that always stays the same.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends every connection and lets no new one through.
    pub fn cut(&self) {
        let mut state = self.state.lock().expect("no thread panicked");
        state.cut = true;
        for connection in state.connections.drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }

    /// Lets connections through again.
    pub fn restore(&self) {
        self.state.lock().expect("no thread panicked").cut = false;
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.cut();
        self.state.lock().expect("no thread panicked").stopped = true;
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
    }
}

fn accept(listener: &TcpListener, target: SocketAddr, state: &Mutex<State>) {
    for client in listener.incoming().flatten() {
        let mut state = state.lock().expect("no thread panicked");
        if state.stopped {
            return;
        }
        if state.cut {
            continue;
        }
        let Ok(server) = TcpStream::connect(target) else { continue };
        for (from, to) in [(&client, &server), (&server, &client)] {
            let (from, to) = (clone(from), clone(to));
            thread::spawn(move || pump(from, to));
        }
        state.connections.extend([client, server]);
    }
}

fn clone(stream: &TcpStream) -> TcpStream {
    stream.try_clone().expect("a descriptor")
}

fn pump(mut from: TcpStream, mut to: TcpStream) {
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
