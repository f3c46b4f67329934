//! Receiver profiles: what one care software's importer is stricter about than the standard, published by its maker as a TOML file.
//!
//! A profile never makes a file invalid: it says beforehand that this receiver's software will refuse it, and why (R-PROFILE, a warning).
//!
//! ```toml
//! id = "sample-care-5"                       # lower-case letters, digits, hyphens; at most 40
//! software = "見本ケア 5"                     # what offices call it; at most 80 characters
//!
//! [file]
//! line_ends = "crlf"                         # every record must end in CRLF
//! csv_versions = ["202407"]                  # the versions it reads
//! names = ["v41"]                            # the editions of file names it reads: v41, v3
//! max_records = 5000
//! refuses = ["R-HEADER", "R-UNQUOTED"]       # warnings of the standard that it takes for errors
//!
//! [[items]]
//! files = ["UPPLAN", "UPJSK"]                # kinds; all, when left out
//! names = ["units", "office_note"]           # items by their English names; every free text, when left out
//! required = true
//! max_characters = 5
//! max_bytes = 10                             # in MS932
//! refuses = ["half-width-katakana", "beyond-jis-x-0208", "line-breaks"]
//! ```

mod characters;
mod check;
mod id;

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::kind::Kind;
use crate::layout::{Field, Format, Layout};
use crate::rule::{RuleId, Scope, Severity};
use crate::version::CsvVersion;

pub use characters::Characters;
pub use check::ProfileChecker;
pub use id::ProfileId;

/// The largest profile that is read: 64 KiB.
pub const MAX_PROFILE_BYTES: usize = 64 << 10;

/// What one receiver's software refuses beside what the standard forbids. Made by [`Profile::parse`], and right then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name among profiles.
    pub id: ProfileId,
    /// What offices call the software.
    pub software: String,
    pub(crate) file: FileDemands,
    pub(crate) items: Vec<ItemDemands>,
}

/// Why a text is no profile; it says where and what to do. A profile holds no personal data, so its words may be quoted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// More than [`MAX_PROFILE_BYTES`].
    #[error("a profile has at most {MAX_PROFILE_BYTES} bytes")]
    TooLarge,
    /// Not TOML, or a member that is missing, unknown or of the wrong type.
    #[error("not the TOML of a profile: {0}")]
    Form(String),
    /// `id` is not of its form.
    #[error("id: lower-case letters, digits and hyphens, at most 40")]
    Id,
    /// `software` is empty or too long, or holds control characters.
    #[error("software: 1 to 80 characters")]
    Software,
    /// `files` names something that is no kind of file with records.
    #[error("items {at}: {name:?} is no kind of file with records: use UPPLAN, UPJSK …")]
    Kind {
        /// Which of the items, from 1.
        at: usize,
        /// What stands there.
        name: String,
    },
    /// An item that none of the kinds has.
    #[error("items {at}: none of its files has an item {name:?}: use the English names of the JSON form")]
    Item {
        /// Which of the items, from 1.
        at: usize,
        /// What stands there.
        name: String,
    },
    /// `refuses` names something that is no warning, or one that no file shows by itself.
    #[error("file.refuses: {0:?} is no warning about one file: errors refuse a file anyway, and rules between files are judged by set")]
    Rule(String),
    /// A version that no receiver reads.
    #[error("file.csv_versions: {0:?} is no CSV version")]
    Version(String),
    /// A list that is there and names nothing.
    #[error("{0}: an empty list; leave it out")]
    EmptyList(&'static str),
    /// Nothing is demanded.
    #[error("items {0}: nothing is demanded: add required, max_characters, max_bytes or refuses")]
    Empty(usize),
}

/// The file as TOML has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    software: String,
    #[serde(default)]
    file: WrittenFile,
    #[serde(default)]
    items: Vec<WrittenItems>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct WrittenFile {
    line_ends: Option<LineEnds>,
    csv_versions: Option<Vec<String>>,
    names: Option<BTreeSet<NamesRead>>,
    max_records: Option<u64>,
    refuses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenItems {
    files: Option<Vec<String>>,
    names: Option<Vec<String>>,
    #[serde(default)]
    required: bool,
    max_characters: Option<u64>,
    max_bytes: Option<u64>,
    #[serde(default)]
    refuses: BTreeSet<Characters>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LineEnds {
    Crlf,
}

/// An edition of file names that a receiver reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum NamesRead {
    V41,
    V3,
}

/// What is demanded of the file as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct FileDemands {
    pub(crate) csv_versions: Option<Vec<CsvVersion>>,
    pub(crate) names: Option<BTreeSet<NamesRead>>,
    pub(crate) max_records: Option<u64>,
    pub(crate) refuses: Vec<RuleId>,
}

/// What is demanded of some items of some kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ItemDemands {
    files: Option<BTreeSet<Kind>>,
    names: Option<BTreeSet<String>>,
    pub(crate) required: bool,
    pub(crate) max_characters: Option<u64>,
    pub(crate) max_bytes: Option<u64>,
    pub(crate) refuses: BTreeSet<Characters>,
}

impl ProfileError {
    /// Where and what, but not the line itself: what was taken for a profile may be anything.
    fn form(text: &str, error: &toml::de::Error) -> ProfileError {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map(|before| format!("line {}: ", before.matches('\n').count() + 1)).unwrap_or_default();
        ProfileError::Form(format!("{line}{}", error.message()))
    }
}

impl Profile {
    /// Reads a profile.
    ///
    /// # Errors
    /// Says where the text is none.
    pub fn parse(text: &str) -> Result<Profile, ProfileError> {
        if text.len() > MAX_PROFILE_BYTES {
            return Err(ProfileError::TooLarge);
        }
        let written: Written = toml::from_str(text).map_err(|error| ProfileError::form(text, &error))?;
        let id = written.id.parse()?;
        if !(1..=80).contains(&written.software.trim().chars().count()) || written.software.chars().any(char::is_control) {
            return Err(ProfileError::Software);
        }
        let items = (1..).zip(written.items).map(|(at, items)| ItemDemands::read(at, items)).collect::<Result<_, _>>()?;
        Ok(Profile { id, software: written.software, file: FileDemands::read(written.file)?, items })
    }
}

impl FileDemands {
    fn read(written: WrittenFile) -> Result<FileDemands, ProfileError> {
        let version = |text: String| CsvVersion::find(text.as_bytes()).ok_or(ProfileError::Version(text));
        let warning = |text: String| {
            let of_one_file = |rule: RuleId| rule.rule().scope != Scope::Unit || rule == RuleId::ImageType;
            let rule = RuleId::ALL.into_iter().find(|rule| rule.as_str() == text && rule.severity() == Severity::Warning);
            rule.filter(|rule| *rule != RuleId::Profile && of_one_file(*rule)).ok_or(ProfileError::Rule(text))
        };
        if written.csv_versions.as_ref().is_some_and(Vec::is_empty) {
            return Err(ProfileError::EmptyList("file.csv_versions"));
        }
        if written.names.as_ref().is_some_and(BTreeSet::is_empty) {
            return Err(ProfileError::EmptyList("file.names"));
        }
        let mut refuses: Vec<RuleId> = written.refuses.into_iter().map(warning).collect::<Result<_, _>>()?;
        refuses.extend(written.line_ends.map(|LineEnds::Crlf| RuleId::Eol));
        refuses.sort_unstable();
        refuses.dedup();
        let csv_versions = written.csv_versions.map(|versions| versions.into_iter().map(version).collect()).transpose()?;
        Ok(FileDemands { csv_versions, names: written.names, max_records: written.max_records, refuses })
    }
}

impl ItemDemands {
    fn read(at: usize, written: WrittenItems) -> Result<ItemDemands, ProfileError> {
        if written.files.as_ref().is_some_and(Vec::is_empty) {
            return Err(ProfileError::EmptyList("items.files"));
        }
        if written.names.as_ref().is_some_and(Vec::is_empty) {
            return Err(ProfileError::EmptyList("items.names"));
        }
        let kind = |name: String| match name.parse::<Kind>() {
            Ok(kind) if kind.layout().is_some() => Ok(kind),
            _ => Err(ProfileError::Kind { at, name }),
        };
        let files: Option<BTreeSet<Kind>> = written.files.map(|files| files.into_iter().map(kind).collect()).transpose()?;
        let demands = ItemDemands {
            files,
            names: written.names.map(|names| names.into_iter().collect()),
            required: written.required,
            max_characters: written.max_characters,
            max_bytes: written.max_bytes,
            refuses: written.refuses,
        };
        let known = |name: &String| Layout::all().any(|layout| demands.concerns_kind(layout.kind) && layout.field_named(name).is_some());
        if let Some(name) = demands.names.iter().flatten().find(|name| !known(name)) {
            return Err(ProfileError::Item { at, name: name.clone() });
        }
        let demands_something =
            demands.required || demands.max_characters.is_some() || demands.max_bytes.is_some() || !demands.refuses.is_empty();
        if demands_something { Ok(demands) } else { Err(ProfileError::Empty(at)) }
    }

    fn concerns_kind(&self, kind: Kind) -> bool {
        self.files.as_ref().is_none_or(|files| files.contains(&kind))
    }

    pub(crate) fn concerns(&self, kind: Kind, field: &Field) -> bool {
        let named = match &self.names {
            Some(names) => names.contains(field.name),
            None => field.format == Format::FreeText,
        };
        named && self.concerns_kind(kind)
    }
}

#[cfg(test)]
mod tests;
