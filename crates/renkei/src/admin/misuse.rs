//! Values that don't go together, whatever exchange they are for.

use exchange::{LicenceKind, LicencePeriod};
use jiff::civil::Date;

use super::args::{AdminCommand, CampaignCommand, KeyAdd, KeyCommand, LicenceCommand};
use super::licence_args::CampaignPut;

/// What is wrong with the command as it was written, if anything is.
pub(super) fn misuse(command: &AdminCommand) -> Option<String> {
    match command {
        AdminCommand::Licence(LicenceCommand::Grant { kind, first, last: Some(last), .. }) => period(*kind, *first, *last),
        AdminCommand::Campaign(CampaignCommand::Put(CampaignPut { opens, closes, .. })) => backwards(*opens, *closes),
        AdminCommand::Key(KeyCommand::Add(KeyAdd { not_before: Some(first), not_after: Some(last), .. })) if last < first => {
            Some("--not-after lies before --not-before: the key would never count".to_owned())
        }
        _ => None,
    }
}

/// A paid licence is for a year or longer (contract §5, §7); a free pass for as long as its campaign says.
fn period(kind: LicenceKind, first: Date, last: Date) -> Option<String> {
    let year = LicencePeriod::year_from(first).filter(|year| kind == LicenceKind::Paid && last < *year);
    let short = || year.map(|year| format!("a paid licence is for a year at least: from {first} its last day is {year} or later"));
    backwards(first, last).or_else(short)
}

fn backwards(first: Date, last: Date) -> Option<String> {
    (last < first).then(|| format!("the last day {last} lies before the first day {first}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paid_licence_is_for_a_year_at_least_and_a_free_pass_for_a_day() {
        let check = |kind, first: &str, last: &str, says: Option<&str>| {
            let told = period(kind, first.parse().unwrap(), last.parse().unwrap());
            assert_eq!(told.is_some(), says.is_some(), "{kind} {first} {last}");
            assert!(told.unwrap_or_default().contains(says.unwrap_or_default()), "{kind} {first} {last}");
        };
        check(LicenceKind::Paid, "2026-04-01", "2027-03-31", None);
        check(LicenceKind::Paid, "2026-04-01", "2027-04-01", None);
        check(LicenceKind::Paid, "2026-04-01", "2027-03-30", Some("2027-03-31 or later"));
        check(LicenceKind::Paid, "2028-02-29", "2029-02-28", None);
        check(LicenceKind::Paid, "2026-04-01", "2026-03-31", Some("lies before"));
        check(LicenceKind::FreePass, "2026-04-01", "2026-04-01", None);
        check(LicenceKind::FreePass, "2026-04-01", "2026-03-31", Some("lies before"));
    }
}
