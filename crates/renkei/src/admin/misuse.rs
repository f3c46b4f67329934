//! Values that don't go together, whatever exchange they are for.

use jiff::civil::Date;

use super::args::{AdminCommand, CampaignCommand, KeyAdd, KeyCommand, LicenceCommand};
use super::licence_args::CampaignPut;

/// What is wrong with the command as it was written, if anything is.
pub(super) fn misuse(command: &AdminCommand) -> Option<String> {
    match command {
        AdminCommand::Licence(LicenceCommand::Grant { first, last: Some(last), .. }) => backwards(*first, *last),
        AdminCommand::Campaign(CampaignCommand::Put(CampaignPut { opens, closes, .. })) => backwards(*opens, *closes),
        AdminCommand::Key(KeyCommand::Add(KeyAdd { not_before: Some(first), not_after: Some(last), .. })) if last < first => {
            Some("--not-after lies before --not-before: the key would never count".to_owned())
        }
        _ => None,
    }
}

fn backwards(first: Date, last: Date) -> Option<String> {
    (last < first).then(|| format!("the last day {last} lies before the first day {first}"))
}
