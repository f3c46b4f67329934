//! What can be written behind `renkei admin licence` and `renkei admin campaign`.

use clap::{Args, Subcommand};
use exchange::LicenceKind;
use jiff::civil::Date;
use standard::OfficeNumber;

use super::args::OfficeArg;

#[derive(Debug, Subcommand)]
pub(crate) enum LicenceCommand {
    /// Give a licence for a period of Japanese days
    ///
    /// First and last day are included. The same period twice is one.
    #[command(after_help = "Example:\n  renkei admin licence grant --office 9870808848 --kind paid --first 2026-04-01")]
    Grant {
        /// The office number
        #[arg(long, value_name = "N")]
        office: OfficeNumber,
        /// `paid` or `free-pass`
        #[arg(long)]
        kind: LicenceKind,
        /// The first day
        #[arg(long, value_name = "D")]
        first: Date,
        /// The last day [default: a year, 2025-06-01 to 2026-05-31]
        #[arg(long, value_name = "D")]
        last: Option<Date>,
    },
    /// List an office's licences, past ones too
    List(OfficeArg),
    /// List the bills of a month: what offices owe whose licences begin in it, as CSV
    ///
    /// A paid licence costs 21,000 yen, a free pass the fee of its campaign. The table is UTF-8 with Japanese headings.
    #[command(after_help = "Example:\n  renkei admin licence report --month 2026-04 > 2026-04.csv")]
    Report {
        /// The month, YYYY-MM
        #[arg(long, value_name = "M", value_parser = month)]
        month: Date,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum CampaignCommand {
    /// Add a campaign, or put it in the place of the one of that name
    ///
    /// Licences that were given stay as they are. free-pass-2025 is there without being put; put with a later last day it is extended.
    #[command(
        after_help = "Example:\n  renkei admin campaign put --id free-pass-2025 --opens 2025-06-01 --closes 2026-12-31 --months 12 --fee 0"
    )]
    Put(CampaignPut),
    /// List all campaigns, past ones too
    List,
}

#[derive(Debug, Args)]
pub(crate) struct CampaignPut {
    /// Its name: 1 to 50 small letters, digits and hyphens
    #[arg(long, value_parser = campaign_id)]
    pub(crate) id: String,
    /// The first day for applications
    #[arg(long, value_name = "D")]
    pub(crate) opens: Date,
    /// The last day for applications
    #[arg(long, value_name = "D")]
    pub(crate) closes: Date,
    /// Months of licence from the day of application
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u16).range(1..=120))]
    pub(crate) months: u16,
    /// What it costs, in yen
    #[arg(long, value_name = "YEN")]
    pub(crate) fee: u32,
}

fn month(text: &str) -> Result<Date, &'static str> {
    const FORM: &str = "a month is written YYYY-MM";
    if text.len() != 7 { Err(FORM) } else { format!("{text}-01").parse().map_err(|_| FORM) }
}

fn campaign_id(text: &str) -> Result<String, &'static str> {
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    let fits = (1..=50).contains(&text.len()) && text.chars().all(fits);
    if fits { Ok(text.to_owned()) } else { Err("a campaign's name is 1 to 50 small letters, digits and hyphens") }
}
