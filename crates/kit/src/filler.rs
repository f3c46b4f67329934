//! Fills a record of any layout from what the layout says: form, codes, length, whether an item is required. What an item of that name must
//! say to fit the rest of the unit goes before (`Scene::known`).

use jiff::civil::Date;
use standard::{CodeTable, Field, Format, Kind, Layout, Required};

use crate::record::Record;
use crate::texts;
use crate::world::{Party, Person, World, ym, ymd};

/// The version every record begins with.
pub(crate) const VERSION: &str = "202407";
/// The third edition's.
pub(crate) const VERSION_V3: &str = "202208";
/// No plan date: the user supplement of a slip set.
pub(crate) const NO_DATE: &str = "00000000";
/// No month: the user supplement of a plan set.
pub(crate) const NO_MONTH: &str = "000000";
/// No time shown.
pub(crate) const NO_TIME: &str = "9999";
/// The annex's office of no number.
pub(crate) const NINES: &str = "9999999999";

/// How much of a record is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fullness {
    /// Every item.
    Full,
    /// As an office would leave it: most of the optional items.
    Mixed,
    /// What is required, and nothing else.
    Required,
}

/// What all records of a unit agree on.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    /// The office that manages the care; in delegated preventive care the one it was delegated to.
    pub(crate) manager: Party,
    /// The office that writes the files.
    pub(crate) author: Party,
    /// First day of the month.
    pub(crate) month: Date,
    pub(crate) fullness: Fullness,
}

/// The units of care that insurance pays for in a month, by level.
const LIMITS: [(&str, u32); 8] =
    [("06", 5032), ("12", 5032), ("13", 10531), ("21", 16765), ("22", 19705), ("23", 27048), ("24", 30938), ("25", 36217)];

/// Most digits of a number that nothing else decides.
const COUNT_DIGITS: u32 = 2;

impl Scene {
    /// A record of a kind about a person.
    pub(crate) fn record(&self, world: &mut World, layout: &'static Layout, person: &Person) -> Record {
        Record::new(layout, |field| {
            let is_key = layout.kind.key_fields().contains(&field.name);
            let wanted = match self.fullness {
                _ if is_key || field.required != Required::No => true,
                Fullness::Full => true,
                Fullness::Mixed => world.rng.u8(0..10) < 7,
                Fullness::Required => false,
            };
            if !wanted {
                return String::new();
            }
            self.known(layout.kind, field, person).unwrap_or_else(|| self.any(world, layout.kind, field))
        })
    }

    /// The value that persons, offices and dates of the unit decide.
    fn known(&self, kind: Kind, field: &Field, person: &Person) -> Option<String> {
        Some(match field.name {
            "insurer_number" => person.insurer.to_string(),
            "insured_number" => person.insured.clone(),
            "user_name" | "consent_name" => person.name.clone(),
            // the standard wants half-width kana in the basic information only
            "user_name_kana" if kind == Kind::BasicInformation => person.half_kana.to_owned(),
            "user_name_kana" => person.kana.clone(),
            "user_sex" => person.sex.to_owned(),
            "user_birth_date" => person.birth.clone(),
            "user_postal_code" | "manager_office_postal_code" => "000-0001".to_owned(),
            "user_address" | "user_address_1" => person.address.to_owned(),
            "user_phone" => person.phone.clone(),
            "care_level" => person.level_in(field.codes).to_owned(),
            "support_level" => person.support_level().to_owned(),
            "certification_status" => "2".to_owned(),
            "certification_date" => person.certified.clone(),
            "certification_start_date" | "limit_start_date" => person.valid_from.clone(),
            "certification_end_date" | "limit_end_date" => person.valid_to.clone(),
            "plan_date" | "first_plan_date" => person.planned.clone(),
            "consultation_date" | "checklist_date" => person.consulted.clone(),
            "consent_date" => person.planned.clone(),
            "previous_consultation_date" | "care_level_change_date" => person.certified.clone(),
            "created_date" if kind.key_fields().contains(&"plan_date") => person.planned.clone(),
            "created_date" => ymd(self.month),
            "target_month" => ym(self.month),
            "limit_units" => person.limit_units().to_string(),
            "manager_office_number" => self.manager.number.to_string(),
            "manager_office_name" | "author_office_name" => self.manager.name.clone(),
            _ => return None,
        })
    }

    /// A value of the item's form.
    fn any(&self, world: &mut World, kind: Kind, field: &'static Field) -> String {
        let digits = |world: &mut World| {
            let most = 10_u32.pow(field.length.unwrap_or(COUNT_DIGITS).min(COUNT_DIGITS)) - 1;
            world.rng.u32(1..=most).to_string()
        };
        match (field.format, field.codes) {
            (Format::CsvVersion, _) => VERSION.to_owned(),
            (Format::OfficeNumber, _) => self.author.number.to_string(),
            (Format::Date | Format::DateOrZeros, _) => ymd(self.month),
            (Format::Month | Format::MonthOrZeros, _) => ym(self.month),
            (Format::TimeHhmm | Format::TimeHhmmOr9999, _) => format!("{:02}{:02}", world.rng.u8(7..=19), 15 * world.rng.u8(0..4)),
            (Format::Digits, _) => digits(world),
            (Format::Decimal, _) => "10.00".to_owned(),
            (Format::Code, Some(table)) => code(world, kind, field, table),
            (Format::Code, None) => "1".to_owned(),
            (Format::PostalCode, _) => "000-0002".to_owned(),
            (Format::Phone, _) => format!("0{}0-0000-{:04}", world.rng.u8(3..=9), world.rng.u16(0..10_000)),
            (Format::ServiceType, _) => {
                CodeTable::named("service_type_kaigo").map(|table| code(world, kind, field, table)).unwrap_or_default()
            }
            (Format::FreeText, _) => texts::text(world, field.name, self.fullness == Fullness::Full),
            // which services there were is the slip's to say
            (Format::ServiceCode | Format::TaisCode | Format::ToolNotificationCode | Format::DayFlags31, _) => String::new(),
            (Format::InsurerNumber | Format::InsuredNumber | Format::Unused, _) => String::new(),
        }
    }
}

impl Person {
    /// The level, as the table of that item has it: there is none for persons of the municipal programme in the basic information.
    fn level_in(&self, table: Option<&'static CodeTable>) -> &'static str {
        let known = table.is_none_or(|table| table.contains(self.level.as_bytes()));
        if known { self.level } else { "01" }
    }

    fn support_level(&self) -> &'static str {
        match self.level {
            "12" => "1",
            "13" => "2",
            _ => "3",
        }
    }

    /// The units that insurance pays for in a month.
    pub(crate) fn limit_units(&self) -> u32 {
        LIMITS.iter().find(|(level, _)| *level == self.level).map_or(0, |(_, units)| *units)
    }
}

/// The next code of the item's table.
fn code(world: &mut World, kind: Kind, field: &'static Field, table: &'static CodeTable) -> String {
    let codes: Vec<&'static str> = table.codes.iter().map(|code| code.code).collect();
    world.code(kind, field.name, &codes).to_owned()
}
