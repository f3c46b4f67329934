//! How many offices of each municipality are licensed.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Listed, Municipality};

/// One municipality. JSON: `{"municipality","name","offices","licensed","rate"}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Adoption {
    /// Its code, six digits.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub municipality: Municipality,
    /// Its name, where the directory has it.
    pub name: Option<String>,
    /// How many offices there are.
    pub offices: u32,
    /// How many of them are licensed.
    pub licensed: u32,
    /// The share of these, 0 to 1, to four places.
    pub rate: f64,
}

/// The two national indicators over municipalities that have an office. JSON: `{"municipalities","any","thirty_percent"}`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdoptionIndicators {
    /// How many municipalities there are.
    pub municipalities: u32,
    /// The share of those with any licensed office.
    pub any: f64,
    /// The share of those in which at least 30 % are licensed.
    pub thirty_percent: f64,
}

/// What is told of adoption. JSON: `{"items","next_cursor","indicators"}`, one page holding all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdoptionView {
    /// The municipalities, the highest rate first.
    pub items: Vec<Adoption>,
    /// Always null: all are in `items`.
    pub next_cursor: Option<String>,
    /// The indicators over `items`.
    pub indicators: AdoptionIndicators,
}

/// Counts offices as they come.
#[derive(Clone, Debug, Default)]
pub struct AdoptionCount(BTreeMap<Municipality, Counted>);

#[derive(Clone, Debug, Default)]
struct Counted {
    name: Option<String>,
    offices: u32,
    licensed: u32,
}

impl AdoptionCount {
    /// Counts an office on a Japanese day; one whose municipality isn't known counts nowhere.
    pub fn add(&mut self, office: &Listed, day: Date) {
        let Some(municipality) = office.municipality else { return };
        let counted = self.0.entry(municipality).or_default();
        counted.offices += 1;
        counted.licensed += u32::from(office.is_licensed_on(day));
        if counted.name.is_none() {
            counted.name.clone_from(&office.municipality_name);
        }
    }

    /// Adds what was counted of other municipalities.
    pub fn merge(&mut self, other: AdoptionCount) {
        self.0.extend(other.0);
    }

    /// How many offices were counted.
    pub fn offices(&self) -> u64 {
        self.0.values().map(|counted| u64::from(counted.offices)).sum()
    }

    /// All that is told of what was counted.
    pub fn view(&self) -> AdoptionView {
        AdoptionView { items: self.by_rate(), next_cursor: None, indicators: self.indicators() }
    }

    /// The municipalities, the highest rate first; of equal ones that with more licensed offices, then by code.
    pub fn by_rate(&self) -> Vec<Adoption> {
        let mut all: Vec<Adoption> = self
            .0
            .iter()
            .map(|(municipality, counted)| Adoption {
                municipality: *municipality,
                name: counted.name.clone(),
                offices: counted.offices,
                licensed: counted.licensed,
                rate: share(counted.licensed, counted.offices),
            })
            .collect();
        // exact where the rounded rate is not
        let product = |licensed: u32, offices: u32| u64::from(licensed) * u64::from(offices);
        all.sort_by(|one, other| {
            let (ours, theirs) = (product(one.licensed, other.offices), product(other.licensed, one.offices));
            theirs.cmp(&ours).then(other.licensed.cmp(&one.licensed)).then(one.municipality.cmp(&other.municipality))
        });
        all
    }

    /// The indicators over all that were counted.
    pub fn indicators(&self) -> AdoptionIndicators {
        let count = |wanted: &dyn Fn(&Counted) -> bool| u32::try_from(self.0.values().filter(|counted| wanted(counted)).count());
        let all = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        let any = count(&|counted| counted.licensed > 0).unwrap_or(u32::MAX);
        let thirty = count(&|counted| u64::from(counted.licensed) * 10 >= u64::from(counted.offices) * 3).unwrap_or(u32::MAX);
        AdoptionIndicators { municipalities: all, any: share(any, all), thirty_percent: share(thirty, all) }
    }
}

/// To four places; of nothing nothing.
fn share(part: u32, whole: u32) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    (f64::from(part) / f64::from(whole) * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::Office;

    fn count(of: &[(&str, u32, u32)]) -> AdoptionCount {
        let mut count = AdoptionCount::default();
        for (municipality, offices, licensed) in of {
            for n in 0..*offices {
                let mut office = Office::new("9870808848".parse().unwrap(), "見本");
                office.municipality = Some((*municipality).to_owned());
                let mut listed = Listed::of(&office);
                if n < *licensed {
                    listed.licences = vec![(date(2026, 4, 1), date(2027, 3, 31))];
                }
                count.add(&listed, date(2026, 4, 10));
            }
        }
        count
    }

    #[test]
    fn the_highest_rate_comes_first() {
        let rows = count(&[("98101", 3, 1), ("98102", 10, 3), ("98103", 1, 0), ("98104", 6, 2), ("98105", 2, 2)]).by_rate();
        let seen: Vec<(String, u32, f64)> = rows.iter().map(|row| (row.municipality.five_digits(), row.licensed, row.rate)).collect();
        let expected = [("98105", 2, 1.0), ("98104", 2, 0.3333), ("98101", 1, 0.3333), ("98102", 3, 0.3), ("98103", 0, 0.0)];
        assert_eq!(seen, expected.map(|(code, licensed, rate)| (code.to_owned(), licensed, rate)));
    }

    #[test]
    fn the_indicators_are_shares_of_municipalities() {
        let check = |of: &[(&str, u32, u32)], municipalities, any, thirty_percent| {
            assert_eq!(count(of).indicators(), AdoptionIndicators { municipalities, any, thirty_percent }, "{of:?}");
        };
        check(&[], 0, 0.0, 0.0);
        check(&[("98101", 10, 3)], 1, 1.0, 1.0);
        // 29.9 % is less than 30, though it is written 0.299
        check(&[("98101", 1_000, 299), ("98102", 10, 3), ("98103", 5, 0)], 3, 0.6667, 0.3333);
    }

    #[test]
    fn an_office_of_an_unknown_municipality_counts_nowhere() {
        let mut count = AdoptionCount::default();
        count.add(&Listed::of(&Office::new("9870808848".parse().unwrap(), "見本")), date(2026, 4, 10));
        assert_eq!(count.by_rate(), []);
    }
}
