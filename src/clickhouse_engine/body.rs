//! Owns a request's body: decoding it as it arrives, and the files that hold the rows of an
//! INSERT while the engine reads them (inline binary rows are cut at about 64 KB).

use super::exception::Exception;
use super::framing::Decoder;
use actix_web::web;
use bytes::Bytes;
use futures_util::StreamExt;
use std::io;
use std::path::{Path, PathBuf};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

/// A request's body, piece by piece, without the native framing.
pub(super) struct Body {
    payload: Option<web::Payload>,
    decoder: Option<Decoder>,
}

impl Body {
    /// `framed` says that the client announced `decompress=1`.
    pub(super) fn new(payload: web::Payload, framed: bool) -> Self {
        Self { payload: Some(payload), decoder: framed.then(Decoder::default) }
    }

    /// The next piece, `None` at the end.
    ///
    /// # Errors
    /// The client went away in the middle, or the framing is corrupt.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Exception> {
        loop {
            if let Some(decoder) = &mut self.decoder
                && let Some(block) = decoder.next_block()?
            {
                return Ok(Some(block));
            }
            let Some(payload) = &mut self.payload else {
                return Ok(None);
            };
            match (payload.next().await, &mut self.decoder) {
                (Some(Ok(bytes)), None) => return Ok(Some(bytes)),
                (Some(Ok(bytes)), Some(decoder)) => decoder.push(&bytes),
                (Some(Err(error)), _) => return Err(cut_short(&error.to_string())),
                (None, Some(decoder)) if decoder.is_mid_block() => {
                    return Err(cut_short("it ends inside a compressed block"));
                }
                (None, _) => self.payload = None,
            }
        }
    }

    /// Appends pieces to `text` until it holds `limit` bytes (or a piece more) or the body
    /// ends; true in the latter case.
    pub(super) async fn read_into(
        &mut self,
        text: &mut Vec<u8>,
        limit: usize,
    ) -> Result<bool, Exception> {
        while text.len() < limit {
            match self.next().await? {
                Some(bytes) => text.extend_from_slice(&bytes),
                None => return Ok(true),
            }
        }
        Ok(false)
    }
}

fn cut_short(text: &str) -> Exception {
    Exception::new(33, "CANNOT_READ_ALL_DATA", &format!("Cannot read the request's body: {text}"))
}

/// The folder of the files that hold rows on their way into the engine.
pub(super) struct Spool {
    folder: PathBuf,
}

impl Spool {
    /// Opens the folder and deletes what an earlier process left behind; the caller holds the
    /// data directory's lock.
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        for entry in std::fs::read_dir(&folder)? {
            std::fs::remove_file(entry?.path())?;
        }
        Ok(Self { folder })
    }

    /// Writes `head` and the rest of `body` to a new file, in constant memory.
    ///
    /// # Errors
    /// The body's own, or the disk's; no file is left behind.
    pub(super) async fn store(
        &self,
        head: &[u8],
        body: &mut Body,
    ) -> Result<SpooledRows, Exception> {
        let rows =
            SpooledRows { path: self.folder.join(uuid::Uuid::new_v4().simple().to_string()) };
        let mut file = File::create_new(&rows.path).await.map_err(disk)?;
        file.write_all(head).await.map_err(disk)?;
        while let Some(bytes) = body.next().await? {
            file.write_all(&bytes).await.map_err(disk)?;
        }
        file.flush().await.map_err(disk)?;
        Ok(rows)
    }
}

fn disk(error: io::Error) -> Exception {
    Exception::new(
        75,
        "CANNOT_WRITE_TO_FILE_DESCRIPTOR",
        &format!("Cannot store the rows of an INSERT: {error}"),
    )
}

/// A file of rows, deleted when dropped.
pub(super) struct SpooledRows {
    path: PathBuf,
}

impl SpooledRows {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for SpooledRows {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "cannot delete the rows of an INSERT");
        }
    }
}
