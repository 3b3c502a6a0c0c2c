//! Owns ClickHouse's native compressed framing, used by `compress=1` and `decompress=1`: blocks
//! of a 16-byte CityHash 1.0.2 checksum, a method byte, the two sizes and the payload
//! (<https://clickhouse.com/docs/native-protocol/compression>).

use super::exception::Exception;
use bytes::{Buf, Bytes, BytesMut};

const CHECKSUM: usize = 16;
/// Method byte and two 32-bit sizes; the compressed size counts this header too.
const HEADER: usize = 9;
const LZ4: u8 = 0x82;
const STORED: u8 = 0x02;
/// Plain bytes per block written.
const BLOCK: usize = 1 << 20;
/// Largest block accepted, compressed or plain; clients send blocks of about 256 KiB.
const LARGEST_BLOCK: usize = 64 << 20;

/// Compresses an answer into LZ4 blocks.
pub(super) fn encode(data: &[u8]) -> Bytes {
    let mut frames = BytesMut::with_capacity(data.len() / 2 + HEADER + CHECKSUM);
    for block in data.chunks(BLOCK) {
        let compressed = lz4_flex::block::compress(block);
        // Both lengths are bounded by BLOCK plus LZ4's overhead of less than one percent.
        let size = (compressed.len() + HEADER) as u32;
        let mut frame = Vec::with_capacity(HEADER + compressed.len());
        frame.push(LZ4);
        frame.extend_from_slice(&size.to_le_bytes());
        frame.extend_from_slice(&(block.len() as u32).to_le_bytes());
        frame.extend_from_slice(&compressed);
        frames.extend_from_slice(&checksum(&frame));
        frames.extend_from_slice(&frame);
    }
    frames.freeze()
}

/// Decodes a stream of blocks that arrives in arbitrary pieces.
#[derive(Default)]
pub(super) struct Decoder {
    pending: BytesMut,
}

impl Decoder {
    /// Adds bytes as they came from the network.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// The next whole block, decompressed, or `None` until more bytes arrive.
    ///
    /// # Errors
    /// A checksum, method or size that no client would write.
    pub(super) fn next_block(&mut self) -> Result<Option<Bytes>, Exception> {
        let Some(mut header) = self.pending.get(CHECKSUM..CHECKSUM + HEADER) else {
            return Ok(None);
        };
        let method = header.get_u8();
        let compressed_size = header.get_u32_le() as usize;
        let plain_size = header.get_u32_le() as usize;
        if !(HEADER..=LARGEST_BLOCK).contains(&compressed_size) || plain_size > LARGEST_BLOCK {
            return Err(corrupt("a block size is out of range"));
        }
        if self.pending.len() < CHECKSUM + compressed_size {
            return Ok(None);
        }
        let expected = self.pending.split_to(CHECKSUM);
        let mut frame = self.pending.split_to(compressed_size).freeze();
        if expected != checksum(&frame)[..] {
            return Err(Exception::new(
                40,
                "CHECKSUM_DOESNT_MATCH",
                "The checksum of a compressed block differs",
            ));
        }
        frame.advance(HEADER);
        match method {
            STORED => Ok(Some(frame)),
            LZ4 => match lz4_flex::block::decompress(&frame, plain_size) {
                Ok(plain) if plain.len() == plain_size => Ok(Some(plain.into())),
                _ => Err(corrupt("a block is not LZ4")),
            },
            _ => Err(Exception::new(
                89,
                "UNKNOWN_COMPRESSION_METHOD",
                &format!(
                    "Unknown compression method {method:#04x}: the embedded engine reads LZ4 and stored blocks"
                ),
            )),
        }
    }

    /// Whether bytes of an unfinished block are left.
    pub(super) fn is_mid_block(&self) -> bool {
        !self.pending.is_empty()
    }
}

fn corrupt(text: &str) -> Exception {
    Exception::new(271, "CANNOT_DECOMPRESS", &format!("Cannot decompress the body: {text}"))
}

/// CityHash 1.0.2 of header and payload with its two halves in ClickHouse's order.
fn checksum(frame: &[u8]) -> [u8; CHECKSUM] {
    cityhash_rs::cityhash_102_128(frame).rotate_right(64).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_cut_anywhere_decodes_to_what_was_encoded() {
        let data: Vec<u8> = (0..3 * BLOCK + 17).map(|i| (i / 3 % 251) as u8).collect();
        let frames = encode(&data);
        for piece in [1 << 10, 65_537, frames.len()] {
            let mut decoder = Decoder::default();
            let mut decoded = Vec::new();
            for bytes in frames.chunks(piece) {
                decoder.push(bytes);
                while let Some(block) = decoder.next_block().unwrap() {
                    decoded.extend_from_slice(&block);
                }
            }
            assert!(!decoder.is_mid_block());
            assert_eq!(decoded, data);
        }
    }

    #[test]
    fn a_flipped_bit_and_an_absurd_size_are_refused() {
        let mut frames = encode(b"some bytes").to_vec();
        *frames.last_mut().unwrap() ^= 1;
        let mut decoder = Decoder::default();
        decoder.push(&frames);
        assert!(decoder.next_block().unwrap_err().to_string().starts_with("Code: 40."));

        let mut decoder = Decoder::default();
        decoder.push(&[0xff; CHECKSUM + HEADER]);
        assert!(decoder.next_block().unwrap_err().to_string().starts_with("Code: 271."));
    }
}
