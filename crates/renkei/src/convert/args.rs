//! What can be written behind `renkei convert`.

use std::path::PathBuf;

use clap::Args;
use standard::Kind;

use super::plan::{Form, QuotingArg};
use super::schemas::{SchemaOf, kinds};

#[derive(Debug, Args)]
pub(crate) struct ConvertArgs {
    /// The file: .csv, .json, or .jsonl (.ndjson)
    #[arg(required_unless_present = "schema", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// What it becomes [default: JSON from CSV, CSV from JSON]
    #[arg(long, value_name = "FORM")]
    pub(crate) to: Option<Form>,
    /// Write there, whole or not at all; in a folder, under the file's name [default: stdout]
    #[arg(long, value_name = "PATH")]
    pub(crate) out: Option<PathBuf>,
    /// The kind of file, where neither its name nor its content says it: UPJSK, UP1KYO …
    #[arg(long, value_name = "KIND", value_parser = kind_with_layout)]
    pub(crate) kind: Option<Kind>,
    /// Write the substitutes that are allowed for characters MS932 lacks (〜 as ～, 鷗 as 鴎 …), and tell where
    #[arg(long)]
    pub(crate) substitute: bool,
    /// Which cells of the CSV are in quotes [default: as the document says, else text]
    #[arg(long, value_name = "CELLS")]
    pub(crate) quoting: Option<QuotingArg>,
    /// Print the JSON Schema of a kind, or of all: one a line, or one a file in the folder --out
    #[arg(long, value_name = "KIND", conflicts_with_all = ["file", "to", "kind", "substitute", "quoting"])]
    pub(crate) schema: Option<SchemaOf>,
}

fn kind_with_layout(text: &str) -> Result<Kind, String> {
    text.parse().ok().filter(|kind: &Kind| kind.layout().is_some()).ok_or_else(|| format!("one of {}", kinds()))
}
