//! `cargo run -p standard --example hostile_files -- DIR` writes the bad files of `docs/hostile-files.md`, each into a folder of its own:
//! `DIR/01-empty/UPJSK_….CSV` and so on, and the good file that they are made from into `DIR/00-good`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "it makes test files, and may stop at the first surprise")]
#![expect(clippy::print_stdout, reason = "a command says what it wrote")]

#[path = "../tests/hostile/files.rs"]
mod files;

use std::path::PathBuf;
use std::{env, fs};

use files::{GoodFile, HOSTILE_FILES};

fn main() {
    let Some(target) = env::args_os().nth(1).map(PathBuf::from) else {
        println!("usage: hostile_files DIR");
        std::process::exit(2);
    };
    let good = GoodFile::read();
    let bad = HOSTILE_FILES.iter().map(|file| (file.slug, file.defect, file.bytes(&good)));
    for (number, (slug, defect, bytes)) in std::iter::once(("good", "nothing", good.bytes())).chain(bad).enumerate() {
        let folder = target.join(format!("{number:02}-{slug}"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(&good.name), &bytes).unwrap();
        println!("{number:02}-{slug}: {} bytes; {defect}", bytes.len());
    }
}
