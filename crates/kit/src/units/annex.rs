//! The usage slip's annex (第7表): rows of services, a subtotal where an office has several of a type, and the grand total.

use std::collections::BTreeMap;

use standard::Kind;

use super::Making;
use super::slip::Line;
use crate::filler::NINES;
use crate::record::Record;
use crate::world::Person;

const SUBTOTAL: &str = "AAAA";
const GRAND_TOTAL: &str = "999999";
/// Yen for a unit, in hundredths, by region and service.
const UNIT_PRICES: [(&str, u32); 3] = [("10.00", 1000), ("10.21", 1021), ("11.40", 1140)];
const BENEFIT_RATES: [&str; 3] = ["90", "80", "70"];
/// What a row says of money: only the row that stands for its office and type, and the total, do.
const MONEY_ITEMS: [&str; 12] = [
    "managed_units",
    "type_over_units",
    "type_within_units",
    "limit_over_units",
    "limit_within_units",
    "unit_price",
    "total_cost",
    "benefit_rate",
    "insurance_claim_amount",
    "fixed_user_charge_unit",
    "user_charge_covered",
    "user_charge_full",
];
/// Left empty in subtotals and totals.
const SERVICE_ITEMS: [&str; 8] = [
    "service_office_name",
    "satellite_no",
    "tais_code",
    "tool_notification_code",
    "tool_name",
    "discount_rate",
    "discounted_units",
    "service_unit_amount",
];
const STAY_ITEMS: [&str; 3] = ["short_stay_days_to_prev_month", "short_stay_days_this_month", "short_stay_days_cumulative"];

/// The price and the share that insurance pays.
struct Terms {
    price_text: &'static str,
    price: u32,
    rate: &'static str,
}

impl Making<'_> {
    pub(super) fn annex_rows(&mut self, person: &Person, lines: &[Line]) -> Vec<Record> {
        let price_text = self.world.turn("unit prices", &UNIT_PRICES.map(|(text, _)| text));
        let price = UNIT_PRICES.iter().find(|(text, _)| *text == price_text).map_or(0, |(_, price)| *price);
        let terms = Terms { price_text, price, rate: self.world.turn("benefit rates", &BENEFIT_RATES) };
        let mut groups: BTreeMap<(&str, &str), Vec<&Line>> = BTreeMap::new();
        for line in lines {
            groups.entry(line.group()).or_default().push(line);
        }
        let (mut rows, mut grand, limit) = (Vec::new(), 0, person.limit_units());
        for ((office, service_type), lines) in groups {
            let total: u32 = lines.iter().map(|line| line.units() * line.count()).sum();
            let over = (grand + total).saturating_sub(limit) - grand.saturating_sub(limit);
            grand += total;
            let alone = lines.len() == 1;
            rows.extend(lines.iter().filter_map(|line| {
                let mut row = self.service_row(person, line)?;
                if alone {
                    terms.write(&mut row, total, over);
                }
                Some(row)
            }));
            if !alone {
                let subtotal = self.sum_row(person, office, &format!("{service_type}{SUBTOTAL}"));
                rows.extend(subtotal.map(|row| terms.written(row, total, over)));
            }
        }
        let stay_days: u32 = lines.iter().map(Line::stay_days).sum();
        rows.extend(self.sum_row(person, NINES, GRAND_TOTAL).map(|row| {
            let mut row = terms.written(row, grand, grand.saturating_sub(limit));
            if stay_days > 0 {
                let before = 3;
                for (item, days) in STAY_ITEMS.into_iter().zip([before, stay_days, before + stay_days]) {
                    row.set(item, days.to_string());
                }
            }
            row
        }));
        rows
    }

    fn service_row(&mut self, person: &Person, line: &Line) -> Option<Record> {
        let mut row = self.bare_row(person)?;
        line.name_service(&mut row);
        row.set("units", line.units().to_string());
        row.set("discount_rate", "");
        row.replace("discounted_units", line.units().to_string());
        row.set("count_or_days", line.count().to_string());
        row.set("service_unit_amount", (line.units() * line.count()).to_string());
        Some(row)
    }

    fn sum_row(&mut self, person: &Person, office: &str, code: &str) -> Option<Record> {
        let mut row = self.bare_row(person)?;
        row.set_all(&SERVICE_ITEMS, "");
        row.set("service_office_number", office);
        row.set("service_code", code);
        row.set_all(&["units", "count_or_days"], "0");
        Some(row)
    }

    fn bare_row(&mut self, person: &Person) -> Option<Record> {
        let mut row = self.record(Kind::UsageSlipAnnex, person)?;
        row.set_all(&MONEY_ITEMS, "");
        row.set_all(&STAY_ITEMS, "");
        row.set("over_30_days", "0");
        row.replace("fixed_office_number", NINES);
        Some(row)
    }
}

impl Terms {
    fn written(&self, mut row: Record, total: u32, over: u32) -> Record {
        self.write(&mut row, total, over);
        row
    }

    fn write(&self, row: &mut Record, total: u32, over: u32) {
        let within = total - over;
        let cost = within * self.price / 100;
        let claim = cost * self.rate.parse::<u32>().unwrap_or_default() / 100;
        row.set("unit_price", self.price_text);
        row.set("benefit_rate", self.rate);
        let amounts = [
            ("managed_units", total),
            ("type_over_units", 0),
            ("type_within_units", total),
            ("limit_over_units", over),
            ("limit_within_units", within),
            ("total_cost", cost),
            ("insurance_claim_amount", claim),
            ("user_charge_covered", cost - claim),
            ("user_charge_full", over * self.price / 100),
        ];
        for (item, amount) in amounts {
            row.set(item, amount.to_string());
        }
    }
}
