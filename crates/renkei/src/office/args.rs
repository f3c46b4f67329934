//! What an office can write behind `renkei`.

use std::path::{Path, PathBuf};

use clap::{Args as Arguments, Subcommand};
use exchange::{DeliveryStatus, Municipality, Prefecture, TransmissionId, TransmissionStatus};
use jiff::Timestamp;
use jiff::civil::Date;
use standard::{Address, IdentifierError, Kind, OfficeNumber, ServiceMonth, ServiceType};

use super::watch::WatchArgs;

/// How many entries a listing shows unless more are asked for.
const SHOWN: usize = 50;

#[derive(Debug, Subcommand)]
pub(crate) enum OfficeCommand {
    /// Register this device for an office, with a one-time code
    ///
    /// Makes a key pair for this device, keeps the private half in RENKEI_HOME for its owner's eyes, and registers the public half.
    /// The code comes from the exchange's operator, by post, or from another device of the office (`renkei keys code`).
    #[command(
        after_help = "Example:\n  RENKEI_URL=https://api.example renkei enrol --office 9870808848 --code ABCD-EFGH-IJKL-2345 --name 事務室"
    )]
    Enrol(EnrolArgs),
    /// Send files: a set of the standard (送信単位), attachments, or both
    ///
    /// Checks everything on this machine first, as the exchange will, and sends nothing that it would refuse. What breaks off goes on when the same
    /// command is given again, or with --resume, under the same transmission: nothing is sent twice.
    #[command(
        after_help = "Examples:\n  renkei send UPJSK_202604_9870808848_15_9873789219_43_20260325090434.CSV --to 9873789219-43 --wait\n  renkei send UP*.CSV letter.pdf --to 9870808848-15 9870808855-13\n  renkei send --resume"
    )]
    Send(SendArgs),
    /// List what was sent, or show one transmission and why it was rejected
    Sent(SentArgs),
    /// Take a transmission back that no recipient has taken yet
    Cancel {
        /// The transmission
        #[arg(value_name = "ID")]
        id: TransmissionId,
    },
    /// List what has come
    Inbox(InboxArgs),
    /// Fetch what has come into a folder: one delivery, or all that aren't acknowledged
    ///
    /// Each delivery becomes a folder of its own below --out, whole or not at all, its files under their names, with the digests that the exchange recorded
    /// and manifests that the sender signed. What is there already is left as it is.
    #[command(after_help = "Examples:\n  renkei fetch --out received\n  renkei fetch 9870808848-0197f3a2-4b5c-4d6e-8f90-a1b2c3d4e5f6")]
    Fetch(FetchArgs),
    /// Tell the sender that a delivery was imported, or that the import failed
    Ack(AckArgs),
    /// List what the office was told: what came, was rejected, answered, taken back, or waits, newest first
    ///
    /// Of the last 93 days. A script that asks again and again goes by `id`, which is the same however often a notice is seen.
    #[command(after_help = "Example:\n  renkei notices --since 2026-04-10T09:00:00+09:00 --json")]
    Notices(NoticesArgs),
    /// Look offices up: one by its number, or those that fit, in all prefectures unless a place is named, the office's own first
    Offices(OfficesArgs),
    /// The office's licence, and the free pass
    #[command(subcommand)]
    Licence(LicenceCommand),
    /// The office's devices
    #[command(subcommand)]
    Keys(KeysCommand),
    /// S3 credentials for the office's own prefixes, for an hour
    Credentials,
    /// The offices exchanged with in a period
    Partners(PartnersArgs),
    /// Send what appears in a folder, and put what comes into another, until Ctrl-C
    ///
    /// For care software that exports and imports files. What stands still in the folder is grouped into sets by the standard's names and sent: to --to, or
    /// where the names say. It ends in `sent` or `refused` below the folder, with the report beside it. What comes is put into --into; it is acknowledged
    /// by `renkei ack`, never by itself. After a restart it goes on where it was: nothing is sent twice.
    #[command(after_help = "Examples:\n  renkei watch C:\\care\\export --into C:\\care\\import\n  renkei watch export --to 9873789219-43")]
    Watch(WatchArgs),
}

#[derive(Debug, Arguments)]
pub(crate) struct EnrolArgs {
    /// The office's number
    #[arg(long, value_name = "N")]
    pub(crate) office: OfficeNumber,
    /// The one-time code
    #[arg(long, value_name = "C")]
    pub(crate) code: String,
    /// What the office calls the device, 1 to 100 characters [default: renkei]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Arguments)]
pub(crate) struct SendArgs {
    /// The files, 1 to 20
    #[arg(required_unless_present = "resume", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// To whom, 1 to 50: an office number, with the service type where files of the standard go to several
    #[arg(long, num_args = 1.., value_delimiter = ',', required_unless_present = "resume", value_name = "ADDRESS", value_parser = recipient)]
    pub(crate) to: Vec<Address>,
    /// Wait until it is delivered or rejected; ends with 1 when it is rejected
    #[arg(long)]
    pub(crate) wait: bool,
    /// How many seconds to wait at most
    #[arg(long, value_name = "SECONDS", default_value_t = 600, requires = "wait")]
    pub(crate) wait_at_most: u64,
    /// Send without checking the files on this machine first
    #[arg(long)]
    pub(crate) unchecked: bool,
    /// Send once more what was sent and delivered already
    #[arg(long, conflicts_with = "resume")]
    pub(crate) again: bool,
    /// Go on with all that broke off
    #[arg(long, conflicts_with_all = ["files", "to"])]
    pub(crate) resume: bool,
}

#[derive(Debug, Arguments)]
pub(crate) struct SentArgs {
    /// One transmission
    #[arg(value_name = "ID", conflicts_with_all = ["status", "since"])]
    pub(crate) id: Option<TransmissionId>,
    /// Only those: waiting, delivered, rejected, cancelled
    #[arg(long, value_name = "S")]
    pub(crate) status: Option<TransmissionStatus>,
    /// Only those stored then or later (RFC 3339)
    #[arg(long, value_name = "T")]
    pub(crate) since: Option<Timestamp>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = SHOWN, value_parser = count)]
    pub(crate) limit: usize,
}

#[derive(Debug, Arguments)]
pub(crate) struct InboxArgs {
    /// Only those: delivered, collected, acknowledged, cancelled, expired
    #[arg(long, value_name = "S")]
    pub(crate) status: Option<DeliveryStatus>,
    /// Only from this office
    #[arg(long, value_name = "N")]
    pub(crate) sender: Option<OfficeNumber>,
    /// Only with a file of this kind: UPJSK
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Option<Kind>,
    /// Only with a file of this month: 202604
    #[arg(long, value_name = "YYYYMM")]
    pub(crate) month: Option<ServiceMonth>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = SHOWN, value_parser = count)]
    pub(crate) limit: usize,
}

#[derive(Debug, Arguments)]
pub(crate) struct FetchArgs {
    /// One delivery
    #[arg(value_name = "ID")]
    pub(crate) id: Option<TransmissionId>,
    /// Where to; made if it isn't there
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Arguments)]
pub(crate) struct AckArgs {
    /// The delivery
    #[arg(value_name = "ID")]
    pub(crate) id: TransmissionId,
    /// It could not be imported
    #[arg(long)]
    pub(crate) failed: bool,
    /// What the sender should know, up to 500 characters
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
}

#[derive(Debug, Arguments)]
pub(crate) struct NoticesArgs {
    /// Only what came about then or later (RFC 3339)
    #[arg(long, value_name = "T")]
    pub(crate) since: Option<Timestamp>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = SHOWN, value_parser = count)]
    pub(crate) limit: usize,
}

#[derive(Debug, Arguments)]
pub(crate) struct OfficesArgs {
    /// One office
    #[arg(value_name = "NUMBER", conflicts_with_all = ["municipality", "prefecture", "service", "name", "licensed"])]
    pub(crate) number: Option<OfficeNumber>,
    /// Only in this municipality: its code
    #[arg(long, value_name = "CODE")]
    pub(crate) municipality: Option<Municipality>,
    /// Only in this prefecture: its two digits
    #[arg(long, value_name = "PP")]
    pub(crate) prefecture: Option<Prefecture>,
    /// Only of this service type
    #[arg(long, value_name = "TT")]
    pub(crate) service: Option<ServiceType>,
    /// Only with this in their names
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,
    /// Only with a licence (true) or without (false)
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub(crate) licensed: Option<bool>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = SHOWN, value_parser = count)]
    pub(crate) limit: usize,
}

#[derive(Debug, Arguments)]
pub(crate) struct PartnersArgs {
    /// From this day on
    #[arg(long, value_name = "DAY")]
    pub(crate) since: Option<Date>,
    /// Up to this day
    #[arg(long, value_name = "DAY")]
    pub(crate) until: Option<Date>,
    /// As a table for a subsidy's form (CSV, UTF-8 with BOM)
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LicenceCommand {
    /// Until when the office may send and be sent to, and what can be applied for
    Show,
    /// Apply for the free pass of the campaign that is open
    Apply,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// All keys, revoked ones too
    List,
    /// Lock a device out
    Revoke {
        /// Its key
        #[arg(value_name = "KID", value_parser = key_id, allow_hyphen_values = true)]
        kid: String,
    },
    /// A one-time code for one more device
    Code,
}

fn count(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|count| *count > 0).ok_or("a number from 1")
}

/// Thumbprints are base64url: nothing else becomes part of a path.
fn key_id(text: &str) -> Result<String, &'static str> {
    let fits = !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'));
    if fits { Ok(text.to_owned()) } else { Err("a key's id has letters, digits, - and _ only (renkei keys list)") }
}

/// All that follows `--to` are addresses.
fn recipient(text: &str) -> Result<Address, String> {
    let is_file = Path::new(text).is_file();
    let hint = "ファイルは --to の前に書いてください / files come before --to: renkei send FILE… --to ADDRESS…";
    text.parse().map_err(|error: IdentifierError| if is_file { hint.to_owned() } else { error.to_string() })
}
