//! The rules of one value: text, presence, length and form.

use crate::calendar::{ServiceMonth, is_date, is_time};
use crate::finding::Detail;
use crate::identifiers::{ServiceType, check_digit_fits, is_office_number};
use crate::layout::{Field, Format, Required};
use crate::marks;
use crate::ms932;
use crate::record::Cell;
use crate::report::Report;
use crate::rule::RuleId;

/// The office number of the annex's total row: it has no check digit.
pub(crate) const NINES: &[u8] = b"9999999999";
/// The service code of the annex's total row.
pub(crate) const TOTAL: &[u8] = b"999999";

/// What a value came to.
pub(crate) enum Checked {
    /// The value, spaces around coded ones taken off.
    Value(Cell),
    /// It holds a byte that is not MS932: no more can be said of it.
    Unreadable,
}

/// Checks one value against its item. `record` is what the cell lies in.
#[inline]
pub(crate) fn check(field: &Field, mut cell: Cell, record: &[u8], report: &mut Report<'_>) -> Checked {
    let text = cell.of(record);
    let quoted = cell.marks & marks::QUOTED != 0;
    let mut characters = text.len() as u64;
    if cell.marks & (marks::NON_ASCII | marks::CONTROL | marks::QUOTE) != 0 {
        match check_text(field, cell, text, report) {
            Some(counted) => characters = counted,
            None => return Checked::Unreadable,
        }
    }
    if is_formula(text) {
        report.item(RuleId::Formula, field.no, Detail::None);
    }
    if field.format == Format::FreeText {
        if text.is_empty() {
            check_presence(field, report);
        } else if !quoted {
            report.item(RuleId::Unquoted, field.no, Detail::None);
        }
        return Checked::Value(cell);
    }
    if cell.marks & marks::SPACE != 0 && field.format != Format::DayFlags31 {
        let trimmed = trim(cell, text);
        if trimmed != cell {
            report.item(RuleId::Space, field.no, Detail::None);
            characters -= u64::from((cell.end - cell.start) - (trimmed.end - trimmed.start));
            cell = trimmed;
        }
    }
    let value = cell.of(record);
    if value.is_empty() {
        check_presence(field, report);
    } else if let Some(found) = broken_rule(field, value, characters) {
        report.item(found.0, field.no, found.1);
    }
    Checked::Value(cell)
}

fn check_presence(field: &Field, report: &mut Report<'_>) {
    match field.required {
        Required::No => {}
        Required::Yes => report.item(RuleId::Required, field.no, Detail::None),
        Required::Unsure => report.item(RuleId::RequiredDoubt, field.no, Detail::None),
    }
}

/// The rules of characters; gives their number, or `None` when the text is not MS932.
fn check_text(field: &Field, cell: Cell, text: &[u8], report: &mut Report<'_>) -> Option<u64> {
    let quoted = cell.marks & marks::QUOTED != 0;
    let scan = ms932::scan(text);
    if let Some(bad) = scan.bad {
        report.byte(RuleId::Ms932, field.no, cell.start as usize + bad.offset, bad.byte);
        return None;
    }
    if cell.marks & marks::QUOTE != 0 && !quoted {
        report.item(RuleId::QuoteBare, field.no, Detail::None);
    }
    if let Some(at) = scan.gaiji {
        report.byte(RuleId::Gaiji, field.no, cell.start as usize + at, text.get(at).copied().unwrap_or_default());
    }
    if scan.control {
        report.item(RuleId::Ctrl, field.no, Detail::None);
    }
    let doubled = if quoted { memchr::memchr_iter(b'"', text).count() as u64 / 2 } else { 0 };
    Some(scan.characters - doubled)
}

/// A value that a spreadsheet would run: by its first characters (OWASP, "CSV Injection"). A sign before a digit is a number, or a telephone number.
#[inline]
fn is_formula(text: &[u8]) -> bool {
    match text {
        [b'=' | b'@' | b'\t' | b'\r', ..] => true,
        [b'+' | b'-', next, ..] => next.is_ascii_alphabetic() || matches!(next, b'(' | b'[' | b'{'),
        _ => false,
    }
}

fn trim(cell: Cell, text: &[u8]) -> Cell {
    let spaces = |bytes: &mut dyn Iterator<Item = &u8>| bytes.take_while(|byte| **byte == b' ').count() as u32;
    let leading = spaces(&mut text.iter());
    let start = cell.start + leading;
    let trailing = if start == cell.end { 0 } else { spaces(&mut text.iter().rev()) };
    Cell { start, end: cell.end - trailing, ..cell }
}

/// The rule a filled-in value breaks, if any.
#[inline]
fn broken_rule(field: &Field, value: &[u8], characters: u64) -> Option<(RuleId, Detail)> {
    if let Some(allowed) = field.length.filter(|allowed| characters > u64::from(*allowed) && is_measured(field)) {
        let rule = if field.verified { RuleId::Length } else { RuleId::LengthDoubt };
        return Some((rule, Detail::Length { found: characters, allowed }));
    }
    broken_form(field, value).map(|rule| (rule, Detail::None))
}

/// True for the forms that do not fix the length themselves.
fn is_measured(field: &Field) -> bool {
    match field.format {
        Format::Digits | Format::Decimal | Format::Phone | Format::TaisCode | Format::ToolNotificationCode | Format::Unused => true,
        Format::Code => field.codes.is_none(),
        _ => false,
    }
}

fn broken_form(field: &Field, value: &[u8]) -> Option<RuleId> {
    // against a form that is not verified in the standard the finding is but a doubt
    let unless = |fits: bool, rule: RuleId| (!fits).then_some(if field.verified { rule } else { RuleId::FormatDoubt });
    let warn_unless = |fits: bool, rule: RuleId| (!fits).then_some(rule);
    match field.format {
        Format::CsvVersion | Format::FreeText | Format::ToolNotificationCode => None,
        Format::InsurerNumber => {
            unless(value.len() == 6 && digits(value), RuleId::Insurer).or_else(|| warn_unless(check_digit_fits(value), RuleId::InsurerCd))
        }
        Format::InsuredNumber => unless(is_insured_number(value), RuleId::Insured),
        Format::OfficeNumber if !is_office_number(value) => {
            Some(if field.required == Required::Yes && field.verified { RuleId::Office } else { RuleId::FormatDoubt })
        }
        Format::OfficeNumber => warn_unless(value == NINES || check_digit_fits(value), RuleId::OfficeCd),
        Format::Date if value == b"00000000" && field.required != Required::Yes => Some(RuleId::DateZero),
        Format::Date => unless(is_date(value), RuleId::Date),
        Format::DateOrZeros => unless(is_date(value) || value == b"00000000", RuleId::Date),
        Format::Month => unless(ServiceMonth::from_bytes(value).is_some(), RuleId::Ym),
        Format::MonthOrZeros => unless(ServiceMonth::from_bytes(value).is_some() || value == b"000000", RuleId::Ym),
        Format::TimeHhmm => unless(is_time(value) || is_midnight(field, value), RuleId::Time),
        Format::TimeHhmmOr9999 => unless(is_time(value) || value == b"9999" || is_midnight(field, value), RuleId::Time),
        Format::Digits => match value.strip_prefix(b"-") {
            Some(number) => unless(!number.is_empty() && digits(number), RuleId::Digits).or(Some(RuleId::Negative)),
            None => unless(digits(value), RuleId::Digits),
        },
        Format::Decimal => unless(is_decimal(value), RuleId::Decimal),
        Format::Code => match field.codes {
            Some(table) => unless(table.contains(value), RuleId::Code),
            None => warn_unless(value.iter().all(u8::is_ascii_graphic), RuleId::FormatDoubt),
        },
        Format::PostalCode => warn_unless(is_two_numbers(value, 3, 4), RuleId::Postal),
        Format::Phone => {
            warn_unless(value.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'(' | b')' | b'+' | b' ' | b'-')), RuleId::Phone)
        }
        Format::DayFlags31 => unless(value.len() == 31 && value.iter().all(|flag| matches!(flag, b'0' | b'1' | b' ')), RuleId::Dayflags),
        Format::ServiceType => match ServiceType::from_bytes(value) {
            Some(service_type) => warn_unless(service_type.is_in_scope(), RuleId::TypeScope),
            None => unless(false, RuleId::Type),
        },
        Format::ServiceCode => {
            unless(value.len() == 6 && value.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()), RuleId::Svc)
                .or_else(|| warn_unless(value == TOTAL || type_of_code(value).is_some_and(ServiceType::is_in_scope), RuleId::TypeScope))
        }
        Format::TaisCode => warn_unless(is_two_numbers(value, 5, 6), RuleId::Tais),
        Format::Unused => Some(RuleId::Unused),
    }
}

/// The service type a six-character service code begins with.
pub(crate) fn type_of_code(code: &[u8]) -> Option<ServiceType> {
    (code.len() == 6).then(|| code.get(..2).and_then(ServiceType::from_bytes)).flatten()
}

fn digits(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_digit)
}

fn is_insured_number(value: &[u8]) -> bool {
    match value.split_first() {
        Some((first, rest)) => rest.len() == 9 && (first.is_ascii_digit() || *first == b'H') && digits(rest),
        None => false,
    }
}

/// 2400, our leniency for the end of a service.
fn is_midnight(field: &Field, value: &[u8]) -> bool {
    value == b"2400" && field.name.ends_with("end_time")
}

/// One to three digits, and one or two after a point.
fn is_decimal(value: &[u8]) -> bool {
    let mut parts = value.splitn(2, |byte| *byte == b'.');
    let fits = |part: Option<&[u8]>, most: usize| part.is_none_or(|part| (1..=most).contains(&part.len()) && digits(part));
    fits(parts.next(), 3) && fits(parts.next(), 2)
}

/// Digits, a hyphen and digits.
fn is_two_numbers(value: &[u8], before: usize, after: usize) -> bool {
    match value.split_at_checked(before) {
        Some((first, [b'-', second @ ..])) => second.len() == after && digits(first) && digits(second),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
