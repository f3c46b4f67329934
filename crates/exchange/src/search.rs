//! Who there is: offices as others see them, and what they are looked for by.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use standard::{OfficeNumber, ServiceType};
use unicode_normalization::UnicodeNormalization as _;

use crate::{Municipality, Office, licence_runs};

/// An office as it stands in the index of a place: all that a search or a count needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its number.
    pub office: OfficeNumber,
    /// Its name.
    pub name: String,
    /// Its name in katakana.
    pub kana: Option<String>,
    /// Its municipality's code.
    pub municipality: Option<Municipality>,
    /// Its municipality's name.
    pub municipality_name: Option<String>,
    /// Street address and building.
    pub address: Option<String>,
    /// The services it offers.
    pub services: Vec<ServiceType>,
    /// Its unbroken licences, first and last day of each, in order.
    pub licences: Vec<(Date, Date)>,
}

impl Listed {
    /// What the index holds of an office.
    pub fn of(office: &Office) -> Listed {
        let directory = office.directory.as_ref();
        Listed {
            office: office.number,
            name: office.name.clone(),
            kana: directory.and_then(|entry| entry.kana.clone()),
            municipality: Municipality::of(office),
            municipality_name: directory.and_then(|entry| entry.municipality_name.clone()),
            address: directory.and_then(|entry| entry.address.clone()),
            services: office.services.clone(),
            licences: licence_runs(&office.licences),
        }
    }

    /// Where it stands in its prefecture: by municipality, those without one first, then by number. `13113#1370000018`.
    pub fn place(&self) -> String {
        let municipality = self.municipality.map_or_else(|| "00000".to_owned(), Municipality::five_digits);
        format!("{municipality}#{}", self.office)
    }

    /// Whether it may send and be sent to on this Japanese day.
    pub fn is_licensed_on(&self, day: Date) -> bool {
        self.licences.iter().any(|(first, last)| *first <= day && day <= *last)
    }
}

/// An office as another one sees it. JSON: `{"office","name","kana","municipality","municipality_name","address","services","licensed"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfficeView {
    /// Its number.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub office: OfficeNumber,
    /// Its name.
    pub name: String,
    /// Its name in katakana, where the directory has it.
    pub kana: Option<String>,
    /// Its municipality's code, six digits.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub municipality: Option<Municipality>,
    /// Its municipality's name, where the directory has it.
    pub municipality_name: Option<String>,
    /// Street address and building, where the directory has them.
    pub address: Option<String>,
    /// The services it offers.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub services: Vec<ServiceType>,
    /// Whether it may send and be sent to today.
    pub licensed: bool,
}

impl OfficeView {
    /// The view on a Japanese day.
    pub fn on(day: Date, listed: Listed) -> OfficeView {
        let licensed = listed.is_licensed_on(day);
        let Listed { office, name, kana, municipality, municipality_name, address, services, .. } = listed;
        OfficeView { office, name, kana, municipality, municipality_name, address, services, licensed }
    }
}

/// What offices are looked for by, beside their place; all conditions hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfficeQuery {
    /// They offer this service.
    pub service: Option<ServiceType>,
    /// Their name or its kana holds this.
    pub name: Option<Searchable>,
    /// Whether they are licensed.
    pub licensed: Option<bool>,
}

impl OfficeQuery {
    /// Whether nothing but the place is asked for.
    pub fn is_open(&self) -> bool {
        *self == OfficeQuery::default()
    }

    /// Whether an office is one of those.
    pub fn matches(&self, office: &Listed, day: Date) -> bool {
        self.service.is_none_or(|service| office.services.contains(&service))
            && self.licensed.is_none_or(|licensed| office.is_licensed_on(day) == licensed)
            && self.name.as_ref().is_none_or(|part| part.is_in(&office.name) || office.kana.as_ref().is_some_and(|kana| part.is_in(kana)))
    }
}

/// A part of a name that is looked for, folded once for however many it is held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Searchable(String);

impl Searchable {
    /// The part, in whatever script and width.
    pub fn new(part: &str) -> Searchable {
        Searchable(searchable(part))
    }

    /// Whether a name holds it.
    pub fn is_in(&self, name: &str) -> bool {
        searchable(name).contains(&self.0)
    }
}

/// A name as it is compared: full- and half-width made one (NFKC), hiragana as katakana, small letters, no spaces.
fn searchable(text: &str) -> String {
    let folded = text.nfkc().filter(|letter| !letter.is_whitespace()).map(|letter| match letter {
        // hiragana and katakana lie 96 apart
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => char::from_u32(u32::from(letter) + 0x60).unwrap_or(letter),
        letter => letter,
    });
    folded.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{DirectoryEntry, LicenceKind, LicencePeriod};

    fn office() -> Office {
        let mut office = Office::new("9870808848".parse().unwrap(), "デイサービス　ひなたＡ館");
        office.municipality = Some("987024".to_owned());
        office.services = vec!["15".parse().unwrap(), "78".parse().unwrap()];
        office.directory = Some(DirectoryEntry {
            kana: Some("ﾃﾞｲｻｰﾋﾞｽﾋﾅﾀｴｰｶﾝ".to_owned()),
            municipality_name: Some("見本市".to_owned()),
            address: None,
            service: "15".parse().unwrap(),
        });
        let period = |first, last| LicencePeriod { kind: LicenceKind::Paid, campaign: None, first, last };
        office.licences = vec![period(date(2026, 4, 1), date(2026, 4, 30)), period(date(2026, 6, 1), date(2027, 5, 31))];
        office
    }

    #[test]
    fn a_name_is_found_in_whatever_script_and_width_it_is_written() {
        let listed = Listed::of(&office());
        for (part, found) in [
            ("ひなた", true),
            ("ヒナタ", true),
            ("ﾋﾅﾀ", true),
            ("デイ サービス", true),
            ("でいさーびす", true),
            ("ａ館", true),
            ("エーカン", true),
            ("陽向", false),
            ("ヒカゲ", false),
        ] {
            let query = OfficeQuery { name: Some(Searchable::new(part)), ..OfficeQuery::default() };
            assert_eq!(query.matches(&listed, date(2026, 4, 10)), found, "{part}");
        }
    }

    #[test]
    fn all_conditions_hold() {
        let listed = Listed::of(&office());
        let check = |service: Option<&str>, licensed, day, found| {
            let query = OfficeQuery { service: service.map(|code| code.parse().unwrap()), name: None, licensed };
            assert_eq!(query.matches(&listed, day), found, "{query:?} {day}");
        };
        check(None, None, date(2026, 5, 1), true);
        check(Some("78"), Some(true), date(2026, 4, 30), true);
        check(Some("43"), Some(true), date(2026, 4, 30), false);
        // between two licences it has none, though one is to come
        check(None, Some(true), date(2026, 5, 1), false);
        check(None, Some(false), date(2026, 5, 1), true);
        check(Some("15"), Some(true), date(2026, 6, 1), true);
    }

    #[test]
    fn the_view_says_whether_it_is_licensed_today_and_not_until_when() {
        let view = serde_json::to_value(OfficeView::on(date(2026, 4, 10), Listed::of(&office()))).unwrap();
        let json = serde_json::json!({"office": "9870808848", "name": "デイサービス　ひなたＡ館", "kana": "ﾃﾞｲｻｰﾋﾞｽﾋﾅﾀｴｰｶﾝ",
            "municipality": "987026", "municipality_name": "見本市", "address": null, "services": ["15", "78"], "licensed": true});
        assert_eq!(view, json);
    }
}
