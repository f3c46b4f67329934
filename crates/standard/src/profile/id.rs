//! The name of a profile.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::profile::ProfileError;

/// The name of a receiver profile: lower-case letters, digits, hyphens; 1 to 40.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProfileId(String);

impl ProfileId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProfileId {
    type Err = ProfileError;

    fn from_str(text: &str) -> Result<ProfileId, ProfileError> {
        let fits = text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
        if fits && (1..=40).contains(&text.len()) { Ok(ProfileId(text.to_owned())) } else { Err(ProfileError::Id) }
    }
}

impl TryFrom<String> for ProfileId {
    type Error = ProfileError;

    fn try_from(text: String) -> Result<ProfileId, ProfileError> {
        text.parse()
    }
}

impl From<ProfileId> for String {
    fn from(id: ProfileId) -> String {
        id.0
    }
}

impl fmt::Display for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
