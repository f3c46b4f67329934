//! What is to be checked: files, the files of folders, the entries of archives.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use exchange::attachment::{AttachmentKind, MAX_STANDARD_BYTES};
use standard::{FileName, decode_ms932};
use walkdir::WalkDir;
use zip::ZipArchive;

use crate::output::harmless;

/// How much is read at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// Files that lie together: sets are looked for among them, and nowhere else.
#[derive(Default)]
pub(crate) struct Place {
    pub(crate) files: Vec<Source>,
    /// Files of a folder or an archive that nobody would send.
    pub(crate) passed_over: Vec<String>,
}

/// One file.
pub(crate) struct Source {
    /// The last segment of its path.
    pub(crate) name: String,
    /// Where it lies, as it was named.
    pub(crate) path: String,
    /// It was found in a folder or an archive.
    pub(crate) found: bool,
    pub(crate) size_bytes: u64,
    content: Content,
}

enum Content {
    File(PathBuf),
    Entry(Rc<RefCell<ZipArchive<BufReader<File>>>>, usize),
}

/// The places, and a complaint for each path that can't be read.
pub(crate) fn gather(paths: &[PathBuf]) -> (Vec<Place>, Vec<String>) {
    let mut named = Place::default();
    let (mut found, mut complaints) = (Vec::new(), Vec::new());
    for path in paths {
        let is_archive = path.extension().is_some_and(|it| it.eq_ignore_ascii_case("zip"));
        let gathered = match path.metadata() {
            Err(error) => Err(error),
            Ok(about) if about.is_dir() => folder(path, &mut complaints),
            Ok(_) if is_archive => archive(path),
            Ok(about) => {
                let content = Content::File(path.clone());
                named.files.push(Source { name: last_segment(path), path: shown(path), found: false, size_bytes: about.len(), content });
                continue;
            }
        };
        match gathered {
            Ok(places) => found.extend(places),
            Err(error) => complaints.push(complaint(path, &error)),
        }
    }
    let places = std::iter::once(named).chain(found).filter(|place| !place.files.is_empty() || !place.passed_over.is_empty());
    (places.collect(), complaints)
}

/// Every folder below is a place of its own.
fn folder(root: &Path, complaints: &mut Vec<String>) -> io::Result<Vec<Place>> {
    let mut places: BTreeMap<PathBuf, Place> = BTreeMap::new();
    let is_hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
    let walk = WalkDir::new(root)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|it| it.depth() == 0 || !is_hidden(it.file_name()));
    for entry in walk {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                let size_bytes = entry.metadata().map(|about| about.len()).unwrap_or_default();
                let place = places.entry(entry.path().parent().unwrap_or(root).to_owned()).or_default();
                place.add(last_segment(entry.path()), shown(entry.path()), size_bytes, Content::File(entry.path().to_owned()));
            }
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) => {
                let place = places.entry(entry.path().parent().unwrap_or(root).to_owned()).or_default();
                place.passed_over.push(shown(entry.path()));
            }
            Err(error) => complaints.push(error.to_string()),
        }
    }
    Ok(places.into_values().collect())
}

/// Every folder of an archive is a place of its own.
fn archive(path: &Path) -> io::Result<Vec<Place>> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(path)?))?;
    let mut entries = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index)?;
        if !entry.is_dir() {
            entries.push((index, entry_name(entry.name_raw()), entry.size()));
        }
    }
    let archive = Rc::new(RefCell::new(archive));
    let mut places: BTreeMap<String, Place> = BTreeMap::new();
    for (index, name, size_bytes) in entries {
        let (folder, last) = name.rsplit_once('/').unwrap_or(("", &name));
        if last.starts_with('.') || name.starts_with("__MACOSX/") {
            continue;
        }
        let place = places.entry(folder.to_owned()).or_default();
        place.add(last.to_owned(), format!("{}!/{name}", shown(path)), size_bytes, Content::Entry(Rc::clone(&archive), index));
    }
    Ok(places.into_values().collect())
}

impl Place {
    fn add(&mut self, name: String, path: String, size_bytes: u64, content: Content) {
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        if FileName::claims_standard(&name) || extension.is_some_and(|it| AttachmentKind::of_extension(it).is_some()) {
            self.files.push(Source { name, path, found: true, size_bytes, content });
        } else {
            self.passed_over.push(path);
        }
    }
}

impl Source {
    /// Hands out the content piece by piece. Of an archive's entry no more than one byte beyond the largest file is unpacked, whatever it claims to hold.
    pub(crate) fn stream(&self, take: impl FnMut(&[u8])) -> io::Result<()> {
        match &self.content {
            Content::File(path) => stream(File::open(path)?, take),
            Content::Entry(archive, index) => {
                let mut archive = archive.borrow_mut();
                stream(archive.by_index(*index)?.take(MAX_STANDARD_BYTES + 1), take)
            }
        }
    }
}

fn stream(mut content: impl Read, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        match content.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => take(buffer.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The name of an archive's entry: UTF-8, or MS932 as Windows writes it in Japan without saying so.
fn entry_name(raw: &[u8]) -> String {
    let name = str::from_utf8(raw).map(Into::into).or_else(|_| decode_ms932(raw)).unwrap_or_else(|_| String::from_utf8_lossy(raw));
    harmless(&name.replace('\\', "/"))
}

fn complaint(path: &Path, error: &io::Error) -> String {
    format!("{} can't be read: {error}", shown(path))
}

fn last_segment(path: &Path) -> String {
    path.file_name().map(|name| harmless(&name.to_string_lossy())).unwrap_or_default()
}

fn shown(path: &Path) -> String {
    harmless(&path.to_string_lossy())
}
