//! Whether the broker refuses a login. It says so to clients that announce that they understand it, which
//! the client library does not: to it, a wrong password looks like a broker that does not answer.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// Kind of the frames that carry methods, and the octet that ends every frame.
const METHOD: u8 = 1;
const END: u8 = 0xCE;
/// Class and method as one number.
const START_OK: u32 = 10 << 16 | 11;
const CLOSE: u32 = 10 << 16 | 50;
/// Longest first frame of a server that is believed to be a broker.
const LONGEST: usize = 64 << 10;

/// Sends user and password over a new connection. What the broker says when it refuses them; `None` when
/// it goes on.
///
/// # Errors
/// The connection breaks, or the other side speaks something else.
pub(super) async fn refusal<S>(
    mut stream: S,
    (user, password): (&str, &str),
) -> io::Result<Option<String>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    stream.write_all(b"AMQP\0\0\x09\x01").await?;
    method(&mut stream).await?;
    stream.write_all(&frame(&start_ok(user, password))).await?;
    let answer = method(&mut stream).await?;
    Ok(reason(&answer))
}

/// The answer to the broker's greeting.
fn start_ok(user: &str, password: &str) -> Vec<u8> {
    // One capability, in a table of capabilities, in the table of what the client is like.
    let known = [&short("authentication_failure_close")[..], b"t\x01"].concat();
    let capabilities = [&short("capabilities")[..], b"F", &long(&known)].concat();
    let login = format!("\0{user}\0{password}");
    [
        &START_OK.to_be_bytes()[..],
        &long(&capabilities),
        &short("PLAIN"),
        &long(login.as_bytes()),
        &short("en_US"),
    ]
    .concat()
}

/// The text of a method that closes the connection.
fn reason(method: &[u8]) -> Option<String> {
    let (kind, rest) = method.split_first_chunk()?;
    if u32::from_be_bytes(*kind) != CLOSE {
        return None;
    }
    // Behind a code in two octets.
    let (length, text) = rest.get(2..)?.split_first()?;
    let text = text.get(..usize::from(*length))?;
    Some(String::from_utf8_lossy(text).into_owned())
}

fn frame(method: &[u8]) -> Vec<u8> {
    [&[METHOD, 0, 0][..], &long(method), &[END]].concat()
}

/// The content of the next frame.
async fn method(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut head = [0; 3];
    stream.read_exact(&mut head).await?;
    let length = stream.read_u32().await?;
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if head[0] != METHOD || length > LONGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut content = vec![0; length];
    stream.read_exact(&mut content).await?;
    stream.read_u8().await?;
    Ok(content)
}

/// A text of at most 255 octets behind its length in one; longer ones are cut.
fn short(text: &str) -> Vec<u8> {
    let text = &text.as_bytes()[..text.len().min(usize::from(u8::MAX))];
    [&[u8::try_from(text.len()).unwrap_or(u8::MAX)], text].concat()
}

/// Octets behind their number in four.
fn long(octets: &[u8]) -> Vec<u8> {
    let length = u32::try_from(octets.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), octets].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(method: &[u8]) -> Option<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let (ours, mut broker) = tokio::io::duplex(4096);
        let answers = [frame(&[0, 10, 0, 10]), frame(method)].concat();
        runtime.block_on(async {
            broker.write_all(&answers).await.expect("room");
            refusal(ours, ("asha", "secret")).await.expect("an answer")
        })
    }

    #[test]
    fn a_refusal_is_told_in_the_brokers_words() {
        let close = [&CLOSE.to_be_bytes()[..], &403_u16.to_be_bytes(), &short("no"), &[0; 4]];
        assert_eq!(said(&close.concat()).as_deref(), Some("no"));
        let tune = [0, 10, 0, 30, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(said(&tune), None, "the login was good");
        for cut in [&[][..], &CLOSE.to_be_bytes(), &[0, 10, 0, 50, 1, 147, 9, b'x']] {
            assert_eq!(said(cut), None, "{cut:?}");
        }
    }
}
