//! A publisher that speaks AMQP 0-9-1 byte by byte, for what no client library sends.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

const METHOD: u8 = 1;
const HEADER: u8 = 2;
const BODY: u8 = 3;
const END: u8 = 0xce;

/// Publishes a message with one header of type long string to a queue.
pub fn publish(url: &str, queue: &str, header: (&[u8], &[u8]), body: &[u8]) {
    let url = url::Url::parse(url).expect("an address");
    let address = (url.host_str().expect("a host"), url.port().expect("a port"));
    let mut stream = TcpStream::connect(address).expect("RabbitMQ answers");
    stream.write_all(b"AMQP\0\0\x09\x01").expect("sent");
    expect(&mut stream, 10, 10);
    let login = format!("\0{}\0{}", url.username(), url.password().unwrap_or_default());
    let start = [long(b""), short(b"PLAIN"), long(login.as_bytes()), short(b"en_US")].concat();
    call(&mut stream, 0, (10, 11), &start);
    expect(&mut stream, 10, 30);
    call(&mut stream, 0, (10, 31), &[0, 10, 0, 2, 0, 0, 0, 0]);
    call(&mut stream, 0, (10, 40), &[short(b"/"), short(b""), vec![0]].concat());
    expect(&mut stream, 10, 41);
    call(&mut stream, 1, (20, 10), &short(b""));
    expect(&mut stream, 20, 11);
    let to = [vec![0, 0], short(b""), short(queue.as_bytes()), vec![0]].concat();
    call(&mut stream, 1, (60, 40), &to);
    let table = long(&[short(header.0), b"S".to_vec(), long(header.1)].concat());
    // Class, weight, size of the body, and the one property that is there: headers.
    let size = (body.len() as u64).to_be_bytes().to_vec();
    let properties = [vec![0, 60, 0, 0], size, vec![0x20, 0], table].concat();
    frame(&mut stream, HEADER, 1, &properties);
    frame(&mut stream, BODY, 1, body);
    call(&mut stream, 0, (10, 50), &[vec![0, 200], short(b""), vec![0; 4]].concat());
    expect(&mut stream, 10, 51);
}

fn short(text: &[u8]) -> Vec<u8> {
    [&[u8::try_from(text.len()).expect("short")], text].concat()
}

fn long(text: &[u8]) -> Vec<u8> {
    [&u32::try_from(text.len()).expect("not too long").to_be_bytes(), text].concat()
}

fn call(stream: &mut TcpStream, channel: u16, (class, method): (u16, u16), arguments: &[u8]) {
    let name = [class.to_be_bytes(), method.to_be_bytes()].concat();
    frame(stream, METHOD, channel, &[&name, arguments].concat());
}

fn frame(stream: &mut TcpStream, kind: u8, channel: u16, payload: &[u8]) {
    let frame = [&[kind][..], &channel.to_be_bytes(), &long(payload), &[END]].concat();
    stream.write_all(&frame).expect("sent");
}

/// Reads the next frame, which must be this method.
fn expect(stream: &mut TcpStream, class: u16, method: u16) {
    let mut start = [0; 7];
    stream.read_exact(&mut start).expect("a frame");
    let size = u32::from_be_bytes([start[3], start[4], start[5], start[6]]);
    let mut payload = vec![0; size as usize + 1];
    stream.read_exact(&mut payload).expect("a payload");
    let name = [class.to_be_bytes(), method.to_be_bytes()].concat();
    assert_eq!(payload[..4], name, "{payload:?}");
}
