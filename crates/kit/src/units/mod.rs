//! What makes the files of a unit one: the same persons, dates and months, totals that add up, images that are there.

mod annex;
mod plan;
mod preventive;
mod slip;

use jiff::Span;
use jiff::civil::{Date, date};
use standard::{Kind, Layout, ServiceType};

use crate::draft::{Content, Draft, DraftFile};
use crate::error::KitError;
use crate::filler::{Fullness, NO_DATE, NO_MONTH, Scene};
use crate::pattern::Care;
use crate::record::{Record, Style};
use crate::world::{Person, World, ym};

/// What a unit is to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order {
    /// `SLIP`.
    pub(crate) unit: &'static str,
    /// The service type the sender acts as.
    pub(crate) from: &'static str,
    /// The service type the recipient acts as.
    pub(crate) to: &'static str,
    pub(crate) persons: u32,
    pub(crate) fullness: Fullness,
    pub(crate) style: Style,
}

/// The first month the kit's files tell of; units of one order number are of one month.
const FIRST_MONTH: Date = date(2026, 4, 1);
/// Every third person has a picture of the family.
const PERSONS_PER_IMAGE: usize = 3;

/// Everything a unit is made from.
struct Making<'a> {
    world: &'a mut World,
    scene: Scene,
    persons: Vec<Person>,
    preventive: bool,
    draft: Draft,
}

/// Makes the unit; `number` decides its month and serial.
pub(crate) fn make(world: &mut World, order: Order, number: u32) -> Result<Draft, KitError> {
    let (sender, recipient) = (world.office(order.from)?, world.office(order.to)?);
    let month = FIRST_MONTH.checked_add(Span::new().months(i32::try_from(number % 3).unwrap_or_default()))?;
    let preventive = is_preventive(sender.service_type, recipient.service_type);
    let persons = (0..order.persons).map(|_| world.person(month, preventive)).collect::<Result<_, _>>()?;
    let manager = if sender.service_type.is_manager() { &sender } else { &recipient }.clone();
    let scene = Scene { manager, author: sender.clone(), month, fullness: order.fullness };
    let minutes = 9 * 60 + number;
    let stamp = format!("20260325{:02}{:02}00", minutes / 60, minutes % 60);
    let v3 = order.unit == "PLAN_V3";
    let draft = Draft { unit: order.unit, sender, recipient, stamp, v3, style: order.style, files: Vec::new() };
    let mut making = Making { world, scene, persons, preventive, draft };
    match order.unit {
        "PLAN" | "PLAN_V3" => making.plan(),
        "SLIP" => making.slip()?,
        "ACTUAL" => making.actual()?,
        "BASIC" => making.basic(),
        "SUPPORT" => making.support(),
        "SUPPORT_BASIC" => {
            making.support();
            making.basic();
        }
        "PLAN_DELETE" => making.withdrawal(Kind::PlanTable1Deletion),
        "SLIP_DELETE" => making.withdrawal(Kind::UsageSlipDeletion),
        "ACTUAL_DELETE" => making.withdrawal(Kind::ActualsDeletion),
        "BASIC_DELETE" => making.withdrawal(Kind::BasicInformationDeletion),
        "SUPPORT_DELETE" => making.withdrawal(Kind::SupportPlanDeletion),
        other => return Err(KitError::UnknownUnit(other)),
    }
    Ok(making.draft)
}

impl Making<'_> {
    /// A record of a kind about each person, and what `mend` makes of it.
    fn each(&mut self, kind: Kind, mend: impl Fn(&mut Record, &Person)) -> Vec<Record> {
        let persons = self.persons.clone();
        persons
            .iter()
            .filter_map(|person| self.record(kind, person).map(|record| (record, person)))
            .map(|(mut record, person)| {
                mend(&mut record, person);
                record
            })
            .collect()
    }

    /// A record of a kind about a person; the image alone has none.
    fn record(&mut self, kind: Kind, person: &Person) -> Option<Record> {
        kind.layout().map(|layout: &'static Layout| self.scene.record(self.world, layout, person))
    }

    fn month(&self) -> String {
        ym(self.scene.month)
    }

    /// The names and addresses of a plan's persons, without a month, or of a slip's, without a plan date.
    fn supplement(&mut self, of_plan: bool) {
        let month = if of_plan { NO_MONTH.to_owned() } else { self.month() };
        let records = self.each(Kind::UserSupplement, |record, person| {
            if !of_plan {
                record.set("plan_date", NO_DATE);
            }
            record.set("target_month", month.as_str());
            record.replace("limit_units", person.limit_units().to_string());
            record.replace("total_over_limit_units", "0");
        });
        self.draft.add(Kind::UserSupplement, Some(&month), records);
    }

    fn withdrawal(&mut self, kind: Kind) {
        let (office, service_type) = (self.draft.sender.number, self.draft.sender.service_type);
        let records = self.each(kind, |record, _| {
            if kind == Kind::ActualsDeletion {
                record.set("service_office_number", office.to_string());
                record.set("service_type", service_type.as_str());
            }
        });
        let month = kind.has_month().then(|| self.month());
        self.draft.add(kind, month.as_deref(), records);
    }

    /// The pictures the basic information names.
    fn images(&mut self) -> Vec<Option<String>> {
        let wanted = |index: usize| self.scene.fullness != Fullness::Required && index.is_multiple_of(PERSONS_PER_IMAGE);
        let numbers: Vec<Option<u16>> =
            (0..self.persons.len()).map(|index| wanted(index).then(|| u16::try_from(index + 1).unwrap_or_default())).collect();
        for number in numbers.iter().flatten() {
            let content = Content::Image { number: *number, bytes: crate::image::family_chart() };
            self.draft.files.push(DraftFile { kind: Kind::BasicInformationImage, month: None, content });
        }
        numbers.into_iter().map(|number| number.map(|number| self.draft.image_name(number))).collect()
    }
}

fn is_preventive(sender: ServiceType, recipient: ServiceType) -> bool {
    Care::of_types([Some(sender), Some(recipient)]) == Care::Preventive
}
