//! The public directory of offices (介護サービス情報公表システム オープンデータ): what a row says, and what it makes of an office's entry.
//!
//! One row an office and service; 24 columns, of which those count that search and people need. Columns are found by their headings.

mod services;

use serde::{Deserialize, Serialize};
use standard::{OfficeNumber, ServiceType};
use unicode_normalization::UnicodeNormalization as _;

use self::services::service_type;
use crate::{Municipality, Office, Prefecture};

/// Longer texts are no names and no addresses.
const MAX_CHARACTERS: usize = 200;

/// What the public directory says of an office beside name, municipality and services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryEntry {
    /// Its name in katakana.
    pub kana: Option<String>,
    /// The municipality's name.
    pub municipality_name: Option<String>,
    /// Street address and building.
    pub address: Option<String>,
    /// The service whose row says so: of several rows that of the lowest code counts, in whatever order they come.
    pub service: ServiceType,
}

/// What one row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryRow {
    /// Whose row.
    pub number: OfficeNumber,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub municipality: Option<Municipality>,
    /// The rest.
    pub entry: DirectoryEntry,
}

/// Why a row says nothing that can be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skipped {
    /// It is no row of UTF-8 cells.
    Unreadable,
    /// The office number is ill-formed, and no leading zero mends it.
    OfficeNumber,
    /// The name is missing, longer than 200 characters, or holds control characters.
    Name,
    /// The service is none that has a code.
    Service,
}

impl Skipped {
    /// `unreadable`, `office-number`, `name` or `service`.
    pub fn as_str(self) -> &'static str {
        match self {
            Skipped::Unreadable => "unreadable",
            Skipped::OfficeNumber => "office-number",
            Skipped::Name => "name",
            Skipped::Service => "service",
        }
    }
}

/// A heading without which nothing can be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no column {0}: give a file of the public directory (介護サービス情報公表システム オープンデータ), UTF-8, with its headings"
)]
pub struct MissingColumn(pub &'static str);

/// Where the columns are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    number: usize,
    name: usize,
    service: usize,
    kana: Option<usize>,
    code: Option<usize>,
    municipality: Option<usize>,
    address: Option<usize>,
    building: Option<usize>,
}

impl Columns {
    /// Finds them by their headings, in any order, full- or half-width, whatever spaces are in them.
    ///
    /// # Errors
    /// The first of number, name and service that isn't there.
    pub fn find<'a>(headings: impl IntoIterator<Item = &'a str>) -> Result<Columns, MissingColumn> {
        let headings: Vec<String> = headings.into_iter().map(fold).collect();
        let find = |heading: &str| headings.iter().position(|found| *found == fold(heading));
        let needed = |heading| find(heading).ok_or(MissingColumn(heading));
        Ok(Columns {
            number: needed("事業所番号")?,
            name: needed("事業所名")?,
            service: needed("サービスの種類")?,
            kana: find("事業所名カナ"),
            code: find("都道府県コード又は市町村コード"),
            municipality: find("市区町村名"),
            address: find("住所"),
            building: find("方書（ビル名等）"),
        })
    }

    /// What a row says; its cells by their place.
    ///
    /// # Errors
    /// Why it says nothing.
    pub fn row<'a>(&self, cell: impl Fn(usize) -> Option<&'a str>) -> Result<DirectoryRow, Skipped> {
        let optional = |place: Option<usize>| place.and_then(&cell).and_then(readable);
        let code: String = self.code.and_then(&cell).unwrap_or_default().nfkc().collect();
        let code = code.trim();
        let number = office_number(cell(self.number).unwrap_or_default(), code).ok_or(Skipped::OfficeNumber)?;
        let name = cell(self.name).and_then(readable).ok_or(Skipped::Name)?;
        let service = cell(self.service).and_then(service_type).ok_or(Skipped::Service)?;
        let address = match (optional(self.address), optional(self.building)) {
            (Some(address), Some(building)) => readable(&format!("{address} {building}")),
            (address, _) => address,
        };
        let entry = DirectoryEntry { kana: optional(self.kana), municipality_name: optional(self.municipality), address, service };
        Ok(DirectoryRow { number, name, municipality: municipality(code, &number), entry })
    }
}

/// The entry of an office as the row leaves it: services are added, keys, licences and settings stay as they are.
pub fn registered(known: Option<Office>, row: &DirectoryRow) -> Office {
    let mut office = known.unwrap_or_else(|| Office::new(row.number, &row.name));
    if office.directory.as_ref().is_none_or(|entry| row.entry.service <= entry.service) {
        office.name.clone_from(&row.name);
        if let Some(municipality) = row.municipality {
            office.municipality = Some(municipality.to_string());
        }
        office.directory = Some(row.entry.clone());
    }
    if !office.services.contains(&row.entry.service) {
        office.services.push(row.entry.service);
    }
    office
}

/// Full- and half-width made one, and no spaces.
fn fold(text: &str) -> String {
    text.nfkc().filter(|letter| !letter.is_whitespace() && *letter != '\u{feff}').collect()
}

/// A text without the spaces around it, if it can be shown.
fn readable(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= MAX_CHARACTERS && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

/// The office number of a row. A spreadsheet takes a leading zero away: it is given back where the check digit and the row's prefecture say so.
fn office_number(cell: &str, code: &str) -> Option<OfficeNumber> {
    let text = fold(cell).to_uppercase();
    text.parse().ok().or_else(|| {
        let restored: OfficeNumber = format!("0{text}").parse().ok()?;
        let prefecture = Prefecture::in_number(&restored);
        let there = municipality(code, &restored).is_some_and(|code| code.prefecture() == prefecture) || code == format!("{prefecture}");
        (restored.check_digit_fits() && there).then_some(restored)
    })
}

/// The municipality of a row; none where the code is a prefecture's.
fn municipality(code: &str, number: &OfficeNumber) -> Option<Municipality> {
    let restored = Municipality::with_lost_zero(code).filter(|code| code.prefecture() == Prefecture::in_number(number));
    restored.or_else(|| code.parse().ok()).filter(|code| !code.is_prefecture())
}

#[cfg(test)]
mod tests;
