//! Basic information and support plans of preventive care, with their annexes and pictures.

use standard::Kind;

use super::Making;
use crate::filler::Fullness;
use crate::record::Record;
use crate::world::Person;

/// Rows of the daily timetable, and of the medical history, per person.
const TIMETABLE_ROWS: usize = 3;
const HISTORY_ROWS: usize = 2;
/// Issue, support and service of each row of the support plan's annex.
const ROWS: [(u8, u8, u8); 4] = [(1, 1, 1), (1, 1, 2), (1, 2, 1), (2, 1, 1)];
const ISSUE_ITEMS: [&str; 4] = ["overall_issue", "goal_proposal", "wish", "goal"];
const SUPPORT_ITEMS: [&str; 3] = ["support_points", "self_care_informal", "formal_services"];
const METHOD_OTHER: &str = "03";

impl Making<'_> {
    pub(super) fn basic(&mut self) {
        let images = self.images();
        let mut records = self.each(Kind::BasicInformation, |record, _| {
            if record.text("consultation_method") != METHOD_OTHER {
                record.set("consultation_method_other", "");
            }
        });
        for (record, image) in records.iter_mut().zip(images) {
            record.set("family_image_file", image.unwrap_or_default());
        }
        // the pictures come last
        let pictures = std::mem::take(&mut self.draft.files);
        let (pictures, before): (Vec<_>, Vec<_>) = pictures.into_iter().partition(|file| file.kind == Kind::BasicInformationImage);
        self.draft.files = before;
        self.draft.add(Kind::BasicInformation, None, records);
        // the annexes may be left out
        if self.scene.fullness != Fullness::Required {
            let timetable = self.rows(Kind::BasicInformationTimetable, TIMETABLE_ROWS);
            self.draft.add(Kind::BasicInformationTimetable, None, timetable);
            let history = self.rows(Kind::BasicInformationHistory, HISTORY_ROWS);
            self.draft.add(Kind::BasicInformationHistory, None, history);
        }
        self.draft.files.extend(pictures);
    }

    fn rows(&mut self, kind: Kind, per_person: usize) -> Vec<Record> {
        let persons = self.persons.clone();
        persons.iter().flat_map(|person| std::iter::repeat_n(person, per_person)).filter_map(|person| self.record(kind, person)).collect()
    }

    pub(super) fn support(&mut self) {
        let records = self.each(Kind::SupportPlan, |_, _| {});
        self.draft.add(Kind::SupportPlan, None, records);
        let persons = self.persons.clone();
        let rows = persons.iter().flat_map(|person| self.support_rows(person)).collect();
        self.draft.add(Kind::SupportPlanAnnex, None, rows);
    }

    fn support_rows(&mut self, person: &Person) -> Vec<Record> {
        let mut row = |(issue, support, service): (u8, u8, u8)| {
            let mut record = self.record(Kind::SupportPlanAnnex, person)?;
            for (item, number) in [("issue_no", issue), ("support_no", support), ("service_no", service)] {
                record.set(item, number.to_string());
            }
            // an empty text repeats the row above with the same number
            if (support, service) != (1, 1) {
                record.set_all(&ISSUE_ITEMS, "");
            }
            if service != 1 {
                record.set_all(&SUPPORT_ITEMS, "");
            }
            Some(record)
        };
        ROWS.into_iter().filter_map(&mut row).collect()
    }
}
