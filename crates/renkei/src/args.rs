//! What can be written behind `renkei`.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args as Arguments, CommandFactory as _, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use jiff::Timestamp;

use crate::admin::args::AdminArgs;
use crate::convert::ConvertArgs;
use crate::explain::{Asked, asked};
use crate::kit::KitArgs;
use crate::office::args::OfficeCommand;

/// The port of the API when none is named; S3 and DynamoDB lie one and two above.
pub(crate) const PORT: u16 = 9470;

/// Renkei: care offices exchange their plan data safely.
#[derive(Debug, Parser)]
#[command(
    name = "renkei",
    version,
    arg_required_else_help = true,
    after_help = "Exit status: 0 done, 1 refused or failed, 2 called wrongly."
)]
pub(crate) struct Args {
    /// Print JSON: one object, or one a line for lists. Logs and complaints go to stderr
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Args {
    /// What was written; whoever called wrongly is told, and the process ends with 2.
    pub(crate) fn read() -> Args {
        let args = Args::parse();
        // clap doesn't see that a global flag before the command conflicts with one behind it
        if let Some(other) = args.command.prints_otherwise().filter(|_| args.json) {
            let message = format!("the argument '{other}' cannot be used with '--json'");
            Args::command().error(ErrorKind::ArgumentConflict, message).exit();
        }
        args
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show in a few seconds what the exchange does: deliveries, a forgery, a faulty file, and the answer
    ///
    /// Starts an exchange of its own in a temporary folder on free ports, registers five invented offices and lets them exchange files:
    /// an actuals file of the national standard, an attachment, a plan set and a slip set, a forged and a malformed file. The recipient fetches and
    /// acknowledges what came, and the ledger is shown. Ends with 0 when all of it ended as it must.
    #[command(after_help = "Example:\n  renkei demo")]
    Demo,
    /// Run a whole exchange on this machine until Ctrl-C
    ///
    /// Object store, database, queue and functions in one process, reachable from this machine only. Everything lies in one folder and survives
    /// a restart, a crash too. What an operator needs to reach it is written to operator.json in that folder, readable by its owner only.
    #[command(
        after_help = "Examples:\n  renkei local\n  renkei local --data ./exchange --port 0 --json\n  renkei local --now 2026-04-10T09:00:00+09:00"
    )]
    Local(LocalArgs),
    /// Check files against the national standard, offline
    ///
    /// Files, folders and ZIP archives. Files are grouped into sets (送信単位) by their names, and each set is judged as a whole: names, contents, and what
    /// the files say together. Each is read once and all its findings are told: line, item, what is wrong, what to do. Files that the standard doesn't
    /// name are attachments; of these, type and size are checked. Ends with 1 when there is an error; warnings alone end with 0.
    #[command(
        after_help = "Examples:\n  renkei validate UPJSK_202604_9870808848_15_9873789219_43_20260325090434.CSV\n  renkei validate --sender 9870808848 --json *.CSV\n  renkei validate export/ plans.zip\n  renkei validate --profile sample-care-5.toml export/\n  renkei validate --format sarif export/ > findings.sarif\n  renkei validate --explain R-LENGTH"
    )]
    Validate(ValidateArgs),
    /// Turn files of the national standard into JSON and back, offline; print their JSON Schemas
    ///
    /// From .csv to a JSON document, from .json or .jsonl to CSV, or as --to says. A record is an object of the standard's items under their English
    /// names; values are text, codes have their labels beside them. CSV is written as the standard wants it, in MS932; a character that isn't in it
    /// is named with its place, never replaced unasked. A file that can't be converted whole is refused, and nothing is written.
    #[command(after_help = "Examples:
  renkei convert UPJSK_202604_9870808848_15_9873789219_43_20260325090434.CSV --out april.json
  renkei convert april.json --substitute --out .
  renkei convert UPPLAN_202604_9873789219_43_9870808848_15_20260325090434.CSV --to jsonl | head -1
  renkei convert actuals.jsonl --kind UPJSK --out actuals.csv
  renkei convert --schema UPJSK
  renkei convert --schema all --out schemas")]
    Convert(ConvertArgs),
    /// For vendors: sample files to import, and a judgement of what your software exports
    ///
    /// With --out, writes valid units of every kind and a defective one for every rule, with the findings a check must give. With --check, judges
    /// the files your software wrote by the test patterns D1 to D7; ends with 1 when one of them failed.
    #[command(after_help = "Examples:\n  renkei kit --out ./kit\n  renkei kit --check ./exported --html report.html --report report.json")]
    Kit(KitArgs),
    #[command(flatten)]
    Office(OfficeCommand),
    /// The operator's tools: offices, keys, licences, credentials, ledger
    Admin(AdminArgs),
    /// Print what completes this command in a shell
    #[command(after_help = "Example:\n  renkei completions bash > ~/.local/share/bash-completion/completions/renkei")]
    Completions {
        /// The shell
        #[arg(value_enum, value_name = "SHELL")]
        shell: Shell,
    },
    /// Write the manual pages, one for each command
    #[command(after_help = "Example:\n  renkei man --out ~/.local/share/man/man1")]
    Man {
        /// Where to; made if it isn't there
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

impl Command {
    /// The flag by which it prints neither a table nor JSON.
    fn prints_otherwise(&self) -> Option<&'static str> {
        match self {
            Command::Office(OfficeCommand::Partners(args)) if args.csv => Some("--csv"),
            Command::Validate(args) if args.markdown => Some("--markdown"),
            Command::Validate(args) if args.format == Format::Sarif => Some("--format"),
            _ => None,
        }
    }
}

#[derive(Debug, Arguments)]
pub(crate) struct LocalArgs {
    /// Where everything is kept; made if it isn't there [default: the platform's data folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Port of the API; S3 is one above, DynamoDB two above. 0 takes three free ones
    #[arg(long, value_name = "N", default_value_t = PORT)]
    pub(crate) port: u16,
    /// Start the exchange's clock at this instant (RFC 3339), from where it runs on. Signatures of S3 requests go by the machine's clock
    #[arg(long, value_name = "T")]
    pub(crate) now: Option<Timestamp>,
}

#[derive(Debug, Arguments)]
pub(crate) struct ValidateArgs {
    /// The sender's office number, as it must stand in the file names
    #[arg(long, value_name = "N")]
    pub(crate) sender: Option<String>,
    /// The recipient's office number, as it must stand in the file names
    #[arg(long, value_name = "N")]
    pub(crate) recipient: Option<String>,
    /// Say too what this receiver's software will refuse: its receiver profile, a TOML file that its maker publishes
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: Option<PathBuf>,
    /// How to print: a table for people, JSON (one object a line), or SARIF 2.1.0 for code scanning
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Table, conflicts_with = "json")]
    pub(crate) format: Format,
    /// Show what the cells at fault hold. They may hold personal data: not for logs, nor for anybody but the file's owner
    #[arg(long)]
    pub(crate) show_values: bool,
    /// Explain rules instead of checking files: R-LENGTH, several, or `all` for a list
    #[arg(long, value_name = "RULE", num_args = 1.., value_delimiter = ',', value_parser = asked, conflicts_with_all = ["sender", "recipient", "format", "show_values", "files"])]
    pub(crate) explain: Vec<Asked>,
    /// Print the explanations as a Markdown page (docs/rules.md)
    #[arg(long, requires = "explain", conflicts_with_all = ["json", "files"])]
    pub(crate) markdown: bool,
    /// Files, folders, ZIP archives
    #[arg(required_unless_present = "explain", value_name = "FILE|DIR|ZIP")]
    pub(crate) files: Vec<PathBuf>,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Json,
    Sarif,
}
