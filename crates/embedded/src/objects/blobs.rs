//! The bytes: written to `staging/`, hashed on the way, synced, and renamed into `blobs/` when they are wanted.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use rusqlite::Transaction;
use s3s::crypto::{Checksum as _, Md5};
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use super::version::{Algorithm, Checksums, hasher};
use super::{ObjectError, Store};
use crate::database::StorageError;
use crate::disk::sync_folder;

/// Bytes read at once when a blob is hashed or joined.
pub(super) const CHUNK: usize = 256 * 1024;

/// What the writer says the body is. Nothing said is nothing checked.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// Bytes.
    pub size: Option<u64>,
    /// `Content-MD5`, base64.
    pub md5: Option<String>,
    /// `x-amz-checksum-…`
    pub checksums: Checksums,
}

/// A body that lies on the disk and belongs to nothing yet. Dropped, it is removed.
#[derive(Debug)]
pub struct Staged {
    path: PathBuf,
    placed: bool,
    pub(super) size: u64,
    pub(super) md5: [u8; 16],
    pub(super) checksums: Checksums,
}

pub(super) struct Blobs {
    staging: PathBuf,
    blobs: PathBuf,
}

impl Store {
    /// Writes a body to the disk. `algorithms` are the checksums to compute. At most one chunk of the body is in memory.
    ///
    /// # Errors
    /// The body's stream or the disk failed; nothing is left behind.
    pub async fn stage<S, E>(&self, body: S, algorithms: Vec<Algorithm>) -> Result<Staged, ObjectError>
    where
        S: Stream<Item = Result<Bytes, E>>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut staged = self.inner.blobs.empty();
        let mut file = tokio::fs::File::create_new(&staged.path).await?;
        let (mut md5, mut sums) = (Md5::new(), hasher(algorithms));
        let mut body = std::pin::pin!(body);
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| ObjectError::Body(error.into()))?;
            md5.update(&chunk);
            sums.update(&chunk);
            staged.size = staged.size.saturating_add(chunk.len() as u64);
            file.write_all(&chunk).await?;
        }
        file.flush().await?;
        file.sync_all().await?;
        staged.md5 = md5.finalize();
        staged.checksums = Checksums::from_hasher(sums);
        Ok(staged)
    }
}

impl Staged {
    /// Holds the body against what its writer said.
    ///
    /// # Errors
    /// `InvalidDigest`, `IncompleteBody` or `BadDigest`.
    pub fn verify(&self, expected: &Expected) -> Result<(), ObjectError> {
        if expected.size.is_some_and(|size| size != self.size) {
            return Err(ObjectError::IncompleteBody);
        }
        if let Some(md5) = &expected.md5 {
            let md5 = STANDARD.decode(md5).ok().filter(|bytes| bytes.len() == 16).ok_or(ObjectError::InvalidDigest)?;
            if md5 != self.md5 {
                return Err(ObjectError::BadDigest);
            }
        }
        if self.checksums.fit(&expected.checksums) { Ok(()) } else { Err(ObjectError::BadDigest) }
    }

    pub(super) fn etag(&self) -> String {
        hex::encode(self.md5)
    }
}

/// A name as this store gives them: 32 hex digits. Whatever else lies there is somebody else's.
fn is_ours(entry: &fs::DirEntry) -> bool {
    entry.file_name().to_str().is_some_and(|name| name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.placed {
            // what can't be removed now is swept at the next opening
            drop(fs::remove_file(&self.path));
        }
    }
}

impl Blobs {
    pub(super) fn open(dir: &Path) -> Result<Self, StorageError> {
        let this = Self { staging: dir.join("staging"), blobs: dir.join("blobs") };
        fs::create_dir_all(&this.staging)?;
        fs::create_dir_all(&this.blobs)?;
        sync_folder(dir)?;
        Ok(this)
    }

    /// Removes what is half written and what no row names.
    pub(super) fn sweep(&self, transaction: &Transaction<'_>) -> Result<(), StorageError> {
        for entry in fs::read_dir(&self.staging)? {
            let entry = entry?;
            if is_ours(&entry) {
                fs::remove_file(entry.path())?;
            }
        }
        let mut named = transaction.prepare("SELECT blob FROM versions WHERE blob IS NOT NULL UNION SELECT blob FROM parts")?;
        let named = named.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<HashSet<_>, _>>()?;
        for entry in fs::read_dir(&self.blobs)? {
            let entry = entry?;
            if is_ours(&entry) && !entry.file_name().to_str().is_some_and(|name| named.contains(name)) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// A name in `staging/` for a body that is about to be written.
    pub(super) fn empty(&self) -> Staged {
        let path = self.staging.join(Uuid::new_v4().simple().to_string());
        Staged { path, placed: false, size: 0, md5: [0; 16], checksums: Checksums::default() }
    }

    /// Makes a staged body a blob: after this it is there whatever happens, and only a row is missing.
    pub(super) fn place(&self, mut staged: Staged) -> Result<String, StorageError> {
        let name = Uuid::new_v4().simple().to_string();
        fs::rename(&staged.path, self.blobs.join(&name))?;
        staged.placed = true;
        sync_folder(&self.blobs)?;
        Ok(name)
    }

    pub(super) fn read(&self, name: &str) -> Result<File, StorageError> {
        Ok(File::open(self.blobs.join(name))?)
    }

    /// Removes blobs that no row names any more. What can't be removed now is swept at the next opening.
    pub(super) fn discard(&self, names: &[String]) {
        for name in names {
            drop(fs::remove_file(self.blobs.join(name)));
        }
    }

    /// Joins blobs into a staged body.
    pub(super) fn join(&self, names: &[String], algorithms: Vec<Algorithm>) -> Result<Staged, StorageError> {
        let mut staged = self.empty();
        let mut file = File::create_new(&staged.path)?;
        let mut sums = hasher(algorithms);
        for name in names {
            each_chunk(self.read(name)?, |chunk| {
                sums.update(chunk);
                staged.size = staged.size.saturating_add(chunk.len() as u64);
                std::io::Write::write_all(&mut file, chunk)
            })?;
        }
        file.sync_all()?;
        staged.checksums = Checksums::from_hasher(sums);
        Ok(staged)
    }

    /// Reads a blob again for its MD5 and checksums.
    pub(super) fn digests(&self, name: &str, algorithms: Vec<Algorithm>) -> Result<([u8; 16], Checksums), StorageError> {
        let (mut md5, mut sums) = (Md5::new(), hasher(algorithms));
        each_chunk(self.read(name)?, |chunk| {
            md5.update(chunk);
            sums.update(chunk);
            Ok(())
        })?;
        Ok((md5.finalize(), Checksums::from_hasher(sums)))
    }
}

fn each_chunk(mut file: File, mut take: impl FnMut(&[u8]) -> std::io::Result<()>) -> Result<(), StorageError> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let length = file.read(&mut buffer)?;
        match buffer.get(..length) {
            None | Some([]) => return Ok(()),
            Some(chunk) => take(chunk)?,
        }
    }
}
