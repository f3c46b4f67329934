//! Receiver profiles as files.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use standard::{MAX_PROFILE_BYTES, Profile};

/// Reads a receiver profile, its text and what it says; no more of the file than a profile may have.
pub(crate) fn read(path: &Path) -> anyhow::Result<(String, Profile)> {
    let mut text = String::new();
    let opened = File::open(path).and_then(|file| file.take(MAX_PROFILE_BYTES as u64 + 1).read_to_string(&mut text));
    opened.with_context(|| format!("{} can't be read", path.display()))?;
    let profile = Profile::parse(&text)
        .with_context(|| format!("{} is no receiver profile / 受信側ソフトの条件ファイルに誤りがあります", path.display()))?;
    Ok((text, profile))
}
