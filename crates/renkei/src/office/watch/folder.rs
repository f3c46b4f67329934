//! What lies in the export folder, and which of it is ready to be sent.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context as _;
use exchange::attachment::AttachmentKind;
use standard::{Address, FileName, Kind, Unit, group_units};

use super::last_segment;

/// Files that are no set of the standard may still become one: they stand still this many times as long.
const INCOMPLETE: u32 = 6;

/// The folder, as it was seen.
pub(super) struct Folder {
    path: PathBuf,
    settle: Duration,
    seen: BTreeMap<PathBuf, Seen>,
    incomplete: Vec<Vec<PathBuf>>,
    links: Vec<PathBuf>,
}

struct Seen {
    size: u64,
    modified: SystemTime,
    since: Instant,
}

/// Files that are sent together.
pub(super) struct Batch {
    paths: Vec<PathBuf>,
    /// Of a set of the standard, the name of one of them: all of a set go to one office.
    name: Option<FileName>,
}

impl Batch {
    pub(super) fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Where the names say that it goes.
    pub(super) fn addresses(&self) -> Vec<Address> {
        let address = self.name.as_ref().and_then(|name| {
            let office = name.recipient.parse().ok()?;
            Some(Address { office, service_type: name.recipient_service_type() })
        });
        address.into_iter().collect()
    }

    /// What it is called in a complaint.
    pub(super) fn title(&self) -> String {
        self.paths.first().map(|path| last_segment(path)).unwrap_or_default()
    }
}

impl Folder {
    pub(super) fn new(path: &Path, settle: Duration) -> Self {
        Self { path: path.to_owned(), settle, seen: BTreeMap::new(), incomplete: Vec::new(), links: Vec::new() }
    }

    /// Looks, and gives what stood still long enough. Attachments and misnamed files are batches of their own: the former only where somebody says where
    /// they go (`attachments`). What nobody sends is left alone, and so is what lies in folders below, or elsewhere behind a link.
    pub(super) fn look(&mut self, attachments: bool) -> anyhow::Result<Vec<Batch>> {
        let now = Instant::now();
        let (mut seen, mut links) = (BTreeMap::new(), Vec::new());
        let unreadable = || format!("{} can't be read", self.path.display());
        for entry in fs::read_dir(&self.path).with_context(unreadable)? {
            let path = entry.with_context(unreadable)?.path();
            // one that vanished meanwhile is none
            let Ok(about) = path.symlink_metadata() else { continue };
            if !is_sent(&path) {
                continue;
            }
            if !about.is_file() {
                links.extend(about.is_symlink().then_some(path));
                continue;
            }
            let (size, modified) = (about.len(), about.modified()?);
            let before = self.seen.get(&path).filter(|before| (before.size, before.modified) == (size, modified));
            let since = before.map_or(now, |before| before.since);
            seen.insert(path, Seen { size, modified, since });
        }
        (self.seen, self.links) = (seen, links);
        let (ready, incomplete) = self.ready(attachments, now);
        self.incomplete = incomplete;
        Ok(ready)
    }

    /// What waited for the rest of its set when it was last looked at.
    pub(super) fn incomplete(&self) -> &[Vec<PathBuf>] {
        &self.incomplete
    }

    /// What would be sent if it weren't a link, when it was last looked at.
    pub(super) fn links(&self) -> &[PathBuf] {
        &self.links
    }

    /// What is ready, and what waits for the rest of its set.
    fn ready(&self, attachments: bool, now: Instant) -> (Vec<Batch>, Vec<Vec<PathBuf>>) {
        let stands = |path: &Path, times: u32| {
            self.seen.get(path).is_some_and(|seen| seen.since < now && now.duration_since(seen.since) >= self.settle * times)
        };
        let (mut names, mut paths, mut batches, mut incomplete) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for path in self.seen.keys() {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            match FileName::parse(&name).0 {
                Some(name) => {
                    names.push(name);
                    paths.push(path);
                }
                None if stands(path, 1) && (attachments || FileName::claims_standard(&name)) => {
                    batches.push(Batch { paths: vec![path.clone()], name: None });
                }
                None => {}
            }
        }
        for group in group_units(&names) {
            let kinds: Vec<Kind> = group.iter().filter_map(|place| names.get(*place)).map(|name| name.kind).collect();
            let is_v3 = group.iter().filter_map(|place| names.get(*place)).any(FileName::is_v3);
            let is_whole = Unit::of(&kinds, is_v3).is_some();
            let times = if is_whole { 1 } else { INCOMPLETE };
            let of_group: Vec<PathBuf> = group.iter().filter_map(|place| paths.get(*place)).map(|path| (*path).clone()).collect();
            if of_group.iter().all(|path| stands(path, times)) {
                batches.push(Batch { paths: of_group, name: group.first().and_then(|place| names.get(*place)).cloned() });
            } else if !is_whole {
                incomplete.push(of_group);
            }
        }
        (batches, incomplete)
    }
}

/// Whether anybody would send it: a file of the standard, or of a type that can be attached; not what programs keep beside them.
fn is_sent(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let extension = path.extension().map(|extension| extension.to_string_lossy().into_owned()).unwrap_or_default();
    !name.starts_with(['.', '~']) && (FileName::claims_standard(&name) || AttachmentKind::of_extension(&extension).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTUALS: &str = "UPJSK_202604_9870808848_15_9873789219_43_20260325090434.CSV";
    const TABLE_1: &str = "UP1KYO_9873789219_43_9870808848_15_20260325091100.CSV";

    /// What two looks give, with this change between them.
    fn looks(files: &[&str], attachments: bool, settle: Duration, between: impl FnOnce(&Path)) -> Vec<Vec<String>> {
        let place = tempfile::tempdir().unwrap();
        for file in files {
            fs::write(place.path().join(file), "1").unwrap();
        }
        let mut folder = Folder::new(place.path(), settle);
        assert!(folder.look(attachments).unwrap().is_empty(), "one look shows nothing standing still");
        between(place.path());
        let batches = folder.look(attachments).unwrap();
        batches.iter().map(|batch| batch.paths().iter().map(|path| last_segment(path)).collect()).collect()
    }

    #[test]
    fn what_stands_still_is_ready_and_what_grows_is_not() {
        assert_eq!(looks(&[ACTUALS], false, Duration::ZERO, |_| {}), [[ACTUALS]]);
        let grows = |folder: &Path| fs::write(folder.join(ACTUALS), "12").unwrap();
        assert!(looks(&[ACTUALS], false, Duration::ZERO, grows).is_empty());
        assert!(looks(&[ACTUALS], false, Duration::from_secs(3600), |_| {}).is_empty());
    }

    #[test]
    fn what_is_no_set_yet_waits_for_the_rest() {
        let folder = Folder::new(Path::new("."), Duration::from_secs(1));
        let since = Instant::now();
        let seen = Seen { size: 1, modified: SystemTime::UNIX_EPOCH, since };
        let folder = Folder { seen: BTreeMap::from([(PathBuf::from(TABLE_1), seen)]), ..folder };
        let at = |seconds: u64| {
            let (ready, incomplete) = folder.ready(false, since + Duration::from_secs(seconds));
            (ready.len(), incomplete)
        };
        assert_eq!(at(2), (0, vec![vec![PathBuf::from(TABLE_1)]]));
        assert_eq!(at(6), (1, Vec::new()));
    }

    #[test]
    fn an_attachment_goes_only_where_somebody_says_where_to() {
        let files = ["letter.pdf", ".hidden.pdf", "~$letter.docx", "notes.bak", "UPJSK_wrong.CSV"];
        assert_eq!(looks(&files, false, Duration::ZERO, |_| {}), [["UPJSK_wrong.CSV"]]);
        assert_eq!(looks(&files, true, Duration::ZERO, |_| {}), [["UPJSK_wrong.CSV"], ["letter.pdf"]]);
    }

    #[test]
    fn the_names_say_where_a_set_goes() {
        let batch = Batch { paths: Vec::new(), name: FileName::parse(ACTUALS).0 };
        assert_eq!(batch.addresses(), ["9873789219-43".parse().unwrap()]);
        assert!(Batch { paths: Vec::new(), name: None }.addresses().is_empty());
    }
}
