//! The invented world the kit's files tell of. Prefectures 97 to 99, postal codes 000 and telephone numbers 0N0-0000 don't exist; the names are
//! no people's.

use std::collections::BTreeMap;

use fastrand::Rng;
use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use standard::{CodeTable, InsurerNumber, Kind, OfficeNumber, ServiceType};

use crate::error::KitError;

/// An office with the service type it acts as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Party {
    pub(crate) number: OfficeNumber,
    pub(crate) service_type: ServiceType,
    pub(crate) name: String,
}

/// Somebody cared for; dates and numbers as the files write them.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) insurer: InsurerNumber,
    pub(crate) insured: String,
    pub(crate) name: String,
    pub(crate) kana: String,
    pub(crate) half_kana: &'static str,
    pub(crate) sex: &'static str,
    pub(crate) birth: String,
    pub(crate) address: &'static str,
    pub(crate) phone: String,
    /// A code of `care_level`.
    pub(crate) level: &'static str,
    pub(crate) certified: String,
    pub(crate) valid_from: String,
    pub(crate) valid_to: String,
    pub(crate) planned: String,
    pub(crate) consulted: String,
}

/// Offices, persons, and the order in which codes are used.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) rng: Rng,
    offices: BTreeMap<String, Party>,
    insurers: Vec<InsurerNumber>,
    persons: u32,
    turns: BTreeMap<(&'static str, &'static str), usize>,
}

/// Surname, its kana and half-width kana: letters that software gets wrong (NEC and IBM selections, a trail byte 5C or 7C).
const SURNAMES: [(&str, &str, &str); 8] = [
    ("髙見例", "タカミレイ", "ﾀｶﾐﾚｲ"),
    ("﨑本試", "サキモトタメシ", "ｻｷﾓﾄﾀﾒｼ"),
    ("表野仮", "オモテノカリ", "ｵﾓﾃﾉｶﾘ"),
    ("例十能", "レイトノウ", "ﾚｲﾄﾉｳ"),
    ("架空ソ", "カクウソ", "ｶｸｳｿ"),
    ("德瀨試", "トクセタメシ", "ﾄｸｾﾀﾒｼ"),
    ("構見本", "カマエミホン", "ｶﾏｴﾐﾎﾝ"),
    ("濵例", "ハマレイ", "ﾊﾏﾚｲ"),
];
const GIVEN: [(&str, &str, &str); 6] = [
    ("仮枝", "カリエ", "2"),
    ("例造", "レイゾウ", "1"),
    ("ポ乃", "ポノ", "2"),
    ("見一", "ケンイチ", "1"),
    ("表江", "ヒョウエ", "2"),
    ("試朗", "シロウ", "1"),
];
const ADDRESSES: [&str; 4] = ["仮想県見本市表町1丁目2-3", "仮想県例示郡能ソ村45", "架空府試験区十条噂町6-7", "架空道見本市予定町8番地"];
const SIGNS: [&str; 5] = ["表の家", "㈱髙﨑", "能登ソ", "\"陽だまり\"", "①号館,別棟"];
/// The levels of `care_level` that preventive care is for.
const PREVENTIVE_LEVELS: [&str; 3] = ["06", "12", "13"];

impl World {
    pub(crate) fn new(seed: u64) -> Result<World, KitError> {
        let mut rng = Rng::with_seed(seed);
        let insurers = (0..4).map(|_| InsurerNumber::completed(&format!("{}{}", rng.u8(97..=99), rng.u16(100..=999))));
        let insurers = insurers.collect::<Result<_, _>>()?;
        Ok(World { rng, offices: BTreeMap::new(), insurers, persons: 0, turns: BTreeMap::new() })
    }

    /// The office of that place (`43`, `15.b` …): the same one whenever it is asked for.
    pub(crate) fn office(&mut self, place: &str) -> Result<Party, KitError> {
        if let Some(known) = self.offices.get(place) {
            return Ok(known.clone());
        }
        let service_type: ServiceType = place.get(..2).unwrap_or(place).parse()?;
        let serial = self.offices.len() + 1;
        let body = format!("{}{}{:02}{serial:04}", self.rng.u8(97..=99), third_character(service_type), self.rng.u8(1..=99));
        let name = format!("{}{}", service_type.label_ja().unwrap_or_default(), self.pick(&SIGNS));
        let party = Party { number: OfficeNumber::completed(&body)?, service_type, name };
        self.offices.insert(place.to_owned(), party.clone());
        Ok(party)
    }

    /// Somebody new, whose certificate is valid in that month.
    pub(crate) fn person(&mut self, month: Date, preventive: bool) -> Result<Person, KitError> {
        self.persons += 1;
        let serial = self.persons;
        let (surname, surname_kana, half_kana) = self.pick_of(&SURNAMES);
        let (given, given_kana, sex) = self.pick_of(&GIVEN);
        let levels = self.levels(preventive);
        let level = self.turn(if preventive { "preventive levels" } else { "care levels" }, &levels);
        let from = month.first_of_month().checked_sub(Span::new().months(self.rng.i32(2..=9)))?;
        let years: i32 = if self.rng.bool() { 1 } else { 3 };
        let planned = from.checked_add(self.rng.i32(0..20).days())?;
        // persons on public assistance without insurance have a number that begins with H
        let insured = if serial % 5 == 3 {
            format!("H{serial:05}{:04}", self.rng.u16(0..10_000))
        } else {
            format!("{serial:06}{:04}", self.rng.u16(0..10_000))
        };
        let insurer = self.rng.choice(&self.insurers).cloned();
        Ok(Person {
            insurer: insurer.map_or_else(|| InsurerNumber::completed("97100"), Ok)?,
            insured,
            name: format!("{surname}　{given}"),
            kana: format!("{surname_kana}　{given_kana}"),
            half_kana,
            sex,
            birth: format!("{}{:02}{:02}", self.rng.u16(1926..=1956), self.rng.u8(1..=12), self.rng.u8(1..=28)),
            address: self.pick(&ADDRESSES),
            phone: format!("0{}0-0000-{:04}", self.rng.u8(3..=9), self.rng.u16(0..10_000)),
            level,
            certified: ymd(from.checked_sub(5.days())?),
            valid_from: ymd(from),
            valid_to: ymd(from.checked_add(years.years())?.checked_sub(1.day())?),
            planned: ymd(planned),
            consulted: ymd(planned),
        })
    }

    /// One of the texts.
    pub(crate) fn pick(&mut self, of: &[&'static str]) -> &'static str {
        self.rng.choice(of).copied().unwrap_or_default()
    }

    /// One of a list after the other, in the order of asking.
    pub(crate) fn turn(&mut self, list: &'static str, of: &[&'static str]) -> &'static str {
        self.turn_in(("", list), of)
    }

    /// One of an item's codes after the other: so that every item of every kind shows its whole table somewhere.
    pub(crate) fn code(&mut self, kind: Kind, item: &'static str, of: &[&'static str]) -> &'static str {
        self.turn_in((kind.code(), item), of)
    }

    fn turn_in(&mut self, list: (&'static str, &'static str), of: &[&'static str]) -> &'static str {
        let turn = self.turns.entry(list).or_default();
        let chosen = of.iter().cycle().nth(*turn).copied().unwrap_or_default();
        *turn = (*turn + 1) % of.len().max(1);
        chosen
    }

    fn pick_of<T: Copy + Default>(&mut self, of: &[T]) -> T {
        self.rng.choice(of).copied().unwrap_or_default()
    }

    fn levels(&self, preventive: bool) -> Vec<&'static str> {
        let codes = CodeTable::named("care_level").map_or(&[][..], |table| table.codes);
        codes.iter().map(|code| code.code).filter(|code| PREVENTIVE_LEVELS.contains(code) == preventive).collect()
    }
}

/// `YYYYMMDD`.
pub(crate) fn ymd(date: Date) -> String {
    date.strftime("%Y%m%d").to_string()
}

/// `YYYYMM`.
pub(crate) fn ym(date: Date) -> String {
    date.strftime("%Y%m").to_string()
}

/// What kind of office a number is for stands in its third character (`office_third_char`).
fn third_character(service_type: ServiceType) -> char {
    match service_type.as_str() {
        "46" | "AF" => '0',
        "13" | "63" => '6',
        "16" | "22" | "25" | "66" => '5',
        "71" | "72" | "73" | "74" | "75" | "76" | "77" | "78" => '9',
        code if code.starts_with('A') => 'A',
        _ => '7',
    }
}
