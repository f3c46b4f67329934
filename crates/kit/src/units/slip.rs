//! Usage slips and actual services: the lines of a month.

use standard::{CodeTable, Kind};

use super::Making;
use crate::error::KitError;
use crate::filler::{Fullness, NO_TIME};
use crate::record::Record;
use crate::texts;
use crate::world::{Party, Person};

/// One service of a person's month.
#[derive(Debug, Clone)]
pub(super) struct Line {
    office: Party,
    code: String,
    units: u32,
    start: String,
    end: String,
    days: Vec<u8>,
    /// The days a monthly price covers; empty for others.
    day_flags: String,
    tool: Option<Tool>,
    satellite: &'static str,
    is_stay: bool,
}

#[derive(Debug, Clone)]
struct Tool {
    name: &'static str,
    tais: String,
    notification: String,
    detail: &'static str,
}

/// Tools are lent by the month, without times, and each has a number.
const TOOLS: [&str; 2] = ["17", "67"];
const STAYS: [&str; 15] = ["21", "22", "23", "2A", "24", "25", "26", "2B", "27", "28", "38", "39", "68", "69", "79"];
/// Paid by the month: every row is a visit, the first one carries the units.
const MONTHLY: [&str; 7] = ["66", "73", "75", "76", "77", "A2", "A6"];
/// The standard has a detail number for one of the two tool services only.
const WITH_DETAIL: &str = "17";

impl Making<'_> {
    pub(super) fn slip(&mut self) -> Result<(), KitError> {
        let (mut slips, mut annex) = (Vec::new(), Vec::new());
        for person in self.persons.clone() {
            let lines = self.lines()?;
            slips.extend(self.slip_rows(Kind::UsageSlip, &person, &lines));
            annex.extend(self.annex_rows(&person, &lines));
        }
        let month = self.month();
        self.draft.add(Kind::UsageSlip, Some(&month), slips);
        self.draft.add(Kind::UsageSlipAnnex, Some(&month), annex);
        self.supplement(false);
        Ok(())
    }

    /// What the sender itself gave; a care manager hands on what all offices did.
    pub(super) fn actual(&mut self) -> Result<(), KitError> {
        let mut rows = Vec::new();
        for person in self.persons.clone() {
            let mut lines = self.lines()?;
            if !self.draft.sender.service_type.only_manages() {
                lines.retain(|line| line.office == self.draft.sender);
            }
            rows.extend(self.slip_rows(Kind::Actuals, &person, &lines));
        }
        let month = self.month();
        self.draft.add(Kind::Actuals, Some(&month), rows);
        Ok(())
    }

    /// A person's month: the services of the office this unit goes to or comes from, two tools, and one more in turn.
    fn lines(&mut self) -> Result<Vec<Line>, KitError> {
        let (tables, tools): (&[&str], _) =
            if self.preventive { (&["service_type_yobo", "service_type_sogo"], "67") } else { (&["service_type_kaigo"], "17") };
        let types = tables.iter().filter_map(|table| CodeTable::named(table)).flat_map(|table| table.codes).map(|code| code.code);
        let types: Vec<&'static str> = types.filter(|code| !TOOLS.contains(code)).collect();
        let mut offices = Vec::new();
        for party in [&self.draft.sender, &self.draft.recipient] {
            if !party.service_type.is_manager() || party.service_type.is_in_scope() && party != &self.scene.manager {
                offices.push(party.clone());
            }
        }
        for place in [tools, self.world.turn(tables.first().copied().unwrap_or_default(), &types)] {
            let office = self.world.office(place)?;
            if !offices.contains(&office) {
                offices.push(office);
            }
        }
        Ok(offices.into_iter().flat_map(|office| self.lines_of(office)).collect())
    }

    fn lines_of(&mut self, office: Party) -> Vec<Line> {
        let code = office.service_type.as_str();
        let satellite = if self.scene.fullness == Fullness::Full { "1" } else { "" };
        let first = self.world.rng.u8(1..=6);
        let plain = Line {
            code: format!("{code}{}", self.world.pick(&["1111", "1211", "2111"])),
            units: self.world.rng.u32(150..900),
            start: NO_TIME.to_owned(),
            end: NO_TIME.to_owned(),
            days: vec![1],
            day_flags: String::new(),
            tool: None,
            satellite,
            is_stay: STAYS.contains(&code),
            office: office.clone(),
        };
        if TOOLS.contains(&code) {
            return [("1", false), ("2", true)].map(|(detail, notified)| self.tool_line(&plain, detail, notified)).into();
        }
        if plain.is_stay {
            return vec![Line { days: (first..first + 3).collect(), ..plain }];
        }
        let start = format!("{:02}{:02}", self.world.rng.u8(8..=16), 15 * self.world.rng.u8(0..4));
        let end = later(&start, 60);
        let days: Vec<u8> = (first..=28).step_by(7).collect();
        let last_day = u8::try_from(self.scene.month.days_in_month()).unwrap_or_default();
        let visits = Line { days: days.clone(), start, end, ..plain.clone() };
        if MONTHLY.contains(&code) {
            let day_flags = (1..=31).map(|day| if day <= last_day { '1' } else { '0' }).collect();
            return vec![Line { day_flags, units: self.world.rng.u32(2000..9000), ..visits }];
        }
        // a supplement without a time, on the first day
        let supplement =
            Line { code: format!("{code}6101"), units: self.world.rng.u32(20..200), days: days.into_iter().take(1).collect(), ..plain };
        vec![visits, supplement]
    }

    /// A tool known by its TAIS code, or by the code it was notified under.
    fn tool_line(&mut self, plain: &Line, detail: &'static str, notified: bool) -> Line {
        let number = format!("{:05}-{:06}", self.world.rng.u32(1..3000), self.world.rng.u32(1..1000));
        let (tais, notification) = if notified { (String::new(), number) } else { (number, String::new()) };
        let service = plain.office.service_type.as_str();
        let detail = if service == WITH_DETAIL { detail } else { "" };
        let code = format!("{service}100{}", if notified { "3" } else { "1" });
        let tool = Tool { name: texts::tool(self.world), tais, notification, detail };
        Line { code, tool: Some(tool), units: self.world.rng.u32(100..900), ..plain.clone() }
    }

    fn slip_rows(&mut self, kind: Kind, person: &Person, lines: &[Line]) -> Vec<Record> {
        let month = self.month();
        let stays = lines.iter().any(|line| line.is_stay);
        let mut rows = Vec::new();
        for line in lines {
            for (index, day) in line.days.iter().enumerate() {
                let Some(mut record) = self.record(kind, person) else { continue };
                let billed_before = index > 0 && !line.day_flags.is_empty();
                record.set("units", if billed_before { "0".to_owned() } else { line.units.to_string() });
                record.set("service_date", format!("{month}{day:02}"));
                record.set("daily_rate_days", line.day_flags.as_str());
                record.set("start_time", line.start.as_str());
                record.set("end_time", line.end.as_str());
                record.set("service_count", "1");
                record.set("over_30_days", "0");
                if !stays {
                    record.set("short_stay_days_to_prev_month", "");
                }
                record.set("detail_no", line.tool.as_ref().map_or("", |tool| tool.detail));
                line.name_service(&mut record);
                rows.push(record);
            }
        }
        rows
    }
}

impl Line {
    /// The items that slip and annex both name a service by.
    pub(super) fn name_service(&self, record: &mut Record) {
        record.set("service_code", self.code.as_str());
        record.set("service_office_number", self.office.number.to_string());
        record.replace("service_office_name", self.office.name.as_str());
        record.set("satellite_no", self.satellite);
        let tool = self.tool.as_ref();
        record.set("tais_code", tool.map_or("", |tool| &tool.tais));
        record.set("tool_notification_code", tool.map_or("", |tool| &tool.notification));
        record.set("tool_name", tool.map_or("", |tool| tool.name));
    }

    /// The office and service type that the annex adds up by.
    pub(super) fn group(&self) -> (&str, &str) {
        (self.office.number.as_str(), self.office.service_type.as_str())
    }

    pub(super) fn units(&self) -> u32 {
        self.units
    }

    /// How often it is billed: a monthly price once.
    pub(super) fn count(&self) -> u32 {
        if self.day_flags.is_empty() { u32::try_from(self.days.len()).unwrap_or_default() } else { 1 }
    }

    /// Days of short stay.
    pub(super) fn stay_days(&self) -> u32 {
        if self.is_stay { self.count() } else { 0 }
    }
}

/// A time so many minutes later, of the same day.
pub(super) fn later(start: &str, minutes: u32) -> String {
    let number = |digits: Option<&str>| digits.and_then(|digits| digits.parse::<u32>().ok()).unwrap_or_default();
    let end = number(start.get(..2)) * 60 + number(start.get(2..)) + minutes;
    format!("{:02}{:02}", end / 60 % 24, end % 60)
}
