//! File names of the standard, version 4.1 and 3 (`data/files.csv`, `pattern_v41` and `pattern_v3`).

use std::fmt;

use crate::calendar::{ServiceMonth, is_stamp};
use crate::finding::{Detail, Finding};
use crate::identifiers::{ServiceType, check_digit_fits, is_office_number};
use crate::kind::Kind;
use crate::rule::RuleId;

/// A file name of the standard, taken apart. The parts are in upper case and as long as the pattern wants them, but may be wrong
/// otherwise: numbers and types of the specification's own samples break their forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    /// The kind of file.
    pub kind: Kind,
    /// Which pattern the name fits.
    pub version: NameVersion,
    /// The month, for kinds that have one; `None` also when it isn't one.
    pub month: Option<MonthInName>,
    /// The sender's office number, 9 or 10 characters.
    pub sender: String,
    /// The sender's service type, 2 or 3 characters; names of version 3 have none.
    pub sender_type: Option<String>,
    /// The recipient's office number, 9 or 10 characters.
    pub recipient: String,
    /// The recipient's service type, 2 or 3 characters; names of version 3 have none.
    pub recipient_type: Option<String>,
    /// The file sequence (ファイル連番), 14 or 15 digits: when the unit was written.
    pub stamp: String,
    /// An image's serial, four digits.
    pub image_no: Option<String>,
}

/// The edition a name belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameVersion {
    /// Version 4.1, with service types.
    V41,
    /// Version 3, without.
    V3,
}

/// The month in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MonthInName {
    /// A month.
    Month(ServiceMonth),
    /// 000000: the user supplement of a plan set.
    Zeros,
}

impl FileName {
    /// True when the name begins with a kind of the standard (`UP1KYO_` …, case ignored): then it must parse, else it is an attachment.
    pub fn claims_standard(name: &str) -> bool {
        FileName::claimed_kind(name).is_some()
    }

    /// The kind of the standard that the name begins with, whatever follows it.
    pub fn claimed_kind(name: &str) -> Option<Kind> {
        kind_of(&name.to_ascii_uppercase()).map(|(kind, _)| kind)
    }

    /// The parsed name when it fits a pattern, and all findings that need nothing but the name.
    pub fn parse(name: &str) -> (Option<FileName>, Vec<Finding>) {
        let upper = name.to_ascii_uppercase();
        let Some((parsed, month)) = split(&upper) else {
            return (None, vec![Finding::of_file(RuleId::Name)]);
        };
        let findings = parsed.own_findings(name, &upper, month);
        (Some(parsed), findings)
    }

    /// `R-SENDER` and `R-RECIPIENT`: the numbers in the name are compared, as text, with what the caller knows.
    pub fn check_parties(&self, sender: Option<&str>, recipient: Option<&str>) -> Vec<Finding> {
        let differs = |known: Option<&str>, named: &str| known.is_some_and(|known| known != named);
        let mut findings = Vec::new();
        if differs(sender, &self.sender) {
            findings.push(Finding::of_file(RuleId::Sender));
        }
        if differs(recipient, &self.recipient) {
            findings.push(Finding::of_file(RuleId::Recipient));
        }
        findings
    }

    /// The name in upper case, as the pattern has it; a month in a name that should have none is left out.
    pub fn standard_name(&self) -> String {
        let month = self.month.map(|month| month.to_string());
        let parts = [
            Some(self.kind.code()),
            month.as_deref(),
            Some(&self.sender),
            self.sender_type.as_deref(),
            Some(&self.recipient),
            self.recipient_type.as_deref(),
            Some(&self.stamp),
            self.image_no.as_deref(),
        ];
        let stem = parts.into_iter().flatten().collect::<Vec<_>>().join("_");
        stem + if self.kind.layout().is_some() { ".CSV" } else { ".JPG" }
    }

    /// What all files of a unit share: offices, types and file sequence.
    pub(crate) fn tail(&self) -> [Option<&str>; 5] {
        [
            Some(self.sender.as_str()),
            self.sender_type.as_deref(),
            Some(self.recipient.as_str()),
            self.recipient_type.as_deref(),
            Some(self.stamp.as_str()),
        ]
    }

    /// True for a name of version 3, without service types.
    pub fn is_v3(&self) -> bool {
        self.version == NameVersion::V3
    }

    /// The sender's service type, when it is one.
    pub fn sender_service_type(&self) -> Option<ServiceType> {
        ServiceType::from_bytes(self.sender_type.as_deref()?.as_bytes())
    }

    /// The recipient's service type, when it is one.
    pub fn recipient_service_type(&self) -> Option<ServiceType> {
        ServiceType::from_bytes(self.recipient_type.as_deref()?.as_bytes())
    }

    fn own_findings(&self, name: &str, upper: &str, month: Option<&str>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut add = |rule, detail| findings.push(Finding::of_file(rule).with(detail));
        if self.version == NameVersion::V3 {
            add(RuleId::NameV3, Detail::None);
        }
        // images end in .jpg as the standard prints it
        let small_jpg =
            self.kind.layout().is_none() && name.strip_suffix("jpg").is_some_and(|stem| upper.strip_suffix("JPG") == Some(stem));
        if name != upper && !small_jpg {
            add(RuleId::NameCase, Detail::None);
        }
        if self.kind.has_month() && self.month.is_none() {
            add(RuleId::NameMonth, Detail::None);
        }
        if !self.kind.has_month() && month.is_some() {
            add(RuleId::NameExtra, Detail::None);
        }
        if !is_stamp(self.stamp.as_bytes()) {
            add(RuleId::NameStamp, Detail::None);
        }
        for (number, side) in [(&self.sender, Detail::Sender), (&self.recipient, Detail::Recipient)] {
            if !is_office_number(number.as_bytes()) {
                add(RuleId::NameOffice, side);
            } else if !check_digit_fits(number.as_bytes()) {
                add(RuleId::NameCd, side);
            }
        }
        if self.version == NameVersion::V41 {
            match (self.sender_service_type(), self.recipient_service_type()) {
                (Some(sender), Some(recipient)) if sender.is_known() && recipient.is_known() => {
                    let manager = if self.kind.facts().from_service { recipient } else { sender };
                    if !manager.is_manager() {
                        add(RuleId::Direction, Detail::None);
                    }
                }
                (Some(sender), _) if sender.is_known() => add(RuleId::NameType, Detail::Recipient),
                _ => add(RuleId::NameType, Detail::Sender),
            }
        }
        if self.sender == self.recipient {
            add(RuleId::SameOffice, Detail::None);
        }
        findings
    }
}

impl fmt::Display for MonthInName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MonthInName::Month(month) => month.fmt(f),
            MonthInName::Zeros => f.write_str("000000"),
        }
    }
}

/// The kind whose code, with an underscore, begins the name: the longest one, so that an annex isn't taken for its parent.
fn kind_of(upper: &str) -> Option<(Kind, &str)> {
    let rest = |kind: Kind| upper.strip_prefix(kind.code())?.strip_prefix('_').map(|rest| (kind, rest));
    Kind::ALL.into_iter().filter_map(rest).min_by_key(|(_, rest)| rest.len())
}

/// The name's parts and the six digits in the month's place.
fn split(upper: &str) -> Option<(FileName, Option<&str>)> {
    let (kind, rest) = kind_of(upper)?;
    let is_image = kind.layout().is_none();
    let stem = if is_image { rest.strip_suffix(".JPG").or_else(|| rest.strip_suffix(".JPEG"))? } else { rest.strip_suffix(".CSV")? };
    let mut parts: Vec<&str> = stem.split('_').collect();
    let image_no = if is_image { Some(parts.pop().filter(|part| is_digits(part, 4..=4))?) } else { None };
    let month = match parts.first() {
        Some(first) if !is_image && is_digits(first, 6..=6) => Some(parts.remove(0)),
        _ => None,
    };
    let (sender, sender_type, recipient, recipient_type, stamp) = match *parts.as_slice() {
        [sender, sender_type, recipient, recipient_type, stamp] => (sender, Some(sender_type), recipient, Some(recipient_type), stamp),
        [sender, recipient, stamp] if kind.facts().has_v3_name => (sender, None, recipient, None, stamp),
        _ => return None,
    };
    let is_office = |part: &str| is_alphanumeric(part, 9..=10);
    let is_type = |part: Option<&str>| part.is_none_or(|part| is_alphanumeric(part, 2..=3));
    let fits = is_office(sender) && is_office(recipient) && is_type(sender_type) && is_type(recipient_type) && is_digits(stamp, 14..=15);
    if !fits || (kind.has_month() && month.is_none()) {
        return None;
    }
    let name = FileName {
        kind,
        version: if sender_type.is_some() { NameVersion::V41 } else { NameVersion::V3 },
        month: if kind.has_month() { month.and_then(|month| month_in_name(kind, month)) } else { None },
        sender: sender.to_owned(),
        sender_type: sender_type.map(str::to_owned),
        recipient: recipient.to_owned(),
        recipient_type: recipient_type.map(str::to_owned),
        stamp: stamp.to_owned(),
        image_no: image_no.map(str::to_owned),
    };
    Some((name, month))
}

fn month_in_name(kind: Kind, month: &str) -> Option<MonthInName> {
    if month == "000000" && kind.facts().zero_month { Some(MonthInName::Zeros) } else { month.parse().ok().map(MonthInName::Month) }
}

fn is_digits(part: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_alphanumeric(part: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests;
