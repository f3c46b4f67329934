//! `renkei convert --schema`.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::str::FromStr;

use anyhow::Context as _;
use standard::convert::schema;
use standard::{Kind, Layout};

use super::target::Target;
use crate::output::Output;

/// Whose schema.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SchemaOf {
    All,
    Kind(&'static Layout),
}

impl FromStr for SchemaOf {
    type Err = String;

    fn from_str(text: &str) -> Result<SchemaOf, String> {
        if text == "all" {
            return Ok(SchemaOf::All);
        }
        let kind: Option<Kind> = text.parse().ok();
        kind.and_then(Kind::layout).map(SchemaOf::Kind).ok_or_else(|| format!("all, or one of {}", kinds()))
    }
}

/// The kinds that have a layout, as one writes them.
pub(crate) fn kinds() -> String {
    Layout::all().map(|layout| layout.kind.code()).collect::<Vec<_>>().join(", ")
}

/// One schema for people, or all of them one a line; with `out` into files.
pub(super) fn print(of: SchemaOf, out: Option<&Path>, output: &Output) -> anyhow::Result<ExitCode> {
    match (of, out) {
        (SchemaOf::Kind(layout), out) => {
            let mut target = match out {
                Some(out) if out.is_dir() => Target::file(out.join(name(layout)))?,
                Some(out) => Target::file(out.to_owned())?,
                None => Target::stdout(),
            };
            write(layout, out.is_none() && output.json, &mut target)?;
            target.done()?;
        }
        (SchemaOf::All, Some(folder)) => {
            fs::create_dir_all(folder).with_context(|| format!("{} can't be made / 作成できません", folder.display()))?;
            for layout in Layout::all() {
                let mut target = Target::file(folder.join(name(layout)))?;
                write(layout, false, &mut target)?;
                target.done()?;
            }
        }
        (SchemaOf::All, None) => {
            let mut target = Target::stdout();
            Layout::all().try_for_each(|layout| write(layout, true, &mut target))?;
            target.done()?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn name(layout: &Layout) -> String {
    format!("{}.schema.json", layout.kind)
}

fn write(layout: &Layout, on_one_line: bool, target: &mut Target) -> anyhow::Result<()> {
    let schema = schema(layout);
    if on_one_line {
        serde_json::to_writer(&mut *target, &schema)?
    } else {
        serde_json::to_writer_pretty(&mut *target, &schema)?
    }
    Ok(target.write_all(b"\n")?)
}
