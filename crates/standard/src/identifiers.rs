//! Office, insurer and service-type numbers, and the address they make up (standard: identifiers).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::check_digit::check_digit;
use crate::layout::{CodeTable, SERVICE_TYPE_MARKS};

/// The text does not have the identifier's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Not `[0-9]{2}[0-9A-HJ-NPR-Z][0-9]{7}`.
    #[error("an office number is 10 characters: two digits, a digit or capital other than I, O and Q, seven digits")]
    Office,
    /// Not six digits.
    #[error("an insurer number is 6 digits")]
    Insurer,
    /// Not `[0-9A][0-9A-F]`.
    #[error("a service type is 2 characters: a digit or A, then a digit or A to F")]
    ServiceType,
    /// Neither an office number nor an office number, a hyphen and a service type.
    #[error("an address is an office number, or an office number, a hyphen and a service type")]
    Address,
}

/// An office number (事業所番号): two digits, a digit or capital other than I, O and Q, seven digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OfficeNumber([u8; 10]);

impl OfficeNumber {
    /// The number whose first nine characters these are, its check digit added.
    ///
    /// # Errors
    /// When they aren't the beginning of an office number.
    pub fn completed(body: &str) -> Result<OfficeNumber, IdentifierError> {
        completed(body).ok_or(IdentifierError::Office)?.parse()
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// True when the last digit is the check digit of the others. Never a reason to reject.
    pub fn check_digit_fits(&self) -> bool {
        check_digit_fits(&self.0)
    }
}

/// An insurer number (保険者番号): six digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InsurerNumber([u8; 6]);

impl InsurerNumber {
    /// The number whose first five digits these are, its check digit added.
    ///
    /// # Errors
    /// When they aren't five digits.
    pub fn completed(body: &str) -> Result<InsurerNumber, IdentifierError> {
        completed(body).ok_or(IdentifierError::Insurer)?.parse()
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// True when the last digit is the check digit of the others. Never a reason to reject.
    pub fn check_digit_fits(&self) -> bool {
        check_digit_fits(&self.0)
    }
}

/// A service type (サービス種類コード): two characters, `[0-9A][0-9A-F]`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServiceType([u8; 2]);

impl ServiceType {
    /// The type as text.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// True for the types that may send plans and usage slips.
    pub fn is_manager(self) -> bool {
        self.marks() & 2 != 0
    }

    /// True for the types whose services are exchanged.
    pub fn is_in_scope(self) -> bool {
        self.marks() & 1 != 0
    }

    /// True for every type in a table of the standard.
    pub fn is_known(self) -> bool {
        self.marks() != 0
    }

    /// True for the types that manage care and give no service of their own: care management (43), preventive care support (46, AF).
    pub fn only_manages(self) -> bool {
        self.is_manager() && !self.is_in_scope()
    }

    /// The standard's name of the service.
    pub fn label_ja(self) -> Option<&'static str> {
        const TABLES: [&str; 5] =
            ["service_type_kaigo", "service_type_yobo", "service_type_sogo", "service_type_manager", "service_type_out"];
        TABLES.into_iter().filter_map(CodeTable::named).find_map(|table| table.find(&self.0)).map(|code| code.label_ja)
    }

    pub(crate) fn from_bytes(text: &[u8]) -> Option<ServiceType> {
        match *text {
            [first @ (b'0'..=b'9' | b'A'), second @ (b'0'..=b'9' | b'A'..=b'F')] => Some(ServiceType([first, second])),
            _ => None,
        }
    }

    fn marks(self) -> u8 {
        let [row, column] = self.0.map(|character| usize::from(if character > b'9' { character - b'A' + 10 } else { character - b'0' }));
        SERVICE_TYPE_MARKS.get(row * 16 + column).copied().unwrap_or_default()
    }
}

/// Where to send: an office, and the service type that the standard puts in file names. `NNNNNNNNNN` or `NNNNNNNNNN-TT`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    /// The office.
    pub office: OfficeNumber,
    /// The service type, where given.
    pub service_type: Option<ServiceType>,
}

impl FromStr for OfficeNumber {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<OfficeNumber, IdentifierError> {
        match <[u8; 10]>::try_from(text.as_bytes()) {
            Ok(bytes) if is_office_number(&bytes) => Ok(OfficeNumber(bytes)),
            _ => Err(IdentifierError::Office),
        }
    }
}

impl FromStr for InsurerNumber {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<InsurerNumber, IdentifierError> {
        match <[u8; 6]>::try_from(text.as_bytes()) {
            Ok(bytes) if bytes.iter().all(u8::is_ascii_digit) => Ok(InsurerNumber(bytes)),
            _ => Err(IdentifierError::Insurer),
        }
    }
}

impl FromStr for ServiceType {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<ServiceType, IdentifierError> {
        ServiceType::from_bytes(text.as_bytes()).ok_or(IdentifierError::ServiceType)
    }
}

impl FromStr for Address {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Address, IdentifierError> {
        let (office, service_type) = match text.split_once('-') {
            Some((office, service_type)) => (office, Some(service_type.parse().map_err(|_| IdentifierError::Address)?)),
            None => (text, None),
        };
        Ok(Address { office: office.parse().map_err(|_| IdentifierError::Address)?, service_type })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.service_type {
            Some(service_type) => write!(f, "{}-{service_type}", self.office),
            None => self.office.fmt(f),
        }
    }
}

macro_rules! shown_as_text {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.as_str())
            }
        }
    )*};
}

macro_rules! converts_like_text {
    ($($name:ident),*) => {$(
        impl TryFrom<&str> for $name {
            type Error = IdentifierError;

            fn try_from(text: &str) -> Result<$name, IdentifierError> {
                text.parse()
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdentifierError;

            fn try_from(text: String) -> Result<$name, IdentifierError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.to_string()
            }
        }
    )*};
}

shown_as_text!(OfficeNumber, InsurerNumber, ServiceType);
converts_like_text!(OfficeNumber, InsurerNumber, ServiceType, Address);

/// True for the form of an office number, whatever its check digit.
pub(crate) fn is_office_number(text: &[u8]) -> bool {
    let &[a, b, c, ref rest @ ..] = text else { return false };
    let third = c.is_ascii_digit() || (c.is_ascii_uppercase() && !matches!(c, b'I' | b'O' | b'Q'));
    rest.len() == 7 && third && a.is_ascii_digit() && b.is_ascii_digit() && rest.iter().all(u8::is_ascii_digit)
}

/// True when the last character is the check digit of those before it.
pub(crate) fn check_digit_fits(number: &[u8]) -> bool {
    number.split_last().is_some_and(|(digit, body)| check_digit(body) == Some(*digit))
}

fn completed(body: &str) -> Option<String> {
    check_digit(body.as_bytes()).map(|digit| format!("{body}{}", char::from(digit)))
}

fn ascii(text: &[u8]) -> &str {
    // every form above is ASCII: the fallback is never taken
    str::from_utf8(text).unwrap_or_default()
}

#[cfg(test)]
mod tests;
