//! `renkei watch --into`: what comes is put into the import folder, whole, once.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::place::Ended;
use crate::post::{ACTUALS, Post, id_of};
use crate::watch::names;

/// A delivery of two files, and the folders of the office that it is for.
struct Import {
    post: Post,
    into: TempDir,
    export: TempDir,
    id: String,
}

impl Import {
    fn new() -> Self {
        let post = Post::new();
        let files = [post.demo(ACTUALS), post.letter("letter.pdf")];
        let id = id_of(&post.send(&files.each_ref().map(String::as_str), &["--wait"]).object());
        Self { post, into: tempfile::tempdir().unwrap(), export: tempfile::tempdir().unwrap(), id }
    }

    fn watch(&self) -> Ended {
        let (export, into) = (self.export.path().to_str().unwrap(), self.folder().to_str().unwrap());
        self.post.recipient.run(&["watch", export, "--into", into, "--once", "--settle", "0"])
    }

    fn folder(&self) -> &Path {
        self.into.path()
    }

    /// What the delivery stands at.
    fn status(&self) -> Value {
        self.post.recipient.run(&["inbox"]).object()["status"].clone()
    }

    /// Where it is written down how far it is.
    fn mark(&self) -> PathBuf {
        self.post.recipient.home.path().join("arrived").join(format!("{}.json", self.id))
    }

    fn write_mark(&self, mark: &Value) {
        fs::create_dir_all(self.mark().parent().unwrap()).unwrap();
        fs::write(self.mark(), mark.to_string()).unwrap();
    }

    /// A hidden folder beside, as a process leaves it that died.
    fn beside(&self, files: &[&str]) -> PathBuf {
        let beside = self.folder().join(".renkei-left");
        fs::create_dir(&beside).unwrap();
        for name in files {
            fs::copy(self.post.files.path().join(name), beside.join(name)).unwrap();
        }
        beside
    }
}

#[test]
fn what_comes_is_put_into_the_import_folder_once_and_acknowledged_by_nobody() {
    let import = Import::new();
    // a file of that name is there already: nothing of the delivery comes, nothing is written over
    fs::write(import.folder().join("letter.pdf"), "mine").unwrap();
    let blocked = import.watch();
    assert_eq!((blocked.code, blocked.stdout.as_str(), names(import.folder())), (Some(1), "", vec!["letter.pdf".to_owned()]));
    assert_eq!(import.status(), "delivered", "what can't be put there isn't fetched: its sender may take it back");
    fs::remove_file(import.folder().join("letter.pdf")).unwrap();
    let arrived = import.watch().object();
    assert_eq!((&arrived["event"], names(import.folder())), (&json!("arrived"), vec![ACTUALS.to_owned(), "letter.pdf".to_owned()]));
    // the import software takes them away
    fs::remove_file(import.folder().join(ACTUALS)).unwrap();
    assert!(import.watch().objects().is_empty());
    assert_eq!(names(import.folder()), ["letter.pdf"]);
    assert_eq!(import.status(), "collected");
    // marks of what is acknowledged are not kept
    import.post.recipient.run(&["ack", &import.id]).object();
    assert!(import.watch().objects().is_empty());
    assert!(!import.mark().exists());
}

#[test]
fn what_left_for_the_import_folder_before_a_crash_does_not_come_again() {
    let import = Import::new();
    let beside = import.beside(&["letter.pdf"]);
    import.write_mark(&json!({"step": "placing", "beside": beside, "files": [ACTUALS, "letter.pdf"]}));
    let arrived = import.watch().object();
    assert_eq!((&arrived["files"], names(import.folder())), (&json!([ACTUALS, "letter.pdf"]), vec!["letter.pdf".to_owned()]));
    assert_eq!(import.status(), "delivered", "nothing was fetched again");
    assert!(import.watch().objects().is_empty());
}

#[test]
fn what_was_fetched_in_part_before_a_crash_is_fetched_to_its_end() {
    let import = Import::new();
    let beside = import.beside(&["letter.pdf"]);
    fs::write(beside.join(ACTUALS), "half").unwrap();
    import.write_mark(&json!({"step": "fetching", "beside": beside}));
    import.watch().object();
    assert_eq!(names(import.folder()), [ACTUALS, "letter.pdf"]);
    for name in [ACTUALS, "letter.pdf"] {
        assert_eq!(fs::read(import.folder().join(name)).unwrap(), fs::read(import.post.files.path().join(name)).unwrap());
    }
}

#[test]
fn what_was_fetched_in_part_and_is_wanted_no_more_is_thrown_away() {
    let import = Import::new();
    let beside = import.beside(&["letter.pdf"]);
    import.write_mark(&json!({"step": "fetching", "beside": beside}));
    import.post.recipient.run(&["ack", &import.id]).object();
    assert!(import.watch().objects().is_empty());
    assert_eq!((names(import.folder()).len(), import.mark().exists()), (0, false));
}

#[cfg(unix)]
#[test]
fn what_is_put_there_can_be_read_by_whoever_may_read_new_files_there() {
    use std::os::unix::fs::PermissionsExt as _;
    let import = Import::new();
    import.watch().object();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    fs::write(import.export.path().join("another"), "").unwrap();
    assert_eq!(mode(&import.folder().join("letter.pdf")), mode(&import.export.path().join("another")));
}
