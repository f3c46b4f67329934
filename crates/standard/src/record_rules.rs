//! The rules over several items of one record. Which items a kind has for which rule is data (`data/record_rules.csv`).

use crate::calendar::{ServiceMonth, is_date};
use crate::file_name::{FileName, MonthInName};
use crate::finding::Detail;
use crate::identifiers::{ServiceType, is_office_number};
use crate::item_rules::{NINES, TOTAL, type_of_code};
use crate::layout::{Format, ItemRule, Layout, SIKYU_ROW};
use crate::record::Cell;
use crate::report::Report;
use crate::rule::RuleId;

/// What the file's name says, as the record rules compare it.
#[derive(Debug)]
pub(crate) struct Context {
    month: Option<[u8; 6]>,
    zero_month: bool,
    sender: String,
    sender_type: Option<String>,
    /// A care manager hands on actual services in delegated preventive care: they are another office's.
    forwarded: bool,
}

/// The values of a record.
pub(crate) struct Values<'a> {
    pub(crate) bytes: &'a [u8],
    /// One cell an item.
    pub(crate) cells: &'a [Cell],
}

impl Context {
    pub(crate) fn of(name: &FileName) -> Context {
        Context {
            month: name.month.and_then(|month| month.to_string().into_bytes().try_into().ok()),
            zero_month: name.month == Some(MonthInName::Zeros),
            sender: name.sender.clone(),
            sender_type: name.sender_type.clone(),
            forwarded: name.sender_service_type().is_some_and(ServiceType::only_manages)
                && name.recipient_service_type().is_some_and(ServiceType::is_manager),
        }
    }

    /// The rules of the layout, for one record of it.
    pub(crate) fn check(&self, layout: &Layout, values: &Values<'_>, no_tool_items: bool, report: &mut Report<'_>) {
        for ItemRule { rule, items } in layout.rules {
            match (rule, *items) {
                (RuleId::TaisNone, _) if no_tool_items => {}
                (RuleId::TaisNone, &[&[code, tais, notification]]) => {
                    let code = values.item(code);
                    let rented = matches!(type_of_code(code).as_ref().map(ServiceType::as_str), Some("17" | "67")) && !is_sum(code);
                    if rented && values.item(tais).is_empty() && values.item(notification).is_empty() {
                        report.item(*rule, tais, Detail::None);
                    }
                }
                (RuleId::Hyo3Kind, groups) => {
                    let filled = groups.iter().filter(|group| group.iter().any(|no| !values.item(*no).is_empty())).count();
                    if filled != 1 {
                        report.record(*rule, Detail::None);
                    }
                }
                (RuleId::SikyuNull, &[&[code], &[units], rest]) => {
                    if is_sum(values.item(code)) {
                        if values.item(units) != b"0" {
                            report.item(*rule, units, Detail::None);
                        }
                        for no in rest.iter().filter(|no| !values.item(**no).is_empty()) {
                            report.item(*rule, *no, Detail::None);
                        }
                    }
                }
                (RuleId::RowNo, &[numbers]) => {
                    for no in numbers.iter().filter(|no| values.item(**no).iter().all(|digit| *digit == b'0')) {
                        report.item(*rule, *no, Detail::None);
                    }
                }
                (RuleId::JskType, &[&[no]]) => {
                    let is_code = layout.field(no).is_some_and(|field| field.format == Format::ServiceCode);
                    let value = values.item(no);
                    if self.is_other_type(if is_code { value.get(..2).unwrap_or(value) } else { value }) {
                        report.item(*rule, no, Detail::None);
                    }
                }
                (rule, &[&[no]]) => {
                    if self.breaks(*rule, values.item(no)) {
                        report.item(*rule, no, Detail::None);
                    }
                }
                (rule, &[&[first, second]]) => {
                    if let Some(no) = breaks_together(*rule, (first, values.item(first)), (second, values.item(second))) {
                        report.item(*rule, no, Detail::None);
                    }
                }
                _ => debug_assert!(false, "{rule} has no such items"),
            }
        }
    }

    /// The rules that hold one item against the file's name.
    fn breaks(&self, rule: RuleId, value: &[u8]) -> bool {
        match rule {
            RuleId::Month => self.month.is_some_and(|month| month != value) && (is_month(value) || value == b"000000"),
            RuleId::HosokuDate => self.zero_month && value == b"00000000",
            RuleId::HosokuZero => self.month.is_some() && !self.zero_month && !value.is_empty() && value != b"00000000",
            RuleId::JskOffice => !self.forwarded && value != self.sender.as_bytes() && is_office_number(value),
            RuleId::SikyuFixed => !value.is_empty() && value != NINES,
            _ => false,
        }
    }

    fn is_other_type(&self, value: &[u8]) -> bool {
        let known = ServiceType::from_bytes(value).filter(|it| it.is_known());
        !self.forwarded && known.is_some_and(|it| self.sender_type.as_deref().is_some_and(|named| named != it.as_str()))
    }
}

impl<'a> Values<'a> {
    pub(crate) fn item(&self, no: u16) -> &'a [u8] {
        usize::from(no).checked_sub(1).and_then(|index| self.cells.get(index)).map(|cell| cell.of(self.bytes)).unwrap_or_default()
    }
}

/// The rules of two items: the item at fault.
fn breaks_together(rule: RuleId, first: (u16, &[u8]), second: (u16, &[u8])) -> Option<u16> {
    let ((_, one), (_, two)) = (first, second);
    match rule {
        RuleId::Period => (one > two && is_date(one) && is_date(two)).then_some(second.0),
        RuleId::DayMonth => (!one.starts_with(two) && is_date(one) && is_month(two)).then_some(first.0),
        RuleId::TimePair => ((one == b"9999") != (two == b"9999") && !one.is_empty() && !two.is_empty()).then_some(second.0),
        RuleId::Detail => {
            let other_type = one.len() == 6 && !one.starts_with(b"17");
            (other_type && !two.is_empty()).then_some(second.0)
        }
        RuleId::SikyuNines => (one == TOTAL && two != NINES).then_some(second.0),
        _ => None,
    }
}

/// True for the service codes of the annex's total and subtotal rows.
pub(crate) fn is_sum(code: &[u8]) -> bool {
    code == TOTAL || code.get(2..).is_some_and(|rest| rest.len() == 4 && SIKYU_ROW.contains(rest))
}

fn is_month(value: &[u8]) -> bool {
    ServiceMonth::from_bytes(value).is_some()
}

#[cfg(test)]
mod tests;
