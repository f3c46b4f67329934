//! Files that are their owner's alone, and that are there after a power cut.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// For writing; a file that is made so is for its owner's eyes.
pub fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A name that was given to a file, or taken from it, is on the disk only once its folder is.
///
/// # Errors
/// The folder isn't there, or the disk failed.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
