//! The CSV version every record begins with.

use std::fmt;

use crate::layout::{CSV_VERSION, CSV_VERSION_ODD, CSV_VERSION_OLD, CodeTable};
use crate::rule::RuleId;

/// A CSV version the exchange reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CsvVersion {
    code: &'static str,
    age: VersionAge,
}

/// How a version stands to the current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VersionAge {
    /// The version to write.
    Current,
    /// An earlier edition.
    Old,
    /// Written by mistake for the current one.
    Odd,
}

impl CsvVersion {
    /// The six digits.
    pub fn as_str(self) -> &'static str {
        self.code
    }

    /// How it stands to the current version.
    pub fn age(self) -> VersionAge {
        self.age
    }

    pub(crate) fn find(text: &[u8]) -> Option<CsvVersion> {
        let tables: [(&CodeTable, VersionAge); 3] =
            [(&CSV_VERSION, VersionAge::Current), (&CSV_VERSION_OLD, VersionAge::Old), (&CSV_VERSION_ODD, VersionAge::Odd)];
        tables.into_iter().find_map(|(table, age)| table.find(text).map(|row| CsvVersion { code: row.code, age }))
    }

    pub(crate) fn rule(self) -> Option<RuleId> {
        match self.age {
            VersionAge::Current => None,
            VersionAge::Old => Some(RuleId::VersionOld),
            VersionAge::Odd => Some(RuleId::VersionOdd),
        }
    }
}

impl fmt::Display for CsvVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}
