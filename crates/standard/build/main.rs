//! Turns the tables in `data/` into static Rust: a wrong table fails the build, and reading them costs nothing at start-up.
//! Each output is included by the module of the same name in `src/`.

mod characters;
mod codes;
mod kinds;
mod layouts;
mod rules;
mod substitutions;
mod tables;

use std::path::Path;
use std::{env, fs};

use tables::{Outcome, Tables};

fn main() -> Outcome<()> {
    let out = env::var("OUT_DIR")?;
    let tables = Tables::read()?;
    let outputs = [
        ("kinds.rs", kinds::kinds(&tables)?),
        ("rules.rs", rules::rules(&tables)?),
        ("codes.rs", codes::codes(&tables)?),
        ("layouts.rs", layouts::layouts(&tables)?),
        ("units.rs", kinds::units(&tables)?),
        ("substitutions.rs", substitutions::substitutions(&tables)?),
        ("two_byte.rs", characters::two_byte_characters()?),
    ];
    for (name, text) in outputs {
        fs::write(Path::new(&out).join(name), text)?;
    }
    #[expect(clippy::print_stdout, reason = "cargo reads the script's directives from its output")]
    {
        println!("cargo::rerun-if-changed=data");
        println!("cargo::rerun-if-changed=build");
    }
    Ok(())
}
