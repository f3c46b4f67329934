//! Where the converted file goes: stdout, or a file that is there whole or not at all.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::NamedTempFile;

/// The open target.
pub(super) enum Target {
    Stdout(BufWriter<io::Stdout>),
    /// A file beside the one it will be.
    File(BufWriter<NamedTempFile>, PathBuf),
    /// A device or a pipe: nothing can be put in its place.
    Through(BufWriter<fs::File>, PathBuf),
}

impl Target {
    pub(super) fn stdout() -> Target {
        Target::Stdout(BufWriter::new(io::stdout()))
    }

    pub(super) fn file(path: PathBuf) -> anyhow::Result<Target> {
        // a link stays one: what it leads to is replaced
        let path = fs::canonicalize(&path).unwrap_or(path);
        if fs::metadata(&path).is_ok_and(|about| !about.is_file()) {
            let file = fs::OpenOptions::new().write(true).open(&path).with_context(|| cannot_write(&path))?;
            return Ok(Target::Through(BufWriter::new(file), path));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".renkei-");
        // as any new file here: the care software that reads it may be another user's
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.tempfile_in(folder).with_context(|| cannot_write(&path))?;
        Ok(Target::File(BufWriter::new(file), path))
    }

    /// Makes it the file it is meant to be.
    pub(super) fn done(self) -> anyhow::Result<()> {
        match self {
            Target::Stdout(mut stdout) => Ok(stdout.flush()?),
            Target::Through(mut file, path) => file.flush().with_context(|| cannot_write(&path)),
            Target::File(file, path) => {
                let file = file.into_inner().map_err(io::IntoInnerError::into_error).with_context(|| cannot_write(&path))?;
                file.as_file().sync_all().with_context(|| cannot_write(&path))?;
                file.persist(&path).with_context(|| cannot_write(&path))?;
                Ok(())
            }
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Target::Stdout(stdout) => stdout.write(bytes),
            Target::File(file, _) => file.write(bytes),
            Target::Through(file, _) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Target::Stdout(stdout) => stdout.flush(),
            Target::File(file, _) => file.flush(),
            Target::Through(file, _) => file.flush(),
        }
    }
}

fn cannot_write(path: &Path) -> String {
    format!("{} can't be written / 書き込めません", path.display())
}

/// The file that `--out` means: itself, or the default name in the folder it is.
///
/// # Errors
/// When it is the file that is read.
pub(super) fn path_of(out: &Path, default_name: &str, input: &Path) -> anyhow::Result<PathBuf> {
    let path = if out.is_dir() { out.join(default_name) } else { out.to_owned() };
    let same = fs::canonicalize(&path).is_ok_and(|path| fs::canonicalize(input).is_ok_and(|input| input == path));
    anyhow::ensure!(!same, "{} is the file that is read; name another / 入力と出力が同じファイルです", path.display());
    Ok(path)
}
