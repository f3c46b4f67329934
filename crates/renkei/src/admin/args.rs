//! What can be written behind `renkei admin`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use exchange::{Prefecture, TransmissionId, TransmissionStatus};
use jiff::Timestamp;
use standard::{OfficeNumber, ProfileId, ServiceType};

pub(crate) use super::licence_args::{CampaignCommand, LicenceCommand};

#[derive(Debug, Args)]
#[command(after_help = "\
Which exchange: with --data DIR, or without RENKEI_BUCKET in the environment, the one that `renkei local` runs on that folder (default: the
platform's data folder). Otherwise the deployment that RENKEI_BUCKET, RENKEI_OFFICES_TABLE and RENKEI_LEDGER_TABLE name, reached as the AWS SDK's
own variables say.")]
pub(crate) struct AdminArgs {
    /// The data folder of the exchange that runs on this machine
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: AdminCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Register offices
    #[command(subcommand)]
    Office(OfficeCommand),
    /// The public keys offices sign with
    #[command(subcommand)]
    Key(KeyCommand),
    /// A one-time code with which a device of the office registers its key
    ///
    /// It holds 14 days, for one device and five tries, and is shown this once. On AWS it is keyed with RENKEI_SECRET, the text of the deployment's
    /// output Secret.
    #[command(
        after_help = "Examples:\n  renkei admin code --office 9870808848\n  renkei admin code --office 9870808848 --letter 9870808848.html"
    )]
    Code(CodeArgs),
    /// What the receivers' software is stricter about than the standard
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Licences, in Japanese calendar days
    #[command(subcommand)]
    Licence(LicenceCommand),
    /// Times in which offices may apply for free passes
    #[command(subcommand)]
    Campaign(CampaignCommand),
    /// How many offices of each municipality are licensed, the highest rate first
    #[command(after_help = "Example:\n  renkei admin adoption --prefecture 13")]
    Adoption {
        /// Only this prefecture, by its two-digit code
        #[arg(long, value_name = "PP")]
        prefecture: Option<Prefecture>,
    },
    /// S3 credentials for one office's own prefixes, for an hour
    ///
    /// On AWS those of the deployment's office role (RENKEI_OFFICE_ROLE), which the caller must be allowed to assume. Without --json they are
    /// printed for a shell: eval "$(renkei admin credentials --office N)".
    #[command(after_help = "Example:\n  renkei admin credentials --office 9870808848 --json")]
    Credentials(OfficeArg),
    /// What was sent, delivered and rejected
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Move the dead letters back: events that failed five times are worked on again
    ///
    /// It may be repeated: every event may come twice. On AWS the queue is the one that RENKEI_DEAD_LETTER_QUEUE_URL names.
    #[command(after_help = "Example:\n  renkei admin redrive --json")]
    Redrive,
}

#[derive(Debug, Args)]
pub(crate) struct OfficeArg {
    /// The office number, 10 characters
    #[arg(long, value_name = "N")]
    pub(crate) office: OfficeNumber,
}

#[derive(Debug, Args)]
pub(crate) struct CodeArgs {
    /// The office number, 10 characters
    #[arg(long, value_name = "N")]
    pub(crate) office: OfficeNumber,
    /// Also write a letter to print and post, in Japanese, to this HTML file
    #[arg(long, value_name = "FILE")]
    pub(crate) letter: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OfficeCommand {
    /// Register an office, or change its profile
    ///
    /// Of an office that is registered the name is replaced, municipality and services where they are given; keys and licences stay.
    #[command(
        after_help = "Example:\n  renkei admin office add --office 9870808848 --name デイサービスひなた --municipality 977900 --service 15"
    )]
    Add(OfficeAdd),
    /// Show an office's profile
    Show(OfficeArg),
    /// Register the offices of the public directory, or what changed of them
    ///
    /// FILE is one of the open data files of 介護サービス情報公表システム, of one service or put together: CSV, UTF-8, with headings. Offices and
    /// services are added, names and places replaced; nothing is taken away, and keys, licences and settings stay. Rows that can't be used are
    /// skipped and counted. Repeated, after a crash too, it writes only what is still to be written.
    #[command(after_help = "Example:\n  renkei admin office import jigyosho_110.csv")]
    Import {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// Publish a receiver profile, a TOML file of its software's maker, or a new version of it
    ///
    /// Offices whose settings name it are warned for: their senders find the warnings beside their reports before the delivery.
    #[command(after_help = "Example:\n  renkei admin profile put sample-care-5.toml")]
    Put {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Print a receiver profile as it was published
    Show {
        /// Its name
        #[arg(value_name = "ID")]
        id: ProfileId,
    },
    /// Show which software an office reads files with
    Of(OfficeArg),
    /// Say which software an office reads files with, or that it is unknown
    #[command(after_help = "Example:\n  renkei admin profile use --office 9870808848 sample-care-5")]
    Use {
        /// The office number, 10 characters
        #[arg(long, value_name = "N")]
        office: OfficeNumber,
        /// The profile of its software; none when left out
        #[arg(value_name = "ID")]
        id: Option<ProfileId>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct OfficeAdd {
    /// The office number, 10 characters
    #[arg(long, value_name = "N")]
    pub(crate) office: OfficeNumber,
    /// Its name, 1 to 200 characters
    #[arg(long, value_parser = name)]
    pub(crate) name: String,
    /// The code of its municipality, 5 or 6 digits
    #[arg(long, value_name = "CODE", value_parser = municipality)]
    pub(crate) municipality: Option<String>,
    /// A service type it offers; may be given several times
    #[arg(long = "service", value_name = "TT")]
    pub(crate) services: Vec<ServiceType>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Register a public key
    ///
    /// Without --not-before it counts for whatever was stored, before this command too; without --not-after until it is revoked.
    /// A key that is registered gets the bounds given now; a revoked one doesn't come back.
    #[command(after_help = "Example:\n  renkei admin key add --office 9870808848 --jwk key.json --not-after 2027-03-31T23:59:59+09:00")]
    Add(KeyAdd),
    /// Revoke a key, now
    ///
    /// The revocation holds for everything stored 60 seconds from now or later. A key that is revoked keeps its first date.
    Revoke {
        /// The office number
        #[arg(long, value_name = "N")]
        office: OfficeNumber,
        /// The key's id, as `key list` shows it
        #[arg(long, value_name = "K", allow_hyphen_values = true)]
        kid: String,
    },
    /// List an office's keys, revoked ones too
    List(OfficeArg),
}

#[derive(Debug, Args)]
pub(crate) struct KeyAdd {
    /// The office number
    #[arg(long, value_name = "N")]
    pub(crate) office: OfficeNumber,
    #[command(flatten)]
    pub(crate) key: KeyFile,
    /// A PEM file with the certificates of the authorities whose certificates are taken
    #[arg(long, value_name = "FILE", env = "RENKEI_TRUST_ANCHORS")]
    pub(crate) anchors: Option<PathBuf>,
    /// A revocation list (PEM or DER) of an authority; then every authority on the path must have a current one; may be given several times
    #[arg(long, value_name = "FILE", requires = "anchors", requires = "certificate")]
    pub(crate) crl: Vec<PathBuf>,
    /// Take the certificate unchecked, on the operator's word
    #[arg(long, requires = "certificate")]
    pub(crate) unchecked: bool,
    /// The first second it counts (RFC 3339)
    #[arg(long, value_name = "T")]
    pub(crate) not_before: Option<Timestamp>,
    /// The last second it counts (RFC 3339)
    #[arg(long, value_name = "T")]
    pub(crate) not_after: Option<Timestamp>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct KeyFile {
    /// A file with the public key as a JWK: EC P-256, Ed25519, or RSA of at least 2,048 bits
    #[arg(long, value_name = "FILE")]
    pub(crate) jwk: Option<PathBuf>,
    /// A file with an X.509 certificate (PEM or DER) of such a key, in PEM with the intermediate ones behind it
    ///
    /// With --anchors it is checked: its path to an anchor, dates by the exchange's clock, that it is for signatures and no authority's, and that it
    /// names the office: its number as subject serialNumber or CN, as the first label of a DNS name, or as the last part of a URI. For signatures means:
    /// its key usage has digitalSignature, and its extended key usage, where it has one, clientAuth, emailProtection, documentSigning or
    /// anyExtendedKeyUsage. Without, the operator vouches for its issuer; one that is out of date or not valid yet by the exchange's clock and by this
    /// machine's, for another use, or that names another office is refused all the same. Its last day is no bound of the key: --not-after is.
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// List transmissions, newest first
    #[command(
        after_help = "Examples:\n  renkei admin ledger list --sender 9870808848 --status rejected\n  renkei admin ledger list --objects --sender 9870808848"
    )]
    List(LedgerList),
    /// Show one transmission
    Show {
        /// Its id: the sender's office number, a hyphen, a UUID
        #[arg(value_name = "ID")]
        id: TransmissionId,
    },
}

#[derive(Debug, Args)]
pub(crate) struct LedgerList {
    /// Sent by this office
    #[arg(long, value_name = "N")]
    pub(crate) sender: Option<OfficeNumber>,
    /// Delivered to this office
    #[arg(long, value_name = "N")]
    pub(crate) recipient: Option<OfficeNumber>,
    /// Standing there: waiting, delivered, rejected or cancelled
    #[arg(long, value_name = "S")]
    pub(crate) status: Option<TransmissionStatus>,
    /// Stored then (with --recipient: delivered) or later (RFC 3339)
    #[arg(long, value_name = "T")]
    pub(crate) since: Option<Timestamp>,
    /// At most so many [default: all]
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Instead of transmissions, the objects of --sender that were rejected alone: no signature that holds, or a name that was taken
    #[arg(long, requires = "sender", conflicts_with_all = ["recipient", "status"])]
    pub(crate) objects: bool,
}

fn name(text: &str) -> Result<String, &'static str> {
    let fits = !text.trim().is_empty() && text.chars().count() <= 200 && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err("a name has 1 to 200 characters and no control characters") }
}

fn municipality(text: &str) -> Result<String, &'static str> {
    let fits = matches!(text.len(), 5 | 6) && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { Ok(text.to_owned()) } else { Err("a municipality's code has 5 or 6 digits") }
}
