//! Plans: table 1, table 2 as it is printed, table 3 of the week, and the persons' names.

use standard::Kind;

use super::Making;
use crate::filler::{Fullness, VERSION_V3};
use crate::record::Record;
use crate::world::Person;

/// Issue, goal and support of each row of table 2.
const ROWS: [(u8, u8, u8); 5] = [(1, 1, 1), (1, 1, 2), (1, 2, 1), (2, 1, 1), (2, 1, 2)];
const GOAL_ITEMS: [&str; 4] = ["long_term_goal", "short_term_goal", "long_term_period", "short_term_period"];
/// Table 3 has three kinds of rows; each leaves the others' items empty.
const SERVICE_ITEMS: [&str; 4] = ["care_service", "weekday", "service_start_time", "service_end_time"];
const ACTIVITY_ITEMS: [&str; 3] = ["daily_activity", "activity_start_time", "activity_end_time"];
const OTHER_ITEMS: [&str; 1] = ["non_weekly_service"];
const HOUSEWORK_OTHER: &str = "3";

impl Making<'_> {
    pub(super) fn plan(&mut self) {
        let tables = self.each(Kind::PlanTable1, |record, _| {
            if record.text("housework_reason") != HOUSEWORK_OTHER {
                record.set("housework_reason_other", "");
            }
        });
        self.draft.add(Kind::PlanTable1, None, tables);
        let persons = self.persons.clone();
        let goals = persons.iter().flat_map(|person| self.goals(person)).collect();
        self.draft.add(Kind::PlanTable2, None, goals);
        // the third edition has no table 3
        if !self.draft.v3 {
            let week = persons.iter().flat_map(|person| self.week(person)).collect();
            self.draft.add(Kind::PlanTable3, None, week);
        }
        self.supplement(true);
        if self.draft.v3 {
            self.draft.set_version(VERSION_V3);
        }
    }

    fn goals(&mut self, person: &Person) -> Vec<Record> {
        let office = self.draft.recipient.clone();
        let mut row = |(issue, goal, support): (u8, u8, u8)| {
            let mut record = self.record(Kind::PlanTable2, person)?;
            for (item, number) in [("issue_no", issue), ("goal_no", goal), ("support_no", support)] {
                record.set(item, number.to_string());
            }
            // an empty text repeats the row above with the same number
            if (goal, support) != (1, 1) {
                record.set("issue", "");
            }
            if support != 1 {
                record.set_all(&GOAL_ITEMS, "");
            }
            let covered = record.text("insurance_covered") == "Y";
            record.replace("service_office_number", if covered { office.number.to_string() } else { String::new() });
            record.replace("service_office_name", if covered { office.name.as_str() } else { "見本家政婦協会" });
            Some(record)
        };
        ROWS.into_iter().filter_map(&mut row).collect()
    }

    fn week(&mut self, person: &Person) -> Vec<Record> {
        let kinds = [&SERVICE_ITEMS[..], &SERVICE_ITEMS, &ACTIVITY_ITEMS, &OTHER_ITEMS];
        kinds.into_iter().filter_map(|items| self.week_row(person, items)).collect()
    }

    fn week_row(&mut self, person: &Person, items: &[&str]) -> Option<Record> {
        // a row of which nothing is filled in would be none: its own items always are
        let fullness = std::mem::replace(&mut self.scene.fullness, Fullness::Full);
        let record = self.record(Kind::PlanTable3, person);
        self.scene.fullness = fullness;
        let mut record = record?;
        for item in [&SERVICE_ITEMS[..], &ACTIVITY_ITEMS, &OTHER_ITEMS].concat() {
            if !items.contains(&item) {
                record.set(item, "");
            }
        }
        for (start, end) in [("service_start_time", "service_end_time"), ("activity_start_time", "activity_end_time")] {
            if record.has(start) {
                let start = record.text(start).to_owned();
                record.set(end, super::slip::later(&start, 60));
            }
        }
        Some(record)
    }
}
