//! With whom an office exchanged: what subsidies ask for.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use standard::OfficeNumber;

use crate::{spreadsheet, spreadsheet_cell};

/// On which side of a transmission an office stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It sent.
    Sender,
    /// It was sent to.
    Recipient,
}

/// Another office, and how many transmissions went each way. JSON: `{"office","name","sent","received","first","last"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Partner {
    /// The other office.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub office: OfficeNumber,
    /// Its name; null when it isn't registered any more.
    pub name: Option<String>,
    /// How many were delivered to it.
    pub sent: u32,
    /// How many came from it.
    pub received: u32,
    /// The Japanese day of the first.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub first: Date,
    /// The Japanese day of the last.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub last: Date,
}

/// The distinct offices that one exchanged with. JSON: `{"office","since","until","count","items","next_cursor"}`, one page holding all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartnersView {
    /// Whose partners.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub office: OfficeNumber,
    /// The first Japanese day looked at.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub since: Date,
    /// The last one.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub until: Date,
    /// How many there are.
    pub count: usize,
    /// They, by number.
    pub items: Vec<Partner>,
    /// Always null: all are in `items`.
    pub next_cursor: Option<String>,
}

impl PartnersView {
    /// Nobody yet.
    pub fn new(office: OfficeNumber, since: Date, until: Date) -> PartnersView {
        PartnersView { office, since, until, count: 0, items: Vec::new(), next_cursor: None }
    }

    /// Counts deliveries: the side on which the view's office stood, the other office, the Japanese day of each.
    pub fn count(&mut self, deliveries: impl IntoIterator<Item = (Side, OfficeNumber, Date)>) {
        let mut partners: BTreeMap<OfficeNumber, Partner> = self.items.drain(..).map(|partner| (partner.office, partner)).collect();
        for (side, office, day) in deliveries {
            if day < self.since || self.until < day || office == self.office {
                continue;
            }
            let unmet = || Partner { office, name: None, sent: 0, received: 0, first: day, last: day };
            let partner = partners.entry(office).or_insert_with(unmet);
            match side {
                Side::Sender => partner.sent += 1,
                Side::Recipient => partner.received += 1,
            }
            (partner.first, partner.last) = (partner.first.min(day), partner.last.max(day));
        }
        self.items = partners.into_values().collect();
        self.count = self.items.len();
    }

    /// As a table for a subsidy's form, with Japanese headings; a cell that a spreadsheet would run is kept from it.
    ///
    /// # Errors
    /// None that is known of: a table in memory can be written.
    pub fn csv(&self) -> Result<String, csv::Error> {
        let headings = ["事業所番号", "事業所名", "送信件数", "受信件数", "最初の日", "最後の日"].map(str::to_owned);
        let rows = self.items.iter().map(|Partner { office, name, sent, received, first, last }| {
            let name = spreadsheet_cell(name.as_deref().unwrap_or_default()).into_owned();
            [office.to_string(), name, sent.to_string(), received.to_string(), first.to_string(), last.to_string()]
        });
        spreadsheet(std::iter::once(headings).chain(rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn number(text: &str) -> OfficeNumber {
        text.parse().unwrap()
    }

    #[test]
    fn an_office_counts_once_however_often_it_is_met() {
        let mut view = PartnersView::new(number("9870808848"), day("2026-04-01"), day("2026-04-30"));
        let (one, other) = (number("9770000007"), number("9770000106"));
        view.count([
            (Side::Sender, other, day("2026-04-30")),
            (Side::Recipient, one, day("2026-04-10")),
            (Side::Sender, one, day("2026-04-01")),
            (Side::Sender, one, day("2026-03-31")),
            (Side::Recipient, one, day("2026-05-01")),
            (Side::Sender, view.office, day("2026-04-10")),
        ]);
        view.count([(Side::Recipient, one, day("2026-04-12"))]);
        let told: Vec<_> = view.items.iter().map(|it| (it.office, it.sent, it.received, it.first, it.last)).collect();
        let (first, last) = (day("2026-04-01"), day("2026-04-12"));
        assert_eq!(told, [(one, 1, 2, first, last), (other, 1, 0, day("2026-04-30"), day("2026-04-30"))]);
        assert_eq!(view.count, 2);
    }

    #[test]
    fn the_table_can_be_opened_without_running_anything() {
        let mut view = PartnersView::new(number("9870808848"), day("2026-04-01"), day("2026-04-30"));
        view.count([(Side::Sender, number("9770000007"), day("2026-04-10"))]);
        view.items[0].name = Some("=つばめ\"1\",号".to_owned());
        let row = "9770000007,\"'=つばめ\"\"1\"\",号\",1,0,2026-04-10,2026-04-10\r\n";
        assert_eq!(view.csv().unwrap(), format!("\u{feff}事業所番号,事業所名,送信件数,受信件数,最初の日,最後の日\r\n{row}"));
    }
}
